//! Signing in. <https://developer.box.com/guides/authentication>

use serde_json::json;

use super::sim::{Sim, text};

const DAY: i64 = 24 * 3600;

/// Goes through the consent page; the code, or what came instead.
async fn consent(sim: &Sim, decision: &str) -> Vec<(String, String)> {
    let redirect = text(&sim.app["redirectURIs"][0]);
    let client = text(&sim.app["boxAppSettings"]["clientID"]);
    let form = [
        ("client_id", client.as_str()),
        ("redirect_uri", redirect.as_str()),
        ("response_type", "code"),
        ("state", "x y"),
    ];
    let page = sim.send(sim.client.get(sim.url("/api/oauth2/authorize")).query(&form)).await;
    assert_eq!(page.status, 200);
    assert!(String::from_utf8_lossy(page.bytes()).contains("Grant access to Box"));
    let mut form = form.to_vec();
    form.push(("decision", decision));
    let got = sim.send(sim.client.post(sim.url("/api/oauth2/authorize")).form(&form)).await;
    assert_eq!(got.status, 302);
    let target = url::Url::parse(&got.header("location")).expect("a redirect");
    assert!(target.as_str().starts_with(&redirect));
    target.query_pairs().into_owned().collect()
}

/// <https://developer.box.com/guides/authentication/oauth2/without-sdk>
#[tokio::test]
async fn a_person_signs_in_and_a_refresh_token_works_once() {
    let sim = Sim::new().await;
    let answer = consent(&sim, "approve").await;
    assert_eq!(answer[0], ("state".to_owned(), "x y".to_owned()));
    let exchange = [("grant_type", "authorization_code"), ("code", answer[1].1.as_str())];
    let pair = sim.grant(&exchange).await.json();
    assert_eq!((&pair["token_type"], &pair["expires_in"]), (&json!("bearer"), &json!(3600)));
    assert_eq!(sim.grant(&exchange).await.json()["error"], "invalid_grant", "a code works once");
    let me = sim.client.get(sim.url("/2.0/users/me")).bearer_auth(text(&pair["access_token"]));
    assert_eq!(sim.send(me).await.json()["login"], sim.running.start_line.boxcom.admin);

    let old = text(&pair["refresh_token"]);
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", old.as_str())];
    let next = sim.grant(&refresh).await.json();
    assert_ne!(next["refresh_token"], pair["refresh_token"]);
    let spent = sim.grant(&refresh).await;
    assert_eq!((spent.status, &spent.json()["error"]), (400, &json!("invalid_grant")));
    let again = text(&next["refresh_token"]);
    assert_eq!(sim.grant(&[("grant_type", "refresh_token"), ("refresh_token", &again)]).await.status, 200);
}

/// <https://developer.box.com/guides/authentication/tokens/refresh>
#[tokio::test]
async fn a_refresh_token_dies_after_sixty_days() {
    let sim = Sim::new().await;
    for (days, status) in [(59, 200), (60, 400)] {
        let answer = consent(&sim, "approve").await;
        let pair = sim.grant(&[("grant_type", "authorization_code"), ("code", &answer[1].1)]).await.json();
        sim.running.world().clock.set_shift_seconds(days * DAY + 60);
        let refresh = text(&pair["refresh_token"]);
        let got = sim.grant(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await;
        assert_eq!(got.status, status, "{days} days");
        sim.running.world().clock.set_shift_seconds(0);
    }
}

#[tokio::test]
async fn who_declines_or_comes_from_elsewhere_gets_no_code() {
    let sim = Sim::new().await;
    assert!(consent(&sim, "deny").await.contains(&("error".to_owned(), "access_denied".to_owned())));
    let client = text(&sim.app["boxAppSettings"]["clientID"]);
    let form =
        [("client_id", client.as_str()), ("redirect_uri", "http://127.0.0.1:1/"), ("response_type", "code")];
    let page = sim.send(sim.client.get(sim.url("/api/oauth2/authorize")).query(&form)).await;
    assert_eq!(page.status, 400, "redirects are registered");
}

/// <https://developer.box.com/guides/authentication/client-credentials>
#[tokio::test]
async fn client_credentials_speak_for_the_enterprise_or_for_a_user() {
    let sim = Sim::new().await;
    let me = sim.get("users/me", &[]).await.json();
    assert!(text(&me["login"]).ends_with("@boxdevedition.com"), "{me}");
    let token = sim.token_of("user", &sim.id(2)).await;
    let me = sim.send(sim.client.get(sim.url("/2.0/users/me")).bearer_auth(token)).await.json();
    assert_eq!(text(&me["id"]), sim.id(2));
    for (kind, id) in [("user", "1"), ("enterprise", "1"), ("user", &sim.id(7))] {
        let form = [("grant_type", "client_credentials"), ("box_subject_type", kind), ("box_subject_id", id)];
        assert_eq!(sim.grant(&form).await.json()["error"], "invalid_grant", "{kind} {id}");
    }
    sim.set(json!({"authorized": false})).await;
    let form =
        [("grant_type", "client_credentials"), ("box_subject_type", "user"), ("box_subject_id", &sim.id(2))];
    assert_eq!(sim.grant(&form).await.json()["error"], "unauthorized_client");
}

/// <https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors>
#[tokio::test]
async fn a_bad_token_is_refused_with_a_challenge() {
    let sim = Sim::new().await;
    let get = |token: &str| sim.client.get(sim.url("/2.0/users/me")).bearer_auth(token);
    let got = sim.send(get("no such token")).await;
    assert_eq!(got.status, 401);
    assert!(got.header("www-authenticate").contains("error=\"invalid_token\""));
    let token = sim.service().await;
    assert_eq!(sim.send(get(&token)).await.status, 200);
    sim.running.world().clock.set_shift_seconds(3700);
    assert_eq!(sim.send(get(&token)).await.status, 401, "access tokens live an hour");
}

/// <https://developer.box.com/guides/authentication/tokens/revoke>
#[tokio::test]
async fn a_revoked_token_takes_its_pair_along() {
    let sim = Sim::new().await;
    let answer = consent(&sim, "approve").await;
    let pair = sim.grant(&[("grant_type", "authorization_code"), ("code", &answer[1].1)]).await.json();
    let app = &sim.app["boxAppSettings"];
    let form = [
        ("client_id", text(&app["clientID"])),
        ("client_secret", text(&app["clientSecret"])),
        ("token", text(&pair["access_token"])),
    ];
    assert_eq!(sim.send(sim.client.post(sim.url("/oauth2/revoke")).form(&form)).await.status, 200);
    let refresh = text(&pair["refresh_token"]);
    assert_eq!(sim.grant(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await.status, 400);
}
