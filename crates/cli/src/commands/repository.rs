//! The storage: `init`, `recovery-key`, `verify`, `rebuild-catalogue`.

use std::path::PathBuf;

use clap::Args;
use holdfast_app::{App, RebuildReport, RecoveryKey, Result, SavedKey, format, places};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::progress::follow;
use crate::table::facts;
use crate::{output, prompt};

/// Arguments of `init`.
#[derive(Args)]
pub struct Init {
    /// Folder of the new Repository; by default on the largest local disk
    #[arg(long, value_name = "PATH", conflicts_with = "existing")]
    repository: Option<PathBuf>,
    /// Take this Repository, which exists already, and bring back what is known from it
    #[arg(long, value_name = "PATH")]
    existing: Option<PathBuf>,
    /// The Repository was moved to this folder, which has to hold the very same one
    #[arg(long, value_name = "PATH", conflicts_with_all = ["repository", "existing"])]
    moved_to: Option<PathBuf>,
    /// With --existing: file with the recovery key; `-` reads standard input. Asked for otherwise
    #[arg(long, value_name = "FILE", requires = "existing")]
    key_file: Option<PathBuf>,
    /// Save the new recovery key to this file, too
    #[arg(long, value_name = "FILE", conflicts_with_all = ["existing", "moved_to"])]
    save: Option<PathBuf>,
}

const WARNING: &str = "Keep this recovery key away from this computer and from the storage. Without this key or this \
                       computer nobody can open your backup, we neither. Whoever has it and the storage can read \
                       everyone's mail.";

/// Makes the storage or takes an existing one.
pub async fn init(what: Init, context: &Context) -> Result<Exit> {
    if let Some(folder) = &what.moved_to {
        let place = context.app().await?.point_repository(folder).await?;
        let document = json!({ "repository": place });
        output::document(context.json(), &document, |_| {
            format!("The Repository is {} now.", place.path.display())
        })?;
        return Ok(Exit::Done);
    }
    if let Some(folder) = &what.existing {
        return take(folder, what.key_file.as_deref(), context).await;
    }
    let app = context.app().await?;
    let folder = match what.repository {
        Some(folder) => folder,
        None => places::repository()?,
    };
    let made = app.init(&folder).await?;
    let saved = match &what.save {
        Some(file) => Some(app.save_recovery_key(file).await?),
        None => None,
    };
    let place = &made.repository;
    if context.json() {
        let document = json!({ "repository": place, "recovery_key": made.key.as_str(), "saved": saved });
        output::document(true, &document, |_| String::new())?;
        return Ok(Exit::Done);
    }
    output::print(&format!("The Repository is {}.", place.path.display()));
    if let Some(free) = place.free {
        output::print(&format!("{} are free on its disk.", format::bytes(free)));
    }
    show(&made.key)?;
    tell_saved(saved.as_ref());
    output::note(
        "One copy on this computer is lost with this computer: keep the Repository on another disk, or copy it.",
    );
    output::print("\nNext: connect a cloud with `holdfast connect google` or `holdfast connect box`.");
    Ok(Exit::Done)
}

async fn take(
    folder: &std::path::Path,
    key_file: Option<&std::path::Path>,
    context: &Context,
) -> Result<Exit> {
    let app = context.app().await?;
    let typed = match key_file {
        Some(file) => prompt::from_file(file)?,
        None => prompt::hidden("Recovery key")?,
    };
    let key = RecoveryKey::parse(&typed)?;
    let (place, report) = app.init_existing(folder, &key).await?;
    let document = json!({ "repository": place, "rebuilt": report });
    output::document(context.json(), &document, |_| {
        format!(
            "The Repository {} is open.\n{}\nNext: connect the clouds again with `holdfast reconnect`.",
            place.path.display(),
            rebuilt(&report)
        )
    })?;
    Ok(Exit::Done)
}

fn show(key: &RecoveryKey) -> Result<()> {
    output::print(&format!("\nRecovery key:\n\n  {}\n", key.as_str()));
    if output::is_terminal() {
        output::print(&key.qr_text()?);
    }
    output::note(WARNING);
    Ok(())
}

