//! `agent`: the schedule without a window.

use std::time::Duration;

use holdfast_app::{App, Quiet, Result};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// How often the seat is looked at while another process has it.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How often people are told of what keeps someone from being protected.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// What was missed while the computer slept or the agent was away is made up for first; then it is told what is still amiss.
const CALM: Duration = Duration::from_secs(600);

/// Keeps the schedule until Ctrl-C, and tells people what keeps someone from being protected.
pub async fn agent(context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    tokio::select! {
        ended = keep_schedule(app, context) => ended,
        () = tell_people(app) => Ok(Exit::Done),
    }
}

/// By notification, e-mail and webhook, each cause once over all processes. It never ends by itself.
async fn tell_people(app: &App) {
    let mut quiet = Quiet::new(app.now(), CALM);
    loop {
        tokio::time::sleep(TELL_EVERY).await;
        if let Err(error) = app.watch(quiet.holds(app.now())).await {
            tracing::warn!(code = error.code, %error, "people could not be told");
        }
    }
}

/// While another process does the work, that one keeps the schedule.
async fn keep_schedule(app: &App, context: &Context) -> Result<Exit> {
    let cancel = context.cancel();
    let mut told = None;
    while !cancel.is_cancelled() {
        let is_here = app.keep_schedule(cancel.clone(), || tell(context, &mut told, true)).await?;
        if cancel.is_cancelled() {
            break;
        }
        if !is_here {
            tell(context, &mut told, false);
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = cancel.cancelled() => {}
        }
    }
    Ok(Exit::Done)
}

/// Says who keeps the schedule, when that changes.
fn tell(context: &Context, told: &mut Option<bool>, is_here: bool) {
    if told.replace(is_here) == Some(is_here) {
        return;
    }
    if context.json() {
        let line = output::line(&json!({ "event": "agent", "keeps_schedule": is_here }));
        if let Err(error) = line {
            tracing::error!(%error, "an event could not be printed");
        }
    } else if is_here {
        output::print("The schedule is kept here. Ctrl-C ends it.");
    } else {
        output::print("Another process does the work; the schedule is kept here as soon as it ends.");
    }
}
