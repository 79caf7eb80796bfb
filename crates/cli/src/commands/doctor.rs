//! Fix a backup: `doctor`.

use clap::Args;
use holdfast_app::{Result, Verdict, format, is_well, of_this_computer};
use serde_json::json;

use crate::commands::watchdog;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Arguments of `doctor`.
#[derive(Args)]
pub struct Doctor {
    /// Why this user is not backed up
    #[arg(long, value_name = "ADDRESS")]
    user: Option<String>,
    /// Print a report for whoever helps: states, causes, versions and the recent log, without any secret or content
    #[arg(long)]
    report: bool,
    /// Number the addresses and domains of the report instead of naming them
    #[arg(long, requires = "report")]
    mask: bool,
}

/// Checks live what keeps backups from running. Ends with 3 where something does.
pub async fn doctor(what: Doctor, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    if what.report {
        let report = app
            .report(what.user.as_deref(), what.mask, of_this_computer(watchdog::command(context)?).await?)
            .await?;
        output::document(context.json(), &json!({ "report": report }), |_| report.clone())?;
        return Ok(Exit::Done);
    }
    let mut findings = app.doctor(what.user.as_deref()).await?;
    findings.extend(of_this_computer(watchdog::command(context)?).await?);
    findings.sort_by_key(|finding| finding.number);
    output::document(context.json(), &json!({ "findings": findings }), |_| {
        let mut text = String::new();
        for finding in &findings {
            let mark = match finding.verdict {
                Verdict::Good => "ok     ",
                Verdict::Bad => "PROBLEM",
                Verdict::Note => "note   ",
                Verdict::Unknown => "unknown",
            };
            text.push_str(&format!(
                "{mark}  {:>2}  {}: {}\n",
                finding.number,
                finding.title,
                format::one_line(&finding.evidence)
            ));
            if let Some(todo) = finding.todo_with_address() {
                text.push_str(&format!("             {}\n", format::one_line(&todo)));
            }
        }
        text
    })?;
    Ok(if is_well(&findings) { Exit::Done } else { Exit::Problems })
}
