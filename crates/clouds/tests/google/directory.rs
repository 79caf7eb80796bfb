//! The Directory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::TryStreamExt;
use holdfast_clouds::contract::{Cloud, ErrorKind};
use holdfast_clouds::google::{Google, GoogleEndpoints, secret_from_key_file};
use holdfast_clouds::http::{HttpOptions, SecretInMemory};
use holdfast_model::{Account, MemberKind, Service, User};
use serde_json::json;

use super::simulated::Company;

async fn users(company: &Company) -> BTreeMap<String, User> {
    let users: Vec<User> = company.cloud.users().try_collect().await.unwrap();
    let count = users.len();
    let users: BTreeMap<_, _> = users.into_iter().map(|user| (user.address.clone(), user)).collect();
    assert_eq!(users.len(), count, "a user came twice");
    users
}

#[tokio::test]
async fn the_tenant_is_known_by_its_customer_id_and_domain() {
    let company = Company::small().await;
    let tenant = company.cloud.tenant().await.unwrap();
    assert_eq!(tenant.id.0, company.line.google.customer_id);
    assert_eq!(tenant.name, company.line.google.domain);
    assert_eq!(tenant.signed_in_as, company.line.google.admin);
}

#[tokio::test]
async fn account_status_aliases_and_units_come_through() {
    let company = Company::small().await;
    company.change(json!({"op": "org_unit.add", "path": "/Far"})).await;
    let unit = company.make(json!({"op": "org_unit.add", "path": "/Far/Away"})).await;
    let [(_, suspended), (_, archived), (gone, deleted)] = [1, 2, 3].map(|number| company.user(number));
    company.change(json!({"op": "user.move", "user": suspended, "org_unit": "/Far/Away"})).await;
    company.change(json!({"op": "user.suspend", "user": suspended})).await;
    company.change(json!({"op": "user.archive", "user": archived})).await;
    company.change(json!({"op": "user.delete", "user": deleted})).await;
    let renamed = format!("new.name@{}", company.line.google.domain);
    company.change(json!({"op": "user.rename", "user": archived, "address": renamed})).await;

    let users = users(&company).await;
    assert_eq!(users[&suspended].account, Account::Suspended);
    assert_eq!(users[&suspended].org_unit.as_ref().map(|unit| unit.0.as_str()), Some(unit.as_str()));
    assert_eq!(users[&renamed].account, Account::Archived);
    assert!(users[&renamed].aliases.contains(&archived));
    assert_eq!((users[&deleted].account, users[&deleted].id.0.as_str()), (Account::Deleted, gone.as_str()));
    let admin = &users[&company.line.google.admin];
    assert!(admin.is_admin && admin.account == Account::Active && admin.created.is_some());
    assert!(users.values().all(|user| user.account == Account::Deleted || user.org_unit.is_some()));
}

#[tokio::test]
async fn many_users_and_members_come_by_pages() {
    let company = Company::small().await;
    let domain = company.line.google.domain.clone();
    let group = company.make(json!({"op": "group.add", "address": format!("all-hands@{domain}")})).await;
    for number in 0..510 {
        let address = format!("user{number}@{domain}");
        company.change(json!({"op": "user.add", "address": address})).await;
        if number < 205 {
            company.change(json!({"op": "group.add_member", "group": group, "member": address})).await;
        }
    }
    assert_eq!(users(&company).await.len(), 514);
    let group = holdfast_model::GroupId(group);
    let members: Vec<_> = company.cloud.members(&group).try_collect().await.unwrap();
    let ids: BTreeSet<_> = members.iter().map(|member| member.id.clone()).collect();
    assert_eq!((members.len(), ids.len()), (205, 205));
    assert!(members.iter().all(|member| member.kind == MemberKind::User));
    let groups: Vec<_> = company.cloud.groups().try_collect().await.unwrap();
    assert!(groups.iter().any(|known| known.id == group && known.direct_members == Some(205)), "{groups:?}");
}

