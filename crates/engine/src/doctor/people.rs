//! 3, 4, 10 and 11 for one user: whether it is backed up, of what, by which rule, and how the last Runs ended.

use std::collections::HashSet;

use holdfast_catalog::{
    Archive, DirectoryUser, Pause, Protection, RuleTarget, Schedule, Tx, archives, connections, groups,
    org_units, rules, runs,
};
use holdfast_model::{
    Account, ArchiveId, CloudKind, ConnectionId, OrgUnitId, Owner, Policy, RunId, RunResult, Service,
};

use super::access::Live;
use super::pauses::{ends, name_of};
use super::{Finding, Fix};
use crate::auto_backup::AutoBackupTarget;
use crate::engine::Engine;
use crate::error::Result;
use crate::left_out::left_out;
use crate::pause::Pauses;
use crate::policy;

/// What is known of one user's backups.
struct Kept {
    cloud: CloudKind,
    policy: Policy,
    archives: Vec<(Archive, Option<RunId>)>,
    /// Names of the rules that cover the user.
    rules: Vec<String>,
    /// The Domain's name, and the user's org unit by id and path.
    domain: String,
    unit: Option<(OrgUnitId, String)>,
    /// What rests the user besides a setting of its own, by name.
    pause: Option<(Pause, String)>,
    /// Switched off in the Cloud.
    left_out: HashSet<ArchiveId>,
}

impl Kept {
    /// The Cloud's own words where a Service is switched off in it: as tested now, else as the last Run found.
    fn why_off(&self, service: Service, live: &Live) -> Option<String> {
        match live.get(&service) {
            Some(words) => words.as_ref().map(|words| format!(": {words}")),
            None => {
                let mut of_it = self.archives.iter().filter(|(archive, _)| archive.scope.service == service);
                of_it.any(|(archive, _)| self.left_out.contains(&archive.id)).then(String::new)
            }
        }
    }
}

impl Engine {
    /// 3, 4, 10 and 11 for one user.
    pub(super) async fn one_user(
        &self,
        connection: ConnectionId,
        user: &DirectoryUser,
        live: &Live,
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        let (whom, now) = (user.clone(), self.now());
        let kept = self
            .read(move |tx| {
                let owner = Owner::User(whom.user.id.clone());
                let mut kept = Vec::new();
                for archive in archives::by_owner(tx, connection, &owner)? {
                    let run = runs::last(tx, archive.id)?.map(|run| run.id);
                    kept.push((archive, run));
                }
                let policy = policy::of_user(tx, connection, &whom.user)?;
                let known = connections::get(tx, connection)?;
                let (cloud, domain) = known
                    .map_or((CloudKind::Google, String::new()), |known| (known.cloud, known.tenant_name));
                let unit = match &whom.user.org_unit {
                    Some(unit) => org_units::by_id(tx, connection, unit)?
                        .map(|known| (known.org_unit.id, known.org_unit.path)),
                    None => None,
                };
                let pause = match Pauses::at(tx, now)?.of_user(&whom) {
                    Some(pause) => Some((pause.clone(), name_of(tx, &pause.target)?)),
                    None => None,
                };
                let rules = covering(tx, connection, &whom)?;
                let left_out = left_out(tx, connection)?;
                Ok(Kept { cloud, policy, archives: kept, rules, domain, unit, pause, left_out })
            })
            .await?;
        findings.push(account(connection, user));
        findings.push(protection(connection, user, kept.pause.as_ref()));
        findings.extend(covered(connection, user, &kept));
        let address = &user.user.address;
        let own = |service: &Service| service.cloud() == kept.cloud && !service.is_of_domain();
        for service in Service::ALL.into_iter().filter(own) {
            let title = format!("{} is switched on", service.title());
            let is_chosen = kept.policy.services.contains(&service);
            if let Some(words) = kept.why_off(service, live).filter(|_| is_chosen) {
                let evidence =
                    format!("switched off for this user in the cloud, left out until it is on{words}");
                let todo =
                    "switch it on in the cloud's admin console, or leave it out in the backup settings";
                let fix = Fix::LeaveOut { connection, user: Some(address.clone()), service };
                findings.push(Finding::note(11, &title, evidence, todo).with(fix));
            } else if is_chosen {
                findings.push(Finding::good(11, &title, "the backup settings include it"));
            } else {
                let fix = Fix::SwitchOn { connection, user: Some(address.clone()), service };
                let todo = "switch the service on: `holdfast policy set`, or Settings > Backup Settings";
                findings.push(Finding::bad(11, &title, "the backup settings leave it out", todo).with(fix));
            }
        }
        let is_protected = user.protection == Protection::Protected;
        let chosen = |archive: &Archive| {
            let service = archive.scope.service;
            kept.policy.services.contains(&service) && kept.why_off(service, live).is_none()
        };
        for (archive, run) in kept.archives.iter().filter(|(archive, _)| is_protected && chosen(archive)) {
            let title = format!("{address} {}: last run", archive.scope.service.title());
            // Where it was off until now, there is nothing to see in the last Run.
            let run = run.filter(|_| !kept.left_out.contains(&archive.id));
            findings.push(last_run(archive, run, &title, connection, address));
        }
        Ok(())
    }
}

