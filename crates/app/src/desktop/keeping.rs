//! What is decided about one owner: settings of its own, and deleting what is kept of it.

use holdfast_engine::catalog::{Level, policies, users};
use holdfast_engine::{EngineError, PolicyTarget, Request, Response, user_policy};
use holdfast_model::{Policy, PolicyOverride, UserId};

use super::{Desktop, limits, policy};
use crate::UserError;
use crate::error::Result;
use crate::owners::OwnerKey;
use crate::verbs::unexpected;
use crate::views::{AppEvent, ErasedView, OwnerPolicy, OwnerRow};

impl Desktop {
    /// The settings that apply to a user.
    pub async fn owner_policy(&self, owner: String) -> Result<OwnerPolicy> {
        let (key, user) = user_of(&owner)?;
        let mut form = self.policy(key.connection.0).await?;
        let seat = self.seat().await?;
        let read = seat.engine.read(move |tx| {
            let known = users::by_id(tx, key.connection, &user)?;
            let known = known.ok_or_else(|| EngineError::NotFound { what: "user", name: user.0.clone() })?;
            let own = policies::get(tx, key.connection, Level::User, user.as_str())?;
            Ok((user_policy(tx, key.connection, &known.user)?, own))
        });
        let (policy, own) = read.await?;
        form.services.retain(|choice| !choice.is_of_domain);
        form.policy = policy;
        Ok(OwnerPolicy { form, own: own.is_some_and(|own| own != PolicyOverride::default()) })
    }

    /// Sets what differs from now on for this user alone; none takes all settings of its own away.
    pub async fn set_owner_policy(&self, owner: String, policy: Option<Policy>) -> Result<OwnerPolicy> {
        let (key, user) = user_of(&owner)?;
        let wanted = policy.map(policy::checked).transpose()?;
        let seat = self.seat().await?;
        let connection = key.connection;
        let read = seat.engine.read(move |tx| {
            let known = users::by_id(tx, connection, &user)?;
            let known = known.ok_or_else(|| EngineError::NotFound { what: "user", name: user.0.clone() })?;
            let own = policies::get(tx, connection, Level::User, user.as_str())?.unwrap_or_default();
            let now = user_policy(tx, connection, &known.user)?;
            Ok((known.user.id, own, now))
        });
        let (user, own, now) = read.await?;
        let policy = wanted.map_or_else(PolicyOverride::default, |wanted| with_changes(own, &now, wanted));
        let target = PolicyTarget::User(user);
        let request = Request::SetPolicy { connection: Some(connection), target, policy };
        self.ask(&seat, request).await?;
        self.tell(AppEvent::Directory { connection: connection.0 });
        self.owner_policy(owner).await
    }

    /// Deletes what is kept of a user: protection ends now, and after a week it is erased. `typed` is the address, as a
    /// person typed it.
    pub async fn delete_owner(&self, owner: String, typed: String) -> Result<OwnerRow> {
        let (key, user) = self.typed_right(&owner, &typed).await?;
        let seat = self.seat().await?;
        let request = Request::DeleteArchive { connection: Some(key.connection), user: user.0 };
        self.ask(&seat, request).await?;
        self.tell(AppEvent::Directory { connection: key.connection.0 });
        self.tell(AppEvent::Settings);
        self.owner(&seat, &key).await
    }

    /// Undoes that.
    pub async fn keep_owner(&self, owner: String) -> Result<OwnerRow> {
        let (key, user) = user_of(&owner)?;
        let seat = self.seat().await?;
        self.ask(&seat, Request::KeepArchive { connection: Some(key.connection), user: user.0 }).await?;
        self.tell(AppEvent::Directory { connection: key.connection.0 });
        self.tell(AppEvent::Settings);
        self.owner(&seat, &key).await
    }

