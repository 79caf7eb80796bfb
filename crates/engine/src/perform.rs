//! How the worker does what is asked of it.

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::audit::os_user;
use crate::backup::{Trigger, Work};
use crate::error::Result;
use crate::events::Events;
use crate::request::{Request, Response};
use crate::upkeep::{GRACE_DAYS, deletion, mass_change, retention};
use crate::worker::Worker;
use crate::{auto_backup, connection, pause, people, policy, rebuild, schedule, selection, settings, sync};

impl Worker {
    /// Does what the OS user of this program asks.
    pub async fn execute(
        &self,
        request: Request,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Response> {
        self.execute_for(os_user(), request, events, cancel).await
    }

    /// Does what is asked, and records in the audit log who asked and what came of it.
    pub async fn execute_for(
        &self,
        who: &str,
        request: Request,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Response> {
        let deed = request.deed();
        let done = self.carry_out(who, request, events, cancel).await;
        self.engine.audit_request(who, deed, &done).await;
        done
    }

    async fn carry_out(
        &self,
        who: &str,
        request: Request,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Response> {
        let engine = &self.engine;
        engine.listen(events);
        match request {
            Request::Connect { cloud, secret_name, endpoints_note } => {
                connection::add(engine, cloud, secret_name, endpoints_note, events).await
            }
            Request::Reconnect { connection, secret_name } => {
                connection::renew(engine, connection, secret_name, events).await
            }
            Request::Disconnect { connection } => {
                connection::disconnect(engine, connection).await.map(|()| Response::Done)
            }
            Request::Sync { connection, what, accept_mass_deletion } => {
                let reports =
                    sync::run(engine, connection, what, accept_mass_deletion, events, cancel).await?;
                self.try_last_runs(&reports, events, cancel);
                Ok(Response::Synced { reports })
            }
            Request::Start { selection, policy, run_now } => {
                let started = selection::start(engine, selection, policy).await?;
                let runs = if run_now {
                    self.back_up(started.archives.clone(), events, cancel).await?
                } else {
                    vec![]
                };
                Ok(Response::Started { started, runs })
            }
            Request::Run { connection, user, service } => {
                let archives = selection::protected_archives(engine, connection, user, service).await?;
                Ok(Response::Ran { runs: self.back_up(archives, events, cancel).await? })
            }
            Request::Begin { archives } => Ok(Response::Begun {
                runs: self.begin_runs(archives, Trigger::Manual, events, cancel).await?,
            }),
            Request::PauseRun { run } => self.with_run(run, Work::pause).await,
            Request::ResumeRun { run } => self.with_run(run, Work::resume).await,
            Request::Cancel { run } => self.with_run(run, Work::cancel).await,
            Request::SetPaused { user, paused } => {
                settings::set_paused(engine, &user, paused).await.map(|()| Response::Done)
            }
            Request::SetUsers { connection, users, to } => {
                people::set(engine, connection, users, to).await.map(|()| Response::Done)
            }
            Request::SetBandwidth { limit } => {
                settings::set_bandwidth(engine, limit).await.map(|()| Response::Done)
            }
            Request::SetLicenses { limit } => {
                settings::set_licenses(engine, limit).await?;
                self.protect_whom_rules_wait_for(events).await;
                Ok(Response::Done)
            }
            Request::SetPolicy { connection, target, policy } => {
                policy::set(engine, connection, target, policy).await.map(|()| Response::Done)
            }
            Request::Pause { who, until } => {
                pause::pause(engine, who, until).await?;
                self.rest_who_is_paused().await?;
                Ok(Response::Done)
            }
            Request::Unpause { who } => {
                pause::unpause(engine, who).await?;
                self.wake_who_is_not_paused().await?;
                Ok(Response::Done)
            }
            Request::SetAutoBackup { connection, target, on } => {
                auto_backup::set(engine, connection, target, on).await.map(|()| Response::Done)
            }
            Request::SetScheduleRules { rules } => {
                schedule::set_rules(engine, rules).await.map(|()| Response::Done)
            }
            Request::DeleteArchive { connection, user } => self
                .delete_archive(connection, user, who, SignedDuration::from_hours(24 * GRACE_DAYS))
                .await
                .map(|deletion| Response::ToBeDeleted { user: deletion.address, due: deletion.due }),
            Request::KeepArchive { connection, user } => {
                let is_protected = deletion::keep(engine, connection, user).await?;
                Ok(Response::Kept { is_protected })
            }
            Request::EraseNow { connection, user } => {
                let deletion = self.delete_archive(connection, user, who, SignedDuration::ZERO).await?;
                let report = self.upkeep.erase_now(&deletion, who, events, cancel).await?;
                Ok(Response::Erased { report })
            }
            Request::SetRetention { connection, retention } => {
                retention::set(engine, connection, retention).await.map(|()| Response::Done)
            }
            Request::Forget { connection } => {
                let report = self.upkeep.forget(connection, cancel).await?;
                Ok(Response::Forgotten { report })
            }
            Request::Prune => {
                let done = self.upkeep.prune(cancel).await?;
                Ok(Response::Pruned { removed_bytes: done.removed_bytes, kept_bytes: done.kept_bytes })
            }
            Request::ReleaseRetention { connection } => {
                mass_change::release(engine, connection, events).await.map(|()| Response::Done)
            }
            Request::Rebuild => Ok(Response::Rebuilt { report: rebuild::rebuild(engine).await? }),
        }
    }
}
