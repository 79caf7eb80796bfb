//! The directory: `sync`, `users`, `groups`, `org-units`.

use clap::{Args, ValueEnum};
use holdfast_app::views::{self, KeptService, Schedule, UserRow};
use holdfast_app::{PeopleFilter, Protection, Result, SyncWhat, format};
use holdfast_model::Account;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;
use crate::progress::follow;
use crate::prompt;
use crate::table::{or_dash, table};

/// Most users would be marked deleted: a person decides.
const MASS_DELETION: &str = "directory.mass_deletion";

/// A part of the directory.
#[derive(Clone, Copy, ValueEnum)]
pub enum Part {
    /// Users and their account status
    Users,
    /// Groups and their members
    Groups,
    /// Org units
    OrgUnits,
}

/// Arguments of `sync`.
#[derive(Args)]
pub struct Sync {
    /// Only this part
    part: Option<Part>,
    /// Only this domain
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// Take it over although more than a third of the users would be marked deleted
    #[arg(long)]
    accept_mass_deletion: bool,
}

/// Brings in the directory.
pub async fn sync(what: Sync, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let part = match what.part {
        Some(Part::Users) => SyncWhat::Users,
        Some(Part::Groups) => SyncWhat::Groups,
        Some(Part::OrgUnits) => SyncWhat::OrgUnits,
        None => SyncWhat::All,
    };
    let run = async |accept: bool| {
        let sync = |events, cancel| app.sync(what.domain.as_deref(), part, accept, events, cancel);
        follow(context, sync).await
    };
    let reports = match run(what.accept_mass_deletion).await {
        Err(error) if error.code == MASS_DELETION && !what.accept_mass_deletion => {
            // One answer is for one domain.
            let is_one = what.domain.is_some() || app.connections().await?.len() == 1;
            if context.json() || !is_one || !prompt::can_ask() {
                return Err(error);
            }
            output::note(&format!("{} {}", error.what, error.detail.as_deref().unwrap_or_default()));
            if !prompt::confirm("Take it over? Archives of people who left are kept")? {
                return Err(error);
            }
            run(true).await?
        }
        other => other?,
    };
    if context.json() {
        output::line(&json!({ "event": "done", "reports": reports }))?;
        return Ok(Exit::Done);
    }
    for report in &reports {
        let changes = &report.changes;
        let lists = [
            ("joined", &changes.joined),
            ("left", &changes.left),
            ("renamed", &changes.renamed),
            ("suspended", &changes.suspended),
            ("active again", &changes.restored),
        ];
        for (word, names) in lists.into_iter().filter(|(_, names)| !names.is_empty()) {
            const SHOWN: usize = 5;
            let shown: Vec<_> = names.iter().take(SHOWN).map(|name| format::one_line(name)).collect();
            let more = names.len().saturating_sub(SHOWN);
            let more =
                if more > 0 { format!(" and {} more", format::count(more as u64)) } else { String::new() };
            output::print(&format!("  {word}: {}{more}", shown.join(", ")));
        }
        for leaver in &report.leavers {
            output::print(&format!("  {}.", format::one_line(&leaver.sentence)));
        }
        for address in &report.back {
            output::print(&format!("  {} is back and is backed up again.", format::one_line(address)));
        }
    }
    Ok(Exit::Done)
}

/// Arguments of `users`.
#[derive(Args)]
pub struct Users {
    /// Only of this domain
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// Only with this in name or address
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Only with this account status: active, suspended, archived or deleted
    #[arg(long, value_name = "STATUS", value_parser = account)]
    account: Option<Account>,
    /// Only with this protection: unprotected, protected, excluded or retained
    #[arg(long, value_name = "STATE", value_parser = protection)]
    protection: Option<Protection>,
}

fn account(word: &str) -> std::result::Result<Account, String> {
    let known = Account::ALL.into_iter().find(|account| account.as_str() == word);
    known.ok_or_else(|| "use active, suspended, archived or deleted".to_owned())
}

fn protection(word: &str) -> std::result::Result<Protection, String> {
    let known = Protection::ALL.iter().copied().find(|protection| protection.as_str() == word);
    known.ok_or_else(|| "use unprotected, protected, excluded or retained".to_owned())
}

/// Lists the users.
pub async fn users(what: Users, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let filter = PeopleFilter {
        domain: what.domain,
        text: what.filter,
        account: what.account,
        protection: what.protection,
    };
    let listed = app.users(filter).await?;
    show_users(&listed, context, holdfast_app::App::now(app))
}

