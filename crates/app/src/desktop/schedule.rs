//! The schedule of this computer, shown and set.

use holdfast_engine::Request;

use super::Desktop;
use crate::error::Result;
use crate::views::{AppEvent, ScheduleSettings, ScheduleView};

impl Desktop {
    /// The schedule as it stands.
    pub async fn schedule(&self) -> Result<ScheduleView> {
        self.seat().await?.schedule().await
    }

    /// Sets what holds due backups back.
    pub async fn set_schedule(&self, settings: ScheduleSettings) -> Result<ScheduleView> {
        let seat = self.seat().await?;
        self.ask(&seat, Request::SetScheduleRules { rules: settings.into() }).await?;
        self.tell(AppEvent::Settings);
        self.schedule().await
    }
}
