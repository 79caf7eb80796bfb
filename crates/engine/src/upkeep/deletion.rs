//! Deleting a user's Archives: asked for, undone within a week, or erased.

use holdfast_catalog::{
    Connection, Deletion, DeletionPhase, DirectoryUser, Protection, Tx, archives, connections, deletions,
    users,
};
use holdfast_model::{Account, ArchiveId, ConnectionId, Owner, Timestamp, UserId};
use jiff::SignedDuration;

use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::settings::licenses_free;

/// So many days someone can change their mind.
pub const GRACE_DAYS: i64 = 7;

/// Finds a user by id or address: of one Connection, or of all. Who left is found, too.
pub(crate) fn find(
    tx: &Tx<'_>,
    one: Option<ConnectionId>,
    user: &str,
) -> Result<(Connection, DirectoryUser)> {
    let mut found: Option<(Connection, DirectoryUser)> = None;
    for known in connections::list(tx)?.into_iter().filter(|known| one.is_none_or(|one| known.id == one)) {
        let who = match users::by_id(tx, known.id, &UserId::from(user))? {
            Some(who) => Some(who),
            None => users::by_address(tx, known.id, user)?,
        };
        let Some(who) = who else { continue };
        if let Some((other, _)) = &found {
            return Err(EngineError::WhichDomain(format!("{}, {}", other.tenant_name, known.tenant_name)));
        }
        found = Some((known, who));
    }
    found.ok_or_else(|| EngineError::NotFound { what: "user", name: user.to_owned() })
}

/// What was asked for, and the Archives whose Runs end with it.
pub(crate) struct Asked {
    pub(crate) deletion: Deletion,
    pub(crate) archives: Vec<ArchiveId>,
}

/// Takes a user out of protection and frees the license. The Archives go when the grace is over.
pub(crate) async fn ask(
    engine: &Engine,
    one: Option<ConnectionId>,
    user: String,
    who: String,
    grace: SignedDuration,
) -> Result<Asked> {
    let now = engine.now();
    engine
        .write(move |tx| {
            let (known, found) = find(tx, one, &user)?;
            let id = found.user.id.clone();
            let owned = archives::by_owner(tx, known.id, &Owner::User(id.clone()))?;
            let before = deletions::get(tx, known.id, &id)?;
            if owned.is_empty() && before.is_none() {
                return Err(EngineError::NotFound { what: "archive of", name: user });
            }
            let due = now.checked_add(grace).unwrap_or(now);
            let deletion = Deletion {
                connection: known.id,
                user: id.clone(),
                address: found.user.address,
                asked: now,
                // Asked for again, it does not come later than it was to come.
                due: before.as_ref().map_or(due, |before| before.due.min(due)),
                asked_by: who,
                was_protected: found.protection == Protection::Protected,
                phase: DeletionPhase::Waiting,
            };
            deletions::put(tx, &deletion)?;
            // Left out whatever a rule says: else the next sync would protect the user again.
            users::set_protection(tx, known.id, &id, Protection::Excluded)?;
            users::set_licensed(tx, known.id, &id, false)?;
            let deletion = deletions::get(tx, known.id, &id)?.unwrap_or(deletion);
            Ok(Asked { deletion, archives: owned.into_iter().map(|archive| archive.id).collect() })
        })
        .await
}

/// Undoes a deletion that waits. True where the user is backed up again; false where no license is left for that, or the
/// account is not active, or was not backed up before: then the Archives are kept as they are.
pub(crate) async fn keep(engine: &Engine, one: Option<ConnectionId>, user: String) -> Result<bool> {
    engine
        .write(move |tx| {
            let (known, found) = find(tx, one, &user)?;
            let id = &found.user.id;
            let deletion = deletions::get(tx, known.id, id)?
                .ok_or(EngineError::NotFound { what: "deletion of the archive of", name: user })?;
            if deletion.phase != DeletionPhase::Waiting {
                return Err(EngineError::TooLate(found.user.address));
            }
            deletions::remove(tx, known.id, id)?;
            if found.protection == Protection::Protected {
                return Ok(true);
            }
            let is_there = found.user.account == Account::Active && found.vanished_at.is_none();
            let protects = deletion.was_protected && is_there && licenses_free(tx)? != Some(0);
            let protection = if protects { Protection::Protected } else { Protection::Retained };
            users::set_protection(tx, known.id, id, protection)?;
            users::set_licensed(tx, known.id, id, protects)?;
            Ok(protects)
        })
        .await
}

/// True where the deletion's time has come. One that was begun goes on whatever happened since; one of a user who is
/// protected again is no longer wanted.
pub(super) fn is_due(tx: &Tx<'_>, deletion: &Deletion, now: Timestamp) -> Result<bool> {
    if deletion.phase != DeletionPhase::Waiting {
        return Ok(true);
    }
    let known = users::by_id(tx, deletion.connection, &deletion.user)?;
    let is_wanted_again = known.is_some_and(|user| user.protection == Protection::Protected);
    Ok(deletion.due <= now && !is_wanted_again)
}

/// Deletions whose time has come.
pub(super) fn due(tx: &Tx<'_>, now: Timestamp) -> Result<Vec<Deletion>> {
    let mut due = Vec::new();
    for deletion in deletions::list(tx)? {
        if is_due(tx, &deletion, now)? {
            due.push(deletion);
        }
    }
    Ok(due)
}

impl Engine {
    /// Deletions that were asked for and are not done, those that are due first before the others.
    pub async fn deletions(&self) -> Result<Vec<Deletion>> {
        self.read(|tx| Ok(deletions::list(tx)?)).await
    }
}
