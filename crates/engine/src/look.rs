//! What can be seen without the network, without keys and without the worker's seat: whether copies are fresh, whether
//! the storage is there and has room, whether who is protected is still connected. Any process may look, at any time, so
//! that also a schedule that died is noticed. Each look opens what it finds and closes what is good again.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use holdfast_catalog::{
    Archive, ArchiveFilter, Connection, ConnectionState, Notification, NotificationId, Protection, RunFilter,
    Schedule, Subject, SyncKind, Tx, UserFilter, archives, connections, notifications, runs, syncs, users,
};
use holdfast_model::{Account, ArchiveId, ConnectionId, Owner, Timestamp, User, UserId};

use crate::data_dir::free_space;
use crate::engine::{Engine, RepositoryPlace};
use crate::error::Result;
use crate::events::Events;
use crate::left_out::left_out;
use crate::notifications::{
    DIRECTORY_STALE, DISCONNECTED, EXPIRED, GONE, LOW_SPACE, MASS_CHANGE, PAUSED_LONG, STALE, close,
    is_of_storage, of_connection, open, tell,
};
use crate::policy::PoliciesOfAll;

/// A copy younger than this is fresh, however often Runs are due.
pub const FRESH_HOURS: i64 = 48;
/// Someone who has been paused for so long may have been forgotten.
const PAUSED_HOURS: i64 = 7 * 24;
/// Lists that are older than this no longer say who is there.
const DIRECTORY_HOURS: i64 = 72;
/// A Run that was heard of within this time goes on.
const ALIVE_HOURS: i64 = 24;
/// Less free space than this is told of.
pub(crate) const LEAST_FREE: u64 = 1 << 30;
/// A disk or share that does not answer within this time cannot be reached.
const DISK_PATIENCE: Duration = Duration::from_secs(10);
/// Names that the evidence spells out.
const MOST_NAMES: usize = 3;
/// Causes that a look, and nothing else, opens and closes.
const OWN: [&str; 6] = [STALE, DISCONNECTED, PAUSED_LONG, DIRECTORY_STALE, GONE, LOW_SPACE];

/// True for a copy that counts as recent where Runs are so many hours apart.
pub fn is_fresh(at: Timestamp, interval_hours: u8, now: Timestamp) -> bool {
    hours_since(at, now) <= FRESH_HOURS.max(2 * i64::from(interval_hours))
}

type Found = BTreeMap<(String, i64), (Subject, String)>;

/// How the Repository's disk answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disk {
    /// There is no Repository yet.
    NotSetUp,
    Gone,
    There {
        free: Option<u64>,
    },
}

impl Engine {
    /// Looks once. Writes only where something changed.
    pub async fn look(&self, events: &Events) -> Result<()> {
        let now = self.now();
        let disk = match self.repository_place().await? {
            None => Disk::NotSetUp,
            Some(place) => look_at(place).await,
        };
        let (found, known, over) = self
            .read(move |tx| {
                let known = notifications::list_open(tx)?;
                let over = no_longer_backed_up(tx, &known)?;
                let is_other = |one: &Notification| is_of_storage(&one.cause) && one.cause != GONE;
                let storage_is_bad = disk == Disk::Gone || known.iter().any(is_other);
                let mut found = Found::new();
                of_disk(disk, &known, &mut found);
                for connection in connections::list(tx)? {
                    of_one(tx, &connection, &known, storage_is_bad, now, &mut found)?;
                }
                Ok((found, known, over))
            })
            .await?;
        let is_as_known = |one: &Notification| {
            found.get(&key(&one.cause, &one.subject)).is_some_and(|(_, detail)| {
                one.detail.as_deref() == Some(detail.as_str()) && hours_since(one.last_seen, now) < 1
            })
        };
        let known_same: BTreeSet<_> =
            known.iter().filter(|one| is_as_known(one)).map(|one| key(&one.cause, &one.subject)).collect();
        let to_close =
            known.iter().any(|one| is_own(one) && !found.contains_key(&key(&one.cause, &one.subject)));
        let to_open: Vec<_> = found
            .iter()
            .filter(|(key, _)| !known_same.contains(*key))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        if to_open.is_empty() && !to_close && over.is_empty() {
            return Ok(());
        }
        let told = self
            .write(move |tx| {
                let mut told = Vec::new();
                for ((cause, _), (subject, detail)) in to_open {
                    told.extend(open(tx, &cause, &subject, Some(&detail), now)?);
                }
                let is_good = move |one: &Notification| {
                    let is_seen = found.contains_key(&key(&one.cause, &one.subject));
                    over.contains(&one.id) || (is_own(one) && !is_seen)
                };
                told.extend(close(tx, is_good, now)?);
                Ok(told)
            })
            .await?;
        tell(events, told).await;
        Ok(())
    }
}

