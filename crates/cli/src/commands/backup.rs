//! Backing up: `start` and `run`.

use std::path::PathBuf;

use clap::Args;
use holdfast_app::events::Events;
use holdfast_app::views::EndedRun;
use holdfast_app::{Choice, Problem, Result, Started, UserError, format, licenses_sentence};
use holdfast_model::{RunResult, Service};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::exit::Exit;
use crate::progress::{counts, follow};
use crate::table::table;
use crate::{background, output};

/// Arguments of `start`.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("whom").required(true).multiple(true).args(["user", "group", "org_unit", "csv"])))]
pub struct Start {
    /// A user, by any of their addresses; can be given more than once, as can the following
    #[arg(long, value_name = "ADDRESS")]
    user: Vec<String>,
    /// A group: its members now, and whoever joins it later
    #[arg(long, value_name = "ADDRESS")]
    group: Vec<String>,
    /// An org unit: its users now, and whoever joins it later
    #[arg(long, value_name = "PATH")]
    org_unit: Vec<String>,
    /// The org units' sub-units, too
    #[arg(long, requires = "org_unit")]
    include_sub_units: bool,
    /// A CSV file with one e-mail address in each row
    #[arg(long, value_name = "FILE")]
    csv: Vec<PathBuf>,
    /// Settings for just this selection. TOML: services, mail_trash, mail_spam, exclude_labels, drive_documents,
    /// drive_trash, previous_versions, exclude_extensions, exclude_larger_than, export, frequency_hours
    #[arg(long, value_name = "FILE.toml")]
    settings: Option<PathBuf>,
    /// The domain, where several are connected
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// Only show whom this would protect
    #[arg(long, conflicts_with = "wait")]
    preview: bool,
    /// Show the backup and wait for its end; else it goes on in the background
    #[arg(long)]
    wait: bool,
}

/// Protects users and backs them up.
pub async fn start(what: Start, context: &Context) -> Result<Exit> {
    let choice = Choice {
        domain: what.domain,
        users: what.user,
        groups: what.group,
        org_units: what.org_unit,
        include_sub_units: what.include_sub_units,
        csv: what.csv,
        settings: what.settings,
    };
    let app = context.app().await?;
    if what.preview {
        let plan = app.plan(&choice).await?;
        let problems = plan.problems.clone();
        output::document(context.json(), &plan, |plan| {
            let rows = plan.users.iter().map(|user| {
                [
                    user.address.clone(),
                    if user.already_protected { "protected already" } else { "new" }.to_owned(),
                ]
            });
            format!(
                "{}\n{}",
                table(["USER", ""], rows),
                licenses_sentence(plan.licenses_needed, plan.licenses_free)
            )
        })?;
        return Ok(tell_problems(&problems, context));
    }
    if !what.wait {
        app.storage_opens().await?;
        let started = app.start(&choice, false, Events::nobody(), CancellationToken::new()).await?;
        background::start(&["--wait"], context)?;
        output::document(context.json(), &started, |started| {
            format!(
                "{} protected. The backup goes on in the background; `holdfast status` shows it.",
                format::counted(started.users.len() as u64, "user is", "users are")
            )
        })?;
        return Ok(tell_problems(&started.problems, context));
    }
    let started = follow(context, |events, cancel| {
        let choice = &choice;
        async move { app.start(choice, true, events, cancel).await }
    })
    .await?;
    let Started { users, problems, runs } = started;
    if !context.json() {
        output::print(&format!("{} protected.", format::counted(users.len() as u64, "user is", "users are")));
    }
    let told = if context.json() { Exit::Done } else { tell_problems(&problems, context) };
    let ended = ended(&runs, &json!({ "users": users, "problems": problems }), context)?;
    Ok(if ended == Exit::Done && (told == Exit::Problems || !problems.is_empty()) {
        Exit::Problems
    } else {
        ended
    })
}

fn tell_problems(problems: &[Problem], context: &Context) -> Exit {
    if !context.json() {
        for problem in problems {
            let line = problem.line.map(|line| format!("line {line}: ")).unwrap_or_default();
            let file = problem.file.as_ref().map(|file| format!("{}, ", file.display())).unwrap_or_default();
            let told = format!("not used: {file}{line}{}: {}", problem.entry, problem.why);
            output::note(&format::one_line(&told));
        }
    }
    if problems.is_empty() { Exit::Done } else { Exit::Problems }
}

