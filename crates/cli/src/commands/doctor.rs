//! Fix a backup: `doctor`.

use clap::Args;
use holdfast_app::{Result, Verdict, format};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Arguments of `doctor`.
#[derive(Args)]
pub struct Doctor {
    /// Why this user is not backed up
    #[arg(long, value_name = "ADDRESS")]
    user: Option<String>,
}

/// Checks live what keeps backups from running. Ends with 3 where something does.
pub async fn doctor(what: Doctor, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let findings = app.doctor(what.user.as_deref()).await?;
    output::document(context.json(), &json!({ "findings": findings }), |_| {
        let mut text = String::new();
        for finding in &findings {
            let mark = match finding.verdict {
                Verdict::Good => "ok     ",
                Verdict::Bad => "PROBLEM",
                Verdict::Unknown => "unknown",
            };
            text.push_str(&format!(
                "{mark}  {:>2}  {}: {}\n",
                finding.number,
                finding.title,
                format::one_line(&finding.evidence)
            ));
            if let Some(todo) = &finding.todo {
                text.push_str(&format!("             {}\n", format::one_line(todo)));
            }
        }
        text
    })?;
    let is_well = findings.iter().all(|finding| finding.verdict != Verdict::Bad);
    Ok(if is_well { Exit::Done } else { Exit::Problems })
}
