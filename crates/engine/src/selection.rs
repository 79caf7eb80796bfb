//! Start Backup: whom a selection means, what it costs in licenses, and making it so.

use std::collections::{BTreeMap, HashMap, HashSet};

use holdfast_catalog::many::WantedArchive;
use holdfast_catalog::{
    ArchiveFilter, DirectoryUser, Protection, RuleTarget, Tx, UserFilter, archives, groups, many, org_units,
    rules, syncs, users,
};
use holdfast_model::{
    Account, ArchiveId, ConnectionId, Owner, PolicyOverride, Scope, Service, Timestamp, User, UserId,
};
use serde::{Deserialize, Serialize};

use crate::connection;
use crate::csv_file::{CsvAddress, CsvFault};
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::pause::Pauses;
use crate::policy::{self, PoliciesOfAll};
use crate::settings::licenses_free;
use crate::sync::folder_in;

/// Entries of a selection that the audit log spells out.
const MOST_WORDS: usize = 20;

/// Entries from all four tabs of Start Backup.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Selection {
    /// The Domain; may be left out where there is only one.
    pub connection: Option<ConnectionId>,
    /// Addresses, primary or alias.
    pub users: Vec<String>,
    /// Group addresses.
    pub groups: Vec<String>,
    /// Org units, each with or without those below it.
    pub org_units: Vec<OrgUnitChoice>,
    /// Addresses from a CSV file, with their lines.
    pub csv: Vec<(u64, String)>,
}

/// An org unit of a selection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgUnitChoice {
    /// Its path.
    pub path: String,
    /// Users of the units below it, too.
    #[serde(default)]
    pub include_sub_units: bool,
}

impl Selection {
    /// Whom it names, as the audit log tells it: short, however many they are.
    pub(crate) fn in_words(&self) -> String {
        let named = self.users.iter().map(|user| format!("USER:{user}"));
        let named = named.chain(self.groups.iter().map(|group| format!("GROUP:{group}")));
        let named = named.chain(self.org_units.iter().map(|unit| format!("ORG:{}", unit.path)));
        let named: Vec<_> = named.chain(self.csv.iter().map(|(_, user)| format!("CSV:{user}"))).collect();
        match named.get(..MOST_WORDS) {
            Some(first) if named.len() > MOST_WORDS => {
                format!("{} and {} more", first.join(", "), named.len() - MOST_WORDS)
            }
            _ => named.join(", "),
        }
    }
}

/// How a selection may be written: org units as bare paths, too, for which one `include_sub_units` holds.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    connection: Option<ConnectionId>,
    users: Vec<String>,
    groups: Vec<String>,
    org_units: Vec<WrittenUnit>,
    include_sub_units: bool,
    csv: Vec<(u64, String)>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenUnit {
    Path(String),
    Choice(OrgUnitChoice),
}

impl From<Written> for Selection {
    fn from(written: Written) -> Self {
        let include_sub_units = written.include_sub_units;
        let unit = |unit| match unit {
            WrittenUnit::Path(path) => OrgUnitChoice { path, include_sub_units },
            WrittenUnit::Choice(choice) => choice,
        };
        Self {
            connection: written.connection,
            users: written.users,
            groups: written.groups,
            org_units: written.org_units.into_iter().map(unit).collect(),
            csv: written.csv,
        }
    }
}

/// What a selection comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Distinct active users, by address.
    pub users: Vec<PlannedUser>,
    /// Entries and rows that cannot be used, and why.
    pub problems: Vec<PlanProblem>,
    /// Distinct active, unprotected users.
    pub licenses_needed: u64,
    /// None where there is no limit.
    pub licenses_free: Option<u64>,
}

/// One user of a Plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedUser {
    /// Stable id.
    pub id: UserId,
    /// Primary address.
    pub address: String,
    /// Needs no license; a Run starts all the same.
    pub already_protected: bool,
}

/// An entry that cannot be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanProblem {
    /// The line of the CSV file, where it came from one.
    pub line: Option<u64>,
    /// What was written.
    pub entry: String,
    /// Why it cannot be used.
    pub why: String,
}

