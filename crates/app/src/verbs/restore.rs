//! Bringing things back to a folder on this computer.

use std::path::Path;

use holdfast_engine::Events;
use holdfast_engine::{EngineError, RestoreReport, RestoreSelection};
use holdfast_model::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::error::Result;
use crate::verbs::KeptPath;

/// What to bring back.
#[derive(Clone, Debug)]
pub struct RestoreWhat {
    /// Whose, which Service, which Item.
    pub path: KeptPath,
    /// As it was at this time; the newest where none.
    pub at: Option<Timestamp>,
}

impl App {
    /// Restores to a folder; a preview counts and writes nothing.
    pub async fn restore(
        &self,
        what: RestoreWhat,
        folder: &Path,
        preview: bool,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<RestoreReport> {
        let items = self.items(&what.path, what.at).await?;
        let (named, is_whole) = (what.path.to_string(), items.is_empty());
        let KeptPath { whose, service, .. } = what.path;
        let selection = RestoreSelection {
            whose: Some(whose),
            service,
            at: what.at,
            items,
            ..RestoreSelection::default()
        };
        let report = self.engine.restore_to_folder(selection, folder, preview, events, cancel).await?;
        let found_nothing =
            report.files + report.without_content + report.skipped == 0 && report.problems.is_empty();
        if found_nothing && !is_whole {
            return Err(EngineError::NotFound { what: "item", name: named }.into());
        }
        Ok(report)
    }
}
