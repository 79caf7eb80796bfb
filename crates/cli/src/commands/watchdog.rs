//! `watchdog`: looks whether the backups are still good though neither the app nor the schedule is alive.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use holdfast_app::watchdog::{self, WatchdogCommand, WatchdogView, Watched};
use holdfast_app::{Opening, Result, SecretsChoice, UserError, format, places};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Arguments of `watchdog`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Watchdog {
    /// Go on, and look every hour
    #[arg(long)]
    stay: bool,
    #[command(subcommand)]
    what: Option<What>,
}

/// Whether the system starts it by itself.
#[derive(Clone, Copy, Subcommand)]
pub enum What {
    /// Have the system start it every hour, or at login where it knows no timers
    Install,
    /// The system no longer starts it
    Remove,
    /// Show whether the system starts it
    Status,
}

/// Looks once. Ends with 3 where a cause is open.
pub async fn watchdog(what: Watchdog, context: &Context) -> Result<Exit> {
    if let Some(what) = what.what {
        let command = command(context)?;
        let view = match what {
            What::Install => watchdog::install(command).await?,
            What::Remove => watchdog::remove(command).await?,
            What::Status => watchdog::status(command).await?,
        };
        output::document(context.json(), &view, told)?;
        return Ok(Exit::Done);
    }
    let opening: Opening = context.opening_to_look().await?;
    let open = std::sync::atomic::AtomicBool::new(false);
    let json = context.json();
    watchdog::run(opening, what.stay, |watched| {
        open.store(!watched.open.is_empty(), std::sync::atomic::Ordering::Relaxed);
        let shown = output::document(json, &json!({ "watched": watched }), |_| seen(watched));
        if let Err(error) = shown {
            tracing::warn!(code = error.code, %error, "what was seen could not be printed");
        }
    })
    .await?;
    let is_open = open.load(std::sync::atomic::Ordering::Relaxed);
    Ok(if is_open { Exit::Problems } else { Exit::Done })
}

fn told(view: &WatchdogView) -> String {
    match &view.how {
        Some(how) => format!("The system looks after the backups: {how}"),
        None => {
            "The system does not look after the backups. `holdfast watchdog install` has it do so.".to_owned()
        }
    }
}

fn seen(watched: &Watched) -> String {
    if watched.open.is_empty() {
        return "Nothing is wrong.".to_owned();
    }
    watched.open.iter().map(|title| format::one_line(title)).collect::<Vec<_>>().join("\n")
}

/// This program, for the data directory that was chosen.
pub fn command(context: &Context) -> Result<WatchdogCommand> {
    let failed =
        |error: std::io::Error| UserError::of("file.failed", format!("this program's path: {error}"));
    let program = std::env::current_exe().map_err(failed)?;
    let data_dir = std::path::absolute(context.data_dir()?).map_err(failed)?;
    let (program, word) = looks(program);
    let mut words = vec![word.to_owned(), "--data-dir".to_owned(), data_dir.to_string_lossy().into_owned()];
    if let choice @ SecretsChoice::Age(_) = context.secrets()? {
        words.extend(["--secrets".to_owned(), choice.to_string()]);
    }
    if let Some(file) = context.passphrase_file() {
        let file = std::path::absolute(file).map_err(failed)?;
        words.extend(["--passphrase-file".to_owned(), file.to_string_lossy().into_owned()]);
    }
    let suffix = places::suffix_of(&data_dir);
    Ok(WatchdogCommand { program, words, stay: "--stay".to_owned(), suffix })
}

/// What looks, and the word that has it do so. Windows opens a console each time that it starts a program of the command
/// line: the app beside it looks as well, and shows none.
fn looks(program: PathBuf) -> (PathBuf, &'static str) {
    let beside = program.with_file_name("holdfast-desktop.exe");
    if cfg!(windows) && beside.is_file() { (beside, "--watchdog") } else { (program, "watchdog") }
}