fn account(connection: ConnectionId, user: &DirectoryUser) -> Finding {
    let (title, address) = ("The account is active", &user.user.address);
    let todo =
        "restore the account in the cloud's admin console, then do a User Sync (`holdfast sync users`)";
    let sync = Fix::SyncUsers { connection };
    match (user.user.account, user.vanished_at) {
        (_, Some(_)) => {
            Finding::bad(3, title, format!("{address} is no longer in the directory"), todo).with(sync)
        }
        (Account::Active, None) => Finding::good(3, title, address),
        (other, None) => Finding::bad(3, title, format!("{address} is {}", other.as_str()), todo).with(sync),
    }
}

fn protection(connection: ConnectionId, user: &DirectoryUser, pause: Option<&(Pause, String)>) -> Finding {
    let (title, address) = ("Backup is active for the user", &user.user.address);
    let name = address.clone();
    match (user.protection, user.schedule, pause) {
        (Protection::Protected, Schedule::Active, None) => {
            Finding::good(3, title, format!("{address} is protected"))
        }
        (Protection::Protected, Schedule::Active, Some((pause, whose))) => {
            let evidence = format!("{address} rests with {whose}, which is paused {}", ends(pause));
            let todo = "end the pause, or wait until it is over";
            Finding::bad(3, title, evidence, todo).with(Fix::EndPause { target: pause.target.clone() })
        }
        (Protection::Protected, Schedule::Paused, _) => {
            let todo = format!("set the backup active: `holdfast resume --user {address}`");
            Finding::bad(3, title, format!("{address} is paused"), todo)
                .with(Fix::Resume { connection, user: name })
        }
        (other, ..) => {
            let todo =
                format!("start the backup: `holdfast start --user {address}`, or Backup > Start Backup");
            Finding::bad(3, title, format!("{address} is {other}"), todo)
                .with(Fix::Protect { connection, user: name })
        }
    }
}

/// Who joins is protected by a rule of the Domain, of the user's org unit or of a group; else both levels are told, each
/// with its switch.
fn covered(connection: ConnectionId, user: &DirectoryUser, kept: &Kept) -> Vec<Finding> {
    let title = "A rule covers the user";
    if !kept.rules.is_empty() {
        return vec![Finding::good(4, title, kept.rules.join(", "))];
    }
    let evidence = if user.protection == Protection::Protected {
        "no rule covers this user, who was chosen by name"
    } else {
        "no rule covers this user"
    };
    let levels = kept.unit.iter().map(|(id, path)| {
        let target = AutoBackupTarget::OrgUnit { id: id.clone(), include_sub_units: false };
        (format!("Auto-backup of the org unit {path}"), target, path)
    });
    let domain =
        (format!("Auto-backup of the domain {}", kept.domain), AutoBackupTarget::Domain, &kept.domain);
    levels
        .chain(std::iter::once(domain))
        .map(|(title, target, name)| {
            let fix = Fix::AutoBackup { connection, target, name: name.clone() };
            let todo = "switch it on, and who appears there later is protected: `holdfast auto-backup on`";
            Finding::note(4, &title, format!("it is off; {evidence}"), todo).with(fix)
        })
        .collect()
}

/// The rules that cover a user, by the group's address or the unit's path.
fn covering(tx: &Tx<'_>, connection: ConnectionId, user: &DirectoryUser) -> Result<Vec<String>> {
    let mine = groups::of_user(tx, connection, &user.user.id)?;
    let unit = user.user.org_unit.clone();
    let above = match &unit {
        Some(unit) => org_units::ancestors(tx, connection, unit)?,
        None => Vec::new(),
    };
    let mut names = Vec::new();
    for rule in rules::list(tx, connection)? {
        let name = match &rule.target {
            RuleTarget::Domain => Some("everyone who appears in the domain".to_owned()),
            RuleTarget::Group(group) if mine.contains(group) => {
                groups::by_id(tx, connection, group)?.map(|known| known.group.address)
            }
            RuleTarget::OrgUnit { id, include_sub_units }
                if unit.as_ref() == Some(id) || (*include_sub_units && above.contains(id)) =>
            {
                org_units::by_id(tx, connection, id)?.map(|known| known.org_unit.path)
            }
            RuleTarget::Group(_) | RuleTarget::OrgUnit { .. } => None,
        };
        names.extend(name);
    }
    Ok(names)
}

fn last_run(
    archive: &Archive,
    run: Option<RunId>,
    title: &str,
    connection: ConnectionId,
    address: &str,
) -> Finding {
    let now = Fix::RunNow { connection: Some(connection), user: Some(address.to_owned()) };
    match (archive.last_result, archive.last_complete_at) {
        (Some(RunResult::Complete | RunResult::CompleteWithSkips), Some(at)) => {
            Finding::good(10, title, format!("last good copy {at:.0}"))
        }
        (Some(result), at) => {
            let good =
                at.map_or_else(|| "never a good copy".to_owned(), |at| format!("last good copy {at:.0}"));
            let todo = "see why under Activity (`holdfast activity`), then try again (`holdfast run`)";
            let fix = run.map_or(now, |run| Fix::OpenRun { run });
            Finding::bad(10, title, format!("{}; {good}", result.title()), todo).with(fix)
        }
        (None, _) => {
            Finding::bad(10, title, "it has never run", "start it: `holdfast run`, or Run now").with(now)
        }
    }
}
