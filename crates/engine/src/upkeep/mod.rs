//! What keeps the Repository in order when no Run goes on: deletions that are due, retention, giving space back, reading a
//! part of the data again.
//!
//! All of it is remembered in the catalogue before it begins, and goes on after a crash from where it was.

mod chores;
pub(crate) mod deletion;
mod erase;
mod erased_state;
pub(crate) mod mass_change;
mod plan;
pub(crate) mod retention;
mod rotation;
mod rule;
mod worker;

use std::sync::{Arc, Weak};
use std::time::Duration;

use holdfast_catalog::settings;
use holdfast_model::Timestamp;
use holdfast_vault::{LockGuard, LockKind, PruneDepth, Pruned, Vault, VaultError};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;

pub use chores::{Chore, ChoreKind, ChoreWait, Trouble, chores};
pub use deletion::GRACE_DAYS;
pub use erase::EraseReport;
pub use mass_change::Hold;
pub use retention::{ForgetReport, RetentionPreview, SnapshotToGo, retention_of};
pub use rotation::{PARTS, VERIFY_EVERY_DAYS};

use crate::backup::Work;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};

/// How often it is looked whether Runs have ended.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// What a person asked for waits so long for Runs to end before it is left for later.
const PATIENCE: Duration = Duration::from_secs(10);
/// Another program that only looks at the Repository is waited for.
const LOCK_TRIES: u32 = 30;
/// Retention is applied by itself once in so many hours.
const FORGET_EVERY_HOURS: i64 = 20;
/// Space is given back by itself once in so many hours.
const PRUNE_EVERY_HOURS: i64 = 6 * 24 + 20;

/// When retention was last applied.
const LAST_FORGET: &str = "upkeep_last_forget";
/// When space was last given back.
const LAST_PRUNE: &str = "upkeep_last_prune";
/// Snapshots were removed since space was last given back.
const PRUNE_NEEDED: &str = "upkeep_prune_needed";

/// What a worker needs to keep the Repository in order. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Upkeep {
    pub(crate) engine: Engine,
    /// The Runs' shared writer, while any go on.
    pub(crate) work: Arc<Mutex<Weak<Work>>>,
    /// Held while snapshots or packs are removed: no Run begins meanwhile.
    tidying: Arc<Mutex<()>>,
    /// Ends what may as well be done later.
    pub(crate) leaving: CancellationToken,
}

