//! `storage`: where the Repository is, and its way to another place.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use holdfast_app::views::RepositoryView;
use holdfast_app::{Result, UserError, format};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::progress::follow;
use crate::table::facts;

/// Arguments of `storage`.
#[derive(Args)]
pub struct Storage {
    #[command(subcommand)]
    change: Option<Change>,
}

/// A change of the place.
#[derive(Subcommand)]
pub enum Change {
    /// Copy the Repository to another folder, check every byte there, and use it from then on. The old folder stays as it
    /// was. A copy that was cut off goes on. To use one that was moved by hand: `init --moved-to`
    Move {
        /// A new or empty folder
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
}

/// Shows where the Repository is, or moves it.
pub async fn storage(what: Storage, context: &Context) -> Result<Exit> {
    match what.change {
        Some(Change::Move { to }) => relocate(to, context).await,
        None => show(context).await,
    }
}

async fn show(context: &Context) -> Result<Exit> {
    let place = context.app().await?.repository().await?;
    let place = place.ok_or_else(|| UserError::of("repository.none", ""))?;
    output::document(context.json(), &json!({ "repository": place }), |_| shown(&place))?;
    Ok(if place.reachable { Exit::Done } else { Exit::Problems })
}

fn shown(place: &RepositoryView) -> String {
    facts([
        ("folder", place.path.display().to_string()),
        ("repository", place.id.clone()),
        ("free", place.free.map_or_else(|| "unknown".to_owned(), format::bytes)),
        ("reachable", if place.reachable { "yes" } else { "no" }.to_owned()),
    ])
}

async fn relocate(to: PathBuf, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let to = std::path::absolute(&to)
        .map_err(|error| UserError::of("input.bad", format!("{}: {error}", to.display())))?;
    let before = app.repository().await?;
    let place =
        follow(context, |events, cancel| async move { app.relocate_repository(&to, events, cancel).await })
            .await?;
    if context.json() {
        output::line(&json!({ "event": "done", "exit_code": Exit::Done.code(), "repository": place }))?;
        return Ok(Exit::Done);
    }
    output::print(&format!("The Repository is {} now.", place.path.display()));
    if let Some(before) = before {
        output::note(&format!(
            "{} is no longer used. Delete it once a backup has run at the new place.",
            before.path.display()
        ));
    }
    Ok(Exit::Done)
}
