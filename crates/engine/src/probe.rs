//! Questions that are put to a Cloud without a Run: whether a Connection works, and how much there is.

use holdfast_catalog::{connections, users};
use holdfast_clouds::contract::{Check, Reach};
use holdfast_model::{ConnectionId, Service, UserId};

use crate::connection;
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::policy;

impl Engine {
    /// The live tests of a Connection: one result for each scope or setting.
    pub async fn check_connection(&self, id: ConnectionId) -> Result<Vec<Check>> {
        let known = connection::by_id(self, id).await?;
        Ok(self.cloud(&known).await?.check().await)
    }

    /// How many Items the Cloud says a User has, by chosen Service; none where it does not say.
    pub async fn count_expected(
        &self,
        id: ConnectionId,
        user: UserId,
    ) -> Result<Vec<(Service, Option<u64>)>> {
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
        let cloud = self.cloud(&known).await?;
        let mut counts = Vec::new();
        for scope in cloud.scopes(&owner.user).await? {
            if !policy.services.contains(&scope.service) {
                continue;
            }
            let service = scope.service;
            let reach = Reach { scope, address: owner.user.address.clone(), policy: policy.clone() };
            counts.push((service, cloud.expected_count(&reach).await?));
        }
        Ok(counts)
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
