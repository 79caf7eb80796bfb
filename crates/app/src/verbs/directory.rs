//! The Directory: bringing it in, and who is in it with what protects them.

use std::collections::{HashMap, HashSet};

use holdfast_engine::Events;
use holdfast_engine::catalog::{
    Connection, DirectoryOrgUnit, DirectoryUser, Level, PauseTarget, Protection, RuleTarget, Tx, UserFilter,
    groups, org_units, pauses, policies, rules, users,
};
use holdfast_engine::{EngineError, Request, Response, SyncReport, SyncWhat};
use holdfast_model::{Account, ConnectionId, OrgUnit, OrgUnitId, Timestamp, UserId};
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::app::{find_connection, find_connections};
use crate::error::Result;
use crate::people::Backdrop;
use crate::verbs::pause_view;
use crate::verbs::storage::unexpected;
use crate::views::{GroupView, OrgUnitView, PauseView, UserRow};

/// Deeper than any Cloud lets org units lie.
const MOST_LEVELS: usize = 64;

type Read<T> = std::result::Result<T, EngineError>;

/// Which users, groups or org units to show; what is not set does not matter.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// Of this Domain; of all where none.
    pub domain: Option<String>,
    /// With this in name or address.
    pub text: Option<String>,
    /// With this account status.
    pub account: Option<Account>,
    /// With this protection.
    pub protection: Option<Protection>,
}

impl App {
    /// Brings in a part of the Directory of one Domain, or of all.
    pub async fn sync(
        &self,
        domain: Option<&str>,
        what: SyncWhat,
        accept_mass_deletion: bool,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<Vec<SyncReport>> {
        let connection = match domain {
            Some(_) => Some(self.connection(domain).await?.id),
            None => None,
        };
        let request = Request::Sync { connection, what, accept_mass_deletion };
        match self.engine.perform(request, events, cancel).await? {
            Response::Synced { reports } => Ok(reports),
            other => Err(unexpected(&other)),
        }
    }

    /// Users with their four axes.
    pub async fn users(&self, filter: PeopleFilter) -> Result<Vec<UserRow>> {
        let now = self.now();
        let listed = self.engine.read(move |tx| {
            let mut all = Vec::new();
            for connection in find_connections(tx, filter.domain.as_deref())? {
                let wanted = UserFilter {
                    account: filter.account,
                    protection: filter.protection,
                    search: filter.text.clone(),
                    ..UserFilter::default()
                };
                let listed = users::list(tx, connection.id, &wanted)?;
                all.extend(user_rows(tx, connection, now, listed)?);
            }
            Ok(all)
        });
        Ok(listed.await?)
    }

    /// Groups with how many of their users are protected.
    pub async fn groups(&self, filter: PeopleFilter) -> Result<Vec<GroupView>> {
        let now = self.now();
        let listed = self.engine.read(move |tx| {
            let mut all = Vec::new();
            for connection in find_connections(tx, filter.domain.as_deref())? {
                let levels = Levels::of(tx, connection.id, now)?;
                let ruled: HashSet<_> = rules::list(tx, connection.id)?
                    .into_iter()
                    .filter_map(|rule| match rule.target {
                        RuleTarget::Group(group) => Some(group),
                        RuleTarget::Domain | RuleTarget::OrgUnit { .. } => None,
                    })
                    .collect();
                for known in groups::list(tx, connection.id)? {
                    if !matches(filter.text.as_deref(), [&known.group.address, &known.group.name]) {
                        continue;
                    }
                    let (users, protected) = groups::count_members(tx, connection.id, &known.group.id)?;
                    all.push(GroupView {
                        connection: connection.id,
                        users,
                        protected,
                        is_rule: ruled.contains(&known.group.id),
                        own_settings: levels.has_own(Level::Group, known.group.id.as_str()),
                        pause: levels.pause(&PauseTarget::Group {
                            connection: connection.id,
                            id: known.group.id.clone(),
                        }),
                        id: known.group.id.0,
                        address: known.group.address,
                        name: known.group.name,
                    });
                }
            }
            Ok(all)
        });
        Ok(listed.await?)
    }

    /// The users of a group, through all groups in it.
    pub async fn group_members(&self, domain: Option<&str>, address: &str) -> Result<Vec<UserRow>> {
        let (domain, address) = (domain.map(str::to_owned), address.to_owned());
        let now = self.now();
        let listed = self.engine.read(move |tx| {
            let connection = find_connection(tx, domain.as_deref())?;
            let group = groups::by_address(tx, connection.id, &address)?
                .ok_or(EngineError::NotFound { what: "group", name: address })?;
            let members = groups::member_users(tx, connection.id, &group.group.id)?;
            of_ids(tx, connection, now, members)
        });
        Ok(listed.await?)
    }

    /// Org units with how many of their users are protected.
    pub async fn org_units(&self, filter: PeopleFilter) -> Result<Vec<OrgUnitView>> {
        let now = self.now();
        let listed = self.engine.read(move |tx| {
            let mut all = Vec::new();
            for connection in find_connections(tx, filter.domain.as_deref())? {
                let counts = users::count_by_unit(tx, connection.id)?;
                let levels = Levels::of(tx, connection.id, now)?;
                let ruled: HashMap<_, _> = rules::list(tx, connection.id)?
                    .into_iter()
                    .filter_map(|rule| match rule.target {
                        RuleTarget::OrgUnit { id, include_sub_units } => Some((id, include_sub_units)),
                        RuleTarget::Domain | RuleTarget::Group(_) => None,
                    })
                    .collect();
                let listed = org_units::list(tx, connection.id)?;
                let tree = Tree::of(&listed);
                for known in &listed {
                    let unit = &known.org_unit;
                    if !matches(filter.text.as_deref(), [&unit.path, &unit.name]) {
                        continue;
                    }
                    let (users, protected) = counts.get(&unit.id).copied().unwrap_or_default();
                    let pause = |unit: &OrgUnit| {
                        levels.pause(&PauseTarget::OrgUnit { connection: connection.id, id: unit.id.clone() })
                    };
                    let reaches_below = |unit: &&OrgUnit| ruled.get(&unit.id) == Some(&true);
                    all.push(OrgUnitView {
                        connection: connection.id,
                        users,
                        protected,
                        is_rule: ruled.contains_key(&unit.id),
                        include_sub_units: ruled.get(&unit.id).copied().unwrap_or(false),
                        rule_of: tree.above(unit).find(reaches_below).map(|above| above.path.clone()),
                        own_settings: levels.has_own(Level::OrgUnit, unit.id.as_str()),
                        pause: pause(unit).or_else(|| tree.above(unit).find_map(pause)),
                        id: unit.id.0.clone(),
                        path: unit.path.clone(),
                    });
                }
            }
            Ok(all)
        });
        Ok(listed.await?)
    }

    /// The users of an org unit, without those of its sub-units.
    pub async fn org_unit_users(&self, domain: Option<&str>, path: &str) -> Result<Vec<UserRow>> {
        let (domain, path) = (domain.map(str::to_owned), path.to_owned());
        let now = self.now();
        let listed = self.engine.read(move |tx| {
            let connection = find_connection(tx, domain.as_deref())?;
            let unit = org_units::by_path(tx, connection.id, &path)?
                .ok_or(EngineError::NotFound { what: "org unit", name: path })?;
            let members = org_units::users(tx, connection.id, &unit.org_unit.id, false)?;
            of_ids(tx, connection, now, members)
        });
        Ok(listed.await?)
    }
}

/// What is decided for groups and org units of a Domain.
struct Levels {
    own: HashSet<(Level, String)>,
    paused: HashMap<PauseTarget, PauseView>,
}

impl Levels {
    fn of(tx: &Tx<'_>, connection: ConnectionId, now: Timestamp) -> Read<Self> {
        let set = policies::list(tx, connection)?.into_iter().filter(|(.., policy)| !policy.is_empty());
        let mut paused = HashMap::new();
        for pause in pauses::list(tx, now)? {
            paused.insert(pause.target.clone(), pause_view(tx, &pause)?);
        }
        Ok(Self { own: set.map(|(level, id, _)| (level, id)).collect(), paused })
    }

