//! 6, 7, 8 and 10: what a backup needs of this computer.

use std::fs::{File, TryLockError};

use holdfast_catalog::{Notification, Protection, RunFilter, Subject, UserFilter, connections, runs, users};
use holdfast_vault::LockKind;

use super::{Finding, Fix};
use crate::data_dir::free_space;
use crate::engine::{Engine, RECOVERY_KEY, blocking};
use crate::error::Result;
use crate::events::Events;
use crate::look::LEAST_FREE;
use crate::notifications::is_of_secrets;
use crate::settings::{license_limit, licenses_free};

impl Engine {
    /// 6: licenses left.
    pub(super) async fn licenses(&self, findings: &mut Vec<Finding>) -> Result<()> {
        let (limit, free) = self.read(|tx| Ok((license_limit(tx)?, licenses_free(tx)?))).await?;
        let title = "Licenses are left";
        findings.push(match (limit, free) {
            (Some(limit), Some(0)) => {
                let todo = "raise the limit: `holdfast licenses set N`, or Settings > Licenses";
                Finding::bad(6, title, format!("all {limit} licenses are taken"), todo)
                    .with(Fix::OpenLicenses)
            }
            (Some(limit), Some(free)) => Finding::good(6, title, format!("{free} of {limit} are free")),
            _ => Finding::good(6, title, "no limit is set"),
        });
        Ok(())
    }

    /// 7: the keychain can be read.
    pub(super) async fn keychain(&self, events: &Events, findings: &mut Vec<Finding>) {
        let secrets = self.secrets().clone();
        let read = blocking(move || Ok(secrets.get(RECOVERY_KEY)?)).await;
        let title = "The keychain can be read";
        findings.push(match read {
            Ok(_) => {
                self.fixed(events, |open: &Notification| is_of_secrets(&open.cause)).await;
                Finding::good(7, title, "it answered")
            }
            Err(error) => {
                let todo = "unlock the keychain of this computer, or give the right passphrase";
                let evidence = error.to_string();
                if is_of_secrets(error.code()) {
                    let cause = error.code().to_owned();
                    self.found(cause, Subject::default(), evidence.clone(), events).await;
                }
                Finding::bad(7, title, evidence, todo)
            }
        });
    }

    /// 8: the Repository is there, the right one, unlocked, and has space.
    pub(super) async fn repository(&self, events: &Events, findings: &mut Vec<Finding>) -> Result<()> {
        let Some(place) = self.repository_place().await? else {
            let todo = "set up storage: `holdfast init`";
            findings.push(Finding::bad(8, "The repository is set up", "there is none", todo));
            return Ok(());
        };
        let shown = place.path.display().to_string();
        let opened = async {
            let vault = self.vault().await?;
            blocking(move || {
                vault.refresh_index()?;
                let _lock = vault.lock(LockKind::Shared)?;
                Ok(())
            })
            .await
        };
        let title = "The repository is reachable, the right one and unlocked";
        findings.push(match opened.await {
            Ok(()) => {
                self.storage_works(false, events).await;
                Finding::good(8, title, shown.as_str())
            }
            Err(error) => {
                let todo = match error.code() {
                    "repository.locked" => "wait until the other program is done, or end it",
                    code if is_of_secrets(code) => "unlock the keychain of this computer",
                    _ => "plug in or mount the disk that holds it",
                };
                self.storage_failed(&error, events).await;
                Finding::bad(8, title, format!("{shown}: {error}"), todo).with(Fix::OpenStorage)
            }
        });
        let title = "The repository's disk has space";
        findings.push(match blocking(move || Ok(free_space(&place.path))).await? {
            Some(free) if free < LEAST_FREE => {
                let todo = "free some space on this disk";
                Finding::bad(8, title, format!("{} MB are free", free >> 20), todo).with(Fix::OpenStorage)
            }
            Some(free) => Finding::good(8, title, format!("{} GB are free", free >> 30)),
            None => Finding::unknown(8, title, "this system does not say"),
        });
        Ok(())
    }

    /// 10: somebody is there who starts what is due.
    pub(super) async fn schedule(&self, findings: &mut Vec<Finding>) -> Result<()> {
        let title = "The schedule is alive";
        let last = self.read(|tx| {
            let mut protected = 0;
            for known in connections::list(tx)? {
                let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
                protected += users::count(tx, known.id, &filter)?;
            }
            let ended = RunFilter { live: Some(false), ..RunFilter::default() };
            Ok((protected, runs::list(tx, &ended, 1)?.pop().and_then(|run| run.ended)))
        });
        let (protected, last) = last.await?;
        if protected == 0 {
            return Ok(());
        }
        let last = last
            .map_or_else(|| "no run has ended yet".to_owned(), |at| format!("the last run ended at {at:.0}"));
        findings.push(if self.is_someone_at_work().await? {
            Finding::good(10, title, format!("Holdfast is running; {last}"))
        } else {
            let todo =
                "keep Holdfast running: open the app and let it start at login, or run `holdfast agent`";
            Finding::note(10, title, format!("Holdfast is not running besides this; {last}"), todo)
                .with(Fix::OpenSettings)
        });
        Ok(())
    }

    /// True while some process, this one included, has the worker's seat.
    pub async fn is_someone_at_work(&self) -> Result<bool> {
        let path = self.data_dir().worker_lock();
        blocking(move || {
            // One that cannot be opened has never been locked.
            let Ok(file) = File::options().write(true).open(&path) else { return Ok(false) };
            Ok(matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
        })
        .await
    }
}
