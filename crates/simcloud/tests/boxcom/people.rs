//! Users, groups, memberships, As-User.

use std::collections::BTreeSet;

use serde_json::json;
use simcloud::Options;

use super::sim::{Sim, entries, small, text};

/// <https://developer.box.com/reference/get-users>, <https://developer.box.com/reference/resources/user>
#[tokio::test]
async fn users_are_listed_by_offset_and_by_marker_in_all_states() {
    let sim = Sim::new().await;
    let page = sim.get("users", &[("limit", "5"), ("offset", "10")]).await.json();
    assert_eq!((&page["total_count"], entries(&page).len()), (&json!(12), 2));
    let (mut found, mut states, mut marker) = (BTreeSet::new(), BTreeSet::new(), String::new());
    loop {
        let query = [("usemarker", "true"), ("limit", "5"), ("marker", marker.as_str())];
        let page = sim.get("users", &query).await.json();
        assert!(page.get("total_count").is_none(), "{page}");
        for user in entries(&page) {
            states.insert(text(&user["status"]));
            assert!(found.insert(text(&user["id"])));
        }
        match page["next_marker"].as_str() {
            Some(next) => marker = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(found, (0..12).map(|n| sim.id(n)).collect());
    let all = ["active", "cannot_delete_edit", "cannot_delete_edit_upload", "inactive"];
    assert_eq!(states, all.iter().map(|s| (*s).to_owned()).collect());
    assert_eq!(sim.get("users", &[("usemarker", "true"), ("marker", "forged")]).await.status, 400);
    assert_eq!(sim.get("users", &[("offset", "10001")]).await.status, 400);
}

/// <https://developer.box.com/guides/api-calls/request-extra-fields>
#[tokio::test]
async fn fields_choose_what_is_said() {
    let sim = Sim::new().await;
    let user = sim.get(&format!("users/{}", sim.id(1)), &[("fields", "role,enterprise")]).await.json();
    assert_eq!(user["role"], "coadmin");
    assert_eq!(user.as_object().map(serde_json::Map::len), Some(4), "{user}");
    assert!(sim.get(&format!("users/{}", sim.id(1)), &[]).await.json().get("role").is_none());
    assert_eq!(sim.get("users/17", &[]).await.code(), (404, "not_found".to_owned()));
}

/// <https://developer.box.com/guides/authentication/jwt/as-user>
#[tokio::test]
async fn only_admins_act_as_others() {
    let sim = Sim::new().await;
    assert_eq!(text(&sim.user(5, "users/me", &[]).await.json()["id"]), sim.id(5));
    assert_eq!(sim.get_as(Some("17"), "users/me", &[]).await.status, 403);
    let token = sim.token_of("user", &sim.id(2)).await;
    let request = sim.client.get(sim.url("/2.0/users/me")).bearer_auth(&token).header("As-User", sim.id(3));
    assert_eq!(sim.send(request).await.status, 403);
    let users = sim.client.get(sim.url("/2.0/users")).bearer_auth(&token);
    assert_eq!(sim.send(users).await.status, 403, "users do not list users");
}

/// <https://developer.box.com/reference/get-groups>, <https://developer.box.com/reference/get-groups-id-memberships>
#[tokio::test]
async fn groups_and_memberships_agree_from_both_sides() {
    let sim = Sim::new().await;
    let groups = sim.get("groups", &[]).await;
    assert_eq!(groups.ids().len(), sim.running.start_line.boxcom.groups.len());
    let mut memberships = BTreeSet::new();
    for id in groups.ids() {
        assert_eq!(sim.get(&format!("groups/{id}"), &[]).await.status, 200);
        memberships.extend(sim.get(&format!("groups/{id}/memberships"), &[]).await.ids());
    }
    let mut of_users = BTreeSet::new();
    for number in 0..12 {
        of_users.extend(sim.get(&format!("users/{}/memberships", sim.id(number)), &[]).await.ids());
    }
    assert!(!memberships.is_empty());
    assert_eq!(memberships, of_users);
    let one = memberships.iter().next().expect("a membership");
    assert_eq!(sim.get(&format!("group_memberships/{one}"), &[]).await.status, 200);
    assert_eq!(sim.get("groups/1/memberships", &[]).await.status, 404);
}

/// The scopes of an application: <https://developer.box.com/guides/api-calls/permissions-and-errors/scopes>
#[tokio::test]
async fn a_missing_scope_is_said() {
    let sim = Sim::new().await;
    sim.set(json!({"scopes": ["root_readonly"]})).await;
    let got = sim.get("users", &[]).await;
    assert_eq!(got.code(), (403, "insufficient_scope".to_owned()));
    assert!(got.header("www-authenticate").contains("insufficient_scope"));
    assert_eq!(sim.get("folders/0", &[]).await.status, 200);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_enterprise() {
    let (one, two) = (Sim::new().await, Sim::new().await);
    let other = Sim::with(Options { seed: 2, ..small() }).await;
    assert_eq!(one.truth(1).await, two.truth(1).await);
    assert_ne!(one.id(1), other.id(1));
}
