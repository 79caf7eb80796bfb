//! The Directory: bringing it in, and who is in it.

use std::time::Duration;

use holdfast_engine::SyncWhat;
use holdfast_engine::catalog::{
    Connection, ConnectionState, PauseTarget, SyncKind, Tx, UserFilter, connections, groups, org_units,
    syncs, users,
};
use holdfast_engine::{AfterDeletion, EngineError, Request, Response, after_deletion};
use holdfast_model::{CloudKind, ConnectionId, UserId};

use super::{Desktop, levels, limits};
use crate::error::Result;
use crate::verbs::{PeopleFilter, unexpected};
use crate::views::{
    AppEvent, DomainView, GroupView, OrgUnitView, Protection, SetPaused, SyncOutcome, SyncPart, SyncState,
    UserRow,
};
use crate::{UserError, format, verbs};

/// Names of a list that are shown; all are counted.
const MOST_NAMES: usize = 100;
/// A person who waits for a sync is told after this time that the Cloud does not answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(15);
/// A sync without an end that began longer ago than this died with its process.
const LONGEST_SYNC_SECONDS: i64 = 3 * 3600;

type Read<T> = std::result::Result<T, EngineError>;

impl Desktop {
    /// All Domains with how their Directories came in.
    pub async fn domains(&self) -> Result<Vec<DomainView>> {
        let app = self.seat().await?;
        let now = app.now();
        let read = app.engine.read(move |tx| {
            connections::list(tx)?.into_iter().map(|known| domain(tx, known, now)).collect::<Read<Vec<_>>>()
        });
        Ok(read.await?)
    }

    /// Brings in a part of the Directory, or all, of one Domain, or of all.
    pub async fn sync(
        &self,
        connection: Option<i64>,
        what: SyncWhat,
        accept_mass_deletion: bool,
    ) -> Result<Vec<DomainView>> {
        let app = self.seat().await?;
        let connection = connection.map(ConnectionId);
        if let Some(asked) = connection {
            app.engine.answers(asked, ANSWERS_WITHIN).await?;
        }
        let synced = self.ask(&app, Request::Sync { connection, what, accept_mass_deletion }).await;
        for domain in self.domains().await? {
            if connection.is_none_or(|wanted| wanted == domain.connection) {
                self.tell(AppEvent::Directory { connection: domain.connection.0 });
            }
        }
        match synced? {
            Response::Synced { .. } => self.domains().await,
            other => Err(unexpected(&other)),
        }
    }

    /// All users of a Domain.
    pub async fn users(&self, connection: i64) -> Result<Vec<UserRow>> {
        let app = self.seat().await?;
        let now = app.now();
        let read = app.engine.read(move |tx| {
            let known = find(tx, connection)?;
            let listed = users::list(tx, known.id, &UserFilter::default())?;
            verbs::user_rows(tx, known, now, listed)
        });
        Ok(read.await?)
    }

    /// All groups of a Domain.
    pub async fn groups(&self, connection: i64) -> Result<Vec<GroupView>> {
        let filter = PeopleFilter { domain: Some(connection.to_string()), ..PeopleFilter::default() };
        self.seat().await?.groups(filter).await
    }

    /// The users of a group, through all groups in it.
    pub async fn group_members(&self, connection: i64, address: String) -> Result<Vec<UserRow>> {
        limits::address(&address)?;
        self.seat().await?.group_members(Some(&connection.to_string()), &address).await
    }

    /// All org units of a Domain.
    pub async fn org_units(&self, connection: i64) -> Result<Vec<OrgUnitView>> {
        let filter = PeopleFilter { domain: Some(connection.to_string()), ..PeopleFilter::default() };
        self.seat().await?.org_units(filter).await
    }

    /// The users of an org unit, without those of its sub-units.
    pub async fn org_unit_users(&self, connection: i64, path: String) -> Result<Vec<UserRow>> {
        limits::org_unit(&path)?;
        self.seat().await?.org_unit_users(Some(&connection.to_string()), &path).await
    }

