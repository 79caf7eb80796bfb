//! The Directory. <https://developers.google.com/workspace/admin/directory/reference/rest/v1>

use std::collections::BTreeSet;

use serde_json::{Value, json};
use simcloud::Options;

use super::sim::{Sim, USERS, receive, small};

const CUSTOMER: (&str, &str) = ("customer", "my_customer");

fn emails(page: &Value, list: &str, field: &str) -> Vec<String> {
    page[list].as_array().into_iter().flatten().filter_map(|u| u[field].as_str()).map(str::to_owned).collect()
}

#[tokio::test]
async fn users_come_in_pages_in_the_order_asked_for() {
    let sim = Sim::with(Options { users: 30, mail_per_user: 0, ..small() }).await;
    let mut found = Vec::new();
    let mut token = String::new();
    loop {
        let query = [CUSTOMER, ("maxResults", "7"), ("orderBy", "email"), ("pageToken", token.as_str())];
        let page = sim.directory("users", if token.is_empty() { &query[..3] } else { &query }).await.json();
        assert!(page["etag"].is_string());
        found.extend(emails(&page, "users", "primaryEmail"));
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(found.len(), 30);
    assert!(found.is_sorted(), "{found:?}");
    let down = [CUSTOMER, ("orderBy", "familyName"), ("sortOrder", "DESCENDING"), ("maxResults", "500")];
    let page = sim.directory("users", &down).await.json();
    let names: Vec<String> = page["users"]
        .as_array()
        .expect("users")
        .iter()
        .map(|u| u["name"]["familyName"].as_str().expect("a name").to_lowercase())
        .collect();
    assert!(names.iter().rev().is_sorted(), "{names:?}");
}

/// `maxResults` 1 to 500; one of `customer` and `domain` is needed.
#[tokio::test]
async fn listings_that_cannot_be_are_refused() {
    let sim = Sim::new().await;
    for (query, expected) in [
        (vec![CUSTOMER, ("maxResults", "501")], 400),
        (vec![CUSTOMER, ("maxResults", "0")], 400),
        (vec![CUSTOMER, ("projection", "everything")], 400),
        (vec![CUSTOMER, ("pageToken", "bm9uc2Vuc2U")], 400),
        (vec![], 400),
        (vec![("domain", "example.org")], 404),
        (vec![("customer", "C0000000")], 400),
        (vec![("domain", "example.com")], 200),
    ] {
        assert_eq!(sim.directory("users", &query).await.status, expected, "{query:?}");
    }
}

#[tokio::test]
async fn only_admins_are_answered() {
    let sim = Sim::new().await;
    let got = sim.get(sim.user(1), "/admin/directory/v1/users", &[CUSTOMER]).await;
    assert_eq!(got.reason(), (403, "forbidden".to_owned()));
    assert_eq!(got.json()["error"]["message"], "Not Authorized to access this resource/api");
    assert_eq!(sim.directory("users", &[CUSTOMER]).await.status, 200);
    sim.change(json!({"op": "user.demote", "user": sim.admin()})).await;
    assert_eq!(sim.directory("users", &[CUSTOMER]).await.reason(), (403, "forbidden".to_owned()));
}

#[tokio::test]
async fn the_sample_has_suspended_and_archived_users_and_aliases() {
    let sim = Sim::with(Options { users: 24, mail_per_user: 0, ..small() }).await;
    let page = sim.directory("users", &[CUSTOMER, ("maxResults", "500")]).await.json();
    let users = page["users"].as_array().expect("users");
    type Is = fn(&Value) -> bool;
    let kinds: [(&str, Is); 4] = [
        ("suspended", |u| u["suspended"] == true),
        ("archived", |u| u["archived"] == true),
        ("with alias", |u| u["aliases"].as_array().is_some_and(|a| !a.is_empty())),
        ("not ASCII", |u| !u["name"]["fullName"].as_str().unwrap_or("").is_ascii()),
    ];
    for (what, is) in kinds {
        assert!(users.iter().any(is), "{what}");
    }
    let suspended = sim.directory("users", &[CUSTOMER, ("query", "isSuspended=true")]).await.json();
    assert!(emails(&suspended, "users", "primaryEmail").len() >= 2);
    let ids: BTreeSet<_> = users.iter().map(|u| u["id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), 24);
    assert!(ids.iter().all(|id| id.len() == 21 && id.bytes().all(|b| b.is_ascii_digit())));
}

#[tokio::test]
async fn a_user_is_found_by_id_address_and_alias() {
    let sim = Sim::new().await;
    let user = sim.directory(&format!("users/{}", sim.user(1)), &[]).await.json();
    for key in [user["id"].as_str(), user["aliases"][0].as_str()] {
        let again = sim.directory(&format!("users/{}", key.expect("a key")), &[]).await.json();
        assert_eq!(again["id"], user["id"]);
    }
    assert_eq!(sim.directory("users/nobody@example.com", &[]).await.reason(), (404, "notFound".to_owned()));
}

#[tokio::test]
async fn people_come_rename_move_and_go() {
    let sim = Sim::new().await;
    let ids = sim.change(json!({"op": "user.add", "address": "New.Person@example.com", "name": "New Person", "org_unit": "/Tokyo"})).await;
    let get = || async { sim.directory(&format!("users/{}", ids[0]), &[]).await.json() };
    let before = get().await;
    assert_eq!(
        (&before["primaryEmail"], &before["orgUnitPath"]),
        (&json!("new.person@example.com"), &json!("/Tokyo"))
    );
    sim.change(json!({"op": "user.rename", "user": ids[0], "address": "other@example.com"})).await;
    sim.change(json!({"op": "user.move", "user": ids[0], "org_unit": "/Berlin/Sales"})).await;
    sim.change(json!({"op": "user.suspend", "user": ids[0]})).await;
    let after = get().await;
    assert_eq!(
        (&after["primaryEmail"], &after["orgUnitPath"], &after["suspended"]),
        (&json!("other@example.com"), &json!("/Berlin/Sales"), &json!(true))
    );
    // The old address becomes an alias: https://support.google.com/a/answer/182084
    assert_eq!(after["aliases"], json!(["new.person@example.com"]));
    assert_ne!(before["etag"], after["etag"]);
    sim.change(json!({"op": "user.delete", "user": ids[0]})).await;
    let listed = |query: Vec<(&'static str, &'static str)>| {
        let (sim, id) = (&sim, &ids[0]);
        async move { emails(&sim.directory("users", &query).await.json(), "users", "id").contains(id) }
    };
    assert!(!listed(vec![CUSTOMER]).await);
    assert!(listed(vec![CUSTOMER, ("showDeleted", "true")]).await);
}

#[tokio::test]
async fn groups_nest_and_have_members_from_outside() {
    let sim = Sim::with(Options { users: 12, mail_per_user: 0, ..small() }).await;
    let groups = sim.directory("groups", &[CUSTOMER]).await.json();
    assert!(emails(&groups, "groups", "email").contains(&"berlin@example.com".to_owned()));
    assert!(groups["groups"][0]["directMembersCount"].is_string());
    let members = sim.directory("groups/berlin@example.com/members", &[]).await.json();
    let nested: Vec<_> = members["members"]
        .as_array()
        .expect("members")
        .iter()
        .filter(|m| m["type"] == "GROUP")
        .map(|m| m["email"].clone())
        .collect();
    assert_eq!(nested.len(), 2);
    let all = sim
        .directory("groups/berlin@example.com/members", &[("includeDerivedMembership", "true")])
        .await
        .json();
    let all = emails(&all, "members", "email");
    assert!(all.len() > members["members"].as_array().expect("members").len());
    assert!(all.contains(&"contractor@example.net".to_owned()), "{all:?}");
    let empty = sim.directory("groups/alumni@example.com/members", &[]).await.json();
    assert!(empty.get("members").is_none());
    assert_eq!(
        sim.directory("groups/none@example.com/members", &[]).await.reason(),
        (404, "notFound".into())
    );
}

#[tokio::test]
async fn membership_follows_the_admin() {
    let sim = Sim::new().await;
    let group = sim.change(json!({"op": "group.add", "address": "crew@example.com", "name": "Crew"})).await;
    for member in [sim.user(1), "sales@example.com", "friend@example.net"] {
        sim.change(json!({"op": "group.add_member", "group": group[0], "member": member})).await;
    }
    sim.change(
        json!({"op": "group.remove_member", "group": "crew@example.com", "member": "friend@example.net"}),
    )
    .await;
    let members = sim.directory("groups/crew@example.com/members", &[]).await.json();
    let found: BTreeSet<_> = emails(&members, "members", "email").into_iter().collect();
    assert_eq!(found, BTreeSet::from([sim.user(1).to_owned(), "sales@example.com".to_owned()]));
    let of_user = sim.directory("groups", &[("userKey", sim.user(1))]).await.json();
    assert!(emails(&of_user, "groups", "email").contains(&"crew@example.com".to_owned()));
}

/// `orgunits.list` has no paging; `type=all` leaves the root out, `allIncludingParent` does not.
#[tokio::test]
async fn org_units_form_a_tree_three_deep() {
    let sim = Sim::new().await;
    let paths = |kind: &'static str| {
        let sim = &sim;
        async move {
            emails(
                &sim.directory("customer/my_customer/orgunits", &[("type", kind)]).await.json(),
                "organizationUnits",
                "orgUnitPath",
            )
        }
    };
    let all = paths("all").await;
    assert!(all.contains(&"/Berlin/Engineering/Platform".to_owned()) && !all.contains(&"/".to_owned()));
    assert_eq!(paths("allIncludingParent").await.len(), all.len() + 1);
    assert!(paths("children").await.iter().all(|p| p.matches('/').count() == 1));
    let unit = sim.directory("customer/my_customer/orgunits/S%C3%A3o%20Paulo/Support", &[]).await.json();
    assert_eq!((&unit["name"], &unit["parentOrgUnitPath"]), (&json!("Support"), &json!("/São Paulo")));
    sim.change(json!({"op": "org_unit.add", "path": "/Tokyo/Lab"})).await;
    assert!(paths("all").await.contains(&"/Tokyo/Lab".to_owned()));
}

#[tokio::test]
async fn the_customer_and_its_domain_are_told() {
    let sim = Sim::new().await;
    let start = &sim.running.start_line.google;
    let customer = sim.directory("customers/my_customer", &[]).await.json();
    assert_eq!(
        (&customer["id"], &customer["customerDomain"]),
        (&json!(start.customer_id), &json!(start.domain))
    );
    let domains = sim.directory("customer/my_customer/domains", &[]).await.json();
    assert_eq!(
        (&domains["domains"][0]["domainName"], &domains["domains"][0]["isPrimary"]),
        (&json!("example.com"), &json!(true))
    );
}

#[tokio::test]
async fn a_scope_is_needed_for_each_resource() {
    let sim = Sim::new().await;
    let token = sim.token(sim.admin(), USERS).await;
    let got = receive(
        sim.client.get(sim.url("/admin/directory/v1/groups?customer=my_customer")).bearer_auth(token),
    )
    .await;
    assert_eq!(got.reason(), (403, "insufficientPermissions".to_owned()));
    assert_eq!(got.json()["error"]["details"][0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
}
