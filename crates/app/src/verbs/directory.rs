//! The Directory: bringing it in, and who is in it with what protects them.

use std::collections::{HashMap, HashSet};

use holdfast_engine::Events;
use holdfast_engine::catalog::{
    Connection, DirectoryUser, Protection, RuleTarget, Tx, UserFilter, groups, org_units, rules, users,
};
use holdfast_engine::{EngineError, Request, Response, SyncReport, SyncWhat};
use holdfast_model::{Account, Timestamp, UserId};
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::app::{find_connection, find_connections};
use crate::error::Result;
use crate::people::Backdrop;
use crate::verbs::storage::unexpected;
use crate::views::{GroupView, OrgUnitView, UserRow};

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
        let listed = self.engine.read(move |tx| {
            let mut all = Vec::new();
            for connection in find_connections(tx, filter.domain.as_deref())? {
                let protected = protected(tx, &connection)?;
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
                    let members = groups::member_users(tx, connection.id, &known.group.id)?;
                    all.push(GroupView {
                        connection: connection.id,
                        users: members.len() as u64,
                        protected: members.iter().filter(|user| protected.contains(*user)).count() as u64,
                        is_rule: ruled.contains(&known.group.id),
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
        let listed = self.engine.read(move |tx| {
            let mut all = Vec::new();
            for connection in find_connections(tx, filter.domain.as_deref())? {
                let protected = protected(tx, &connection)?;
                let ruled: HashMap<_, _> = rules::list(tx, connection.id)?
                    .into_iter()
                    .filter_map(|rule| match rule.target {
                        RuleTarget::OrgUnit { id, include_sub_units } => Some((id, include_sub_units)),
                        RuleTarget::Domain | RuleTarget::Group(_) => None,
                    })
                    .collect();
                for known in org_units::list(tx, connection.id)? {
                    let unit = known.org_unit;
                    if !matches(filter.text.as_deref(), [&unit.path, &unit.name]) {
                        continue;
                    }
                    let members = org_units::users(tx, connection.id, &unit.id, false)?;
                    all.push(OrgUnitView {
                        connection: connection.id,
                        users: members.len() as u64,
                        protected: members.iter().filter(|user| protected.contains(*user)).count() as u64,
                        is_rule: ruled.contains_key(&unit.id),
                        include_sub_units: ruled.get(&unit.id).copied().unwrap_or(false),
                        id: unit.id.0,
                        path: unit.path,
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

fn matches(text: Option<&str>, fields: [&String; 2]) -> bool {
    text.is_none_or(|text| {
        let text = text.to_lowercase();
        fields.iter().any(|field| field.to_lowercase().contains(&text))
    })
}

fn protected(tx: &Tx<'_>, connection: &Connection) -> std::result::Result<HashSet<UserId>, EngineError> {
    let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
    Ok(users::list(tx, connection.id, &filter)?.into_iter().map(|known| known.user.id).collect())
}

fn of_ids(
    tx: &Tx<'_>,
    connection: Connection,
    now: Timestamp,
    ids: Vec<UserId>,
) -> std::result::Result<Vec<UserRow>, EngineError> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(users::by_id(tx, connection.id, &id)?);
    }
    user_rows(tx, connection, now, found)
}

pub(crate) fn user_rows(
    tx: &Tx<'_>,
    connection: Connection,
    now: Timestamp,
    listed: Vec<DirectoryUser>,
) -> std::result::Result<Vec<UserRow>, EngineError> {
    let backdrop = Backdrop::of(tx, connection, now)?;
    listed.into_iter().map(|known| backdrop.row(tx, known)).collect()
}
