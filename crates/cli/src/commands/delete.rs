//! Deleting archives: `archives delete`, `archives keep`, `archives erase`.

use std::io::IsTerminal as _;

use clap::{Args, Subcommand};
use holdfast_app::{Result, UserError, format};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// What becomes of a user's archives.
#[derive(Subcommand)]
pub enum Deed {
    /// Delete a user's archives: the license is free now, and in seven days they are erased
    Delete(Sure),
    /// Undo a deletion within the seven days
    Keep(Whose),
    /// Erase a user's archives now, for good
    Erase(Sure),
}

/// Whose archives.
#[derive(Args)]
pub struct Whose {
    /// The user's address or id
    address: String,
    /// The domain, where several are connected
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
}

/// Whose archives, and that it is meant.
#[derive(Args)]
pub struct Sure {
    #[command(flatten)]
    whose: Whose,
    /// Do not ask for the address to be typed again
    #[arg(long)]
    yes: bool,
}

impl Sure {
    /// Asks for the address, typed once more.
    fn confirm(&self, what: &str) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        let needed = |detail: String| UserError::of("input.terminal_needed", detail);
        if !std::io::stdin().is_terminal() {
            return Err(needed("nobody is there to type the address; use --yes".to_owned()));
        }
        output::note(&format!("{what} Type {} to confirm:", format::one_line(&self.whose.address)));
        let mut typed = String::new();
        std::io::stdin().read_line(&mut typed).map_err(|error| needed(error.to_string()))?;
        if typed.trim().eq_ignore_ascii_case(&self.whose.address) {
            return Ok(());
        }
        Err(UserError::of("cancelled", ""))
    }
}

/// Does it.
pub async fn run(what: Deed, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    match what {
        Deed::Delete(sure) => {
            sure.confirm("The backups of this user end now, and what is kept is erased in seven days.")?;
            let Whose { address, domain } = &sure.whose;
            let due = app.delete_archive(domain.as_deref(), address).await?;
            let until = format::time(due, &TimeZone::system());
            output::document(context.json(), &json!({ "user": address, "erased_at": due }), |_| {
                let shown = format::one_line(address);
                format!(
                    "The archives of {shown} will be erased after {until}. Until then `holdfast archives keep` undoes it."
                )
            })?;
            Ok(Exit::Done)
        }
        Deed::Keep(Whose { address, domain }) => {
            let is_protected = app.keep_archive(domain.as_deref(), &address).await?;
            output::document(context.json(), &json!({ "user": address, "protected": is_protected }), |_| {
                let shown = format::one_line(&address);
                match is_protected {
                    true => format!("The archives of {shown} are kept, and backups go on."),
                    false => {
                        format!("The archives of {shown} are kept as they are; the user is not backed up.")
                    }
                }
            })?;
            Ok(Exit::Done)
        }
        Deed::Erase(sure) => {
            sure.confirm("All that is kept of this user is erased now and cannot come back.")?;
            let Whose { address, domain } = &sure.whose;
            let report = app.erase_archive(domain.as_deref(), address, context.cancel()).await?;
            output::document(
                context.json(),
                &json!({ "user": address, "erased": report }),
                |_| match &report {
                    Some(report) => format!(
                        "Erased from {}; {} given back.",
                        format::counted(report.rewritten, "snapshot", "snapshots"),
                        format::bytes(report.removed_bytes)
                    ),
                    None => "Backups go on; it is erased as soon as they have ended.".to_owned(),
                },
            )?;
            Ok(Exit::Done)
        }
    }
}
