//! Notifications: the causes that keep someone from being protected. Each is open once for whom it concerns, from when
//! it was found until it was tested again and is good. A cause is named by an error's code, so that its words are known.

use holdfast_catalog::{
    ConnectionState, Notification, Protection, Subject, Tx, archives, connections, notifications, open_items,
    users,
};
use holdfast_clouds::contract::CloudError;
use holdfast_model::{ConnectionId, Owner, RunResult, Timestamp};

use crate::backup::RunEnd;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};

/// Items that keep failing.
pub const QUARANTINED: &str = "items.quarantined";
/// People of a chosen group or org unit for whom no license is left.
pub const NO_LICENSE: &str = "licenses.too_few";
/// A Connection's authorisation lapsed.
pub const EXPIRED: &str = "connection.expired";
/// A sync by itself would have marked most people deleted: a person decides.
pub const MASS_DELETION: &str = "directory.mass_deletion";
/// An authorisation ends by itself soon.
pub const ENDING: &str = "connection.ending";
/// The admin who authorised a Connection is none any more.
pub const ADMIN_LOST: &str = "connection.admin_lost";
/// This computer's clock is off.
pub const CLOCK_WRONG: &str = "clock.wrong";
/// A sync by itself could not read the Directory.
pub const NOT_READ: &str = "directory.failed";
/// An account was deleted in the Cloud: its Archive is kept, and the Cloud's own days run.
pub const LEFT: &str = "user.left";
/// A Run changed far more than is normal, and retention waits.
pub const MASS_CHANGE: &str = "retention.held";
/// Good copies that are too old, whatever the reason: also a schedule that died is seen so.
pub const STALE: &str = "copies.stale";
/// A Connection that a person ended, with people who are still to be protected.
pub const DISCONNECTED: &str = "connection.disconnected";
/// People who have been paused for a week, and have no newer copy.
pub const PAUSED_LONG: &str = "schedule.paused_long";
/// The lists of users are old: who joined is not known.
pub const DIRECTORY_STALE: &str = "directory.stale";
/// The lists of users cannot be read: whoever authorised the Connection may no longer.
pub const DIRECTORY_REFUSED: &str = "directory.refused";
/// A Service is switched off for a User in the Cloud, of which there was a copy.
pub const SERVICE_OFF: &str = "cloud.service_off";
/// The storage is not where it was.
pub const GONE: &str = "repository.not_found";
/// Hardly any space is left where the Repository is.
pub const LOW_SPACE: &str = "storage.low_space";
/// What a check of the Repository finds, and only a check can find gone.
const DAMAGED: &str = "repository.damaged";

/// What a Run that ended well does not end.
const OUTLIVE_A_RUN: [&str; 2] = [QUARANTINED, MASS_CHANGE];

/// An Item that failed in so many Runs is told of.
const MOST_FAILED_RUNS: u32 = 3;
/// An Item that has failed for so long is told of.
const MOST_FAILED_HOURS: i64 = 72;
/// More quarantined Items than this share are told of at once.
const MOST_QUARANTINED_PERCENT: u64 = 1;

/// Causes that a sync opens for a Connection, and the next good one closes.
const OF_DIRECTORY: [&str; 4] =
    [DIRECTORY_REFUSED, "cloud.api_disabled", "cloud.access_missing", "cloud.app_blocked"];

/// True for what a Cloud says when it refuses to list people.
pub(crate) fn is_of_directory(code: &str) -> bool {
    code == "cloud.forbidden" || OF_DIRECTORY.contains(&code)
}

/// True for a cause that is the storage's: nothing can be backed up until it is fixed.
pub fn is_of_storage(code: &str) -> bool {
    code.starts_with("repository.") || code.starts_with("disk.")
}

/// True for a cause that is the keychain's: nobody can sign in, and the Repository cannot be opened, until it is fixed.
pub fn is_of_secrets(code: &str) -> bool {
    code.starts_with("secrets.")
}

/// True for what goes on by itself, and says nothing about what else may be in the way.
pub(crate) fn is_passing(code: &str) -> bool {
    code == "cloud.unreachable" || code == "cloud.throttled"
}

impl Engine {
    /// The Connection is `expired` everywhere from now on, with one notification. What was found with another secret
    /// than the Connection has now, or after a person ended it, says nothing about it.
    pub(crate) async fn mark_expired(
        &self,
        connection: ConnectionId,
        secret_name: Option<&str>,
        error: &CloudError,
    ) -> Result<()> {
        let (why, now, used) = (error.to_string(), self.now(), secret_name.map(str::to_owned));
        let told = self
            .write(move |tx| {
                let Some(known) = connections::get(tx, connection)? else { return Ok(Vec::new()) };
                let is_old = used.is_some_and(|used| used != known.secret_name);
                if is_old || known.state == ConnectionState::Disconnected {
                    return Ok(Vec::new());
                }
                let mut told = open(tx, EXPIRED, &of_connection(connection), Some(&why), now)?;
                if known.state == ConnectionState::Connected {
                    connections::set_state(tx, connection, ConnectionState::Expired, Some(&why))?;
                    told.push(Event::ConnectionChanged { connection });
                }
                Ok(told)
            })
            .await?;
        tell(&self.listener(), told).await;
        Ok(())
    }