    /// Erases what is kept of a user for good.
    pub async fn erase_owner(&self, owner: String, typed: String) -> Result<ErasedView> {
        let (key, user) = self.typed_right(&owner, &typed).await?;
        let seat = self.seat().await?;
        let erased =
            self.ask(&seat, Request::EraseNow { connection: Some(key.connection), user: user.0 }).await;
        self.tell(AppEvent::Directory { connection: key.connection.0 });
        self.tell(AppEvent::Storage);
        match erased? {
            Response::Erased { report } => Ok(ErasedView {
                done: report.is_some(),
                removed_bytes: report.map(|report| report.removed_bytes),
            }),
            other => Err(unexpected(&other)),
        }
    }

    /// The user of a key, where the address was typed as it is.
    async fn typed_right(&self, owner: &str, typed: &str) -> Result<(OwnerKey, UserId)> {
        limits::address(typed)?;
        let (key, user) = user_of(owner)?;
        let row = self.owner(&*self.seat().await?, &key).await?;
        if row.address.as_deref().is_some_and(|address| address.eq_ignore_ascii_case(typed.trim())) {
            return Ok((key, user));
        }
        Err(UserError::of("input.bad", "the address that was typed is not the one of this user"))
    }
}

fn user_of(owner: &str) -> Result<(OwnerKey, UserId)> {
    let key = OwnerKey::parse(owner)?;
    match key.user() {
        Some(user) => Ok((key, user)),
        None => Err(UserError::of("input.bad", "a shared drive follows the settings of its domain")),
    }
}

/// The largest number that the page can send, which leaves nothing out: an override cannot take a limit away.
const NO_LIMIT: u64 = (1 << 53) - 1;

/// The settings of a user's own, and those that differ from what applied until now.
fn with_changes(own: PolicyOverride, now: &Policy, wanted: Policy) -> PolicyOverride {
    fn either<T: PartialEq>(own: Option<T>, now: &T, wanted: T) -> Option<T> {
        if wanted == *now { own } else { Some(wanted) }
    }
    let no_limit = |limit: Option<u64>| limit.unwrap_or(NO_LIMIT);
    // By name, so that a new setting is not forgotten here.
    let Policy {
        services,
        mail_trash,
        mail_spam,
        exclude_labels,
        drive_documents,
        drive_trash,
        exclude_extensions,
        exclude_larger_than,
        export,
        frequency_hours,
        hours,
    } = wanted;
    PolicyOverride {
        services: either(own.services, &now.services, services),
        mail_trash: either(own.mail_trash, &now.mail_trash, mail_trash),
        mail_spam: either(own.mail_spam, &now.mail_spam, mail_spam),
        exclude_labels: either(own.exclude_labels, &now.exclude_labels, exclude_labels),
        drive_documents: either(own.drive_documents, &now.drive_documents, drive_documents),
        drive_trash: either(own.drive_trash, &now.drive_trash, drive_trash),
        exclude_extensions: either(own.exclude_extensions, &now.exclude_extensions, exclude_extensions),
        exclude_larger_than: either(
            own.exclude_larger_than,
            &no_limit(now.exclude_larger_than),
            no_limit(exclude_larger_than),
        ),
        export: either(own.export, &now.export, export),
        frequency_hours: either(own.frequency_hours, &now.frequency_hours, frequency_hours),
        hours: either(own.hours, &now.hours, hours),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_person_changed_becomes_the_users_own() {
        let now = Policy { exclude_larger_than: Some(5), ..Policy::default() };
        let own = PolicyOverride { frequency_hours: Some(now.frequency_hours), ..PolicyOverride::default() };
        assert_eq!(with_changes(own.clone(), &now, now.clone()), own);
        let wanted = Policy { mail_spam: !now.mail_spam, exclude_larger_than: None, ..now.clone() };
        let set = with_changes(own, &now, wanted.clone());
        let expected = PolicyOverride {
            mail_spam: Some(wanted.mail_spam),
            exclude_larger_than: Some(NO_LIMIT),
            frequency_hours: Some(now.frequency_hours),
            ..PolicyOverride::default()
        };
        assert_eq!(set, expected);
    }
}
