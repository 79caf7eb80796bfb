//! What a change of settings does, before it is made: who gains and who loses protection, and what is listed again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use holdfast_catalog::{
    Archive, ArchiveFilter, DirectoryUser, Protection, Tx, UserFilter, archives, connections, groups,
    org_units, users,
};
use holdfast_model::{CloudKind, ConnectionId, Owner, Policy, PolicyOverride, Service, UserId};
use serde::{Deserialize, Serialize};

use super::{Instead, PoliciesOfAll, PolicyTarget, set};
use crate::engine::Engine;
use crate::error::{EngineError, Result};

/// What a change does to those who are protected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PolicyEffect {
    /// Services that are backed up from then on, and whose.
    pub gains: Vec<ServiceEffect>,
    /// Services that are no longer backed up, and whose. What is stored already stays.
    pub loses: Vec<ServiceEffect>,
    /// Archives that are listed anew, because other Items count from then on. Nothing that is kept is fetched again.
    pub relisted: Vec<ServiceEffect>,
    /// Protected Users whose Runs come at other times.
    pub rescheduled: Vec<String>,
    /// Protected Users for whom the settings of this level hold in part or whole.
    pub reaches: u64,
}

/// One Service of some people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEffect {
    /// Which.
    pub service: Service,
    /// Addresses of Users, or names of what is the Domain's.
    pub whose: Vec<String>,
}

impl Engine {
    /// What it would do to set this at a level, where nothing else is set there any more.
    pub async fn preview_policy(
        &self,
        connection: ConnectionId,
        target: PolicyTarget,
        policy: PolicyOverride,
    ) -> Result<PolicyEffect> {
        set::check(&policy)?;
        self.read(move |tx| effect(tx, connection, &target, &policy)).await
    }
}

#[derive(Default)]
struct ByService(BTreeMap<Service, Vec<String>>);

impl ByService {
    fn add(&mut self, service: Service, whose: &str) {
        self.0.entry(service).or_default().push(whose.to_owned());
    }

    fn done(self) -> Vec<ServiceEffect> {
        self.0.into_iter().map(|(service, whose)| ServiceEffect { service, whose }).collect()
    }
}

fn effect(
    tx: &Tx<'_>,
    connection: ConnectionId,
    target: &PolicyTarget,
    policy: &PolicyOverride,
) -> Result<PolicyEffect> {
    let instead = Instead { target, policy };
    let (mut gains, mut loses, mut relisted) = <(ByService, ByService, ByService)>::default();
    let mut all = PolicyEffect::default();
    let cloud = cloud_of(tx, connection)?;
    let now = PoliciesOfAll::new(tx, connection)?;
    let then = PoliciesOfAll::with(tx, connection, Some(&instead))?;
    let mut of_users: HashMap<UserId, Vec<Archive>> = HashMap::new();
    let mut of_domain = Vec::new();
    let filter = ArchiveFilter { connection: Some(connection), ..ArchiveFilter::default() };
    for archive in archives::list(tx, &filter)? {
        match &archive.scope.owner {
            Owner::User(user) => of_users.entry(user.clone()).or_default().push(archive),
            Owner::Domain(_) => of_domain.push(archive),
        }
    }
    for known in reached(tx, connection, target)? {
        if known.protection != Protection::Protected {
            continue;
        }
        all.reaches += 1;
        let (before, after) = (now.of(&known.user), then.of(&known.user));
        if before == after {
            continue;
        }
        let address = &known.user.address;
        if (before.frequency_hours, before.hours) != (after.frequency_hours, after.hours) {
            all.rescheduled.push(address.clone());
        }
        let kept = of_users.get(&known.user.id).map_or(&[][..], Vec::as_slice);
        for service in services_of(cloud) {
            match change(&before, &after, service, kept.iter().find(|one| one.scope.service == service)) {
                Change::Gained => gains.add(service, address),
                Change::Lost => loses.add(service, address),
                Change::Relisted => relisted.add(service, address),
                Change::None => {}
            }
        }
    }
    if *target == PolicyTarget::Domain {
        let (before, after) = (now.of_domain(), then.of_domain());
        for archive in of_domain {
            match change(&before, &after, archive.scope.service, Some(&archive)) {
                Change::Gained => gains.add(archive.scope.service, &archive.name),
                Change::Lost => loses.add(archive.scope.service, &archive.name),
                Change::Relisted => relisted.add(archive.scope.service, &archive.name),
                Change::None => {}
            }
        }
    }
    Ok(PolicyEffect { gains: gains.done(), loses: loses.done(), relisted: relisted.done(), ..all })
}