    /// A Connection was used and works.
    pub(crate) async fn connection_works(&self, connection: ConnectionId, events: &Events) {
        let subject = of_connection(connection);
        let is_mended = move |open: &Notification| {
            open.subject == subject && [EXPIRED, DIRECTORY_REFUSED].contains(&open.cause.as_str())
        };
        self.fixed(events, is_mended).await;
    }

    /// A sync ended: what became of the lists of users.
    pub(crate) async fn directory_came_in(
        &self,
        connection: ConnectionId,
        failed: Option<&EngineError>,
        events: &Events,
    ) {
        let subject = of_connection(connection);
        let cause = match failed.map(EngineError::code) {
            None => None,
            Some("cloud.forbidden") => Some(DIRECTORY_REFUSED),
            Some(code) if is_of_directory(code) => Some(code),
            // The rest has a cause of its own, or passes: lists that stay old are told of by their age.
            Some(_) => return,
        };
        let still = cause.map(str::to_owned);
        let whom = subject.clone();
        let is_mended = move |open: &Notification| {
            open.subject == whom
                && OF_DIRECTORY.contains(&open.cause.as_str())
                && Some(&open.cause) != still.as_ref()
        };
        self.fixed(events, is_mended).await;
        if let (Some(cause), Some(error)) = (cause, failed) {
            self.found(cause.to_owned(), subject, error.to_string(), events).await;
        }
    }

    /// The Repository could not be used. Other errors are none of its.
    pub(crate) async fn storage_failed(&self, error: &EngineError, events: &Events) {
        let code = error.code();
        if !is_of_storage(code) && !is_of_secrets(code) {
            return;
        }
        // Whatever fails first where the folder is away: that it is away is the cause.
        let is_gone = code.starts_with("repository.") && self.is_storage_gone().await;
        let cause = if is_gone { GONE } else { code };
        self.found(cause.to_owned(), Subject::default(), error.to_string(), events).await;
    }

    /// What a person is told of an error: whatever failed first where the storage is away, that it is away.
    pub(crate) async fn as_a_person_sees_it(&self, error: EngineError) -> EngineError {
        if error.code() == "repository.failed" && self.is_storage_gone().await {
            return EngineError::Remote { code: GONE.to_owned(), detail: error.to_string() };
        }
        error
    }

    async fn is_storage_gone(&self) -> bool {
        let place = self.repository_place().await.ok().flatten();
        let gone =
            blocking(move || Ok(place.is_some_and(|place| !place.path.join("config").is_file()))).await;
        matches!(gone, Ok(true))
    }

    /// The Repository was opened, or written with `has_written`.
    pub(crate) async fn storage_works(&self, has_written: bool, events: &Events) {
        self.fixed(events, move |open| {
            let is_of_it = is_of_storage(&open.cause) || is_of_secrets(&open.cause);
            open.subject == Subject::default()
                && is_of_it
                && open.cause != DAMAGED
                && (has_written || !open.cause.starts_with("disk."))
        })
        .await;
    }

    /// A check of the Repository found it sound, or said what is wrong.
    pub(crate) async fn storage_checked(&self, problem: Option<String>, events: &Events) {
        match problem {
            Some(problem) => self.found(DAMAGED.to_owned(), Subject::default(), problem, events).await,
            None => self.fixed(events, |open| open.cause == DAMAGED).await,
        }
    }

    /// What follows from how a Run ended.
    pub(crate) async fn run_ended(&self, end: &RunEnd, events: &Events) {
        let (end, now) = (end.clone(), self.now());
        let told = self.write(move |tx| after_run(tx, &end, now)).await;
        self.tell_what_changed(told, events).await;
    }

    /// A cause was found: it is open from now on, once for its subject.
    pub async fn found(&self, cause: String, subject: Subject, detail: String, events: &Events) {
        let now = self.now();
        let told = self.write(move |tx| open(tx, &cause, &subject, Some(&detail), now)).await;
        self.tell_what_changed(told, events).await;
    }

    /// The open causes that `is_fixed` picks were tested again and are good.
    pub async fn fixed(&self, events: &Events, is_fixed: impl Fn(&Notification) -> bool + Send + 'static) {
        let is_open = self.read(|tx| Ok(!notifications::list_open(tx)?.is_empty())).await;
        let now = self.now();
        let told = match is_open {
            Ok(false) => return,
            Ok(true) => self.write(move |tx| close(tx, is_fixed, now)).await,
            Err(error) => Err(error),
        };
        self.tell_what_changed(told, events).await;
    }