/// Arguments of `run`.
#[derive(Args)]
pub struct Run {
    /// Only this user
    #[arg(long, value_name = "ADDRESS")]
    user: Option<String>,
    /// Only this service: gmail, drive, shared_drive, calendar, contacts or tasks
    #[arg(long, value_name = "SERVICE", value_parser = service)]
    service: Option<Service>,
    /// Only of this domain
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// Now, whatever the schedule says; as long as nothing runs on a schedule, that is always so
    #[arg(long)]
    now: bool,
    /// Show the backup and wait for its end; else it goes on in the background
    #[arg(long)]
    wait: bool,
}

/// A Service as it is typed.
pub fn service(word: &str) -> std::result::Result<Service, String> {
    let known = word.to_lowercase().replace('-', "_").parse::<Service>();
    known.map_err(|_| format!("use {}", Service::ALL.map(Service::as_str).join(", ")))
}

/// Backs up who is protected already.
pub async fn run(what: Run, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    if !what.wait {
        // What keeps it from beginning is said here, where somebody reads it.
        app.can_run(what.domain.as_deref(), what.user.clone(), what.service).await?;
        background::start(&["--wait"], context)?;
        output::document(context.json(), &json!({ "started": true }), |_| {
            "The backup goes on in the background; `holdfast status` shows it.".to_owned()
        })?;
        return Ok(Exit::Done);
    }
    let runs = follow(context, |events, cancel| {
        app.run(what.domain.as_deref(), what.user.clone(), what.service, events, cancel)
    })
    .await?;
    ended(&runs, &json!({}), context)
}

/// Tells how the Runs ended, and with which code that ends the program.
fn ended(runs: &[EndedRun], more: &serde_json::Value, context: &Context) -> Result<Exit> {
    let exit = judge(runs);
    if context.json() {
        let mut document = json!({ "event": "done", "exit_code": exit.code(), "runs": runs });
        if let (Some(document), Some(more)) = (document.as_object_mut(), more.as_object()) {
            document.extend(more.clone());
        }
        output::line(&document)?;
        return Ok(exit);
    }
    if runs.is_empty() {
        output::print("There was nothing to back up.");
        return Ok(exit);
    }
    let rows = runs.iter().map(|run| {
        let why =
            run.error.as_ref().map(UserError::to_string).or_else(|| run.note.clone()).unwrap_or_default();
        [
            run.id.to_string(),
            run.title.clone(),
            run.result.title().to_owned(),
            counts(&run.ledger, run.result),
            why,
        ]
    });
    output::print(&format!("\n{}", table(["RUN", "ARCHIVE", "RESULT", "ITEMS", ""], rows)));
    let open = runs.iter().filter(|run| !run.result.is_complete()).count() as u64;
    output::print(&match open {
        0 => format!("{} complete.", format::counted(runs.len() as u64, "run is", "runs are")),
        open => format!(
            "{} of {} not complete; `holdfast activity RUN` says why.",
            format::count(open),
            format::counted(runs.len() as u64, "run is", "runs are")
        ),
    });
    Ok(exit)
}

/// One bad Run among good ones is a problem; nothing but bad ones is a failure.
fn judge(runs: &[EndedRun]) -> Exit {
    let any = |result: RunResult| runs.iter().any(|run| run.result == result);
    if any(RunResult::Cancelled) {
        Exit::Cancelled
    } else if runs.iter().all(|run| run.result.is_complete()) {
        Exit::Done
    } else if runs.iter().all(|run| run.result == RunResult::Failed) {
        Exit::Failed
    } else {
        Exit::Problems
    }
}

#[cfg(test)]
mod tests {
    use holdfast_model::{ArchiveId, Ledger, RunId};

    use super::*;

    #[test]
    fn the_exit_code_follows_from_the_runs() {
        use RunResult::{Cancelled, Complete, CompleteWithSkips, Failed, Partial};
        let rows: [(&[RunResult], Exit); 7] = [
            (&[], Exit::Done),
            (&[Complete, CompleteWithSkips], Exit::Done),
            (&[Complete, Partial], Exit::Problems),
            (&[Complete, Failed], Exit::Problems),
            (&[Failed, Failed], Exit::Failed),
            (&[Failed, Partial], Exit::Problems),
            (&[Complete, Cancelled], Exit::Cancelled),
        ];
        for (results, expected) in rows {
            let runs: Vec<_> = results
                .iter()
                .map(|result| EndedRun {
                    id: RunId(1),
                    archive: ArchiveId(1),
                    title: String::new(),
                    result: *result,
                    ledger: Ledger::default(),
                    error: None,
                    note: None,
                })
                .collect();
            assert_eq!(judge(&runs), expected, "{results:?}");
        }
    }
}
