//! What is decided for a domain, an org unit, a group or a user: `pause`, `resume`, `policy`, `auto-backup`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use holdfast_app::{App, Applies, PauseFor, PolicyEffect, Result, Whose, format};
use holdfast_model::Service;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// For whom; at most one of them.
#[derive(Args)]
#[group(multiple = false)]
pub struct Level {
    /// The user of this address
    #[arg(long, value_name = "ADDRESS")]
    user: Option<String>,
    /// The members of the group of this address
    #[arg(long, value_name = "ADDRESS")]
    group: Option<String>,
    /// The users of the org unit of this path
    #[arg(long, value_name = "PATH")]
    org_unit: Option<String>,
}

impl Level {
    fn whose(self) -> Whose {
        match self {
            Self { user: Some(user), .. } => Whose::User(user),
            Self { group: Some(group), .. } => Whose::Group(group),
            Self { org_unit: Some(unit), .. } => Whose::OrgUnit(unit),
            Self { user: None, group: None, org_unit: None } => Whose::Domain,
        }
    }
}

/// A level in words, the whole of it where nobody is named.
fn words(whose: &Whose, whole: &str) -> String {
    match whose {
        Whose::Domain => whole.to_owned(),
        Whose::OrgUnit(path) => format!("the org unit {}", format::one_line(path)),
        Whose::Group(address) => format!("the group {}", format::one_line(address)),
        Whose::User(address) => format::one_line(address).to_string(),
    }
}

/// Arguments of `pause`.
#[derive(Args)]
pub struct Pause {
    #[command(flatten)]
    who: Level,
    /// All backups of this data directory
    #[arg(long, conflicts_with_all = ["user", "group", "org_unit"], required_unless_present_any = ["user", "group", "org_unit"])]
    all: bool,
    /// Until when; without it, until `resume`
    #[arg(long = "for", value_name = "HOW LONG")]
    how_long: Option<HowLong>,
    /// The domain, where several are connected
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
}

/// How long a pause is.
#[derive(Clone, Copy, ValueEnum)]
pub enum HowLong {
    /// An hour
    Hour,
    /// Until tomorrow
    Today,
}

/// Arguments of `resume`.
#[derive(Args)]
pub struct Resume {
    #[command(flatten)]
    who: Level,
    /// All backups of this data directory
    #[arg(long, conflicts_with_all = ["user", "group", "org_unit"], required_unless_present_any = ["user", "group", "org_unit"])]
    all: bool,
    /// The domain, where several are connected
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
}

/// Lets backups rest.
pub async fn pause(what: Pause, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let (whose, zone) = (what.who.whose(), TimeZone::system());
    let until = what.how_long.map(|how_long| {
        let pause = match how_long {
            HowLong::Hour => PauseFor::AnHour,
            HowLong::Today => PauseFor::Today,
        };
        pause.ends(app.now(), &zone)
    });
    app.pause_level(what.domain.as_deref(), &whose, until).await?;
    let document = json!({ "who": words(&whose, "all"), "schedule": "paused", "until": until });
    output::document(context.json(), &document, |_| {
        let end = match until {
            Some(until) => format!(" until {}", format::time(until, &zone)),
            None => String::new(),
        };
        format!("The backups of {} are paused{end}.", words(&whose, "everyone"))
    })?;
    Ok(Exit::Done)
}

/// Ends a pause.
pub async fn resume(what: Resume, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let whose = what.who.whose();
    app.resume_level(what.domain.as_deref(), &whose).await?;
    let document = json!({ "who": words(&whose, "all"), "schedule": "active" });
    output::document(context.json(), &document, |_| {
        format!("The backups of {} are active.", words(&whose, "everyone"))
    })?;
    Ok(Exit::Done)
}

/// What to do with settings.
#[derive(Subcommand)]
pub enum Policy {
    /// Show the settings that apply, and the level that each is from
    Show(Whom),
    /// Set all settings of a level from a TOML file; an empty file takes them away
    Set(SetPolicy),
}

/// Whose settings.
#[derive(Args)]
pub struct Whom {
    #[command(flatten)]
    who: Level,
    /// The domain, where several are connected
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
}

/// Arguments of `policy set`.
#[derive(Args)]
pub struct SetPolicy {
    #[command(flatten)]
    whom: Whom,
    /// Say what it would do, and do nothing
    #[arg(long)]
    preview: bool,
    /// The settings, named as `policy show` names them; those that are not in it come from the level above
    #[arg(value_name = "FILE.toml")]
    settings: PathBuf,
}