    fn has_own(&self, level: Level, id: &str) -> bool {
        self.own.contains(&(level, id.to_owned()))
    }

    fn pause(&self, target: &PauseTarget) -> Option<PauseView> {
        self.paused.get(target).cloned()
    }
}

/// The org units of a Domain by id.
struct Tree<'a>(HashMap<&'a OrgUnitId, &'a OrgUnit>);

impl<'a> Tree<'a> {
    fn of(units: &'a [DirectoryOrgUnit]) -> Self {
        Self(units.iter().map(|known| (&known.org_unit.id, &known.org_unit)).collect())
    }

    /// The units above one, the nearest first. A Cloud that tells of a circle is not followed for ever.
    fn above(&self, unit: &OrgUnit) -> impl Iterator<Item = &'a OrgUnit> {
        let parent = |unit: &OrgUnit| unit.parent.as_ref().and_then(|parent| self.0.get(parent).copied());
        std::iter::successors(parent(unit), move |unit| parent(unit)).take(MOST_LEVELS)
    }
}

fn matches(text: Option<&str>, fields: [&String; 2]) -> bool {
    text.is_none_or(|text| {
        let text = text.to_lowercase();
        fields.iter().any(|field| field.to_lowercase().contains(&text))
    })
}

fn of_ids(
    tx: &Tx<'_>,
    connection: Connection,
    now: Timestamp,
    ids: Vec<UserId>,
) -> std::result::Result<Vec<UserRow>, EngineError> {
    let ids: HashSet<UserId> = ids.into_iter().collect();
    let mut found = users::list(tx, connection.id, &UserFilter::default())?;
    found.retain(|known| ids.contains(&known.user.id));
    user_rows(tx, connection, now, found)
}

pub(crate) fn user_rows(
    tx: &Tx<'_>,
    connection: Connection,
    now: Timestamp,
    listed: Vec<DirectoryUser>,
) -> std::result::Result<Vec<UserRow>, EngineError> {
    let backdrop = Backdrop::of(tx, connection, now)?;
    Ok(listed.into_iter().map(|known| backdrop.row(known)).collect())
}
