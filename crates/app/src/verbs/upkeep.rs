//! Keeping the storage in order: retention, giving space back, deleting an archive.

use holdfast_engine::catalog::DeletionPhase;
use holdfast_engine::{
    Chore, ChoreKind, ChoreWait, Deletion, EraseReport, Events, ForgetReport, Request, Response, chores,
    retention_of,
};
use holdfast_model::{ConnectionId, Retention, Timestamp};
use tokio_util::sync::CancellationToken;

use super::unexpected;
use crate::error::Result;
use crate::format;
use crate::views::{ChoreView, HoldView, RetentionEffect, RetentionView};
use crate::{App, UserError};

/// Times that a preview spells out.
const MOST_TIMES: usize = 1_000;

impl App {
    async fn ask(&self, request: Request, cancel: CancellationToken) -> Result<Response> {
        Ok(self.engine.perform(request, Events::nobody(), cancel).await?)
    }

    /// The Connection that is named, in whatever state it is, or the only one.
    async fn one_of(&self, domain: Option<&str>) -> Result<Option<ConnectionId>> {
        Ok(match domain {
            Some(_) => Some(self.connection(domain).await?.id),
            None => None,
        })
    }

    /// How long the snapshots of a Domain are kept, and what holds that.
    pub async fn retention(&self, connection: ConnectionId) -> Result<RetentionView> {
        let retention = self.engine.read(move |tx| retention_of(tx, connection)).await?;
        let holds = self.engine.retention_holds().await?;
        let holds = holds.into_iter().filter(|hold| hold.connection == connection).map(|hold| HoldView {
            title: hold.title,
            what: format::sentence(&hold.what),
            at: hold.at,
            quiet_at: hold.quiet_at,
        });
        Ok(RetentionView { retention, holds: holds.collect() })
    }

    /// The same for a Domain by name.
    pub async fn retention_by_name(&self, domain: Option<&str>) -> Result<(ConnectionId, RetentionView)> {
        let connection = self.connection(domain).await?.id;
        Ok((connection, self.retention(connection).await?))
    }

    /// What a rule would remove now.
    pub async fn preview_retention(
        &self,
        connection: ConnectionId,
        retention: Option<Retention>,
    ) -> Result<RetentionEffect> {
        let preview = self.engine.preview_retention(connection, retention).await?;
        Ok(RetentionEffect {
            snapshots: preview.snapshots,
            removed: preview.remove.len() as u64,
            remove: preview.remove.into_iter().take(MOST_TIMES).map(|one| one.time).collect(),
            bytes: preview.bytes,
            held: preview.held.map(|held| format::sentence(&held)),
        })
    }

    /// Sets how long the snapshots of a Domain are kept; none keeps all forever.
    pub async fn set_retention(&self, domain: Option<&str>, retention: Option<Retention>) -> Result<()> {
        let connection = self.one_of(domain).await?;
        self.done(Request::SetRetention { connection, retention }).await
    }

    /// Someone looked at the mass changes of a Domain: retention goes on.
    pub async fn release_retention(&self, domain: Option<&str>) -> Result<()> {
        let connection = self.one_of(domain).await?;
        self.done(Request::ReleaseRetention { connection }).await
    }

    /// Removes the snapshots that retention no longer keeps, of one Domain or all.
    pub async fn forget(&self, domain: Option<&str>, cancel: CancellationToken) -> Result<ForgetReport> {
        let connection = self.one_of(domain).await?;
        match self.ask(Request::Forget { connection }, cancel).await? {
            Response::Forgotten { report } => Ok(report),
            other => Err(unexpected(&other)),
        }
    }

    /// Gives back the space of what no snapshot names: bytes removed, bytes left.
    pub async fn prune(&self, cancel: CancellationToken) -> Result<(u64, u64)> {
        match self.ask(Request::Prune, cancel).await? {
            Response::Pruned { removed_bytes, kept_bytes } => Ok((removed_bytes, kept_bytes)),
            other => Err(unexpected(&other)),
        }
    }

    /// What has still to be removed from the storage, and what each waits for.
    pub async fn chores(&self) -> Result<Vec<ChoreView>> {
        let now = self.now();
        let found = self.engine.read(move |tx| chores(tx, now)).await?;
        Ok(found.iter().map(chore_view).collect())
    }

    /// Archives that are to be deleted, and when.
    pub async fn deletions(&self) -> Result<Vec<Deletion>> {
        Ok(self.engine.deletions().await?)
    }

    /// Deletes a user's archives: they are erased after a week. Until when that can be undone.
    pub async fn delete_archive(&self, domain: Option<&str>, user: &str) -> Result<Timestamp> {
        let connection = self.one_of(domain).await?;
        let request = Request::DeleteArchive { connection, user: user.to_owned() };
        match self.ask(request, CancellationToken::new()).await? {
            Response::ToBeDeleted { due, .. } => Ok(due),
            other => Err(unexpected(&other)),
        }
    }

    /// Undoes that. True where the user is backed up again.
    pub async fn keep_archive(&self, domain: Option<&str>, user: &str) -> Result<bool> {
        let connection = self.one_of(domain).await?;
        let request = Request::KeepArchive { connection, user: user.to_owned() };
        match self.ask(request, CancellationToken::new()).await? {
            Response::Kept { is_protected } => Ok(is_protected),
            other => Err(unexpected(&other)),
        }
    }

    /// Erases a user's archives for good. None where backups go on: then it is done when they have ended.
    pub async fn erase_archive(
        &self,
        domain: Option<&str>,
        user: &str,
        cancel: CancellationToken,
    ) -> Result<Option<EraseReport>> {
        let connection = self.one_of(domain).await?;
        match self.ask(Request::EraseNow { connection, user: user.to_owned() }, cancel).await? {
            Response::Erased { report } => Ok(report),
            other => Err(unexpected(&other)),
        }
    }
}

fn chore_view(chore: &Chore) -> ChoreView {
    let what = match &chore.what {
        ChoreKind::Erase(deletion) => format!("Erase the archive of {}", format::one_line(&deletion.address)),
        ChoreKind::Forget => "Remove the snapshots that retention no longer keeps".to_owned(),
        ChoreKind::GiveBack => "Give back the space of what was removed".to_owned(),
    };
    let at = match chore.waits {
        ChoreWait::Until(at) => Some(at),
        ChoreWait::Runs(_) | ChoreWait::Trouble(_) | ChoreWait::Nothing => None,
    };
    ChoreView { what, why: why_it_waits(chore), at }
}

/// What it waits for, in a sentence.
pub(crate) fn why_it_waits(chore: &Chore) -> String {
    match &chore.waits {
        ChoreWait::Until(_) => match chore.what {
            ChoreKind::Erase(_) => "Until then it can be kept after all.".to_owned(),
            ChoreKind::Forget => "Once a day is enough.".to_owned(),
            ChoreKind::GiveBack => "Space is given back once a week.".to_owned(),
        },
        ChoreWait::Runs(1) => "Waits until the backup that runs has ended.".to_owned(),
        ChoreWait::Runs(count) => format!("Waits until the {count} backups that run have ended."),
        ChoreWait::Trouble(trouble) => {
            let told = UserError::of(&trouble.code, trouble.detail.clone());
            format!("{} {} It is tried again each minute.", told.what, told.todo)
        }
        ChoreWait::Nothing => match &chore.what {
            ChoreKind::Erase(deletion) if deletion.phase != DeletionPhase::Waiting => {
                "It goes on now.".to_owned()
            }
            _ => "It begins within a minute, while no backup runs.".to_owned(),
        },
    }
}
