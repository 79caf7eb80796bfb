//! 1 and 2: API access and data access, by asking the Cloud; with them 9, network and clock.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_catalog::{
    Connection, ConnectionState, DirectoryUser, Notification, archives, notifications, users,
};
use holdfast_clouds::contract::{Check, CheckOutcome};
use holdfast_model::{Account, ArchiveId, Owner, Service};

use super::{Finding, Fix, Verdict};
use crate::engine::Engine;
use crate::error::Result;
use crate::events::Events;
use crate::notifications::{DIRECTORY_REFUSED, SERVICE_OFF};
use crate::policy;

/// The Services of one user that could be tested: the Cloud's own words where one is switched off, none where it works.
pub(super) type Live = BTreeMap<Service, Option<String>>;

/// So many users' Services are tested again for a Domain as a whole.
const MOST_TESTED: usize = 20;

/// Causes that are mended where every live test of a Connection works.
const OF_ACCESS: [&str; 5] = [
    "cloud.access_missing",
    "cloud.api_disabled",
    "cloud.app_blocked",
    "cloud.unreachable",
    DIRECTORY_REFUSED,
];

/// Causes of one user's Archive that are mended where its live test works.
const OF_USERS: [&str; 5] =
    ["cloud.access_missing", "cloud.account_closed", "cloud.api_disabled", "cloud.app_blocked", SERVICE_OFF];

impl Engine {
    pub(super) async fn access(
        &self,
        connection: &Connection,
        user: Option<&DirectoryUser>,
        events: &Events,
        findings: &mut Vec<Finding>,
    ) -> Live {
        let domain = &connection.tenant_name;
        let reconnect = Fix::Reconnect { connection: connection.id };
        if connection.state != ConnectionState::Connected {
            let title = format!("{domain} is connected");
            let evidence = connection.state_reason.clone().unwrap_or_else(|| connection.state.to_string());
            let todo = format!(
                "reconnect it: `holdfast reconnect {}`, or Settings > Cloud Connection Centre",
                connection.id
            );
            findings.push(Finding::bad(1, &title, evidence, todo).with(reconnect));
            return Live::new();
        }
        let checks = match self.check_connection(connection.id).await {
            Ok(checks) => checks,
            Err(error) => {
                let title = format!("{domain} can be reached");
                findings.push(Finding::unknown(1, &title, error.to_string()).with(reconnect));
                return Live::new();
            }
        };
        let mut told: Vec<Finding> =
            checks.into_iter().map(|check| told_of(domain, check, &reconnect)).collect();
        let is_whole = told.iter().all(|finding| finding.verdict == Verdict::Good);
        let mut live = Live::new();
        match user.filter(|user| user.user.account == Account::Active) {
            Some(user) => told.extend(self.access_of(connection, user, events, &mut live).await),
            None => self.test_what_was_off(connection, events).await,
        }
        let is_reached = told.iter().any(|finding| finding.verdict != Verdict::Unknown);
        findings.append(&mut told);
        let title = format!("{domain}: network and clock");
        findings.push(if is_reached {
            Finding::good(9, &title, "the cloud answered and accepted this computer's time")
        } else {
            let todo = "check the network connection and the clock of this computer";
            Finding::bad(9, &title, "the cloud could not be reached", todo)
        });
        if is_whole {
            let id = connection.id;
            let is_mended = move |open: &Notification| {
                open.subject.connection == Some(id) && OF_ACCESS.contains(&open.cause.as_str())
            };
            self.fixed(events, is_mended).await;
        }
        live
    }
}

impl Engine {
    /// What is needed to read each chosen Service of one user.
    async fn access_of(
        &self,
        connection: &Connection,
        user: &DirectoryUser,
        events: &Events,
        live: &mut Live,
    ) -> Vec<Finding> {
        let address = &user.user.address;
        let tested = self.tested(connection, user, None, events).await;
        let checks = match tested {
            Ok(checks) => checks,
            Err(error) => {
                return vec![Finding::unknown(2, &format!("{address}: data access"), error.to_string())];
            }
        };
        let mut told = Vec::new();
        for (service, check) in checks {
            match check.outcome {
                // The settings' own check tells of it.
                CheckOutcome::Off { detail, .. } => {
                    live.insert(service, Some(detail));
                    continue;
                }
                CheckOutcome::Works => drop(live.insert(service, None)),
                CheckOutcome::Missing { .. } | CheckOutcome::Unknown { .. } => {}
            }
            let reconnect = Fix::Reconnect { connection: connection.id };
            told.push(Finding { number: 2, ..told_of(address, check, &reconnect) });
        }
        told
    }

