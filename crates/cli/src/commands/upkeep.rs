//! Keeping the storage in order: `retention`, `forget`, `prune`.

use clap::{Args, Subcommand};
use holdfast_app::views::{RetentionEffect, RetentionView};
use holdfast_app::{Result, format};
use holdfast_model::Retention as Rule;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Arguments of `retention`.
#[derive(Args)]
pub struct Retention {
    /// The domain, where several are connected
    #[arg(long, global = true, value_name = "DOMAIN")]
    domain: Option<String>,
    #[command(subcommand)]
    what: Option<Change>,
}

/// What changes.
#[derive(Subcommand)]
pub enum Change {
    /// Keep the last snapshot of so many days, weeks, months and years
    Set(Counts),
    /// Keep every snapshot forever
    Forever,
    /// Go on after a mass change that someone has looked at
    Release,
}

/// How many of each.
#[derive(Args)]
pub struct Counts {
    /// Days
    #[arg(long, value_name = "N", default_value_t = 0)]
    daily: u32,
    /// Weeks
    #[arg(long, value_name = "N", default_value_t = 0)]
    weekly: u32,
    /// Months
    #[arg(long, value_name = "N", default_value_t = 0)]
    monthly: u32,
    /// Years
    #[arg(long, value_name = "N", default_value_t = 0)]
    yearly: u32,
}

/// Shows or sets how long snapshots are kept.
pub async fn retention(what: Retention, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let domain = what.domain.as_deref();
    match what.what {
        None => {}
        Some(Change::Set(Counts { daily, weekly, monthly, yearly })) => {
            app.set_retention(domain, Some(Rule { daily, weekly, monthly, yearly })).await?;
        }
        Some(Change::Forever) => app.set_retention(domain, None).await?,
        Some(Change::Release) => app.release_retention(domain).await?,
    }
    let (_, view) = app.retention_by_name(domain).await?;
    output::document(context.json(), &view, told)?;
    Ok(if view.holds.is_empty() { Exit::Done } else { Exit::Problems })
}

fn told(view: &RetentionView) -> String {
    let mut text = match &view.retention {
        None => "Every snapshot is kept forever.".to_owned(),
        Some(rule) => format!("Kept: {}. The last good copy of each archive always stays.", rule.in_words()),
    };
    for hold in &view.holds {
        text.push_str(&format!("\nheld: {}", format::one_line(&hold.what)));
    }
    text
}

/// Arguments of `forget`.
#[derive(Args)]
pub struct Forget {
    /// The domain; all where none is named
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// Show what would go, and remove nothing
    #[arg(long)]
    preview: bool,
}

/// Removes the snapshots that retention no longer keeps.
pub async fn forget(what: Forget, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let domain = what.domain.as_deref();
    if what.preview {
        let (connection, view) = app.retention_by_name(domain).await?;
        let effect = app.preview_retention(connection, view.retention).await?;
        output::document(context.json(), &effect, would_go)?;
        return Ok(if effect.held.is_none() { Exit::Done } else { Exit::Problems });
    }
    let report = app.forget(domain, context.cancel()).await?;
    output::document(context.json(), &report, |report| {
        let mut text = format!(
            "{} removed, {} left.",
            format::counted(report.removed, "snapshot", "snapshots"),
            format::count(report.left)
        );
        for held in &report.held {
            text.push_str(&format!("\nheld: {}", format::one_line(held)));
        }
        if report.removed > 0 {
            text.push_str(
                "\n`holdfast prune` gives their space back; it also happens by itself once a week.",
            );
        }
        text
    })?;
    Ok(if report.held.is_empty() { Exit::Done } else { Exit::Problems })
}

fn would_go(effect: &RetentionEffect) -> String {
    let zone = TimeZone::system();
    let mut text = format!(
        "{} of {} would go, and at most {} of the storage with them.",
        format::count(effect.removed),
        format::counted(effect.snapshots, "snapshot", "snapshots"),
        format::bytes(effect.bytes)
    );
    for at in &effect.remove {
        text.push_str(&format!("\n  {}", format::time(*at, &zone)));
    }
    if let Some(held) = &effect.held {
        text.push_str(&format!("\nheld: {}", format::one_line(held)));
    }
    text
}

/// Gives space back.
pub async fn prune(context: &Context) -> Result<Exit> {
    let (removed, left) = context.app().await?.prune(context.cancel()).await?;
    output::document(context.json(), &json!({ "removed_bytes": removed, "kept_bytes": left }), |_| {
        format!("{} given back, {} left.", format::bytes(removed), format::bytes(left))
    })?;
    Ok(Exit::Done)
}
