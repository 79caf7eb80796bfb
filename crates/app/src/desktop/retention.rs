//! Backup Settings: how long snapshots of a Domain are kept.

use holdfast_engine::Request;
use holdfast_model::{ConnectionId, Retention};

use super::{Desktop, directory};
use crate::error::Result;
use crate::views::{AppEvent, RetentionEffect, RetentionView};

impl Desktop {
    /// A Domain's retention, and what holds it.
    pub async fn retention(&self, connection: i64) -> Result<RetentionView> {
        let seat = self.seat().await?;
        seat.engine.read(move |tx| directory::find(tx, connection).map(drop)).await?;
        seat.retention(ConnectionId(connection)).await
    }

    /// What a rule would remove now.
    pub async fn preview_retention(
        &self,
        connection: i64,
        retention: Option<Retention>,
    ) -> Result<RetentionEffect> {
        self.seat().await?.preview_retention(ConnectionId(connection), retention).await
    }

    /// Sets the rule; none keeps all forever.
    pub async fn set_retention(
        &self,
        connection: i64,
        retention: Option<Retention>,
    ) -> Result<RetentionView> {
        let seat = self.seat().await?;
        let connection_id = Some(ConnectionId(connection));
        self.ask(&seat, Request::SetRetention { connection: connection_id, retention }).await?;
        self.tell(AppEvent::Settings);
        self.retention(connection).await
    }

    /// Someone looked at a mass change: retention goes on.
    pub async fn release_retention(&self, connection: i64) -> Result<RetentionView> {
        let seat = self.seat().await?;
        self.ask(&seat, Request::ReleaseRetention { connection: Some(ConnectionId(connection)) }).await?;
        self.tell(AppEvent::Settings);
        self.retention(connection).await
    }
}
