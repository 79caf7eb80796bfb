//! CSV FILE UPLOAD: reads a list of users from whatever a spreadsheet saved, and explains every row
//! that cannot be used.
//!
//! Accepts comma, semicolon or tab, UTF-8 with or without BOM, UTF-16, CRLF, quoted fields, a header or none.

use std::collections::HashSet;

use serde::Serialize;

/// Rows above this are refused as a whole.
pub const MOST_ROWS: usize = 50_000;
/// Bytes above this are refused as a whole.
pub const MOST_BYTES: usize = 32 << 20;
/// What `Download sample CSV` gives.
pub const SAMPLE: &str = "Email address\r\nanna.berg@example.com\r\njohn.smith@example.com\r\n";

/// One address found in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CsvAddress {
    /// Line in the file, from 1.
    pub line: u64,
    /// As written, trimmed.
    pub address: String,
}

/// A row that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CsvProblem {
    /// Line in the file, from 1.
    pub line: u64,
    /// What stands there, shortened.
    pub text: String,
    /// Why.
    pub why: CsvFault,
}

/// Why a row cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CsvFault {
    /// There is no e-mail address in it.
    NotAnAddress,
    /// The same address stands further up.
    Duplicate,
    /// The row cannot be read as CSV.
    Unreadable,
    /// The Directory has no such user.
    NoSuchUser,
    /// The account is suspended.
    Suspended,
    /// The account is archived.
    Archived,
    /// The account is deleted.
    Deleted,
}

impl CsvFault {
    /// What a person reads.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotAnAddress => "there is no e-mail address in this row",
            Self::Duplicate => "the same address stands further up",
            Self::Unreadable => "this row cannot be read as CSV",
            Self::NoSuchUser => "no user of the domain has this address; do a User Sync if the user is new",
            Self::Suspended => "this account is suspended",
            Self::Archived => "this account is archived",
            Self::Deleted => "this account is deleted",
        }
    }
}

/// The whole file cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// Too many bytes.
    #[error("the file is larger than {} MB", MOST_BYTES >> 20)]
    TooLarge,
    /// Too many rows.
    #[error("the file has more than 50,000 rows")]
    TooManyRows,
    /// Not a text file.
    #[error("the file is not text in UTF-8 or UTF-16")]
    NotText,
}

/// Addresses and unusable rows of a file, both in the order of the file.
pub fn read(bytes: &[u8]) -> Result<(Vec<CsvAddress>, Vec<CsvProblem>), CsvError> {
    if bytes.len() > MOST_BYTES {
        return Err(CsvError::TooLarge);
    }
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let (mut addresses, mut problems) = (Vec::new(), Vec::new());
    let mut known = HashSet::new();
    let mut column = None;
    let mut lines = Lines { text: text.as_bytes(), counted: 0, line: 1 };
    for (row, record) in reader.records().enumerate() {
        if row > MOST_ROWS {
            return Err(CsvError::TooManyRows);
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(row as u64 + 1, csv::Position::line);
                problems.push(CsvProblem { line, text: String::new(), why: CsvFault::Unreadable });
                continue;
            }
        };
        let line = record.position().map_or(row as u64 + 1, |at| lines.at(at.byte()));
        if record.iter().all(str::is_empty) {
            continue;
        }
        if row == 0 && !record.iter().any(looks_like_address) && is_header(&record) {
            column = record.iter().position(names_addresses);
            continue;
        }
        let found = column
            .and_then(|column| record.get(column))
            .filter(|field| looks_like_address(field))
            .or_else(|| record.iter().find(|field| looks_like_address(field)));
        match found {
            None => problems.push(CsvProblem { line, text: shortened(&record), why: CsvFault::NotAnAddress }),
            Some(address) if known.insert(address.to_lowercase()) => {
                addresses.push(CsvAddress { line, address: address.to_owned() });
            }
            Some(address) => {
                problems.push(CsvProblem { line, text: address.to_owned(), why: CsvFault::Duplicate });
            }
        }
    }
    Ok((addresses, problems))
}

/// Counts lines as an editor does. The reader's own count is of where it began to look for a record, which is before
/// the end of the line above and all empty lines.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, from: u64) -> u64 {
        let mut start = usize::try_from(from).unwrap_or(self.text.len()).min(self.text.len());
        while matches!(self.text.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        for at in self.counted..start.max(self.counted) {
            let ends = match self.text[at] {
                b'\n' => true,
                b'\r' => self.text.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(ends);
        }
        self.counted = start.max(self.counted);
        self.line
    }
}

fn decode(bytes: &[u8]) -> Result<String, CsvError> {
    let (encoding, skip) = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, length),
        // UTF-16 without a mark: every second byte of ASCII text is zero.
        None if bytes.len() >= 4 && bytes[1] == 0 && bytes[3] == 0 => (encoding_rs::UTF_16LE, 0),
        None if bytes.len() >= 4 && bytes[0] == 0 && bytes[2] == 0 => (encoding_rs::UTF_16BE, 0),
        None => (encoding_rs::UTF_8, 0),
    };
    let (text, failed) = encoding.decode_without_bom_handling(&bytes[skip..]);
    if text.contains('\0') || (failed && encoding != encoding_rs::UTF_8) {
        return Err(CsvError::NotText);
    }
    if failed {
        // Spreadsheets on Windows save CSV in the code page; addresses are ASCII in all of them.
        return Ok(encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes[skip..]).0.into_owned());
    }
    Ok(text.into_owned())
}

fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let unquoted: String = first.split('"').step_by(2).collect();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|delimiter| {
            (unquoted.bytes().filter(|byte| byte == delimiter).count(), *delimiter == b',')
        })
        .unwrap_or(b',')
}

fn looks_like_address(field: &str) -> bool {
    let Some((local, domain)) = field.rsplit_once('@') else { return false };
    !local.is_empty()
        && field.len() <= 320
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !field
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"'))
        && !local.contains('@')
}

fn is_header(record: &csv::StringRecord) -> bool {
    record.iter().any(names_addresses)
}

fn names_addresses(field: &str) -> bool {
    let field = field.to_lowercase();
    ["mail", "address", "user", "login", "adresse", "correo", "courriel"]
        .iter()
        .any(|word| field.contains(word))
        && !field.contains('@')
}

fn shortened(record: &csv::StringRecord) -> String {
    let text = record.iter().filter(|field| !field.is_empty()).collect::<Vec<_>>().join(", ");
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(bytes: &[u8]) -> Vec<String> {
        read(bytes).unwrap().0.into_iter().map(|found| found.address).collect()
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        for text in ["mail\na@x.com\n\nx\n\n\nb@x.com\n", "mail,n\n\"a@x.com\",\"1\"\n\nx\n\n\nb@x.com,2"] {
            for end in ["\n", "\r\n", "\r"] {
                let (addresses, problems) = read(text.replace('\n', end).as_bytes()).unwrap();
                let lines: Vec<_> = addresses.iter().map(|found| found.line).collect();
                assert_eq!((lines, problems[0].line), (vec![2, 7], 4), "{text:?} {end:?}");
            }
        }
        let (addresses, _) = read(b"\"a@x.com\",\"two\nlines\"\nb@x.com,\n").unwrap();
        assert_eq!(addresses.iter().map(|found| found.line).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn every_spreadsheet_flavour_gives_the_same_addresses() {
        let utf16 = |text: &str, big: bool| -> Vec<u8> {
            text.encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect()
        };
        let with_bom = |bom: &[u8], rest: Vec<u8>| [bom.to_vec(), rest].concat();
        let rows: Vec<Vec<u8>> = vec![
            b"a@x.com\nb@x.com\n".to_vec(),
            b"Email address\r\na@x.com\r\nb@x.com".to_vec(),
            b"Name;E-Mail\n\"Berg; Anna\";a@x.com\nBob;b@x.com".to_vec(),
            b"Name\tuser\nAnna\ta@x.com\nBob\tb@x.com".to_vec(),
            b"\"Name, full\",mail\n\"Berg, Anna\",\"a@x.com\"\n\n,\nBob,b@x.com\n".to_vec(),
            with_bom(b"\xEF\xBB\xBF", b"a@x.com\nb@x.com".to_vec()),
            with_bom(b"\xFF\xFE", utf16("mail\r\na@x.com\r\nb@x.com\r\n", false)),
            with_bom(b"\xFE\xFF", utf16("a@x.com\nb@x.com", true)),
            utf16("a@x.com\nb@x.com", false),
            b"Name;mail\nJos\xe9;a@x.com\n;b@x.com".to_vec(),
        ];
        for row in rows {
            assert_eq!(addresses(&row), ["a@x.com", "b@x.com"], "{}", String::from_utf8_lossy(&row));
        }
    }

    #[test]
    fn unusable_rows_come_with_line_and_reason() {
        let (found, problems) = read(b"mail\na@x.com\nnobody\nA@X.com\n@x.com\na@@x.com\nx@y\n").unwrap();
        assert_eq!(found.len(), 1);
        let told: Vec<_> = problems.iter().map(|problem| (problem.line, problem.why)).collect();
        use CsvFault::{Duplicate, NotAnAddress};
        assert_eq!(
            told,
            [(3, NotAnAddress), (4, Duplicate), (5, NotAnAddress), (6, NotAnAddress), (7, NotAnAddress)]
        );
    }

    #[test]
    fn files_that_are_no_list_are_refused_as_a_whole() {
        assert_eq!(read(b"a\0b@x.com"), Err(CsvError::NotText));
        assert_eq!(read(&vec![b'a'; MOST_BYTES + 1]), Err(CsvError::TooLarge));
        let rows: String = (0..MOST_ROWS + 2).map(|i| format!("u{i}@x.com\n")).collect();
        assert!(read(rows.as_bytes()) == Err(CsvError::TooManyRows));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_bring_it_down(bytes: Vec<u8>) {
            let _found_or_refused = read(&bytes);
        }
    }
}
