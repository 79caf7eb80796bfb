//! Help > Fix a backup: what the checks found, and the buttons that mend it here. Each fix is tested again at once.

use holdfast_engine::catalog::{Level, PauseTarget, archives, policies, users};
use holdfast_engine::{EngineError, PolicyTarget, Request, Response, Selection, SyncWhat, left_out};
use holdfast_model::{ConnectionId, Owner, PolicyOverride, Service};

use super::seat::Seat;
use super::{Desktop, directory, limits};
use crate::UserError;
use crate::error::Result;
use crate::verbs::unexpected;
use crate::views::{AppEvent, FixAction, FixView, RunNow, SetAutoBackup, SetPaused};

impl Desktop {
    /// Tests everything live, for all Domains or for one user.
    pub async fn fix_a_backup(&self, user: Option<String>) -> Result<FixView> {
        if let Some(user) = &user {
            limits::address(user)?;
        }
        let seat = self.seat().await?;
        // Before the tests: a Run that ends beside them may change what they found.
        let running = self.test_again_after_runs(&seat, user.clone()).await?;
        let mut findings = seat.doctor(user.as_deref()).await?;
        findings.extend(self.of_this_computer().await?);
        let view = seat.fix_view(user.as_deref(), findings).await;
        self.tell_attention().await;
        view.map(|view| FixView { running, ..view })
    }

    /// Does what a button says, and tests everything again.
    pub async fn apply_fix(&self, fix: FixAction, user: Option<String>) -> Result<FixView> {
        let seat = self.seat().await?;
        match fix {
            FixAction::SyncUsers { connection } => {
                self.sync(Some(connection), SyncWhat::All, false).await?;
            }
            FixAction::Protect { connection, user } => self.protect(&seat, connection, user).await?,
            FixAction::Resume { connection, user } => {
                self.set_paused(SetPaused { connection, user, paused: false }).await?;
            }
            FixAction::RunNow { connection, user } => {
                self.run_now(RunNow { connection, user, service: None }).await?;
            }
            FixAction::AutoBackup { connection, target, id, name: _ } => {
                let input = SetAutoBackup { connection, target, id, include_sub_units: false, on: true };
                self.set_auto_backup(input).await?;
            }
            FixAction::EndPause { target } => {
                let who = PauseTarget::from(target);
                if let Some(id) = who.connection() {
                    seat.engine.read(move |tx| directory::find(tx, id.0)).await?;
                }
                self.ask(&seat, Request::Unpause { who }).await?;
                self.tell(AppEvent::Settings);
            }
            FixAction::LeaveOut { connection, user, service } => {
                self.leave_out(&seat, ConnectionId(connection), user, service).await?;
            }
            FixAction::SwitchOn { connection, user, service } => {
                self.switch_on(&seat, ConnectionId(connection), user, service).await?;
            }
            FixAction::StartWatchdog => {
                self.set_watchdog(true).await?;
            }
            FixAction::Connect
            | FixAction::Reconnect { .. }
            | FixAction::OpenLink { .. }
            | FixAction::OpenStart
            | FixAction::OpenUsers
            | FixAction::OpenRun { .. }
            | FixAction::OpenCauses
            | FixAction::OpenLicenses
            | FixAction::OpenStorage
            | FixAction::OpenSettings => {
                return Err(UserError::of("input.bad", "this is done on a page of its own"));
            }
        }
        self.fix_a_backup(user).await
    }

    /// The support bundle.
    pub async fn fix_report(&self, user: Option<String>, mask: bool) -> Result<String> {
        if let Some(user) = &user {
            limits::address(user)?;
        }
        let of_this_computer = self.of_this_computer().await?;
        self.seat().await?.report(user.as_deref(), mask, of_this_computer).await
    }

    async fn protect(&self, seat: &std::sync::Arc<Seat>, connection: i64, user: String) -> Result<()> {
        limits::address(&user)?;
        let selection = Selection {
            connection: Some(ConnectionId(connection)),
            users: vec![user],
            ..Selection::default()
        };
        let request = Request::Start { selection, policy: None, run_now: false };
        let started = match self.ask(seat, request).await? {
            Response::Started { started, .. } => started,
            other => return Err(unexpected(&other)),
        };
        self.tell(AppEvent::Directory { connection });
        self.begin(seat, started.archives).await
    }

    /// Leaves a Service that is switched off in the Cloud out of the settings of a user, or of all for whom it is off.
    async fn leave_out(
        &self,
        seat: &std::sync::Arc<Seat>,
        connection: ConnectionId,
        user: Option<String>,
        service: Service,
    ) -> Result<()> {
        let read = seat.engine.read(move |tx| {
            directory::find(tx, connection.0)?;
            let mut whose = Vec::new();
            match &user {
                Some(address) => {
                    let missing = || EngineError::NotFound { what: "user", name: address.clone() };
                    whose.push(users::by_address(tx, connection, address)?.ok_or_else(missing)?);
                }
                None => {
                    for archive in left_out(tx, connection)? {
                        let archive = archives::get(tx, archive)?.filter(|one| one.scope.service == service);
                        let Some(Owner::User(user)) = archive.map(|one| one.scope.owner) else { continue };
                        whose.extend(users::by_id(tx, connection, &user)?);
                    }
                }
            }
            let mut policies_of = Vec::new();
            for user in whose {
                let mut services = holdfast_engine::user_policy(tx, connection, &user.user)?.services;
                if services.remove(&service) {
                    let own = policies::get(tx, connection, Level::User, user.user.id.as_str())?;
                    let own = PolicyOverride { services: Some(services), ..own.unwrap_or_default() };
                    policies_of.push((user.user.id, own));
                }
            }
            Ok(policies_of)
        });
        for (user, policy) in read.await? {
            let target = PolicyTarget::User(user);
            self.ask(seat, Request::SetPolicy { connection: Some(connection), target, policy }).await?;
        }
        self.tell(AppEvent::Directory { connection: connection.0 });
        Ok(())
    }

    async fn switch_on(
        &self,
        seat: &std::sync::Arc<Seat>,
        connection: ConnectionId,
        user: Option<String>,
        service: Service,
    ) -> Result<()> {
        let name = user.clone();
        let (target, policy): (PolicyTarget, PolicyOverride) = seat
            .engine
            .read(move |tx| {
                directory::find(tx, connection.0)?;
                let (target, effective) = match &name {
                    None => (PolicyTarget::Domain, holdfast_engine::domain_policy(tx, connection)?),
                    Some(address) => {
                        let found = users::by_address(tx, connection, address)?;
                        let missing = || EngineError::NotFound { what: "user", name: address.clone() };
                        let found = found.ok_or_else(missing)?;
                        let effective = holdfast_engine::user_policy(tx, connection, &found.user)?;
                        (PolicyTarget::User(found.user.id), effective)
                    }
                };
                let (level, id) = target.key();
                let mut own = policies::get(tx, connection, level, id)?.unwrap_or_default();
                let mut services = effective.services;
                services.insert(service);
                own.services = Some(services);
                Ok((target, own))
            })
            .await?;
        let request = Request::SetPolicy { connection: Some(connection), target, policy };
        self.ask(seat, request).await?;
        self.tell(AppEvent::Settings);
        let archives = seat.engine.archives_to_run(Some(connection), user, Some(service)).await;
        match archives {
            Ok(archives) => self.begin(seat, archives).await,
            // Nobody is protected yet: there is nothing to back up.
            Err(EngineError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