fn is_own(one: &Notification) -> bool {
    OWN.contains(&one.cause.as_str()) && one.subject.user.is_none() && one.subject.archive.is_none()
}

/// Causes of Archives that are no longer backed up: a person left the Service or the User out, or the User left. What
/// retention waits for is not over with that.
fn no_longer_backed_up(tx: &Tx<'_>, known: &[Notification]) -> Result<HashSet<NotificationId>> {
    let mut over = HashSet::new();
    let mut policies: HashMap<ConnectionId, PoliciesOfAll> = HashMap::new();
    for one in known.iter().filter(|one| one.cause != MASS_CHANGE) {
        let Some(id) = one.subject.archive else { continue };
        let is_backed_up = match archives::get(tx, id)? {
            None => false,
            Some(archive) => {
                let policies = match policies.entry(archive.connection) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => place.insert(PoliciesOfAll::new(tx, archive.connection)?),
                };
                let policy = match &archive.scope.owner {
                    Owner::Domain(_) => Some(policies.of_domain()),
                    Owner::User(user) => users::by_id(tx, archive.connection, user)?
                        .filter(|user| user.protection == Protection::Protected)
                        .map(|user| policies.of(&user.user)),
                };
                policy.is_some_and(|policy| policy.services.contains(&archive.scope.service))
            }
        };
        if !is_backed_up {
            over.insert(one.id);
        }
    }
    Ok(over)
}

fn key(cause: &str, subject: &Subject) -> (String, i64) {
    (cause.to_owned(), subject.connection.map_or(0, |connection| connection.0))
}

fn add(found: &mut Found, cause: &str, subject: Subject, detail: String) {
    found.insert(key(cause, &subject), (subject, detail));
}

/// A dead share may never answer: whoever waits for it is left behind.
async fn look_at(place: RepositoryPlace) -> Disk {
    let looked = tokio::task::spawn_blocking(move || {
        if place.path.join("config").is_file() {
            Disk::There { free: free_space(&place.path) }
        } else {
            Disk::Gone
        }
    });
    match tokio::time::timeout(DISK_PATIENCE, looked).await {
        Ok(Ok(disk)) => disk,
        Ok(Err(_)) | Err(_) => Disk::Gone,
    }
}

fn of_disk(disk: Disk, known: &[Notification], found: &mut Found) {
    match disk {
        // What a Run found out about the storage is more exact.
        Disk::Gone => {
            if !known.iter().any(|one| one.cause.starts_with("repository.") && one.cause != GONE) {
                let told = known.iter().find(|one| one.cause == GONE).and_then(|one| one.detail.clone());
                let detail = told.unwrap_or_else(|| "the folder of the Repository is not there".to_owned());
                add(found, GONE, Subject::default(), detail);
            }
        }
        Disk::There { free: Some(free) } if free < LEAST_FREE => {
            let detail = format!("{} MB are free", free >> 20);
            add(found, LOW_SPACE, Subject::default(), detail);
        }
        Disk::There { .. } | Disk::NotSetUp => {}
    }
}

fn of_one(
    tx: &Tx<'_>,
    connection: &Connection,
    known: &[Notification],
    storage_is_bad: bool,
    now: Timestamp,
    found: &mut Found,
) -> Result<()> {
    let subject = of_connection(connection.id);
    let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
    match connection.state {
        ConnectionState::Disconnected => {
            let protected = users::count(tx, connection.id, &filter)?;
            if protected > 0 {
                let detail = format!(
                    "{} is disconnected, and {protected} protected users are in it",
                    connection.tenant_name
                );
                add(found, DISCONNECTED, subject, detail);
            }
            return Ok(());
        }
        ConnectionState::Expired => {
            // Whoever found it expired told of it; it is told again where that is not known any more.
            if !known.iter().any(|one| one.cause == EXPIRED && one.subject == subject) {
                let why = connection.state_reason.clone();
                let detail =
                    why.unwrap_or_else(|| format!("the sign-in of {} lapsed", connection.tenant_name));
                add(found, EXPIRED, subject, detail);
            }
            return Ok(());
        }
        ConnectionState::Connected => {}
    }
    if let Some(sync) = syncs::last_good(tx, connection.id, SyncKind::Users)?
        && let Some(ended) = sync.ended
        && hours_since(ended, now) > DIRECTORY_HOURS
    {
        let detail = format!("the users of {} came in {} ago", connection.tenant_name, age(ended, now));
        add(found, DIRECTORY_STALE, subject.clone(), detail);
    }
    let (mut stale, mut paused) = (Late::default(), Late::default());
    let scene = Scene::of(tx, connection, known, now)?;
    for user in users::list(tx, connection.id, &filter)? {
        if user.user.account != Account::Active || user.vanished_at.is_some() {
            continue;
        }
        let is_paused = user.schedule == Schedule::Paused;
        let (late, hours) = if is_paused { (&mut paused, PAUSED_HOURS) } else { (&mut stale, FRESH_HOURS) };
        if let Some(at) = scene.late(&user.user, is_paused, hours) {
            late.note(user.user.address, at);
        }
    }
    for archive in scene.of_domain() {
        let hours = FRESH_HOURS.max(2 * i64::from(scene.domain_hours));
        if let Some(at) = scene.late_one(archive, hours) {
            stale.note(archive.name.clone(), at);
        }
    }
    // Where the storage is away, that is what is told of.
    if !storage_is_bad && let Some(detail) = stale.told(now) {
        add(found, STALE, subject.clone(), detail);
    }
    if let Some(detail) = paused.told(now) {
        add(found, PAUSED_LONG, subject, detail);
    }
    Ok(())
}

