//! Settings > Storage: the Repository is copied to another folder while backups go on, and used from there once all of it is
//! there and no Run goes on. How far it is can be seen from every page, and however it ended, until somebody has seen that.

use std::path::PathBuf;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use holdfast_engine::{Relocation, Told};
use tokio_util::sync::CancellationToken;

use super::{Desktop, limits};
use crate::UserError;
use crate::error::Result;
use crate::views::{AppEvent, MoveView, StorageView};

/// The page is told no more often.
const LEAST_BETWEEN: Duration = Duration::from_millis(500);
/// How often is looked whether Runs still go on.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A move, as it is shown and ended.
pub(super) struct Moving {
    view: MoveView,
    cancel: CancellationToken,
}

impl Desktop {
    /// Copies the Repository to a new or empty folder, or goes on with a copy that was cut off, and uses it there.
    pub async fn move_storage(&self, path: String) -> Result<StorageView> {
        let path = limits::path(&path)?;
        let seat = self.seat_that_moves().await?;
        let cancel = self.begin_move(&path)?;
        let desktop = self.clone();
        self.0.background.spawn(async move {
            let done = desktop.carry(path, cancel).await;
            desktop.change_move(|moving| match done {
                Ok(()) => *moving = None,
                Err(error) => {
                    if let Some(moving) = moving {
                        moving.view.error = Some(error);
                    }
                }
            });
            desktop.everything_changed();
        });
        self.storage_of(&seat).await
    }

    /// Ends a move that goes on; what was copied stays, and the next one to the same folder goes on with it. Forgets how one
    /// has ended.
    pub async fn cancel_move(&self) -> Result<()> {
        self.change_move(|moving| {
            if let Some(going) = moving {
                going.cancel.cancel();
                if going.view.error.is_some() {
                    *moving = None;
                }
            }
        });
        self.tell(AppEvent::Storage);
        Ok(())
    }

    /// The move that goes on, or that failed.
    pub(super) fn moving(&self) -> Option<MoveView> {
        self.held_move().as_ref().map(|moving| moving.view.clone())
    }

    fn begin_move(&self, to: &std::path::Path) -> Result<CancellationToken> {
        let mut moving = self.held_move();
        if moving.as_ref().is_some_and(|moving| moving.view.error.is_none()) {
            return Err(UserError::of("storage.in_use", "it is being moved already"));
        }
        let to = to.to_string_lossy().into_owned();
        let view = MoveView { to, done: 0, total: 0, waits: false, error: None };
        let cancel = self.0.stopping.child_token();
        *moving = Some(Moving { view, cancel: cancel.clone() });
        Ok(cancel)
    }

    async fn carry(&self, path: PathBuf, cancel: CancellationToken) -> Result<()> {
        let relocation = Relocation::to(&path);
        let engine = self.own().await?.engine.clone();
        let relocation = engine.copy_repository(relocation, &path, self.told(), cancel.clone()).await?;
        self.until_no_run(&cancel).await?;
        // Nobody opens the old place meanwhile.
        let mut own = self.0.own.lock().await;
        let Some(seat) = own.take() else {
            return Err(UserError::of("storage.in_use", "it is being closed"));
        };
        seat.leave().await;
        seat.move_repository(relocation, &path, self.told(), cancel).await.map(drop)
    }

    /// Keeps how far it is, and says so now and then.
    fn told(&self) -> Told {
        let (desktop, mut last) = (self.clone(), None::<Instant>);
        Box::new(move |done, total| {
            desktop.change_move(|moving| {
                if let Some(moving) = moving {
                    (moving.view.done, moving.view.total) = (done, total);
                }
            });
            if last.is_none_or(|last| last.elapsed() >= LEAST_BETWEEN) {
                last = Some(Instant::now());
                desktop.tell(AppEvent::Storage);
            }
        })
    }

    async fn until_no_run(&self, cancel: &CancellationToken) -> Result<()> {
        while !self.live().await?.is_empty() {
            self.change_move(|moving| {
                if let Some(moving) = moving {
                    moving.view.waits = true;
                }
            });
            self.tell(AppEvent::Storage);
            tokio::select! {
                () = cancel.cancelled() => return Err(UserError::of("cancelled", "")),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        Ok(())
    }

    fn change_move(&self, change: impl FnOnce(&mut Option<Moving>)) {
        change(&mut self.held_move());
    }

    fn held_move(&self) -> MutexGuard<'_, Option<Moving>> {
        self.0.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