    /// Pauses or resumes a user's backups; resuming starts a Run.
    pub async fn set_paused(&self, input: SetPaused) -> Result<UserRow> {
        let SetPaused { connection, user, paused } = input;
        limits::address(&user)?;
        let app = self.seat().await?;
        let (now, name) = (app.now(), user.clone());
        let row = move |tx: &Tx<'_>| {
            let known = find(tx, connection)?;
            let found = users::by_address(tx, known.id, &name)?
                .ok_or_else(|| EngineError::NotFound { what: "user", name: name.clone() })?;
            let mut rows = verbs::user_rows(tx, known, now, vec![found])?;
            rows.pop().ok_or_else(|| EngineError::Defect("a user without a row".to_owned()))
        };
        // The same address may be in several Domains: the id decides.
        let before = app.engine.read(row.clone()).await?;
        let who = PauseTarget::User { connection: ConnectionId(connection), id: before.id.clone().into() };
        let request = if paused { Request::Pause { who, until: None } } else { Request::Unpause { who } };
        self.ask(&app, request).await?;
        self.tell(AppEvent::Directory { connection });
        if !paused && before.protection == Protection::Protected {
            let (connection, id) = (ConnectionId(connection), UserId(before.id));
            let archives = app.engine.read(move |tx| levels::chosen(tx, connection, &id)).await?;
            self.begin(&app, archives).await?;
        }
        Ok(app.engine.read(row).await?)
    }
}

/// A Connection by its number.
pub(super) fn find(tx: &Tx<'_>, connection: i64) -> Read<Connection> {
    connections::get(tx, ConnectionId(connection))?
        .ok_or_else(|| EngineError::NotFound { what: "connection", name: connection.to_string() })
}

fn domain(tx: &Tx<'_>, known: Connection, now: holdfast_model::Timestamp) -> Read<DomainView> {
    // Box has no org units; Microsoft 365 calls its administrative units so.
    let (has_groups, has_org_units) = match known.cloud {
        CloudKind::Google | CloudKind::Microsoft => (true, true),
        CloudKind::Box => (true, false),
    };
    let mut outcomes = vec![outcome(tx, &known, SyncPart::Users, SyncKind::Users, now)?];
    if has_groups {
        outcomes.push(outcome(tx, &known, SyncPart::Groups, SyncKind::Groups, now)?);
    }
    if has_org_units {
        outcomes.push(outcome(tx, &known, SyncPart::OrgUnits, SyncKind::OrgUnits, now)?);
    }
    let AfterDeletion { words, source } = after_deletion(known.cloud);
    Ok(DomainView {
        after_deletion: format::sentence(&words),
        after_deletion_source: source.map(str::to_owned),
        connection: known.id,
        cloud: known.cloud,
        cloud_name: known.cloud.title().to_owned(),
        state: known.state.as_str().to_owned(),
        state_reason: known.state_reason.filter(|_| known.state != ConnectionState::Connected),
        has_groups,
        has_org_units,
        users: users::count(tx, known.id, &UserFilter::default())?,
        groups: groups::list(tx, known.id)?.len() as u64,
        org_units: org_units::list(tx, known.id)?.len() as u64,
        domain: known.tenant_name,
        syncs: outcomes,
    })
}

/// How the users of a Connection last came in.
pub(super) fn users_outcome(
    tx: &Tx<'_>,
    known: &Connection,
    now: holdfast_model::Timestamp,
) -> Read<SyncOutcome> {
    outcome(tx, known, SyncPart::Users, SyncKind::Users, now)
}

fn outcome(
    tx: &Tx<'_>,
    known: &Connection,
    what: SyncPart,
    kind: SyncKind,
    now: holdfast_model::Timestamp,
) -> Read<SyncOutcome> {
    let last = syncs::last(tx, known.id, kind)?;
    let good = syncs::last_good(tx, known.id, kind)?;
    let (state, error) = match &last {
        None => (SyncState::Never, None),
        Some(sync) => match sync.outcome.as_deref() {
            Some(syncs::OK) => (SyncState::Ok, None),
            Some(code) => {
                (SyncState::Failed, Some(UserError::of(code, sync.detail.clone().unwrap_or_default())))
            }
            None if now.as_second() - sync.started.as_second() < LONGEST_SYNC_SECONDS => {
                (SyncState::Running, None)
            }
            None => (SyncState::Failed, Some(UserError::of("worker.gone", ""))),
        },
    };
    let at = last.map(|sync| sync.ended.unwrap_or(sync.started));
    let (changes, counts, count) =
        good.map(|sync| (sync.changes, sync.counts, sync.seen)).unwrap_or_default();
    let names = |word: &str| -> Vec<String> {
        changes.get(word).map(|names| names.iter().take(MOST_NAMES).cloned().collect()).unwrap_or_default()
    };
    let number = |word: &str| {
        let listed = changes.get(word).map_or(0, |names| names.len() as u64);
        counts.get(word).copied().unwrap_or(0).max(listed)
    };
    Ok(SyncOutcome {
        what,
        at,
        state,
        error,
        count,
        joined: names("joined"),
        left: names("left"),
        renamed: names("renamed"),
        suspended: names("suspended"),
        restored: names("restored"),
        joined_count: number("joined"),
        left_count: number("left"),
        renamed_count: number("renamed"),
        suspended_count: number("suspended"),
        restored_count: number("restored"),
    })
}