/// What a start did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// The users, protected now.
    pub users: Vec<PlannedUser>,
    /// Entries that could not be used.
    pub problems: Vec<PlanProblem>,
    /// Their Archives and the Domain's.
    pub archives: Vec<ArchiveId>,
}

impl Selection {
    /// True where nothing was chosen.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.groups.is_empty() && self.org_units.is_empty() && self.csv.is_empty()
    }

    /// Takes the usable rows of a CSV file.
    pub fn add_csv(&mut self, addresses: Vec<CsvAddress>) {
        self.csv.extend(addresses.into_iter().map(|found| (found.line, found.address)));
    }
}

impl Engine {
    /// The Archives that are due when a person says `run`, to begin them: of one Connection, User or Service, or all.
    pub async fn archives_to_run(
        &self,
        connection: Option<ConnectionId>,
        user: Option<String>,
        service: Option<Service>,
    ) -> Result<Vec<ArchiveId>> {
        protected_archives(self, connection, user, service).await
    }

    /// What a selection means, without doing it.
    pub async fn plan(&self, selection: Selection) -> Result<Plan> {
        let known = connection::the_one(self, selection.connection).await?;
        self.read(move |tx| make_plan(tx, known.id, &known.tenant_name, &selection)).await
    }
}

fn make_plan(tx: &Tx<'_>, connection: ConnectionId, domain: &str, selection: &Selection) -> Result<Plan> {
    if selection.is_empty() {
        return Err(EngineError::BadInput("nobody was chosen".to_owned()));
    }
    if syncs::last_good(tx, connection, holdfast_catalog::SyncKind::Users)?.is_none() {
        return Err(EngineError::NotSynced(domain.to_owned()));
    }
    let mut found: BTreeMap<String, DirectoryUser> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut take = |user: DirectoryUser| {
        found.insert(user.user.address.to_lowercase(), user);
    };
    let entries = selection.users.iter().map(|address| (None, address));
    let entries = entries.chain(selection.csv.iter().map(|(line, address)| (Some(*line), address)));
    let entries: Vec<(Option<u64>, &String)> = entries.collect();
    let addresses: Vec<&str> = entries.iter().map(|(_, address)| address.as_str()).collect();
    let by_address = many::by_addresses(tx, connection, &addresses)?;
    for (line, address) in entries {
        match by_address.get(address.as_str()) {
            Some(user) => match unusable(user) {
                None => take(user.clone()),
                Some(fault) => problems.push(problem(line, address, fault.sentence())),
            },
            None => problems.push(problem(line, address, CsvFault::NoSuchUser.sentence())),
        }
    }
    let mut members: HashSet<UserId> = HashSet::new();
    for address in &selection.groups {
        match groups::by_address(tx, connection, address)? {
            Some(group) => {
                members.extend(groups::member_users(tx, connection, &group.group.id)?);
            }
            None => problems.push(problem(None, address, "no group of the domain has this address")),
        }
    }
    for OrgUnitChoice { path, include_sub_units } in &selection.org_units {
        match org_units::by_path(tx, connection, path)? {
            Some(unit) => {
                members.extend(org_units::users(tx, connection, &unit.org_unit.id, *include_sub_units)?);
            }
            None => problems.push(problem(None, path, "the domain has no org unit of this path")),
        }
    }
    if !members.is_empty() {
        let is_member = |user: &DirectoryUser| members.contains(&user.user.id) && unusable(user).is_none();
        users::list(tx, connection, &UserFilter::default())?
            .into_iter()
            .filter(is_member)
            .for_each(&mut take);
    }
    let users: Vec<PlannedUser> = found
        .into_values()
        .map(|user| PlannedUser {
            already_protected: user.protection == Protection::Protected,
            id: user.user.id,
            address: user.user.address,
        })
        .collect();
    Ok(Plan {
        licenses_needed: users.iter().filter(|user| !user.already_protected).count() as u64,
        licenses_free: licenses_free(tx)?,
        users,
        problems,
    })
}

