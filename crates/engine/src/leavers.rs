//! Who left: suspended, archived or deleted in the Directory. A last Run is tried, the Archives are kept, the license is free,
//! and the admin is told how long the Cloud itself keeps the data. Who comes back is known by id.

use holdfast_catalog::{
    Connection, Notification, Protection, Subject, Tx, UserFilter, archives, notifications, users,
};
use holdfast_model::{Account, ArchiveId, CloudKind, ConnectionId, Owner, Timestamp};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::audit;
use crate::engine::Engine;
use crate::error::Result;
use crate::events::{Event, Events};
use crate::notifications::{LEFT, close, open};
use crate::settings::licenses_free;

/// Someone whose Archives are kept from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leaver {
    /// The address.
    pub address: String,
    /// What became of the account.
    pub account: Account,
    /// What a person is told.
    pub sentence: String,
    /// The Archives, of which a last Run is tried.
    pub archives: Vec<ArchiveId>,
}

/// Who left and who came back, found at a sync.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settled {
    pub(crate) left: Vec<Leaver>,
    /// Addresses of people who are protected again.
    pub(crate) back: Vec<String>,
}

/// For how many days a Cloud keeps what a deleted account held; none where it says nothing.
const fn kept_days(cloud: CloudKind) -> Option<i64> {
    match cloud {
        CloudKind::Google => Some(20),
        CloudKind::Box | CloudKind::Microsoft => None,
    }
}

/// What becomes of the data of an account that is deleted in its Cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterDeletion {
    /// A fragment for a person.
    pub words: String,
    /// The Cloud's own page that says so.
    pub source: Option<&'static str>,
}

/// What a Cloud says of the data of deleted accounts.
///
/// Google: an account can be restored for 20 days, then its data is gone. Box: whoever deletes an account decides at that
/// moment whether its content goes to someone else or is deleted.
pub fn after_deletion(cloud: CloudKind) -> AfterDeletion {
    let title = cloud.title();
    let (words, source) = match (cloud, kept_days(cloud)) {
        (_, Some(days)) => (
            format!("{title} keeps a deleted account for {days} days, then its data is gone"),
            Some("https://support.google.com/a/answer/1397578"),
        ),
        (CloudKind::Box, _) => (
            "Box moved its content to whom the admin chose, or deleted it".to_owned(),
            Some("https://support.box.com/hc/en-us/articles/360043694514"),
        ),
        _ => (format!("{title} does not say how long it keeps the data"), None),
    };
    AfterDeletion { words, source }
}

/// Until when at the latest a Cloud keeps the data of who was deleted there. `told` is when that was found; where nobody was
/// told, it is when they were no longer listed. None for others, and where the Cloud says nothing.
pub fn kept_until(
    cloud: CloudKind,
    user: &holdfast_catalog::DirectoryUser,
    told: Option<Timestamp>,
) -> Option<Timestamp> {
    if account_now(user) != Account::Deleted {
        return None;
    }
    told.or(user.vanished_at).and_then(|gone| over(cloud, gone))
}

fn over(cloud: CloudKind, gone: Timestamp) -> Option<Timestamp> {
    gone.checked_add(SignedDuration::from_hours(24 * kept_days(cloud)?)).ok()
}

/// Where a Cloud says nothing, a departure is news for so many days.
const TOLD_DAYS: i64 = 20;

fn sentence(
    cloud: CloudKind,
    address: &str,
    account: Account,
    last_good: Option<Timestamp>,
    gone: Option<Timestamp>,
) -> String {
    let copy = match last_good {
        Some(at) => format!("the last good copy is of {}", at.strftime("%Y-%m-%d %H:%M UTC")),
        None => "there is no good copy yet".to_owned(),
    };
    let cloud_keeps = if account == Account::Deleted {
        let over = gone.and_then(|gone| over(cloud, gone));
        let at = over.map(|at| at.strftime(", on %Y-%m-%d at the latest").to_string());
        format!("{}{}", after_deletion(cloud).words, at.unwrap_or_default())
    } else {
        format!("{} keeps the data while the account is there", cloud.title())
    };
    format!(
        "{address} is {}: the archive is kept and the license is free; {copy}; {cloud_keeps}",
        account.as_str()
    )
}

