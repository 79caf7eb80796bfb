//! Deleting what is kept of one owner.

use holdfast_engine::{Request, Response};
use holdfast_model::UserId;

use super::{Desktop, limits};
use crate::UserError;
use crate::error::Result;
use crate::owners::OwnerKey;
use crate::verbs::unexpected;
use crate::views::{AppEvent, ErasedView, OwnerRow};

impl Desktop {
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
