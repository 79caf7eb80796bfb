//! `agent`: the schedule without a window.

use std::time::Duration;

use holdfast_app::Result;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// How often the seat is looked at while another process has it.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Keeps the schedule until Ctrl-C. While another process does the work, that one keeps it.
pub async fn agent(context: &Context) -> Result<Exit> {
    let (app, cancel) = (context.app().await?, context.cancel());
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