    /// A notification that cannot be kept must not end what it is about.
    async fn tell_what_changed(&self, told: Result<Vec<Event>>, events: &Events) {
        match told {
            Ok(told) => tell(events, told).await,
            Err(error) => {
                tracing::error!(code = error.code(), %error, "a notification could not be recorded");
            }
        }
    }
}

pub(crate) async fn tell(events: &Events, told: Vec<Event>) {
    for event in told {
        events.tell_surely(event).await;
    }
}

pub(crate) fn of_connection(connection: ConnectionId) -> Subject {
    Subject { connection: Some(connection), ..Subject::default() }
}

/// The event, where the cause is new.
pub(crate) fn open(
    tx: &Tx<'_>,
    cause: &str,
    subject: &Subject,
    detail: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Event>> {
    let found = notifications::open(tx, cause, subject, detail, now)?;
    let event = Event::NotificationOpened {
        notification: found.id,
        cause: cause.to_owned(),
        connection: subject.connection,
        user: subject.user.clone(),
        archive: subject.archive,
        detail: detail.map(str::to_owned),
    };
    Ok(found.is_new.then_some(event).into_iter().collect())
}

pub(crate) fn close(
    tx: &Tx<'_>,
    is_fixed: impl Fn(&Notification) -> bool,
    now: Timestamp,
) -> Result<Vec<Event>> {
    let closed = notifications::close_all(tx, is_fixed, now)?;
    let event = |one: Notification| Event::NotificationClosed { notification: one.id, cause: one.cause };
    Ok(closed.into_iter().map(event).collect())
}

fn after_run(tx: &Tx<'_>, end: &RunEnd, now: Timestamp) -> Result<Vec<Event>> {
    let archive = &end.archive;
    let subject = Subject {
        connection: Some(archive.connection),
        user: match &archive.scope.owner {
            Owner::User(user) => Some(user.clone()),
            Owner::Domain(_) => None,
        },
        archive: Some(archive.id),
    };
    let mut told = Vec::new();
    match &end.error {
        // The Connection's and the storage's own causes are open already.
        Some((code, _)) if code == EXPIRED || code == "cancelled" => return Ok(told),
        Some((code, detail)) if is_of_storage(code) || is_of_secrets(code) => {
            told.extend(open(tx, code, &Subject::default(), Some(detail), now)?);
            return Ok(told);
        }
        // What was begun goes on at the next Run.
        Some((code, _)) if is_passing(code) && end.result != RunResult::Failed => {}
        Some((code, detail)) => {
            // What stood in the way before no longer does, where the Cloud says that something else does now.
            let (whom, now_is) = (subject.clone(), code.clone());
            let is_other = move |open: &Notification| {
                open.subject == whom && !OUTLIVE_A_RUN.contains(&open.cause.as_str()) && open.cause != now_is
            };
            if !is_passing(code) {
                told.extend(close(tx, is_other, now)?);
            }
            // Who never had the Service misses nothing: it is told as left out, where the User is shown.
            let is_left_out = code == SERVICE_OFF
                && archives::get(tx, archive.id)?.is_none_or(|known| known.last_complete_at.is_none());
            if !is_left_out && !has_left(tx, &subject)? {
                told.extend(open(tx, code, &subject, Some(detail), now)?);
            }
        }
        None => {
            let whom = subject.clone();
            told.extend(close(
                tx,
                move |open| open.subject == whom && !OUTLIVE_A_RUN.contains(&open.cause.as_str()),
                now,
            )?);
        }
    }
    let since = now.checked_sub(jiff::SignedDuration::from_hours(MOST_FAILED_HOURS)).unwrap_or(now);
    let overdue = open_items::overdue(tx, archive.id, MOST_FAILED_RUNS, since)?;
    let quarantined = open_items::counts(tx, archive.id)?.quarantined;
    let held = archives::get(tx, archive.id)?.map_or(0, |archive| archive.items);
    let is_many = quarantined * 100 > held.max(end.ledger.listed) * MOST_QUARANTINED_PERCENT;
    if overdue > 0 || (quarantined > 0 && is_many) {
        let items = if quarantined == 1 { "1 item".to_owned() } else { format!("{quarantined} items") };
        let detail = format!("{}: {items} could not be read and will be tried again", end.title);
        told.extend(open(tx, QUARANTINED, &subject, Some(&detail), now)?);
    } else if end.error.is_none() {
        told.extend(close(tx, move |open| open.subject == subject && open.cause == QUARANTINED, now)?);
    }
    Ok(told)
}

/// True of whom left: that the Cloud refuses their last Run is what leaving means, and no cause.
fn has_left(tx: &Tx<'_>, subject: &Subject) -> Result<bool> {
    let (Some(connection), Some(id)) = (subject.connection, &subject.user) else { return Ok(false) };
    let user = users::by_id(tx, connection, id)?;
    Ok(user.is_some_and(|user| user.protection == Protection::Retained))
}