fn problem(line: Option<u64>, entry: &str, why: &str) -> PlanProblem {
    PlanProblem { line, entry: entry.to_owned(), why: why.to_owned() }
}

/// Why a user cannot be protected now, if so.
pub(crate) fn unusable(user: &DirectoryUser) -> Option<CsvFault> {
    match user.user.account {
        _ if user.vanished_at.is_some() => Some(CsvFault::Deleted),
        Account::Active => None,
        Account::Suspended => Some(CsvFault::Suspended),
        Account::Archived => Some(CsvFault::Archived),
        Account::Deleted => Some(CsvFault::Deleted),
    }
}

/// Protects a selection: licenses, rules, custom settings and Archives.
pub(crate) async fn start(
    engine: &Engine,
    selection: Selection,
    custom: Option<PolicyOverride>,
) -> Result<Started> {
    let known = connection::the_one(engine, selection.connection).await?;
    let cloud = engine.cloud(&known).await?;
    let (id, domain) = (known.id, known.tenant_name);
    let asked = selection.clone();
    let plan = engine.read(move |tx| make_plan(tx, id, &domain, &asked)).await?;
    if let Some(free) = plan.licenses_free
        && plan.licenses_needed > free
    {
        return Err(EngineError::Licenses { needed: plan.licenses_needed, free });
    }
    if plan.users.is_empty() {
        let why = plan
            .problems
            .first()
            .map_or_else(String::new, |first| format!(": {} — {}", first.entry, first.why));
        return Err(EngineError::BadInput(format!("no active user is in this selection{why}")));
    }
    let mut scopes = Vec::new();
    for planned in &plan.users {
        let user = User {
            id: planned.id.clone(),
            address: planned.address.clone(),
            name: String::new(),
            account: Account::Active,
            org_unit: None,
            aliases: Vec::new(),
            is_admin: false,
            created: None,
        };
        scopes.push((planned.id.clone(), cloud.scopes(&user).await?));
    }
    let now = engine.now();
    let (users, problems) = (plan.users, plan.problems);
    let archives = engine
        .write(move |tx| {
            for target in rule_targets(tx, id, &selection)? {
                rules::put(tx, id, &target, custom.as_ref(), now)?;
            }
            let ids: Vec<UserId> = scopes.iter().map(|(user, _)| user.clone()).collect();
            let mut known = many::by_ids(tx, id, &ids)?;
            let people = scopes
                .into_iter()
                .filter_map(|(user, scopes)| known.remove(&user).map(|known| (known.user, scopes)));
            let mut started = protect(tx, id, people.collect(), custom.as_ref(), now)?;
            started.extend(domain_archives(tx, id)?);
            Ok(started)
        })
        .await?;
    Ok(Started { users, problems, archives })
}

/// Protects users, each with what the Cloud has for them: settings, licenses, Archives. Those.
pub(crate) fn protect(
    tx: &Tx<'_>,
    id: ConnectionId,
    people: Vec<(User, Vec<Scope>)>,
    custom: Option<&PolicyOverride>,
    now: Timestamp,
) -> Result<Vec<ArchiveId>> {
    let ids: Vec<UserId> = people.iter().map(|(user, _)| user.id.clone()).collect();
    if let Some(custom) = custom {
        many::set_policies(tx, id, &ids, custom)?;
    }
    many::protect(tx, id, &ids)?;
    let policies = PoliciesOfAll::new(tx, id)?;
    let known = connection::get(tx, id)?;
    let mut wanted = Vec::new();
    for (user, scopes) in people {
        let chosen = policies.of(&user).services;
        for scope in scopes.into_iter().filter(|scope| chosen.contains(&scope.service)) {
            let folder = folder_in(&known, &scope);
            wanted.push(WantedArchive { folder, scope, name: user.address.clone() });
        }
    }
    Ok(many::find_or_create_archives(tx, id, &wanted, now)?)
}