    /// Services that were switched off for people who had copies of them: are they on again?
    async fn test_what_was_off(&self, connection: &Connection, events: &Events) {
        let id = connection.id;
        let read = self.read(move |tx| {
            let mut whose = Vec::new();
            for one in notifications::list_open(tx)? {
                let (of_it, user, archive) = (one.subject.connection, one.subject.user, one.subject.archive);
                let (Some(user), Some(archive)) = (user, archive) else { continue };
                if one.cause != SERVICE_OFF || of_it != Some(id) || whose.len() >= MOST_TESTED {
                    continue;
                }
                if let (Some(user), Some(archive)) =
                    (users::by_id(tx, id, &user)?, archives::get(tx, archive)?)
                {
                    whose.push((user, archive.scope.service));
                }
            }
            Ok(whose)
        });
        match read.await {
            Ok(whose) => {
                for (user, service) in whose {
                    if let Err(error) = self.tested(connection, &user, Some(service), events).await {
                        tracing::info!(code = error.code(), %error, "a service could not be tested");
                    }
                }
            }
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "who was to be tested could not be read")
            }
        }
    }

    /// Tests a user's chosen Services live; just one where one is named. What works is no cause any more.
    async fn tested(
        &self,
        connection: &Connection,
        user: &DirectoryUser,
        only: Option<Service>,
        events: &Events,
    ) -> Result<Vec<(Service, Check)>> {
        let (id, whom) = (connection.id, user.user.clone());
        let (mut services, kept) = self
            .read(move |tx| {
                let services: BTreeSet<Service> = policy::of_user(tx, id, &whom)?.services;
                Ok((services, archives::by_owner(tx, id, &Owner::User(whom.id))?))
            })
            .await?;
        services.retain(|service| only.is_none_or(|only| only == *service));
        let checks = self.cloud(connection).await?.check_user(&user.user, &services).await;
        let works = |service: Service| {
            checks.iter().any(|(tested, check)| *tested == service && check.outcome == CheckOutcome::Works)
        };
        let mended: Vec<ArchiveId> =
            kept.into_iter().filter(|one| works(one.scope.service)).map(|one| one.id).collect();
        self.fixed(events, move |open: &Notification| {
            let is_of_it = open.subject.archive.is_some_and(|archive| mended.contains(&archive));
            is_of_it && OF_USERS.contains(&open.cause.as_str())
        })
        .await;
        Ok(checks)
    }
}

/// One live test. A scope is data access, all else is API access.
fn told_of(whose: &str, check: Check, reconnect: &Fix) -> Finding {
    let is_scope = check.subject.contains("auth/");
    let number = if is_scope { 2 } else { 1 };
    let title = format!("{whose}: {}", check.title);
    match check.outcome {
        CheckOutcome::Works => Finding::good(number, &title, check.subject),
        CheckOutcome::Missing { todo, link, detail } => {
            // An API that is switched off is no matter of scopes.
            let is_api = link.as_deref().is_some_and(|link| link.contains("/apis/"));
            let number = if is_api { 1 } else { number };
            let (todo, fix) = match link {
                Some(url) => {
                    let copy = (is_scope && !is_api).then_some(check.subject);
                    (todo, Fix::OpenLink { url, copy })
                }
                None => (todo, reconnect.clone()),
            };
            Finding::bad(number, &title, detail, todo).with(fix)
        }
        // Who tests is the admin, and what is off for the admin says nothing of others.
        CheckOutcome::Off { detail, .. } | CheckOutcome::Unknown { detail } => {
            Finding::unknown(number, &title, detail)
        }
    }
}