/// Retains who left since the last sync and takes back who returned, where a license is left.
pub(crate) async fn settle(engine: &Engine, known: &Connection, events: &Events) -> Result<Settled> {
    let (id, cloud, now) = (known.id, known.cloud, engine.now());
    let (settled, told) = engine
        .write(move |tx| {
            let mut settled = Settled::default();
            let mut told = end_old(tx, id, cloud, now)?;
            told.extend(retain(tx, id, cloud, now, &mut settled)?);
            told.extend(tell_of_deleted(tx, id, cloud, now)?);
            told.extend(take_back(tx, id, now, &mut settled)?);
            Ok((settled, told))
        })
        .await?;
    for event in told {
        events.tell_surely(event).await;
    }
    for leaver in &settled.left {
        let subject = format!("{}: {} ({})", known.tenant_name, leaver.address, leaver.account.as_str());
        engine.audit(audit::BY_ITSELF, "leaver.retain", &subject, audit::OK).await;
    }
    for address in &settled.back {
        let subject = format!("{}: {address}", known.tenant_name);
        engine.audit(audit::BY_ITSELF, "leaver.back", &subject, audit::OK).await;
    }
    Ok(settled)
}

fn with(
    tx: &Tx<'_>,
    id: ConnectionId,
    protection: Protection,
) -> Result<Vec<holdfast_catalog::DirectoryUser>> {
    let filter = UserFilter { protection: Some(protection), ..UserFilter::default() };
    Ok(users::list(tx, id, &filter)?)
}

fn is_there(user: &holdfast_catalog::DirectoryUser) -> bool {
    user.vanished_at.is_none() && user.user.account == Account::Active
}

fn of_user(id: ConnectionId, user: &holdfast_model::UserId) -> Subject {
    Subject { connection: Some(id), user: Some(user.clone()), archive: None }
}

fn retain(
    tx: &Tx<'_>,
    id: ConnectionId,
    cloud: CloudKind,
    now: Timestamp,
    settled: &mut Settled,
) -> Result<Vec<Event>> {
    let mut told = Vec::new();
    for user in with(tx, id, Protection::Protected)?.into_iter().filter(|user| !is_there(user)) {
        let who = &user.user.id;
        users::set_protection(tx, id, who, Protection::Retained)?;
        users::set_licensed(tx, id, who, false)?;
        let owned = archives::by_owner(tx, id, &Owner::User(who.clone()))?;
        let account = account_now(&user);
        let sentence = sentence(cloud, &user.user.address, account, oldest_copy(&owned), Some(now));
        if account == Account::Deleted {
            told.extend(open(tx, LEFT, &of_user(id, who), Some(&sentence), now)?);
        }
        settled.left.push(Leaver {
            address: user.user.address,
            account,
            sentence,
            archives: owned.into_iter().map(|archive| archive.id).collect(),
        });
    }
    Ok(told)
}

