//! Questions that are put to a Cloud without a Run: whether a Connection works, and how much there is.

use std::sync::Arc;
use std::time::Duration;

use holdfast_catalog::{Connection, ConnectionState, connections, users};
use holdfast_clouds::contract::{Check, Cloud, Reach};
use holdfast_model::{ConnectionId, Service, UserId};

use crate::connection;
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::events::Event;
use crate::policy;

/// How much the Cloud says there is; none where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Items.
    pub items: Option<u64>,
    /// Bytes.
    pub bytes: Option<u64>,
}

impl Engine {
    /// The live tests of a Connection: one result for each scope or setting. One that turns out to have lapsed is `expired`
    /// from then on, and one that works again can be used again.
    pub async fn check_connection(&self, id: ConnectionId) -> Result<Vec<Check>> {
        let known = connection::by_id(self, id).await?;
        if known.state == ConnectionState::Disconnected {
            return Err(EngineError::ConnectionDisconnected(known.tenant_name));
        }
        let cloud = self.cloud(&known).await?;
        let checks = cloud.check().await;
        match cloud.tenant().await {
            Ok(tenant) if tenant.id == known.tenant_id => {
                self.is_alive(&known).await?;
                self.foresee(&known, &*cloud, &self.listener()).await;
            }
            Ok(tenant) => return Err(connection::other_tenant(&known, tenant)),
            // The checks say so, or could not be made either; what lapsed is noted on the way.
            Err(error) => tracing::info!(%error, "the tenant could not be reached while testing"),
        }
        Ok(checks)
    }

    /// Whether a Cloud answers at all within this time, for a person who waits: a request itself is tried for minutes. What
    /// else is wrong the work tells that follows.
    pub async fn answers(&self, id: ConnectionId, within: Duration) -> Result<()> {
        let known = connection::by_id(self, id).await?;
        if known.state != ConnectionState::Connected {
            return Ok(());
        }
        let cloud = self.cloud(&known).await?;
        match tokio::time::timeout(within, cloud.tenant()).await {
            Ok(_) => Ok(()),
            Err(_) => Err(EngineError::Remote {
                code: "cloud.unreachable".to_owned(),
                detail: format!("{} did not answer for {} seconds", known.tenant_name, within.as_secs()),
            }),
        }
    }

    async fn is_alive(&self, known: &Connection) -> Result<()> {
        if known.state != ConnectionState::Expired {
            return Ok(());
        }
        let (id, secret) = (known.id, known.secret_name.clone());
        let is_back = self.write(move |tx| {
            let now = connections::get(tx, id)?;
            let is_same =
                now.is_some_and(|now| now.state == ConnectionState::Expired && now.secret_name == secret);
            if is_same {
                connections::set_state(tx, id, ConnectionState::Connected, None)?;
            }
            Ok(is_same)
        });
        if is_back.await? {
            let events = self.listener();
            self.connection_works(id, &events).await;
            events.tell_surely(Event::ConnectionChanged { connection: id }).await;
        }
        Ok(())
    }

    /// How much the Cloud says a User has of a Service; none where the User has it not, or it is not chosen.
    pub async fn expect(&self, id: ConnectionId, user: UserId, service: Service) -> Result<Option<Expected>> {
        let Some((cloud, reach)) = self.reach(id, user, service).await? else { return Ok(None) };
        // Counting the files of Box costs a request a folder; their bytes are one answer, and tell more.
        let (items, bytes) = match service {
            Service::Gmail => (cloud.expected_count(&reach).await?, None),
            _ => (None, cloud.expected_bytes(&reach).await?),
        };
        Ok(Some(Expected { items, bytes }))
    }

    /// The names of the labels that a User made in the mailbox.
    pub async fn label_names(&self, id: ConnectionId, user: UserId) -> Result<Vec<String>> {
        match self.reach(id, user, Service::Gmail).await? {
            Some((cloud, reach)) => Ok(cloud.label_names(&reach).await?),
            None => Ok(Vec::new()),
        }
    }

    async fn reach(
        &self,
        id: ConnectionId,
        user: UserId,
        service: Service,
    ) -> Result<Option<(Arc<dyn Cloud>, Reach)>> {
        let (known, owner, policy) = self
            .read(move |tx| {
                let known = connections::get(tx, id)?
                    .ok_or_else(|| EngineError::NotFound { what: "connection", name: id.to_string() })?;
                let owner = users::by_id(tx, id, &user)?
                    .ok_or_else(|| EngineError::NotFound { what: "user", name: user.to_string() })?;
                let policy = policy::of_user(tx, id, &owner.user)?;
                Ok((known, owner, policy))
            })
            .await?;
        if !policy.services.contains(&service) {
            return Ok(None);
        }
        let cloud = self.cloud(&known).await?;
        let scopes = cloud.scopes(&owner.user).await?;
        let Some(scope) = scopes.into_iter().find(|scope| scope.service == service) else { return Ok(None) };
        let reach = Reach { scope, address: owner.user.address, policy };
        Ok(Some((cloud, reach)))
    }

    /// Keeps the recovery key of the known Repository again, where the keychain lost it. It must open that Repository.
    pub async fn keep_recovery_key_again(&self, key: holdfast_vault::Password) -> Result<()> {
        let place = self.repository_place().await?.ok_or(EngineError::NoRepository)?;
        let expected = place.id.parse().map_err(|_| EngineError::Defect("repository id".to_owned()))?;
        self.open_vault(&place.path, key.clone(), Some(expected)).await?;
        let secrets = self.secrets().clone();
        let kept = crate::engine::blocking(move || {
            Ok(secrets.set(crate::engine::RECOVERY_KEY, key.expose().as_bytes())?)
        })
        .await;
        self.audit_deed("recovery_key.keep", "", &kept).await;
        kept
    }
}
