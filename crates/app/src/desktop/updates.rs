//! New versions, as far as that is no matter of the shell's.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use holdfast_engine::catalog::{RunFilter, runs};
use holdfast_model::Timestamp;

use tokio_util::sync::CancellationToken;

use super::Desktop;
use super::kept::Kept;
use crate::error::Result;
use crate::updates;
use crate::views::{AppEvent, NewVersion, UpdatesView};

/// How often it is seen to whether a day is over, and after a look that failed.
const SEE_EVERY: Duration = Duration::from_secs(600);
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(4 * 3600);

/// The version that runs.
const CURRENT: &str = env!("CARGO_PKG_VERSION");

impl Desktop {
    /// What is known of new versions.
    pub async fn updates(&self) -> Result<UpdatesView> {
        let kept = Kept::read(self.own_data_dir());
        Ok(UpdatesView {
            version: CURRENT.to_owned(),
            is_possible: updates::source().is_some(),
            installs: cfg!(any(windows, target_os = "macos")),
            looks: kept.looks_for_updates,
            looked_at: kept.looked_for_updates,
            // One that was found may be the one that runs now.
            found: kept.new_version.filter(|found| updates::is_newer(CURRENT, &found.version)),
            runs: self.runs_under_way().await?,
        })
    }

    /// Whether new versions are looked for once a day.
    pub async fn set_looks_for_updates(&self, looks: bool) -> Result<UpdatesView> {
        self.change_kept(move |kept| kept.looks_for_updates = looks).await?;
        self.tell(AppEvent::Settings);
        self.updates().await
    }

    /// Has the shell look once a day where a person wants that, until it is shut down.
    pub async fn look_for_updates<L: Future<Output = Result<UpdatesView>> + Send>(
        &self,
        look: impl Fn() -> L,
    ) {
        while updates::source().is_some() {
            let kept = Kept::read(self.own_data_dir());
            let mut pause = SEE_EVERY;
            if updates::is_due(kept.looks_for_updates, kept.looked_for_updates, Timestamp::now())
                && let Err(error) = look().await
            {
                tracing::info!(code = error.code, %error, "new versions could not be looked for");
                pause = TRY_AGAIN_AFTER;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.0.stopping.cancelled() => return,
            }
        }
    }

    /// What the shell found: none where this is the newest.
    pub async fn update_was_looked_for(&self, found: Option<NewVersion>) -> Result<UpdatesView> {
        let now = Timestamp::now();
        self.change_kept(move |kept| (kept.looked_for_updates, kept.new_version) = (Some(now), found))
            .await?;
        self.tell(AppEvent::Settings);
        self.updates().await
    }

    /// An error unless this version may be put in the place of the one that runs now.
    pub async fn may_update(&self, to: &str) -> Result<()> {
        updates::may_install(CURRENT, to, self.runs_under_way().await?)
    }

    async fn runs_under_way(&self) -> Result<u64> {
        let of_this_window = [&self.0.restoring, &self.0.verifying];
        let is_held = |held: &&Mutex<Option<CancellationToken>>| {
            held.lock().unwrap_or_else(PoisonError::into_inner).is_some()
        };
        let mut live = of_this_window.into_iter().filter(is_held).count() as u64;
        live += u64::from(self.moving().is_some_and(|moving| moving.error.is_none()));
        let sample = self.0.sample.lock().await.clone();
        let own = if self.is_set_up() { Some(self.own().await?) } else { None };
        for seat in [own, sample].into_iter().flatten() {
            let counted = seat.engine.read(|tx| {
                Ok(runs::list(tx, &RunFilter { live: Some(true), ..RunFilter::default() }, 1_000)?.len())
            });
            live += counted.await? as u64;
        }
        Ok(live)
    }
}
