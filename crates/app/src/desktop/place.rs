//! Settings > Storage: where the Repository is found from now on, and what downloads may take.

use std::sync::Arc;

use super::{Desktop, Seat, limits};
use crate::UserError;
use crate::error::Result;
use crate::views::{AppEvent, ProfileKind, StorageView};

impl Desktop {
    /// Limits what downloads may take, in bytes a second; none for no limit. Counts at once.
    pub async fn set_bandwidth(&self, limit: Option<u64>) -> Result<StorageView> {
        let seat = self.seat().await?;
        self.ask(&seat, holdfast_engine::Request::SetBandwidth { limit }).await?;
        self.tell(AppEvent::Storage);
        self.storage_of(&seat).await
    }

    /// The seat at the person's own storage, which this process works with. The sample's stays where it is.
    pub(super) async fn seat_that_moves(&self) -> Result<Arc<Seat>> {
        if self.profile().await == ProfileKind::Sample {
            return Err(UserError::of("input.bad", "the storage of the sample company stays where it is"));
        }
        let seat = self.own().await?;
        seat.take_work().await?;
        if !seat.is_at_work().await {
            return Err(UserError::of("storage.in_use", "another Holdfast of this computer works with it"));
        }
        Ok(seat)
    }

    /// Says that the Repository lies in another folder now. It must be the very same one, and no Run may go on.
    pub async fn point_storage(&self, path: String) -> Result<StorageView> {
        let path = limits::path(&path)?;
        let seat = self.seat_that_moves().await?;
        if !self.live().await?.is_empty() {
            return Err(UserError::of("storage.in_use", "backups are running"));
        }
        {
            // Nobody opens the old place meanwhile.
            let mut own = self.0.own.lock().await;
            seat.leave().await;
            *own = None;
            seat.point_repository(&path).await?;
        }
        self.everything_changed();
        let seat = self.own().await?;
        self.storage_of(&seat).await
    }
}