#[tokio::test]
async fn units_come_from_the_root_down() {
    let company = Company::small().await;
    company.change(json!({"op": "org_unit.add", "path": "/A"})).await;
    company.change(json!({"op": "org_unit.add", "path": "/A/B"})).await;
    company.change(json!({"op": "org_unit.add", "path": "/A/B/C"})).await;
    let units: Vec<_> = company.cloud.org_units().try_collect().await.unwrap();
    assert_eq!((units[0].path.as_str(), &units[0].parent), ("/", &None));
    let mut known = BTreeSet::new();
    for unit in &units {
        assert!(
            unit.parent.as_ref().is_none_or(|parent| known.contains(parent)),
            "{unit:?} before its parent"
        );
        known.insert(unit.id.clone());
    }
    assert!(units.iter().any(|unit| unit.path == "/A/B/C" && unit.name == "C"));
}

#[tokio::test]
async fn everyone_is_offered_every_service_without_a_request() {
    let company = Company::small().await;
    let users = users(&company).await;
    let before = company.api_requests().await;
    for user in users.values() {
        let services: Vec<_> =
            company.cloud.scopes(user).await.unwrap().into_iter().map(|scope| scope.service).collect();
        assert_eq!(
            services,
            [Service::Gmail, Service::Drive, Service::Calendar, Service::Contacts, Service::Tasks]
        );
    }
    assert_eq!(company.api_requests().await, before);
}

#[tokio::test]
async fn a_demoted_admin_is_told_so() {
    let company = Company::small().await;
    company.change(json!({"op": "user.demote", "user": company.line.google.admin})).await;
    let error = company.cloud.users().try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::Forbidden, "forbidden"));
}

#[tokio::test]
async fn pages_that_loop_or_fail_are_errors_and_not_a_short_list() {
    for fault in ["loop_page", "html", "invalid_utf8", "cut"] {
        let company = Company::small().await;
        company.fault(json!({"method": "directory.users.list", "kind": fault, "times": 0})).await;
        let users = company.cloud.users().try_collect::<Vec<_>>().await;
        assert!(users.is_err(), "{fault}: {users:?}");
    }
}

/// Google, as far as it tells of two users, of whom one has a mailbox at first.
async fn google_of_two_users() -> (Google, Arc<AtomicBool>) {
    let both = Arc::new(AtomicBool::new(false));
    let second = Arc::clone(&both);
    let app = axum::Router::new().fallback(move |uri: axum::http::Uri| {
        let has_mailbox = second.load(Ordering::SeqCst);
        let user = |id: u32, has_mailbox: bool| json!({"id": id.to_string(), "primaryEmail": format!("{id}@example.com"), "isMailboxSetup": has_mailbox});
        let answer = match uri.path() {
            "/token" => json!({"access_token": "token", "token_type": "Bearer", "expires_in": 3599}),
            path if path.ends_with("/users") && !uri.query().unwrap_or_default().contains("showDeleted=true") => {
                json!({"users": [user(1, true), user(2, has_mailbox)]})
            }
            _ => json!({}),
        };
        async move { axum::Json(answer) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let names = ["accounts", "oauth2", "admin", "gmail", "drive", "docs", "people", "calendar", "tasks"];
    let rows: String = names.iter().map(|name| format!("{name} = \"{address}\"\n")).collect();
    let company = Company::small().await;
    let mut key: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&company.line.google.service_account_key_file).unwrap())
            .unwrap();
    key["token_uri"] = json!(format!("{address}token"));
    let endpoints = GoogleEndpoints::from_toml(&format!("[google]\n{rows}")).unwrap();
    let secret = secret_from_key_file(key.to_string().as_bytes(), "1@example.com", endpoints).unwrap();
    let cell = Arc::new(SecretInMemory::new(secret.to_bytes().unwrap()));
    (Google::open(cell, &HttpOptions::default()).await.unwrap(), both)
}

#[tokio::test]
async fn who_has_no_mailbox_is_offered_none() {
    let (google, both) = google_of_two_users().await;
    for (mailboxes, expected) in [(false, [5, 4]), (true, [5, 5])] {
        both.store(mailboxes, Ordering::SeqCst);
        let users: Vec<User> = google.users().try_collect().await.unwrap();
        let mut offered = Vec::new();
        for user in &users {
            offered.push(google.scopes(user).await.unwrap().len());
        }
        assert_eq!(offered, expected);
    }
}
