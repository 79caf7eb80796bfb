//! What goes on and what happened: `status`, `activity`, `cancel`.

use clap::Args;
use holdfast_app::views::{RunDetail, RunPhase, RunView, StatusView};
use holdfast_app::{App, Result, format};
use holdfast_model::RunId;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::table::{facts, or_dash, table};

/// Shows how the backups stand.
pub async fn status(context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let status = app.status().await?;
    output::document(context.json(), &status, |status| told(app, status))?;
    Ok(Exit::Done)
}

fn told(app: &App, status: &StatusView) -> String {
    let repository = match &status.repository {
        None => "none yet; set it up with `holdfast init`".to_owned(),
        Some(place) if !place.reachable => format!("{} cannot be reached", place.path.display()),
        Some(place) => match place.free {
            Some(free) => format!("{}, {} free", place.path.display(), format::bytes(free)),
            None => place.path.display().to_string(),
        },
    };
    let connections = if status.connections.is_empty() {
        "none yet; connect one with `holdfast connect`".to_owned()
    } else {
        let one = |one: &holdfast_app::views::ConnectionView| format!("{} {}", one.domain, one.state);
        status.connections.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let mut people = format!(
        "{} protected, {} not protected",
        format::counted(status.protected, "user", "users"),
        format::count(status.unprotected)
    );
    if status.paused > 0 {
        people.push_str(&format!(", {} paused", format::count(status.paused)));
    }
    let mut archives = format!("{}: {} fresh", format::count(status.archives), format::count(status.fresh));
    for (number, word) in [(status.first_copy, "without a copy yet"), (status.stale, "stale")] {
        if number > 0 {
            archives.push_str(&format!(", {} {word}", format::count(number)));
        }
    }
    let mut lines = vec![
        ("repository", repository),
        ("domains", connections),
        ("people", people),
        ("archives", archives),
        ("kept", kept(status.archives, status.oldest_copy, status.items, status.bytes)),
    ];
    if let Some(oldest) = status.oldest_copy {
        lines.push(("oldest good copy", format::ago(oldest, app.now())));
    }
    if let (Some(at), Some(found)) = (status.last_verified_at, &status.last_verify_sentence) {
        lines.push(("last verified", format!("{}. {}", format::ago(at, app.now()), format::one_line(found))));
    }
    let mut text = facts(lines);
    for run in &status.running {
        text.push_str(&format!(
            "\nrunning: {} ({}, {})",
            format::one_line(&run.title),
            phase(run),
            counted(run)
        ));
    }
    for one in &status.waiting {
        let whose = one.domain.as_deref().map(|domain| format!(" ({})", format::one_line(domain)));
        text.push_str(&format!(
            "\nwaiting for {}{}, since {}",
            one.waiting_for,
            whose.unwrap_or_default(),
            format::ago(one.since, app.now())
        ));
    }
    for attention in &status.attention {
        let run = attention.run.map(|run| format!(" (run {run})")).unwrap_or_default();
        text.push_str(&format!(
            "\nattention: {}: {}{run}",
            format::one_line(&attention.title),
            format::one_line(&attention.why)
        ));
    }
    text
}

/// What is kept of so many archives. Before the first good copy that is not known: what is stored waits for a snapshot.
fn kept(archives: u64, oldest_copy: Option<Timestamp>, items: u64, bytes: u64) -> String {
    let is_known = archives == 0 || oldest_copy.is_some() || items > 0;
    or_dash(
        is_known.then(|| format!("{}, {}", format::counted(items, "item", "items"), format::bytes(bytes))),
    )
}

/// What it is doing.
fn phase(run: &RunView) -> &'static str {
    run.phase.map_or("waiting", RunPhase::as_str)
}

fn counted(run: &RunView) -> String {
    format!(
        "{} of {}",
        format::count(run.ledger.accounted() - run.ledger.pending),
        format::count(run.ledger.listed)
    )
}