impl Upkeep {
    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine, work: Arc::default(), tidying: Arc::default(), leaving: CancellationToken::new() }
    }

    /// The shared writer, made when first needed.
    pub(crate) async fn work(&self, events: &Events) -> Result<Arc<Work>> {
        let _nobody_tidies = self.nobody_tidies().await;
        let mut work = self.work.lock().await;
        if let Some(work) = work.upgrade().filter(|work| !work.is_broken()) {
            return Ok(work);
        }
        let begun = Work::begin(&self.engine).await?;
        self.engine.storage_works(false, events).await;
        *work = Arc::downgrade(&begun);
        Ok(begun)
    }

    /// Waits until nobody removes anything.
    pub(crate) async fn nobody_tidies(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.tidying).lock_owned().await
    }

    /// Waits until no Run goes on, and keeps new ones from beginning while the guard lives; none where Runs go on for longer.
    async fn quiet(
        &self,
        patience: Duration,
        cancel: &CancellationToken,
    ) -> Result<Option<OwnedMutexGuard<()>>> {
        let until = tokio::time::Instant::now() + patience;
        loop {
            let guard = self.nobody_tidies().await;
            if self.work.lock().await.upgrade().is_none() {
                return Ok(Some(guard));
            }
            drop(guard);
            if tokio::time::Instant::now() >= until {
                return Ok(None);
            }
            tokio::select! {
                () = cancel.cancelled() => return Err(EngineError::Cancelled),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// What is due by itself. Called after backups and by the schedule; does nothing while Runs go on.
    pub(crate) async fn run_due(&self, events: &Events, cancel: &CancellationToken) {
        let done = self.do_due(events, cancel).await;
        match done {
            Ok(()) | Err(EngineError::Cancelled) => {}
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "keeping the repository in order ended early; it is tried again later");
                self.engine.storage_failed(&error, events).await;
            }
        }
    }

    async fn do_due(&self, events: &Events, cancel: &CancellationToken) -> Result<()> {
        if self.engine.repository_place().await?.is_none() {
            return Ok(());
        }
        if self.is_something_due().await?
            && let Some(quiet) = self.quiet(Duration::ZERO, cancel).await?
        {
            let done = self.tidy(events, cancel).await;
            drop(quiet);
            self.told_how_it_went(&done, events).await;
            done?;
        }
        self.verify_due(events, cancel).await
    }

    async fn tidy(&self, events: &Events, cancel: &CancellationToken) -> Result<()> {
        self.finish_forgetting().await?;
        self.erase_due(events, cancel).await?;
        self.forget_due(events).await?;
        self.prune_due(events).await
    }

    /// Keeps what ended an attempt, so that whoever waits for it is told, and tells that something may have been done.
    async fn told_how_it_went(&self, done: &Result<()>, events: &Events) {
        let (trouble, now) = (chores::trouble_of(done), self.engine.now());
        let kept = self.engine.write(move |tx| {
            let told = trouble.as_ref().map(|(code, detail)| (code.as_str(), detail.as_str()));
            chores::note_trouble(tx, told, now)
        });
        match kept.await {
            Ok(false) if done.is_err() => {}
            Ok(_) => events.tell_surely(Event::TidiedUp).await,
            // What is told of it is told again at the next attempt.
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "what ended an attempt could not be kept")
            }
        }
    }

    /// A look at the catalogue alone, so that nothing costs nothing.
    async fn is_something_due(&self) -> Result<bool> {
        let now = self.engine.now();
        self.engine
            .read(move |tx| {
                Ok(!deletion::due(tx, now)?.is_empty()
                    || retention::is_forgetting(tx)?
                    || retention::any_rule(tx)? && is_older(tx, LAST_FORGET, FORGET_EVERY_HOURS, now)?
                    || settings::get::<bool>(tx, PRUNE_NEEDED)?.unwrap_or(false)
                        && is_older(tx, LAST_PRUNE, PRUNE_EVERY_HOURS, now)?)
            })
            .await
    }

    async fn prune_due(&self, events: &Events) -> Result<()> {
        let now = self.engine.now();
        let due = self.engine.read(move |tx| {
            Ok(settings::get::<bool>(tx, PRUNE_NEEDED)?.unwrap_or(false)
                && is_older(tx, LAST_PRUNE, PRUNE_EVERY_HOURS, now)?)
        });
        if !due.await? {
            return Ok(());
        }
        let done = self.give_back(PruneDepth::Tidy).await;
        let freed = done.as_ref().map_or(0, |pruned| pruned.removed_bytes);
        self.engine
            .audit(
                crate::BY_ITSELF,
                "retention.prune",
                &format!("{freed} bytes"),
                crate::audit_outcome(&done),
            )
            .await;
        done?;
        self.engine.storage_works(false, events).await;
        Ok(())
    }

    /// Gives back the space of what no snapshot names. No Run may go on.
    async fn give_back(&self, depth: PruneDepth) -> Result<Pruned> {
        let vault = self.engine.vault().await?;
        let pruned = blocking(move || with_patience(|| vault.prune(depth))).await?;
        let now = self.engine.now();
        self.engine
            .write(move |tx| {
                settings::set(tx, LAST_PRUNE, &now)?;
                chores::note_trouble(tx, None, now)?;
                Ok(settings::clear(tx, PRUNE_NEEDED)?)
            })
            .await?;
        Ok(pruned)
    }

    /// Gives back space because a person asked.
    pub(crate) async fn prune(&self, cancel: &CancellationToken) -> Result<Pruned> {
        let Some(_quiet) = self.quiet(PATIENCE, cancel).await? else { return Err(EngineError::RunsGoOn) };
        self.finish_forgetting().await?;
        self.give_back(PruneDepth::Tidy).await
    }
}

/// True where that was longer ago than so many hours, or never. A clock that was put back makes it due, not never.
fn is_older(tx: &holdfast_catalog::Tx<'_>, key: &str, hours: i64, now: Timestamp) -> Result<bool> {
    let last: Option<Timestamp> = settings::get(tx, key)?;
    Ok(last.is_none_or(|last| now.duration_since(last).as_hours().abs() >= hours))
}

/// The exclusive lock of the Repository. Blocks.
pub(crate) fn exclusively(vault: &Vault) -> Result<LockGuard> {
    with_patience(|| vault.lock(LockKind::Exclusive))
}

/// Tries again while someone else has the Repository's lock. Blocks.
fn with_patience<T>(mut attempt: impl FnMut() -> std::result::Result<T, VaultError>) -> Result<T> {
    let mut left = LOCK_TRIES;
    loop {
        match attempt() {
            Err(VaultError::Locked { .. }) if left > 0 => left -= 1,
            done => return Ok(done?),
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
