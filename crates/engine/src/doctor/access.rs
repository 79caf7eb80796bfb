//! 1 and 2: API access and data access, by asking the Cloud; with them 9, network and clock.

use holdfast_catalog::{Connection, ConnectionState, DirectoryUser, Notification};
use holdfast_clouds::contract::{Check, CheckOutcome};
use holdfast_model::Account;

use super::{Finding, Fix, Verdict};
use crate::engine::Engine;
use crate::events::Events;
use crate::notifications::DIRECTORY_REFUSED;

/// Causes that are mended where every live test of a Connection works.
const OF_ACCESS: [&str; 5] = [
    "cloud.access_missing",
    "cloud.api_disabled",
    "cloud.app_blocked",
    "cloud.unreachable",
    DIRECTORY_REFUSED,
];

impl Engine {
    pub(super) async fn access(
        &self,
        connection: &Connection,
        user: Option<&DirectoryUser>,
        events: &Events,
        findings: &mut Vec<Finding>,
    ) {
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
            return;
        }
        let checks = match self.check_connection(connection.id).await {
            Ok(checks) => checks,
            Err(error) => {
                let title = format!("{domain} can be reached");
                findings.push(Finding::unknown(1, &title, error.to_string()).with(reconnect));
                return;
            }
        };
        let mut told: Vec<Finding> =
            checks.into_iter().map(|check| told_of(domain, check, &reconnect)).collect();
        let is_whole = told.iter().all(|finding| finding.verdict == Verdict::Good);
        if let Some(user) = user.filter(|user| user.user.account == Account::Active)
            && let Ok(cloud) = self.cloud(connection).await
        {
            let address = &user.user.address;
            let checks = cloud.check_user(&user.user).await;
            told.extend(
                checks.into_iter().map(|check| Finding { number: 2, ..told_of(address, check, &reconnect) }),
            );
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
                    (format!("{todo} ({url})"), Fix::OpenLink { url, copy })
                }
                None => (todo, reconnect.clone()),
            };
            Finding::bad(number, &title, detail, todo).with(fix)
        }
        CheckOutcome::Unknown { detail } => Finding::unknown(number, &title, detail),
    }
}
