//! What the worker does around its requests: ends the Runs of who is deleted, tries a last Run of who left, tidies up after
//! backups.

use holdfast_catalog::Deletion;
use holdfast_model::{ArchiveId, ConnectionId};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::deletion;
use crate::backup::Trigger;
use crate::error::Result;
use crate::events::Events;
use crate::leavers;
use crate::sync::SyncReport;
use crate::worker::Worker;

impl Worker {
    /// Takes a user out of protection, ends their Runs, and notes when their Archives go.
    pub(crate) async fn delete_archive(
        &self,
        connection: Option<ConnectionId>,
        user: String,
        who: &str,
        grace: SignedDuration,
    ) -> Result<Deletion> {
        let asked = deletion::ask(&self.engine, connection, user, who.to_owned(), grace).await?;
        self.cancel_archives(&asked.archives).await;
        Ok(asked.deletion)
    }

    /// Tries a last Run of who left, beside everything else.
    pub(crate) fn try_last_runs(&self, reports: &[SyncReport], events: &Events, cancel: &CancellationToken) {
        let archives: Vec<ArchiveId> = reports
            .iter()
            .flat_map(|report| &report.leavers)
            .flat_map(|left| left.archives.clone())
            .collect();
        if archives.is_empty() {
            return;
        }
        let (upkeep, events, cancel) = (self.upkeep.clone(), events.clone(), cancel.clone());
        self.background.spawn(async move {
            let tried = async {
                let work = upkeep.work(&events).await?;
                work.back_up(archives.clone(), Trigger::Manual, &events, &cancel).await
            };
            if let Err(error) = tried.await {
                tracing::warn!(code = error.code(), %error, "the last run of someone who left could not be tried");
            }
            leavers::last_run_tried(&upkeep.engine, archives, &events).await;
        });
    }

    /// Keeps the Repository in order beside everything else, once Runs have ended.
    pub(crate) fn tidy_up(&self, events: &Events, cancel: &CancellationToken) {
        let (upkeep, events, cancel) = (self.upkeep.clone(), events.clone(), cancel.clone());
        self.background.spawn(async move { upkeep.run_due(&events, &cancel).await });
    }
}