/// What is read of one Domain for all of its users.
struct Scene {
    archives: BTreeMap<UserId, Vec<Archive>>,
    domain: Vec<Archive>,
    domain_services: Vec<holdfast_model::Service>,
    domain_hours: u8,
    policies: PoliciesOfAll,
    /// With a cause of their own.
    told: HashSet<ArchiveId>,
    /// With a Run that goes on.
    alive: HashSet<ArchiveId>,
    /// Switched off in the Cloud.
    left_out: HashSet<ArchiveId>,
    now: Timestamp,
}

impl Scene {
    fn of(tx: &Tx<'_>, connection: &Connection, known: &[Notification], now: Timestamp) -> Result<Self> {
        let filter = ArchiveFilter { connection: Some(connection.id), ..ArchiveFilter::default() };
        let (mut of_users, mut domain) = (BTreeMap::<UserId, Vec<Archive>>::new(), Vec::new());
        for archive in archives::list(tx, &filter)? {
            match &archive.scope.owner {
                Owner::User(user) => of_users.entry(user.clone()).or_default().push(archive),
                Owner::Domain(_) => domain.push(archive),
            }
        }
        let live = RunFilter { live: Some(true), ..RunFilter::default() };
        let alive = runs::list(tx, &live, u32::MAX)?
            .into_iter()
            .filter(|run| hours_since(run.updated_at.unwrap_or(run.started), now) <= ALIVE_HOURS)
            .map(|run| run.archive)
            .collect();
        let policies = PoliciesOfAll::new(tx, connection.id)?;
        let policy = policies.of_domain();
        Ok(Self {
            archives: of_users,
            domain,
            domain_services: policy.services.iter().copied().collect(),
            domain_hours: policy.frequency_hours,
            policies,
            told: known.iter().filter_map(|one| one.subject.archive).collect(),
            alive,
            left_out: left_out(tx, connection.id)?,
            now,
        })
    }

    fn of_domain(&self) -> impl Iterator<Item = &Archive> {
        let chosen = |archive: &&Archive| self.domain_services.contains(&archive.scope.service);
        self.domain.iter().filter(chosen).filter(|archive| archive.last_result.is_some())
    }

    /// The oldest time since when a chosen Service of this user has had no good copy, where that is too long ago.
    fn late(&self, user: &User, is_paused: bool, hours: i64) -> Option<Timestamp> {
        let kept = self.archives.get(&user.id)?;
        let policy = self.policies.of(user);
        let hours = if is_paused { hours } else { hours.max(2 * i64::from(policy.frequency_hours)) };
        let chosen = kept.iter().filter(|archive| policy.services.contains(&archive.scope.service));
        chosen.filter_map(|archive| self.late_one(archive, hours)).min()
    }

    fn late_one(&self, archive: &Archive, hours: i64) -> Option<Timestamp> {
        let since = archive.last_complete_at.unwrap_or(archive.created_at);
        let is_late = hours_since(since, self.now) > hours;
        let is_explained =
            [&self.told, &self.alive, &self.left_out].iter().any(|ids| ids.contains(&archive.id));
        (is_late && !is_explained).then_some(since)
    }
}

/// Who is late, and since when.
#[derive(Default)]
struct Late {
    names: Vec<String>,
    oldest: Option<Timestamp>,
}

impl Late {
    fn note(&mut self, name: String, since: Timestamp) {
        self.names.push(name);
        self.oldest = self.oldest.into_iter().chain([since]).min();
    }

    fn told(self, now: Timestamp) -> Option<String> {
        let oldest = self.oldest?;
        let shown = self.names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = match self.names.len().saturating_sub(MOST_NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!("{shown}{more}: last good copy {} ago", age(oldest, now)))
    }
}

fn hours_since(at: Timestamp, now: Timestamp) -> i64 {
    (now.as_second() - at.as_second()) / 3600
}

/// In words that change once a day, so that the evidence is not written each minute.
fn age(at: Timestamp, now: Timestamp) -> String {
    match hours_since(at, now) {
        hours if hours < 48 => format!("{} hours", hours.max(1)),
        hours => format!("{} days", hours / 24),
    }
}
