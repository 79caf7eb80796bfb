//! What an admin sets: `pause`, `resume`, `policy`, `licenses`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use holdfast_app::views::LicensesView;
use holdfast_app::{Result, format};
use holdfast_model::Policy as Settings;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::table::facts;

/// Arguments of `pause` and `resume`.
#[derive(Args)]
pub struct Paused {
    /// The user's address
    #[arg(long, value_name = "ADDRESS")]
    user: String,
}

/// Pauses or resumes.
pub async fn set_paused(what: Paused, paused: bool, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    app.set_paused(&what.user, paused).await?;
    let schedule = if paused { "paused" } else { "active" };
    output::document(context.json(), &json!({ "user": what.user, "schedule": schedule }), |_| {
        format!("The backups of {} are {schedule}.", format::one_line(&what.user))
    })?;
    Ok(Exit::Done)
}

/// What to do with settings.
#[derive(Subcommand)]
pub enum Policy {
    /// Show the settings that apply to a user, or the domain's
    Show(Whose),
    /// Set settings of a user, or the domain's, from a TOML file
    Set(SetPolicy),
}

/// Whose settings.
#[derive(Args)]
pub struct Whose {
    /// The user's address; without it, the domain's defaults
    #[arg(long, value_name = "ADDRESS")]
    user: Option<String>,
    /// The domain, where several are connected
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
}

/// Arguments of `policy set`.
#[derive(Args)]
pub struct SetPolicy {
    #[command(flatten)]
    whose: Whose,
    /// The settings, named as `policy show` names them; those that are not in it come from the level above
    #[arg(value_name = "FILE.toml")]
    settings: PathBuf,
}

/// Shows or changes settings.
pub async fn policy(what: Policy, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let settings = match what {
        Policy::Show(whose) => app.policy(whose.domain.as_deref(), whose.user.as_deref()).await?,
        Policy::Set(SetPolicy { whose, settings }) => {
            app.set_policy(whose.domain.as_deref(), whose.user.as_deref(), &settings).await?
        }
    };
    output::document(context.json(), &settings, told)?;
    Ok(Exit::Done)
}

/// As TOML, so that it can be saved, changed and set.
fn told(settings: &Settings) -> String {
    holdfast_app::settings_as_toml(settings)
}

/// Arguments of `licenses`.
#[derive(Args)]
#[command(subcommand_negates_reqs = true)]
pub struct Licenses {
    #[command(subcommand)]
    set: Option<SetLicenses>,
}

/// A change of the limit.
#[derive(Subcommand)]
pub enum SetLicenses {
    /// Cap how many users are protected; `none` for no limit
    Set {
        /// A number, or `none`
        #[arg(value_name = "N|none", value_parser = limit)]
        limit: Limit,
    },
}

/// A limit as it is typed.
#[derive(Clone, Copy)]
pub struct Limit(Option<u64>);

fn limit(word: &str) -> std::result::Result<Limit, String> {
    match word {
        "none" => Ok(Limit(None)),
        number => {
            number.parse().map(|number| Limit(Some(number))).map_err(|_| "use a number, or none".to_owned())
        }
    }
}

/// Shows or caps how many users are protected.
pub async fn licenses(what: Licenses, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let licenses = match what.set {
        Some(SetLicenses::Set { limit: Limit(limit) }) => app.set_licenses(limit).await?,
        None => app.licenses().await?,
    };
    let holders: Vec<_> = licenses.holders.iter().map(|holder| &holder.address).collect();
    let LicensesView { limit, used, free, .. } = &licenses;
    let document = json!({
        "limit": limit,
        "used": used,
        "free": free,
        "holders": holders,
        "people": licenses.holders,
    });
    output::document(context.json(), &document, |_| places(&licenses))?;
    Ok(Exit::Done)
}

fn places(licenses: &LicensesView) -> String {
    let mut lines = vec![
        ("limit", licenses.limit.map_or_else(|| "none".to_owned(), format::count)),
        ("used", format::count(licenses.used)),
    ];
    lines.extend(licenses.free.map(|free| ("free", format::count(free))));
    let mut text = facts(lines);
    for holder in &licenses.holders {
        text.push_str(&format!("\n  {}", format::one_line(&holder.address)));
    }
    text
}