/// Who was retained before, as suspended, and is deleted now: the Cloud's days have begun.
fn tell_of_deleted(tx: &Tx<'_>, id: ConnectionId, cloud: CloudKind, now: Timestamp) -> Result<Vec<Event>> {
    let retained = with(tx, id, Protection::Retained)?;
    let gone: Vec<_> = retained.into_iter().filter(|user| account_now(user) == Account::Deleted).collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let (mut told, before) = (Vec::new(), notifications::last_opened(tx, LEFT, id)?);
    for user in gone {
        let who = &user.user.id;
        // Told as part of the same sync, which may have noted its own time a moment later.
        let of_this_time =
            |at: Timestamp, gone: Timestamp| at.duration_since(gone) > -SignedDuration::from_hours(1);
        // What the Cloud no longer keeps says nothing to anybody, as after a rebuild of the catalogue.
        let is_over = user.vanished_at.is_some_and(|gone| {
            let days = kept_days(cloud).unwrap_or(TOLD_DAYS);
            gone.checked_add(SignedDuration::from_hours(24 * days)).is_ok_and(|over| over <= now)
        });
        let is_told = is_over
            || before.get(who).is_some_and(|at| user.vanished_at.is_none_or(|gone| of_this_time(*at, gone)));
        if !is_told {
            let owned = archives::by_owner(tx, id, &Owner::User(who.clone()))?;
            let (address, copy) = (&user.user.address, oldest_copy(&owned));
            let gone = user.vanished_at.unwrap_or(now);
            let sentence = sentence(cloud, address, Account::Deleted, copy, Some(gone));
            told.extend(open(tx, LEFT, &of_user(id, who), Some(&sentence), now)?);
        }
    }
    Ok(told)
}

fn account_now(user: &holdfast_catalog::DirectoryUser) -> Account {
    if user.vanished_at.is_some() { Account::Deleted } else { user.user.account }
}

/// The oldest of the last good copies.
fn oldest_copy(archives: &[holdfast_catalog::Archive]) -> Option<Timestamp> {
    archives.iter().map(|archive| archive.last_complete_at).min().flatten()
}

fn take_back(tx: &Tx<'_>, id: ConnectionId, now: Timestamp, settled: &mut Settled) -> Result<Vec<Event>> {
    let mut told = Vec::new();
    for user in with(tx, id, Protection::Retained)?.into_iter().filter(is_there) {
        let who = user.user.id.clone();
        let subject = of_user(id, &who);
        told.extend(close(tx, move |open| open.cause == LEFT && open.subject == subject, now)?);
        if licenses_free(tx)? == Some(0) {
            continue;
        }
        users::set_protection(tx, id, &who, Protection::Protected)?;
        users::set_licensed(tx, id, &who, true)?;
        settled.back.push(user.user.address);
    }
    Ok(told)
}

/// What the Cloud no longer keeps needs nobody's attention any more.
fn end_old(tx: &Tx<'_>, id: ConnectionId, cloud: CloudKind, now: Timestamp) -> Result<Vec<Event>> {
    let Some(days) = kept_days(cloud) else { return Ok(Vec::new()) };
    if notifications::list_open(tx)?.is_empty() {
        return Ok(Vec::new());
    }
    let is_over = move |open: &Notification| {
        let over = open.opened.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
        open.cause == LEFT && open.subject.connection == Some(id) && over <= now
    };
    close(tx, is_over, now)
}

/// After the last Run of who left was tried: its failures are no cause any more.
pub(crate) async fn last_run_tried(engine: &Engine, archives: Vec<ArchiveId>, events: &Events) {
    engine
        .fixed(events, move |open| open.subject.archive.is_some_and(|archive| archives.contains(&archive)))
        .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cloud_keeps_is_said_with_its_days() {
        let gone = "2026-02-20T08:00:00Z".parse().ok();
        let told = sentence(CloudKind::Google, "a@x", Account::Deleted, None, gone);
        assert_eq!(
            told,
            "a@x is deleted: the archive is kept and the license is free; there is no good copy yet; Google Workspace \
             keeps a deleted account for 20 days, then its data is gone, on 2026-03-12 at the latest"
        );
        let at = "2026-03-01T08:00:00Z".parse().ok();
        let told = sentence(CloudKind::Google, "a@x", Account::Suspended, at, None);
        assert!(
            told.contains("2026-03-01 08:00 UTC") && told.ends_with("while the account is there"),
            "{told}"
        );
        assert!(sentence(CloudKind::Box, "a@x", Account::Deleted, at, gone).ends_with("or deleted it"));
    }
}
