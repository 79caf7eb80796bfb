//! 3, 4, 10 and 11: who is backed up, of what, by which rule, and how the last Runs ended.

use holdfast_catalog::{
    Archive, ArchiveFilter, DirectoryUser, Protection, RuleTarget, Schedule, Tx, UserFilter, archives,
    connections, groups, org_units, rules, runs, users,
};
use holdfast_model::{Account, CloudKind, ConnectionId, OrgUnitId, Owner, Policy, RunId, RunResult, Service};

use super::{Finding, Fix};
use crate::auto_backup::AutoBackupTarget;
use crate::engine::Engine;
use crate::error::Result;
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
}

impl Engine {
    /// 3, 4, 10 and 11 for one user.
    pub(super) async fn one_user(
        &self,
        connection: ConnectionId,
        user: &DirectoryUser,
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        let whom = user.clone();
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
                let rules = covering(tx, connection, &whom)?;
                Ok(Kept { cloud, policy, archives: kept, rules, domain, unit })
            })
            .await?;
        findings.push(account(connection, user));
        findings.push(protection(connection, user));
        findings.extend(covered(connection, user, &kept));
        let address = &user.user.address;
        let own = |service: &Service| service.cloud() == kept.cloud && !service.is_of_domain();
        for service in Service::ALL.into_iter().filter(own) {
            let title = format!("{} is switched on", service.title());
            if kept.policy.services.contains(&service) {
                findings.push(Finding::good(11, &title, "the backup settings include it"));
            } else {
                let fix = Fix::SwitchOn { connection, user: Some(address.clone()), service };
                let todo = "switch the service on: `holdfast policy set`, or Settings > Backup Settings";
                findings.push(Finding::bad(11, &title, "the backup settings leave it out", todo).with(fix));
            }
        }
        let is_protected = user.protection == Protection::Protected;
        let chosen = |archive: &Archive| kept.policy.services.contains(&archive.scope.service);
        for (archive, run) in kept.archives.iter().filter(|(archive, _)| is_protected && chosen(archive)) {
            let title = format!("{address} {}: last run", archive.scope.service.title());
            findings.push(last_run(archive, *run, &title, connection, address));
        }
        Ok(())
    }

    /// 3, 4 and 10 for the Domains.
    pub(super) async fn all_users(&self, findings: &mut Vec<Finding>) -> Result<()> {
        let of_domains = self.read(|tx| {
            let mut findings = Vec::new();
            for known in connections::list(tx)? {
                findings.push(protected_in(tx, known.id, &known.tenant_name)?);
                findings.extend(rules_of(tx, known.id, &known.tenant_name)?);
            }
            Ok(findings)
        });
        findings.append(&mut of_domains.await?);
        let archives = self.read(|tx| Ok(archives::list(tx, &ArchiveFilter::default())?)).await?;
        let bad: Vec<_> = archives
            .iter()
            .filter(|archive| archive.last_result.is_some_and(|result| !result.is_complete()))
            .collect();
        let again = Fix::RunNow { connection: None, user: None };
        findings.push(match (archives.iter().any(|one| one.last_result.is_some()), bad.first()) {
            (false, _) => Finding::bad(
                10,
                "Backups have run",
                "nothing has been backed up yet",
                "choose whom to back up: `holdfast start`, or Backup > Start Backup",
            )
            .with(Fix::OpenStart),
            (true, None) => {
                Finding::good(10, "The last runs were complete", format!("{} archives", archives.len()))
            }
            (true, Some(_)) => Finding::bad(
                10,
                "The last runs were complete",
                format!("{} of {} archives are not complete", bad.len(), archives.len()),
                "see why under Activity (`holdfast activity`), then try again (`holdfast run`)",
            )
            .with(again),
        });
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

fn protection(connection: ConnectionId, user: &DirectoryUser) -> Finding {
    let (title, address) = ("Backup is active for the user", &user.user.address);
    let name = address.clone();
    match (user.protection, user.schedule) {
        (Protection::Protected, Schedule::Active) => {
            Finding::good(3, title, format!("{address} is protected"))
        }
        (Protection::Protected, Schedule::Paused) => {
            let todo = format!("set the backup active: `holdfast resume --user {address}`");
            Finding::bad(3, title, format!("{address} is paused"), todo)
                .with(Fix::Resume { connection, user: name })
        }
        (other, _) => {
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

fn protected_in(tx: &Tx<'_>, connection: ConnectionId, domain: &str) -> Result<Finding> {
    let title = format!("{domain}: backups are active");
    let is = |protection| UserFilter { protection: Some(protection), ..UserFilter::default() };
    let protected = users::count(tx, connection, &is(Protection::Protected))?;
    let paused = UserFilter { schedule: Some(Schedule::Paused), ..is(Protection::Protected) };
    let paused = users::count(tx, connection, &paused)?;
    Ok(if protected == 0 {
        let todo = "choose whom to back up: `holdfast start`, or Backup > Start Backup";
        Finding::bad(3, &title, "nobody is protected", todo).with(Fix::OpenStart)
    } else if paused > 0 {
        let evidence = format!("{paused} of {protected} protected users are paused");
        let todo = "set them active: `holdfast resume --user ADDRESS`";
        let first = users::list(
            tx,
            connection,
            &UserFilter { schedule: Some(Schedule::Paused), limit: Some(1), ..is(Protection::Protected) },
        )?;
        let finding = if paused == protected {
            Finding::bad(3, &title, evidence, todo)
        } else {
            Finding::note(3, &title, evidence, todo)
        };
        match first.into_iter().next() {
            Some(user) if paused == 1 => finding.with(Fix::Resume { connection, user: user.user.address }),
            _ => finding,
        }
    } else {
        Finding::good(3, &title, format!("{protected} users are protected, none is paused"))
    })
}

fn rules_of(tx: &Tx<'_>, connection: ConnectionId, domain: &str) -> Result<Vec<Finding>> {
    let (of_domain, others): (Vec<_>, Vec<_>) =
        rules::list(tx, connection)?.into_iter().partition(|rule| rule.target == RuleTarget::Domain);
    let title = format!("{domain}: who joins the domain is protected");
    let mut findings = vec![if of_domain.is_empty() {
        let todo = "switch it on, and every new active user is protected: `holdfast auto-backup on`";
        let fix = Fix::AutoBackup { connection, target: AutoBackupTarget::Domain, name: domain.to_owned() };
        Finding::note(4, &title, "Add new Domain users is off", todo).with(fix)
    } else {
        Finding::good(4, &title, "Add new Domain users is on")
    }];
    let title = format!("{domain}: who joins an org unit or a group is protected");
    findings.push(match others.len() {
        0 => {
            let todo = "AUTO BACKUP in Settings > Manage Users, or `holdfast auto-backup on --org-unit PATH`";
            Finding::note(4, &title, "no org unit and no group is protected as a whole", todo)
                .with(Fix::OpenUsers)
        }
        1 => Finding::good(4, &title, "1 group or org unit is protected as a whole"),
        many => Finding::good(4, &title, format!("{many} groups and org units are protected as a whole")),
    });
    Ok(findings)
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
