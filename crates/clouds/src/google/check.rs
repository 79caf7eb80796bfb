//! The live tests of the set-up: each scope with a token of its own and one small request that needs it.

use std::collections::BTreeSet;

use futures::future::join_all;
use holdfast_model::{Service, User};
use url::Url;

use super::Google;
use super::scopes;
use super::wire::address;
use crate::cause::{Cause, cause};
use crate::contract::{Check, CheckOutcome, CloudError, ErrorKind};
use crate::http::{Answer, Price, Request};

/// Where an admin authorises scopes for a service account.
const DELEGATION: &str = "https://admin.google.com/ac/owl/domainwidedelegation";
/// Where an admin gives roles.
const ROLES: &str = "https://admin.google.com/ac/roles";
/// Where an admin allows apps.
const APP_ACCESS: &str = "https://admin.google.com/ac/owl/list?tab=configuredApps";

/// Where an admin switches services on and off.
const APPS: &str = "https://admin.google.com/ac/appslist/core";
/// Where an admin sees people's accounts.
const USERS: &str = "https://admin.google.com/ac/users";

/// One scope and what proves it.
struct Probe {
    scope: &'static str,
    title: &'static str,
    /// Whose data it reads; none for the Directory.
    service: Option<Service>,
    /// The API as the Cloud console names it, and its id there.
    api: (&'static str, &'static str),
    /// What an administrator needs for the request; empty where it is no administrator's.
    role: &'static str,
    url: fn(&Google) -> Url,
    price: fn(&Google) -> Price,
}

fn probes() -> [Probe; 9] {
    const ADMIN: (&str, &str) = ("Admin SDK API", "admin.googleapis.com");
    let [users, groups, units, customer] = scopes::DIRECTORY;
    let directory = |google: &Google| google.prices.directory;
    [
        Probe {
            scope: users,
            title: "Directory: users",
            service: None,
            api: ADMIN,
            role: "an admin role with the privilege Users > Read",
            url: |google| {
                let query = [("customer", "my_customer"), ("maxResults", "1"), ("fields", "users/id")];
                google.directory_url(&["users"], &query)
            },
            price: directory,
        },
        Probe {
            scope: groups,
            title: "Directory: groups and members",
            service: None,
            api: ADMIN,
            role: "an admin role with the privilege Groups > Read",
            url: |google| {
                let query = [("customer", "my_customer"), ("maxResults", "1"), ("fields", "groups/id")];
                google.directory_url(&["groups"], &query)
            },
            price: directory,
        },
        Probe {
            scope: units,
            title: "Directory: org units",
            service: None,
            api: ADMIN,
            role: "an admin role with the privilege Organizational Units > Read",
            url: |google| {
                let query = [("type", "children"), ("fields", "organizationUnits/orgUnitId")];
                google.directory_url(&["customer", "my_customer", "orgunits"], &query)
            },
            price: directory,
        },
        Probe {
            scope: customer,
            title: "Directory: the company",
            service: None,
            api: ADMIN,
            role: "the role of a super admin",
            url: |google| google.directory_url(&["customers", "my_customer"], &[("fields", "id")]),
            price: directory,
        },
        Probe {
            scope: scopes::GMAIL,
            title: "Gmail data access",
            service: Some(Service::Gmail),
            api: ("Gmail API", "gmail.googleapis.com"),
            role: "",
            url: |google| {
                let path = ["gmail", "v1", "users", "me", "profile"];
                address(&google.endpoints.gmail, &path, &[("fields", "historyId")])
            },
            price: |google| google.prices.profile,
        },
        Probe {
            scope: scopes::DRIVE,
            title: "Drive data access",
            service: Some(Service::Drive),
            api: ("Google Drive API", "drive.googleapis.com"),
            role: "",
            url: |google| {
                address(
                    &google.endpoints.drive,
                    &["drive", "v3", "about"],
                    &[("fields", "user/permissionId")],
                )
            },
            price: |google| google.prices.file,
        },
        Probe {
            scope: scopes::CALENDAR,
            title: "Calendar data access",
            service: Some(Service::Calendar),
            api: ("Google Calendar API", "calendar-json.googleapis.com"),
            role: "",
            url: |google| {
                let path = ["calendar", "v3", "users", "me", "calendarList"];
                address(&google.endpoints.calendar, &path, &[("maxResults", "1"), ("fields", "items/id")])
            },
            price: |google| google.prices.calendar,
        },
        Probe {
            scope: scopes::CONTACTS,
            title: "Contacts data access",
            service: Some(Service::Contacts),
            api: ("People API", "people.googleapis.com"),
            role: "",
            url: |google| {
                let query = [("pageSize", "1"), ("fields", "totalItems")];
                address(&google.endpoints.people, &["v1", "contactGroups"], &query)
            },
            price: |google| google.prices.people,
        },
        Probe {
            scope: scopes::TASKS,
            title: "Tasks data access",
            service: Some(Service::Tasks),
            api: ("Google Tasks API", "tasks.googleapis.com"),
            role: "",
            url: |google| {
                let path = ["tasks", "v1", "users", "@me", "lists"];
                address(&google.endpoints.tasks, &path, &[("maxResults", "1"), ("fields", "items/id")])
            },
            price: |google| google.prices.tasks,
        },
    ]
}