fn cloud_of(tx: &Tx<'_>, connection: ConnectionId) -> Result<CloudKind> {
    let known = connections::get(tx, connection)?;
    let missing = || EngineError::NotFound { what: "connection", name: connection.to_string() };
    Ok(known.ok_or_else(missing)?.cloud)
}

/// The Services of a Cloud that Users have.
fn services_of(cloud: CloudKind) -> impl Iterator<Item = Service> {
    Service::ALL.into_iter().filter(move |service| service.cloud() == cloud && !service.is_of_domain())
}

enum Change {
    None,
    Gained,
    Lost,
    Relisted,
}

fn change(before: &Policy, after: &Policy, service: Service, kept: Option<&Archive>) -> Change {
    match (before.services.contains(&service), after.services.contains(&service)) {
        (false, true) => Change::Gained,
        (true, false) => Change::Lost,
        (true, true) if before.fingerprint(service) != after.fingerprint(service) => {
            // What was never listed is listed anyway.
            if kept.is_some_and(|one| one.stored_cursor.is_some()) { Change::Relisted } else { Change::None }
        }
        _ => Change::None,
    }
}

/// The Users for whom a level may decide, by address.
pub(super) fn reached(
    tx: &Tx<'_>,
    connection: ConnectionId,
    target: &PolicyTarget,
) -> Result<Vec<DirectoryUser>> {
    let ids: HashSet<UserId> = match target {
        PolicyTarget::User(user) => return Ok(users::by_id(tx, connection, user)?.into_iter().collect()),
        PolicyTarget::Domain => return Ok(users::list(tx, connection, &UserFilter::default())?),
        PolicyTarget::OrgUnit(unit) => org_units::users(tx, connection, unit, true)?.into_iter().collect(),
        PolicyTarget::Group(group) => groups::member_users(tx, connection, group)?.into_iter().collect(),
    };
    let mut found = users::list(tx, connection, &UserFilter::default())?;
    found.retain(|known| ids.contains(&known.user.id));
    Ok(found)
}

/// Protected Users of a Connection whose Policy asks for Services of which they have no Archive, with those Services.
pub(crate) fn incomplete(
    tx: &Tx<'_>,
    connection: ConnectionId,
) -> Result<Vec<(DirectoryUser, BTreeSet<Service>)>> {
    let filter = ArchiveFilter { connection: Some(connection), ..ArchiveFilter::default() };
    let known: HashSet<(UserId, Service)> = archives::list(tx, &filter)?
        .into_iter()
        .filter_map(|archive| match archive.scope.owner {
            Owner::User(user) => Some((user, archive.scope.service)),
            Owner::Domain(_) => None,
        })
        .collect();
    let cloud = cloud_of(tx, connection)?;
    let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
    let mut missing = Vec::new();
    let policies = PoliciesOfAll::new(tx, connection)?;
    for user in users::list(tx, connection, &filter)? {
        let policy = policies.of(&user.user);
        let lacks: BTreeSet<Service> = services_of(cloud)
            .filter(|service| policy.services.contains(service))
            .filter(|service| !known.contains(&(user.user.id.clone(), *service)))
            .collect();
        if !lacks.is_empty() {
            missing.push((user, lacks));
        }
    }
    Ok(missing)
}