fn show_users(listed: &[UserRow], context: &Context, now: holdfast_model::Timestamp) -> Result<Exit> {
    output::document(context.json(), &json!({ "users": listed }), |_| {
        if listed.is_empty() {
            return "Nobody was found. `holdfast sync` brings in the users of the cloud.".to_owned();
        }
        let rows = listed.iter().map(|user| {
            let schedule = if user.schedule == Schedule::Paused { " (paused)" } else { "" };
            [
                user.address.clone(),
                user.name.clone(),
                user.account.as_str().to_owned(),
                or_dash(user.org_unit.clone()),
                format!("{}{schedule}", user.protection.as_str()),
                last_results(&user.services),
                or_dash(user.last_good_copy().map(|at| format::ago(at, now))),
            ]
        });
        let listing = table(
            ["ADDRESS", "NAME", "ACCOUNT", "ORG UNIT", "PROTECTION", "LAST RESULT", "LAST GOOD COPY"],
            rows,
        );
        let protected =
            listed.iter().filter(|user| user.protection == views::Protection::Protected).count() as u64;
        format!(
            "{listing}\n{}, {} protected",
            format::counted(listed.len() as u64, "user", "users"),
            format::count(protected)
        )
    })?;
    Ok(Exit::Done)
}

fn last_results(services: &[KeptService]) -> String {
    let told: Vec<String> = services
        .iter()
        .map(|kept| {
            format!("{} {}", kept.service.title(), kept.last_result.map_or("never", |result| result.title()))
        })
        .collect();
    if told.is_empty() { "-".to_owned() } else { told.join(", ") }
}

/// Arguments of `groups`.
#[derive(Args)]
pub struct Groups {
    /// Show the members of this group, through all groups in it
    #[arg(value_name = "ADDRESS")]
    group: Option<String>,
    /// Only of this domain
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// Only with this in name or address
    #[arg(long, value_name = "TEXT", conflicts_with = "group")]
    filter: Option<String>,
}

/// Lists groups, or the members of one.
pub async fn groups(what: Groups, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    if let Some(group) = &what.group {
        let members = app.group_members(what.domain.as_deref(), group).await?;
        return show_users(&members, context, app.now());
    }
    let filter = PeopleFilter { domain: what.domain, text: what.filter, ..PeopleFilter::default() };
    let listed = app.groups(filter).await?;
    output::document(context.json(), &json!({ "groups": listed }), |_| {
        if listed.is_empty() {
            return "No group was found. `holdfast sync groups` brings them in.".to_owned();
        }
        let rows = listed.iter().map(|group| {
            [
                group.address.clone(),
                group.name.clone(),
                format::count(group.users),
                format::count(group.protected),
                if group.is_rule { "yes" } else { "no" }.to_owned(),
            ]
        });
        table(["ADDRESS", "NAME", "#USERS", "#PROTECTED", "PROTECTS WHO JOINS"], rows)
    })?;
    Ok(Exit::Done)
}

/// Arguments of `org-units`.
#[derive(Args)]
pub struct OrgUnits {
    /// Show the users of this org unit, without those of its sub-units
    #[arg(value_name = "PATH")]
    unit: Option<String>,
    /// Only of this domain
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
    /// Only with this in the path
    #[arg(long, value_name = "TEXT", conflicts_with = "unit")]
    filter: Option<String>,
}

/// Lists org units, or the users of one.
pub async fn org_units(what: OrgUnits, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    if let Some(unit) = &what.unit {
        let members = app.org_unit_users(what.domain.as_deref(), unit).await?;
        return show_users(&members, context, app.now());
    }
    let filter = PeopleFilter { domain: what.domain, text: what.filter, ..PeopleFilter::default() };
    let listed = app.org_units(filter).await?;
    output::document(context.json(), &json!({ "org_units": listed }), |_| {
        if listed.is_empty() {
            return "No org unit was found. `holdfast sync org-units` brings them in.".to_owned();
        }
        let rows = listed.iter().map(|unit| {
            let rule = match (unit.is_rule, unit.include_sub_units) {
                (true, true) => "yes, and sub-units",
                (true, false) => "yes",
                (false, _) => "no",
            };
            [unit.path.clone(), format::count(unit.users), format::count(unit.protected), rule.to_owned()]
        });
        table(["PATH", "#USERS", "#PROTECTED", "PROTECTS WHO JOINS"], rows)
    })?;
    Ok(Exit::Done)
}
