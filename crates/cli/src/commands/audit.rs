//! The audit log: `audit`.

use std::io::{self, Write as _};

use clap::Args;
use holdfast_app::{Result, format};
use jiff::tz::TimeZone;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::table::table;

/// Arguments of `audit`.
#[derive(Args)]
pub struct Audit {
    /// All of it as CSV, in which no cell is run by a spreadsheet
    #[arg(long)]
    csv: bool,
    /// How many of the newest deeds
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

/// Shows who did what, when, and whether the log is whole.
pub async fn audit(what: Audit, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    if what.csv {
        let mut csv = Vec::new();
        app.audit_csv(&mut csv).await?;
        // A reader that went away has seen what it wanted.
        let _reader_left = io::stdout().lock().write_all(&csv);
        let whole = app.audit(1).await?.intact;
        return Ok(if whole { Exit::Done } else { Exit::Problems });
    }
    let log = app.audit(what.limit).await?;
    let zone = TimeZone::system();
    output::document(context.json(), &log, |_| {
        let rows = log.rows.iter().map(|row| {
            [
                format::time(row.at, &zone),
                format::one_line(&row.who),
                row.title.clone(),
                format::one_line(&row.subject),
                if row.ok { "done".to_owned() } else { format::one_line(&row.outcome) },
            ]
        });
        let mut text = table(["TIME", "WHO", "WHAT", "SUBJECT", "OUTCOME"], rows);
        text.push_str(&match log.broken_at {
            None => format!("\n{} recorded; nobody changed the log.", format::count(log.total)),
            Some(row) => {
                format!("\nThe log was changed: row {row} does not fit what was recorded before it.")
            }
        });
        text
    })?;
    Ok(if log.intact { Exit::Done } else { Exit::Problems })
}
