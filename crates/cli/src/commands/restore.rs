//! Bringing things back: `restore`.

use std::path::PathBuf;

use clap::Args;
use holdfast_app::{KeptPath, RestoreWhat, Result, format, time};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::progress::follow;

/// Arguments of `restore`.
#[derive(Args)]
pub struct Restore {
    /// What: USER, USER/SERVICE or USER/SERVICE/ITEM; a shared drive is named as `archives` shows it
    what: KeptPath,
    /// Folder to restore to; where it holds something, a dated folder is made inside
    #[arg(long, value_name = "DIR")]
    to_folder: PathBuf,
    /// As it was at this time (2026-05-01, 2026-05-01T14:20, or RFC 3339); the newest state without it
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Only show what would be restored
    #[arg(long)]
    preview: bool,
}

/// Restores to a folder.
pub async fn restore(what: Restore, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let at = what.at.as_deref().map(|text| time::parse_at(text, &TimeZone::system())).transpose()?;
    let wanted = RestoreWhat { path: what.what, at };
    let report =
        follow(context, |events, cancel| app.restore(wanted, &what.to_folder, what.preview, events, cancel))
            .await?;
    let exit = if report.problems.is_empty() { Exit::Done } else { Exit::Problems };
    if context.json() {
        output::line(&json!({ "event": "done", "exit_code": exit.code(), "report": report }))?;
        return Ok(exit);
    }
    for problem in &report.problems {
        let told = format!("not restored: {}: {}", problem.item, problem.why);
        output::note(&format::one_line(&told));
    }
    let (would, to) = if report.preview { ("Would restore", "to") } else { ("Restored", "to") };
    let mut told = format!(
        "{would} {} ({}) {to} {}.",
        format::counted(report.files, "file", "files"),
        format::bytes(report.bytes),
        report.folder.display()
    );
    if report.skipped > 0 {
        let skipped = format::counted(report.skipped, "item was", "items were");
        told.push_str(&format!("\n{skipped} never kept, for a reason that the index in the folder names."));
    }
    if !report.problems.is_empty() {
        let failed = format::counted(report.problems.len() as u64, "item", "items");
        told.push_str(&format!("\n{failed} could not be restored."));
    }
    output::print(&told);
    Ok(exit)
}
