//! What this process holds of each Connection: its Cloud, its turn at syncing, and who hears of what is found on the way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdfast_catalog::Connection;
use holdfast_clouds::contract::{Cloud, ErrorKind};
use holdfast_model::{CloudKind, ConnectionId};

use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::events::{Events, QuietEvents};
use crate::secret_cell::KeptSecret;
use crate::watched::{Watch, Watched};

/// Everything of this process that belongs to Connections.
#[derive(Default)]
pub(crate) struct Live {
    clouds: Mutex<HashMap<ConnectionId, Held>>,
    turns: Mutex<HashMap<ConnectionId, Arc<tokio::sync::Mutex<()>>>>,
    listener: Mutex<QuietEvents>,
}

/// A Cloud, and the name of the secret that it was opened with; none for one that was brought from outside.
struct Held {
    secret_name: Option<String>,
    cloud: Arc<dyn Cloud>,
}

impl Engine {
    /// From now on these events hear also of what is found outside of any request: that a Connection expired. They are
    /// not kept alive by this.
    pub fn listen(&self, events: &Events) {
        if let Some(quiet) = events.quiet() {
            *lock(&self.live().listener) = quiet;
        }
    }

    pub(crate) fn listener(&self) -> Events {
        lock(&self.live().listener).events()
    }

    /// The live Cloud behind a Connection, made once per process and secret. An authorisation that lapsed, found by
    /// whatever call, marks the Connection.
    pub(crate) async fn cloud(&self, connection: &Connection) -> Result<Arc<dyn Cloud>> {
        if let Some(held) = lock(&self.live().clouds).get(&connection.id)
            && held.secret_name.as_ref().is_none_or(|name| *name == connection.secret_name)
        {
            return Ok(Arc::clone(&held.cloud));
        }
        let name = &connection.secret_name;
        let opened = match self.open_cloud(connection.cloud, name).await {
            Err(EngineError::Cloud(error)) if error.kind == ErrorKind::SignInAgain => {
                self.mark_expired(connection.id, Some(name), &error).await?;
                return Err(error.into());
            }
            opened => opened?,
        };
        Ok(self.keep_cloud(connection.id, Some(name.clone()), opened))
    }

    /// Opens a Cloud without watching over it: for a Connection that is only being made.
    pub(crate) async fn open_cloud(&self, kind: CloudKind, secret_name: &str) -> Result<Arc<dyn Cloud>> {
        let cell = KeptSecret::new(self.secrets().clone(), secret_name, self.data_dir());
        Ok(holdfast_clouds::open(kind, Arc::new(cell), self.http()).await?)
    }

    /// Someone else may have opened it meanwhile: all use the first, whose tokens and pacing they share.
    fn keep_cloud(
        &self,
        connection: ConnectionId,
        secret_name: Option<String>,
        cloud: Arc<dyn Cloud>,
    ) -> Arc<dyn Cloud> {
        let mut clouds = lock(&self.live().clouds);
        if let Some(held) = clouds.get(&connection)
            && held.secret_name == secret_name
            && secret_name.is_some()
        {
            return Arc::clone(&held.cloud);
        }
        let watch = Watch { engine: self.weak(), connection, secret_name: secret_name.clone() };
        let cloud: Arc<dyn Cloud> = Arc::new(Watched { cloud, watch });
        clouds.insert(connection, Held { secret_name, cloud: Arc::clone(&cloud) });
        cloud
    }

    pub(crate) fn use_opened(&self, connection: ConnectionId, secret_name: String, cloud: Arc<dyn Cloud>) {
        self.keep_cloud(connection, Some(secret_name), cloud);
    }

    /// Uses this Cloud for a Connection: for tests and for tools that bring their own.
    pub fn use_cloud(&self, connection: ConnectionId, cloud: Arc<dyn Cloud>) {
        self.keep_cloud(connection, None, cloud);
    }

    pub(crate) fn forget_cloud(&self, connection: ConnectionId) {
        lock(&self.live().clouds).remove(&connection);
    }

    /// Held while the Directory of a Connection is read and taken over: a listing that began before another must not
    /// be written after it, or it would mark those deleted who joined in between.
    pub(crate) fn sync_turn(&self, connection: ConnectionId) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(lock(&self.live().turns).entry(connection).or_default())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