/// One result for each scope.
pub(super) async fn all(google: &Google) -> Vec<Check> {
    let probes = probes();
    join_all(probes.iter().map(|probe| one(google, &google.subject, probe))).await
}

/// One result for each of these Services, asked as this user.
pub(super) async fn of_user(
    google: &Google,
    user: &User,
    services: &BTreeSet<Service>,
) -> Vec<(Service, Check)> {
    let probes = probes();
    let chosen = probes.iter().filter_map(|probe| Some((probe.service?, probe)));
    let chosen = chosen.filter(|(service, _)| services.contains(service));
    join_all(chosen.map(|(service, probe)| async move { (service, one(google, &user.address, probe).await) }))
        .await
}

async fn one(google: &Google, subject: &str, probe: &Probe) -> Check {
    let outcome = match test(google, subject, probe).await {
        Ok(()) => CheckOutcome::Works,
        Err(error) => outcome(google, subject, probe, &error),
    };
    Check { subject: probe.scope.to_owned(), title: probe.title.to_owned(), outcome }
}

async fn test(google: &Google, subject: &str, probe: &Probe) -> Result<(), CloudError> {
    let bearer = google.tokens.probe(subject, probe.scope).await?;
    let request = Request::get((probe.url)(google)).priced((probe.price)(google)).signed_with(&bearer)?;
    let read = async |answer: Answer| answer.json::<serde_json::Value>().await.map(drop);
    google.session.client().run(&request, None, read).await
}

fn outcome(google: &Google, subject: &str, probe: &Probe, error: &CloudError) -> CheckOutcome {
    let missing =
        |todo: String, link: Option<String>| CheckOutcome::Missing { todo, link, detail: error.to_string() };
    let scope = probe.scope;
    let (api, api_id) = probe.api;
    match (error.reason.as_str(), error.kind) {
        ("unauthorized_client", _) => {
            let client = google.delegate.as_deref().unwrap_or("of the service account");
            let todo = format!(
                "In the Admin console, under Security > Access and data control > API controls > Domain-wide \
                 delegation, add the scope {scope} to the client {client}. It can take up to 24 hours to work."
            );
            missing(todo, Some(DELEGATION.to_owned()))
        }
        ("accessNotConfigured" | "SERVICE_DISABLED", _) => {
            let project = if google.project.is_empty() {
                String::new()
            } else {
                format!("?project={}", google.project)
            };
            let link = format!("https://console.cloud.google.com/apis/library/{api_id}{project}");
            missing(format!("Enable the {api} in the company's Google Cloud project."), Some(link))
        }
        ("insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT", _) => {
            missing(format!("Reconnect, and leave {scope} ticked on Google's page."), None)
        }
        ("domainPolicy" | "admin_policy_enforced" | "access_denied", _) => missing(
            "In the Admin console, under Security > Access and data control > API controls, allow this app."
                .to_owned(),
            Some(APP_ACCESS.to_owned()),
        ),
        ("noSuchUser" | "userDeleted", _) => {
            missing(format!("Reconnect with the address of an admin of today: {subject} is none."), None)
        }
        _ if cause(error) == Some(Cause::ServiceOff) && subject == &*google.subject => {
            CheckOutcome::Unknown { detail: format!("it is switched off for {subject}: {error}") }
        }
        _ if cause(error) == Some(Cause::ServiceOff) => CheckOutcome::Off {
            todo: format!(
                "Switch it on for {subject} in the Admin console, or leave it out in the backup settings."
            ),
            link: Some(APPS.to_owned()),
            detail: error.to_string(),
        },
        ("clockWrong", _) => missing("Set the clock of this computer.".to_owned(), None),
        (_, ErrorKind::Forbidden) if probe.role.is_empty() => {
            missing(format!("Allow {subject} to use this service in the Admin console."), None)
        }
        (_, ErrorKind::Forbidden) => {
            missing(format!("Give {subject} {}.", probe.role), Some(ROLES.to_owned()))
        }
        (_, ErrorKind::SignInAgain) if subject != &*google.subject => missing(
            format!("See in the Admin console whether the account {subject} is active, then do a User Sync."),
            Some(USERS.to_owned()),
        ),
        (_, ErrorKind::SignInAgain) => {
            missing("Reconnect: Google no longer accepts this sign-in or key.".to_owned(), None)
        }
        _ => CheckOutcome::Unknown { detail: error.to_string() },
    }
}