/// Arguments of `activity`.
#[derive(Args)]
pub struct Activity {
    /// Show this run with its ledger, and every item that was not kept
    run: Option<i64>,
    /// How many runs to list
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

/// Lists runs, or shows one.
pub async fn activity(what: Activity, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let zone = TimeZone::system();
    if let Some(id) = what.run {
        let detail = app.run_detail(RunId(id)).await?;
        output::document(context.json(), &detail, |detail| ledger(detail, &zone))?;
        return Ok(Exit::Done);
    }
    let listed = app.runs(what.limit).await?;
    output::document(context.json(), &json!({ "runs": listed }), |_| {
        if listed.is_empty() {
            return "Nothing has run yet. Start a backup with `holdfast start`.".to_owned();
        }
        let rows = listed.iter().map(|run| {
            let ledger = &run.ledger;
            [
                run.id.to_string(),
                format::time(run.started, &zone),
                run.title.clone(),
                run.result.map_or_else(|| phase(run).to_owned(), |result| result.title().to_owned()),
                format::count(ledger.stored),
                format::count(ledger.unchanged),
                format::count(ledger.removed),
                format::count(ledger.skipped),
                format::count(ledger.quarantined + ledger.pending),
                format::bytes(ledger.bytes),
            ]
        });
        table(
            [
                "RUN",
                "STARTED",
                "ARCHIVE",
                "RESULT",
                "#STORED",
                "#UNCHANGED",
                "#REMOVED",
                "#SKIPPED",
                "#OPEN",
                "#FETCHED",
            ],
            rows,
        )
    })?;
    Ok(Exit::Done)
}

fn ledger(detail: &RunDetail, zone: &TimeZone) -> String {
    let run = &detail.run;
    let counts = &run.ledger;
    let took = run.ended.map(|ended| {
        format::duration(u64::try_from(ended.as_millisecond() - run.started.as_millisecond()).unwrap_or(0))
    });
    let mut lines = vec![
        ("run", run.id.to_string()),
        ("archive", run.title.clone()),
        ("result", run.result.map_or_else(|| phase(run).to_owned(), |result| result.title().to_owned())),
        ("started", format!("{} ({})", format::time(run.started, zone), run.trigger)),
        ("took", or_dash(took)),
        ("listed", format::count(counts.listed)),
        ("  stored", format::count(counts.stored)),
        ("  unchanged", format::count(counts.unchanged)),
        ("  removed", format::count(counts.removed)),
        ("  skipped", format::count(counts.skipped)),
        ("  quarantined", format::count(counts.quarantined)),
        ("  pending", format::count(counts.pending)),
        ("fetched", format::bytes(counts.bytes)),
    ];
    if let Some(why) = &run.limited_by {
        lines.push(("limited by", why.clone()));
    }
    if let Some(error) = &run.error {
        lines.push(("ended by", error.to_string()));
        lines.extend(error.detail.clone().map(|detail| ("details", detail)));
    }
    lines.extend(run.note.clone().map(|note| ("note", note)));
    if !run.closes && run.result.is_some() {
        lines.push(("UNEXPLAINED", "the counts do not add up; please report this".to_owned()));
    }
    let mut text = facts(lines);
    if !detail.items.is_empty() {
        let rows = detail.items.iter().map(|item| {
            [item.kind.clone(), item.item.clone(), item.sentence.clone(), or_dash(item.detail.clone())]
        });
        text.push_str("\n\n");
        text.push_str(&table(["", "ITEM", "WHY", "DETAILS"], rows));
    }
    text
}

/// Arguments of `cancel`.
#[derive(Args)]
pub struct Cancel {
    /// Its number, as `activity` shows it
    run: i64,
}

/// Cancels a run that goes on in another process.
pub async fn cancel(what: Cancel, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    app.cancel_run(RunId(what.run)).await?;
    output::document(context.json(), &json!({ "cancelled": what.run }), |_| {
        "It is being cancelled.".to_owned()
    })?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_the_first_good_copy_nothing_is_said_to_be_kept() {
        let copied = Some(Timestamp::UNIX_EPOCH);
        let rows = [
            (0, None, 0, "0 items, 0 bytes"),
            (2, None, 0, "-"),
            (2, None, 7, "7 items, 0 bytes"),
            (2, copied, 0, "0 items, 0 bytes"),
        ];
        for (archives, oldest, items, told) in rows {
            assert_eq!(kept(archives, oldest, items, 0), told, "{archives} {oldest:?} {items}");
        }
    }
}