fn rule_targets(tx: &Tx<'_>, id: ConnectionId, selection: &Selection) -> Result<Vec<RuleTarget>> {
    let mut targets = Vec::new();
    for address in &selection.groups {
        if let Some(group) = groups::by_address(tx, id, address)? {
            targets.push(RuleTarget::Group(group.group.id));
        }
    }
    for OrgUnitChoice { path, include_sub_units } in &selection.org_units {
        if let Some(unit) = org_units::by_path(tx, id, path)? {
            let include_sub_units = *include_sub_units;
            targets.push(RuleTarget::OrgUnit { id: unit.org_unit.id, include_sub_units });
        }
    }
    Ok(targets)
}

/// Shared drives are the Domain's: backed up as soon as anyone is protected, unless its Policy says no.
fn domain_archives(tx: &Tx<'_>, id: ConnectionId) -> Result<Vec<ArchiveId>> {
    let policy = policy::of_domain(tx, id)?;
    let filter = ArchiveFilter { connection: Some(id), ..ArchiveFilter::default() };
    Ok(archives::list(tx, &filter)?
        .into_iter()
        .filter(|archive| matches!(archive.scope.owner, Owner::Domain(_)))
        .filter(|archive| policy.services.contains(&archive.scope.service))
        .map(|archive| archive.id)
        .collect())
}

/// The Archives that are due when a person says `run`: all of protected, unpaused users and the Domain's, or those named.
pub(crate) async fn protected_archives(
    engine: &Engine,
    one: Option<ConnectionId>,
    user: Option<String>,
    service: Option<Service>,
) -> Result<Vec<ArchiveId>> {
    let usable = connection::usable(engine, one).await?;
    let now = engine.now();
    engine
        .read(move |tx| {
            let mut chosen = Vec::new();
            let mut users_found = HashSet::new();
            let pauses = Pauses::at(tx, now)?;
            for known in usable {
                let filter =
                    ArchiveFilter { connection: Some(known.id), service, ..ArchiveFilter::default() };
                let of_domain: HashSet<ArchiveId> = domain_archives(tx, known.id)?.into_iter().collect();
                let policies = PoliciesOfAll::new(tx, known.id)?;
                let named = match &user {
                    Some(address) => Some(users::by_address(tx, known.id, address)?.map(|one| one.user.id)),
                    None => None,
                };
                let filter_users =
                    UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
                let owners: HashMap<UserId, DirectoryUser> = users::list(tx, known.id, &filter_users)?
                    .into_iter()
                    .map(|owner| (owner.user.id.clone(), owner))
                    .collect();
                for archive in archives::list(tx, &filter)? {
                    let is_due = match &archive.scope.owner {
                        Owner::Domain(_) => user.is_none() && of_domain.contains(&archive.id),
                        Owner::User(id) => {
                            let owner = owners.get(id);
                            let is_named = match &named {
                                Some(named) => named.as_ref() == Some(id),
                                None => owner.is_some_and(|owner| !pauses.chose(owner)),
                            };
                            if is_named {
                                users_found.insert(id.clone());
                            }
                            is_named
                                && owner.is_some_and(|owner| {
                                    policies.of(&owner.user).services.contains(&archive.scope.service)
                                })
                        }
                    };
                    if is_due {
                        chosen.push(archive.id);
                    }
                }
            }
            match user {
                Some(name) if users_found.is_empty() => {
                    Err(EngineError::NotFound { what: "protected user", name })
                }
                _ => Ok(chosen),
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn org_units_are_read_as_paths_and_as_choices() {
        let unit = |path: &str, include_sub_units| OrgUnitChoice { path: path.to_owned(), include_sub_units };
        let rows = [
            (r#"{"org_units": ["/a", "/b"]}"#, vec![unit("/a", false), unit("/b", false)]),
            (r#"{"org_units": ["/a"], "include_sub_units": true}"#, vec![unit("/a", true)]),
            (
                r#"{"org_units": [{"path": "/a"}, {"path": "/b", "include_sub_units": true}, "/c"]}"#,
                vec![unit("/a", false), unit("/b", true), unit("/c", false)],
            ),
        ];
        for (written, expected) in rows {
            let read: Selection = serde_json::from_str(written).unwrap();
            assert_eq!(read.org_units, expected, "{written}");
            let again: Selection = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
            assert_eq!(again, read);
        }
    }
}
