//! The index of a restore: which file is which Item, for programs and for people.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use holdfast_model::{ItemId, ItemMeta, Service, Timestamp};
use serde::Serialize;

use crate::error::{EngineError, Result};

/// One line of `index.jsonl`: which file is which Item.
#[derive(Debug, Serialize)]
pub(crate) struct IndexLine<'a> {
    pub(crate) owner: &'a str,
    pub(crate) owner_id: &'a str,
    pub(crate) service: Service,
    pub(crate) id: &'a ItemId,
    /// Relative to the restore's folder, with `/`; none for what has no file.
    pub(crate) path: Option<&'a str>,
    /// The name in the Cloud.
    pub(crate) name: Option<&'a str>,
    pub(crate) size: u64,
    pub(crate) sha256: Option<&'a str>,
    pub(crate) skip: Option<&'a str>,
    /// All else that is kept of the Item, as the Cloud told it: folders, labels, permissions, what templates say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<&'a ItemMeta>,
    /// True for a file that was made from others of this restore: an `.ics`, a `.vcf`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_export: bool,
    pub(crate) snapshot_time: Timestamp,
}

/// The files of the index.
pub(crate) const NAMES: [&str; 2] = ["index.jsonl", "index.csv"];

/// `index.jsonl` for programs and `index.csv` for people.
pub(crate) struct Index {
    lines: BufWriter<File>,
    table: csv::Writer<File>,
}

impl Index {
    pub(crate) fn open(root: &Path) -> Result<Self> {
        let open = |name: &str| {
            let path = root.join(name);
            File::create_new(&path).map_err(EngineError::io(format!("writing {}", path.display())))
        };
        let mut table = csv::Writer::from_writer(open(NAMES[1])?);
        table
            .write_record([
                "Whose",
                "Service",
                "File",
                "Name in the cloud",
                "Bytes",
                "SHA-256",
                "Not kept because",
            ])
            .map_err(csv_failed)?;
        Ok(Self { lines: BufWriter::new(open(NAMES[0])?), table })
    }

    pub(crate) fn add(&mut self, line: &IndexLine<'_>) -> Result<()> {
        serde_json::to_writer(&mut self.lines, line)
            .map_err(|error| EngineError::Defect(error.to_string()))?;
        self.lines.write_all(b"\n").map_err(EngineError::io("writing index.jsonl"))?;
        let size = line.size.to_string();
        let row = [
            line.owner,
            line.service.title(),
            line.path.unwrap_or_default(),
            line.name.unwrap_or_default(),
            &size,
            line.sha256.unwrap_or_default(),
            line.skip.unwrap_or_default(),
        ];
        self.table.write_record(row.map(defused)).map_err(csv_failed)
    }

    pub(crate) fn close(mut self) -> Result<()> {
        self.lines.flush().map_err(EngineError::io("writing index.jsonl"))?;
        self.table.flush().map_err(EngineError::io("writing index.csv"))
    }
}

fn csv_failed(error: csv::Error) -> EngineError {
    EngineError::Io { what: "writing index.csv".to_owned(), source: std::io::Error::other(error) }
}

/// A cell that a spreadsheet would run as a formula is made text.
/// <https://owasp.org/www-community/attacks/CSV_Injection>
fn defused(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_a_spreadsheet_would_run_are_defused() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(defused(cell), format!("'{cell}"));
        }
        assert_eq!(defused("Report 2024"), "Report 2024");
    }
}
