//! 3, 4, 10 and 11 for the Domains: who is backed up, by which rules, what is left out, and how the last Runs ended.

use std::collections::{BTreeMap, HashMap, HashSet};

use holdfast_catalog::{
    Archive, ArchiveFilter, Pause, PauseTarget, Protection, RuleTarget, Schedule, Tx, UserFilter, archives,
    connections, rules, users,
};
use holdfast_model::{ArchiveId, ConnectionId, Owner, Policy, Service, Timestamp, UserId};

use super::pauses::{ends, name_of};
use super::{Finding, Fix};
use crate::auto_backup::AutoBackupTarget;
use crate::engine::Engine;
use crate::error::Result;
use crate::left_out::left_out;
use crate::pause::Pauses;
use crate::policy::PoliciesOfAll;

/// Names that the evidence spells out.
const MOST_NAMES: usize = 3;

impl Engine {
    /// 3, 4, 10 and 11 for the Domains.
    pub(super) async fn all_users(&self, findings: &mut Vec<Finding>) -> Result<()> {
        let now = self.now();
        let of_domains = self.read(move |tx| {
            let (mut findings, mut counted) = (Vec::new(), Vec::new());
            for known in connections::list(tx)? {
                findings.push(protected_in(tx, known.id, &known.tenant_name, now)?);
                findings.extend(rules_of(tx, known.id, &known.tenant_name)?);
                let off = left_out(tx, known.id)?;
                findings.extend(services_off(tx, known.id, &known.tenant_name, &off)?);
                counted.extend(backed_up(tx, known.id, &off)?);
            }
            let has_run = archives::list(tx, &ArchiveFilter::default())?
                .iter()
                .any(|archive| archive.last_result.is_some());
            Ok((findings, counted, has_run))
        });
        let (mut of_domains, archives, has_run) = of_domains.await?;
        findings.append(&mut of_domains);
        let bad: Vec<_> = archives
            .iter()
            .filter(|archive| archive.last_result.is_some_and(|result| !result.is_complete()))
            .collect();
        let again = Fix::RunNow { connection: None, user: None };
        findings.push(match (has_run, bad.first()) {
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

/// The Archives that are to be good, as Home counts them: those that the settings of who is protected ask for, and the
/// Domain's own. Who left or was left out has none among them, however the last Run ended.
fn backed_up(tx: &Tx<'_>, connection: ConnectionId, off: &HashSet<ArchiveId>) -> Result<Vec<Archive>> {
    let policies = PoliciesOfAll::new(tx, connection)?;
    let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
    let protected: HashMap<UserId, Policy> = users::list(tx, connection, &filter)?
        .into_iter()
        .map(|known| (known.user.id.clone(), policies.of(&known.user)))
        .collect();
    let of_domain = policies.of_domain();
    let filter = ArchiveFilter { connection: Some(connection), ..ArchiveFilter::default() };
    let mut found = archives::list(tx, &filter)?;
    found.retain(|archive| {
        let policy = match &archive.scope.owner {
            Owner::User(user) => protected.get(user),
            Owner::Domain(_) => archive.last_result.is_some().then_some(&of_domain),
        };
        !off.contains(&archive.id)
            && policy.is_some_and(|policy| policy.services.contains(&archive.scope.service))
    });
    Ok(found)
}

fn protected_in(tx: &Tx<'_>, connection: ConnectionId, domain: &str, now: Timestamp) -> Result<Finding> {
    let title = format!("{domain}: backups are active");
    let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
    let protected = users::list(tx, connection, &filter)?;
    if protected.is_empty() {
        let todo = "choose whom to back up: `holdfast start`, or Backup > Start Backup";
        return Ok(Finding::bad(3, &title, "nobody is protected", todo).with(Fix::OpenStart));
    }
    let pauses = Pauses::at(tx, now)?;
    let all = protected.len();
    let paused: Vec<_> = protected.iter().filter(|user| pauses.holds(user)).collect();
    let Some(first) = paused.first() else {
        return Ok(Finding::good(3, &title, format!("{all} users are protected, none is paused")));
    };
    let of = |user: &&holdfast_catalog::DirectoryUser| match user.schedule {
        Schedule::Paused => None,
        Schedule::Active => pauses.of_user(user).cloned(),
    };
    // One pause that reaches them all ends them all.
    let shared: Option<Pause> = of(first)
        .filter(|pause| paused.iter().all(|user| of(user).is_some_and(|other| other.target == pause.target)));
    let shared = match (&shared, pauses.of_all()) {
        (_, Some(of_all)) => Some(of_all.clone()),
        (shared, None) => shared.clone(),
    };
    let (why, fix) = match &shared {
        Some(pause) => {
            let whose = name_of(tx, &pause.target)?;
            let fix = Fix::EndPause { target: pause.target.clone() };
            (format!(": {whose} is paused {}", ends(pause)), Some(fix))
        }
        None if paused.len() == 1 => {
            let user = first.user.address.clone();
            (String::new(), Some(Fix::Resume { connection, user }))
        }
        None => (String::new(), None),
    };
    let evidence = format!("{} of {all} protected users are paused{why}", paused.len());
    let todo = match shared.as_ref().map(|pause| &pause.target) {
        Some(PauseTarget::All) => "end the pause of everything, or wait until it is over",
        Some(_) => "end the pause, or wait until it is over",
        None => "set them active: `holdfast resume --user ADDRESS`",
    };
    let finding = if paused.len() == all {
        Finding::bad(3, &title, evidence, todo)
    } else {
        Finding::note(3, &title, evidence, todo)
    };
    Ok(match fix {
        Some(fix) => finding.with(fix),
        None => finding,
    })
}

/// What is left out, as it is switched off for these people.
fn services_off(
    tx: &Tx<'_>,
    connection: ConnectionId,
    domain: &str,
    off: &HashSet<ArchiveId>,
) -> Result<Vec<Finding>> {
    let mut whose: BTreeMap<Service, Vec<String>> = BTreeMap::new();
    let policies = PoliciesOfAll::new(tx, connection)?;
    for id in off {
        let Some(archive) = archives::get(tx, *id)? else { continue };
        let Owner::User(user) = &archive.scope.owner else { continue };
        let Some(known) = users::by_id(tx, connection, user)? else { continue };
        if known.protection == Protection::Protected
            && policies.of(&known.user).services.contains(&archive.scope.service)
        {
            whose.entry(archive.scope.service).or_default().push(known.user.address);
        }
    }
    Ok(whose.into_iter().map(|(service, people)| off_for(connection, domain, service, people)).collect())
}

fn off_for(connection: ConnectionId, domain: &str, service: Service, mut people: Vec<String>) -> Finding {
    people.sort();
    let more = match people.len().saturating_sub(MOST_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    people.truncate(MOST_NAMES);
    let title = format!("{domain}: {} is switched on", service.title());
    let evidence =
        format!("it is switched off in the cloud for {}{more}: left out until it is on", people.join(", "));
    let todo = "switch it on in the cloud's admin console, or leave it out in their backup settings";
    Finding::note(11, &title, evidence, todo).with(Fix::LeaveOut { connection, user: None, service })
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