fn tell_saved(saved: Option<&SavedKey>) {
    if let Some(saved) = saved {
        output::note(&format!("It is saved in {}.", saved.path.display()));
        if saved.same_disk {
            output::note(
                "That file is on the disk of the Repository: whoever takes the disk has both. Move it elsewhere.",
            );
        }
    }
}

/// Arguments of `recovery-key`.
#[derive(Args)]
pub struct ShowKey {
    /// Save it to this new file instead of showing it
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

/// Shows the recovery key again.
pub async fn show_key(what: ShowKey, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    if let Some(file) = &what.save {
        let saved = app.save_recovery_key(file).await?;
        if context.json() {
            output::document(true, &json!({ "saved": saved }), |_| String::new())?;
        } else {
            tell_saved(Some(&saved));
        }
        return Ok(Exit::Done);
    }
    let key = app.recovery_key().await?;
    if context.json() {
        output::document(true, &json!({ "recovery_key": key.as_str() }), |_| String::new())?;
    } else {
        show(&key)?;
    }
    Ok(Exit::Done)
}

/// Arguments of `verify`.
#[derive(Args)]
pub struct Verify {
    /// Read and check every byte, not only the structure
    #[arg(long, conflicts_with = "next_part")]
    read_data: bool,
    /// Read and check the next eighth of the data: eight times read everything. For a schedule of your own
    #[arg(long)]
    next_part: bool,
}

/// Checks the Repository.
pub async fn verify(what: Verify, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let Verify { read_data, next_part } = what;
    let report = follow(context, |events, cancel| async move {
        if next_part {
            app.verify_next_part(events, cancel).await
        } else {
            app.verify(read_data, events, cancel).await
        }
    })
    .await?;
    let exit = if report.is_sound() { Exit::Done } else { Exit::Failed };
    if context.json() {
        output::line(&json!({ "event": "done", "exit_code": exit.code(), "report": report }))?;
        return Ok(exit);
    }
    let mut told = vec![
        ("snapshots", format::count(report.snapshots)),
        ("packs", format::count(report.packs)),
        ("items", format::count(report.items)),
    ];
    if read_data || next_part {
        told.push(("read", format::bytes(report.bytes_read)));
    }
    output::print(&facts(told));
    for problem in &report.problems {
        output::print(&format!("damaged: {}", format::one_line(problem)));
    }
    output::print(&match (report.problem_count, read_data) {
        (0, true) => "The Repository is whole: every byte was read and is what was stored.".to_owned(),
        (0, false) => "The Repository's structure is whole. `--read-data` also reads every byte.".to_owned(),
        (problems, _) => {
            format!("The Repository is damaged: {}.", format::counted(problems, "problem", "problems"))
        }
    });
    Ok(exit)
}

/// Arguments of `rebuild-catalogue`.
#[derive(Args)]
pub struct Rebuild {
    /// The Repository's folder, where the data directory does not know it any more
    #[arg(long, value_name = "PATH")]
    repository: Option<PathBuf>,
}

/// Makes the catalogue anew, whatever state the old one is in.
pub async fn rebuild(what: Rebuild, context: &Context) -> Result<Exit> {
    let report = App::rebuild_catalogue(context.opening().await?, what.repository).await?;
    output::document(context.json(), &json!({ "rebuilt": report }), |_| rebuilt(&report))?;
    Ok(if report.problems.is_empty() { Exit::Done } else { Exit::Problems })
}

fn rebuilt(report: &RebuildReport) -> String {
    let mut text = facts([
        (
            "domains",
            format!("{}, {} still signed in", format::count(report.domains), format::count(report.connected)),
        ),
        ("users", format::count(report.users)),
        ("archives", format::count(report.archives)),
        ("items", format::count(report.items)),
        ("snapshots", format::count(report.snapshots)),
    ]);
    for problem in &report.problems {
        text.push_str(&format!("\nnot read: {}", format::one_line(problem)));
    }
    text
}
