//! Fix a backup: the causes for "the backup does not run", tested live, each with evidence and with what mends it.
//!
//! 1 API access, 2 data access, 3 backup active, 4 auto-backup, 5 open notifications, 6 licenses, 7 keychain,
//! 8 Repository, 9 network and clock, 10 schedule and last runs, 11 services switched on. The open notifications have
//! their words in `app`, which adds them.

mod access;
mod domains;
mod finding;
mod local;
mod pauses;
mod people;

use holdfast_catalog::{DirectoryUser, connections, users};
use holdfast_model::ConnectionId;

use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::events::Events;
pub use finding::{Finding, Fix, Verdict};

impl Engine {
    /// Tests every cause, for the Domains or for one user.
    pub async fn doctor(&self, user: Option<String>, events: &Events) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let whom = match &user {
            Some(address) => Some(self.someone(address).await?),
            None => None,
        };
        let mut known = self.read(|tx| Ok(connections::list(tx)?)).await?;
        if known.is_empty() {
            let evidence = "no cloud is connected";
            let todo = "connect a cloud: `holdfast connect google`, or Settings > Cloud Connection Centre";
            findings.push(Finding::bad(1, "A cloud is connected", evidence, todo).with(Fix::Connect));
        }
        if let Some((connection, _)) = &whom {
            known.retain(|one| one.id == *connection);
        }
        let mut live = access::Live::new();
        for connection in &known {
            let user = whom.as_ref().map(|(_, user)| user);
            live.extend(self.access(connection, user, events, &mut findings).await);
        }
        match &whom {
            Some((connection, user)) => self.one_user(*connection, user, &live, &mut findings).await?,
            None => self.all_users(&mut findings).await?,
        }
        self.licenses(&mut findings).await?;
        self.keychain(events, &mut findings).await;
        self.repository(events, &mut findings).await?;
        self.schedule(&mut findings).await?;
        findings.sort_by_key(|finding| finding.number);
        Ok(findings)
    }

    async fn someone(&self, address: &str) -> Result<(ConnectionId, DirectoryUser)> {
        let wanted = address.to_owned();
        let found = self.read(move |tx| {
            for known in connections::list(tx)? {
                if let Some(user) = users::by_address(tx, known.id, &wanted)? {
                    return Ok(Some((known.id, user)));
                }
            }
            Ok(None)
        });
        let missing = || EngineError::NotFound { what: "user", name: address.to_owned() };
        found.await?.ok_or_else(missing)
    }
}