/// Shows or changes settings.
pub async fn policy(what: Policy, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    match what {
        Policy::Show(Whom { who, domain }) => {
            let applies = app.applies(domain.as_deref(), &who.whose()).await?;
            show(&applies, context)?;
        }
        Policy::Set(SetPolicy { whom: Whom { who, domain }, preview, settings }) => {
            let whose = who.whose();
            let effect = app.preview_settings(domain.as_deref(), &whose, &settings).await?;
            if preview {
                output::document(context.json(), &effect, told)?;
                return Ok(Exit::Done);
            }
            let applies = app.set_settings(domain.as_deref(), &whose, &settings).await?;
            if !context.json() {
                output::note(&told(&effect));
            }
            show(&applies, context)?;
        }
    }
    Ok(Exit::Done)
}

fn show(applies: &Applies, context: &Context) -> Result<()> {
    let from: BTreeMap<_, _> = applies.from.iter().cloned().collect();
    let mut document = serde_json::to_value(&applies.effective.policy).unwrap_or_default();
    if let Some(fields) = document.as_object_mut() {
        fields.insert("from".to_owned(), json!(from));
        fields.insert("own".to_owned(), json!(applies.own));
    }
    output::document(context.json(), &document, |_| as_toml(applies))
}

/// As TOML, so that it can be saved, changed and set; where each setting is from stands in a comment above it.
fn as_toml(applies: &Applies) -> String {
    let from: BTreeMap<_, _> = applies.from.iter().cloned().collect();
    let mut text = String::new();
    for line in holdfast_app::settings_as_toml(&applies.effective.policy).lines() {
        let name = line.split([' ', '=']).next().unwrap_or_default().trim_matches(['[', ']']);
        if let Some(level) = from.get(name) {
            text.push_str(&format!("# from {}\n", format::one_line(level)));
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// What a change does, in lines.
fn told(effect: &PolicyEffect) -> String {
    let mut lines = Vec::new();
    for (services, what) in [
        (&effect.gains, "is backed up from now on"),
        (&effect.loses, "is no longer backed up; what is stored stays"),
        (&effect.relisted, "is listed again; what is kept is not fetched again"),
    ] {
        for one in services {
            lines.push(format!("{} of {} {what}.", Service::title(one.service), some(&one.whose)));
        }
    }
    if !effect.rescheduled.is_empty() {
        lines.push(format!("The backups of {} run at other times.", some(&effect.rescheduled)));
    }
    if lines.is_empty() {
        lines.push("Nothing changes for anyone who is protected.".to_owned());
    }
    lines.join("\n")
}

fn some(names: &[String]) -> String {
    const MOST: usize = 5;
    let shown: Vec<_> = names.iter().take(MOST).map(|name| format::one_line(name).to_string()).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), format::count(more as u64)),
    }
}

/// Arguments of `auto-backup`.
#[derive(Args)]
pub struct AutoBackup {
    /// On or off
    #[arg(value_name = "on|off")]
    switch: Switch,
    /// Who appears in the group of this address
    #[arg(long, value_name = "ADDRESS", conflicts_with = "org_unit")]
    group: Option<String>,
    /// Who appears in the org unit of this path; without both, in the domain
    #[arg(long, value_name = "PATH")]
    org_unit: Option<String>,
    /// Who appears in the units below it, too
    #[arg(long, requires = "org_unit")]
    include_sub_units: bool,
    /// The domain, where several are connected
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
}

/// How a switch stands.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// From now on
    On,
    /// No longer
    Off,
}

/// Switches auto-backup on or off.
pub async fn auto_backup(what: AutoBackup, context: &Context) -> Result<Exit> {
    let app: &App = context.app().await?;
    let whose = Level { user: None, group: what.group, org_unit: what.org_unit }.whose();
    let on = what.switch == Switch::On;
    app.set_auto_backup(what.domain.as_deref(), &whose, what.include_sub_units, on).await?;
    let document = json!({
        "who": words(&whose, "domain"),
        "include_sub_units": what.include_sub_units,
        "auto_backup": if on { "on" } else { "off" },
    });
    output::document(context.json(), &document, |_| {
        let whom = words(&whose, "the domain");
        if on {
            format!("Who appears in {whom} is protected at the next sync. Who is there already stays as is.")
        } else {
            format!("Who appears in {whom} is no longer protected by itself. Who is protected stays so.")
        }
    })?;
    Ok(Exit::Done)
}
