//! Runs that the worker begins, and waits for or lets go on by themselves.

use holdfast_model::{ArchiveId, RunId};
use tokio_util::sync::CancellationToken;

use crate::backup::Trigger;
use crate::error::Result;
use crate::events::Events;
use crate::request::RunSummary;
use crate::worker::Worker;

impl Worker {
    pub(crate) async fn back_up(
        &self,
        archives: Vec<ArchiveId>,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Vec<RunSummary>> {
        if archives.is_empty() {
            return Ok(Vec::new());
        }
        let ends =
            async { self.work(events).await?.back_up(archives, Trigger::Manual, events, cancel).await };
        let ends = ends.await;
        if let Err(error) = &ends {
            self.engine.storage_failed(error, events).await;
        }
        self.tidy_up(events, cancel);
        Ok(ends?.into_iter().map(RunSummary::from).collect())
    }

    /// Begins Runs that go on beside everything else, until they end or `cancel` ends them.
    pub(crate) async fn begin_runs(
        &self,
        archives: Vec<ArchiveId>,
        trigger: Trigger,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Vec<RunId>> {
        if archives.is_empty() {
            return Ok(Vec::new());
        }
        let begun = async {
            let work = self.work(events).await?;
            let batch = work.begin_runs(archives, trigger, events, cancel).await?;
            Ok((work, batch))
        };
        let begun = begun.await;
        if let Err(error) = &begun {
            self.engine.storage_failed(error, events).await;
        }
        let (work, batch) = match begun {
            Ok(begun) => begun,
            Err(error) => return Err(self.engine.as_a_person_sees_it(error).await),
        };
        let ids = batch.ids();
        let (events, cancel, upkeep) = (events.clone(), cancel.clone(), self.upkeep.clone());
        self.background.spawn(async move {
            // Each Run has told its own end, and a commit that failed is a notification.
            if let Err(error) = work.finish(batch, &events, &cancel).await {
                tracing::error!(code = error.code(), %error, "backups in the background ended with an error");
            }
            drop(work);
            upkeep.run_due(&events, &cancel).await;
        });
        Ok(ids)
    }
}
