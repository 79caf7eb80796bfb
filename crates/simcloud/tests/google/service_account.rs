//! Tokens of the service account.
//! <https://developers.google.com/identity/protocols/oauth2/service-account>

use serde_json::{Value, json};

use super::sim::{GMAIL, Sim, USERS, receive};

#[tokio::test]
async fn the_key_file_has_googles_shape_and_names_our_token_endpoint() {
    let sim = Sim::new().await;
    assert_eq!(sim.key["type"], "service_account");
    assert_eq!(sim.key["token_uri"], sim.url("/token"));
    for name in ["project_id", "private_key_id", "client_email", "client_id", "auth_uri"] {
        assert!(sim.key[name].as_str().is_some_and(|v| !v.is_empty()), "{name}");
    }
    assert!(sim.key["private_key"].as_str().expect("a key").starts_with("-----BEGIN PRIVATE KEY-----\n"));
}

#[tokio::test]
async fn a_signed_assertion_with_sub_gets_a_token_for_that_user() {
    let sim = Sim::new().await;
    let got = sim.assert_grant(&sim.claims(sim.user(1), GMAIL)).await;
    let answer = got.json();
    assert_eq!((got.status, &answer["token_type"]), (200, &json!("Bearer")));
    assert!(answer["expires_in"].as_i64().expect("seconds") > 3500);
    let profile = sim.gmail(1, "profile", &[]).await.json();
    assert_eq!(profile["emailAddress"], sim.user(1));
}

#[tokio::test]
async fn bad_assertions_are_refused_as_google_does() {
    let sim = Sim::new().await;
    let good = sim.claims(sim.user(1), GMAIL);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let now = Sim::now();
    for (claims, expected) in [
        (with("aud", json!("https://example.net/token")), (400, "invalid_grant")),
        (with("iss", json!("someone@else.example")), (400, "invalid_grant")),
        (with("sub", json!("nobody@example.com")), (400, "invalid_grant")),
        (with("iat", json!(now + 3000)), (400, "invalid_grant")),
        (with("exp", json!(now - 1000)), (400, "invalid_grant")),
        (with("exp", json!(now + 90_000)), (400, "invalid_grant")),
        (with("scope", json!("")), (400, "invalid_scope")),
        // "Client is unauthorized …": a scope that the domain's admin has not authorised.
        (with("scope", json!("https://mail.google.com/")), (401, "unauthorized_client")),
        (with("scope", json!(format!("{GMAIL} https://mail.google.com/"))), (401, "unauthorized_client")),
    ] {
        let got = sim.assert_grant(&claims).await;
        assert_eq!(got.oauth_error(), (expected.0, expected.1.to_owned()), "{claims}");
    }
}

#[tokio::test]
async fn a_forged_signature_is_refused() {
    let sim = Sim::new().await;
    let signed = sim.sign(&sim.claims(sim.user(1), GMAIL));
    let other = sim.sign(&sim.claims(sim.admin(), GMAIL));
    let (message, _) = signed.rsplit_once('.').expect("three parts");
    let (_, signature) = other.rsplit_once('.').expect("three parts");
    let forged = format!("{message}.{signature}");
    let got = sim.post("/token", &[("grant_type", super::sim::JWT_BEARER), ("assertion", &forged)]).await;
    assert_eq!(got.oauth_error(), (400, "invalid_grant".to_owned()));
    assert_eq!(got.json()["error_description"], "Invalid JWT Signature.");
}

#[tokio::test]
async fn an_alias_is_as_good_as_the_address() {
    let sim = Sim::new().await;
    let users = sim.directory("users", &[("customer", "my_customer")]).await.json();
    let with_alias = users["users"]
        .as_array()
        .expect("users")
        .iter()
        .find(|u| u["aliases"][0].is_string() && u["isAdmin"] == false);
    let alias = with_alias.expect("somebody has an alias")["aliases"][0].as_str().expect("text").to_owned();
    assert_eq!(sim.assert_grant(&sim.claims(&alias, GMAIL)).await.status, 200);
}

#[tokio::test]
async fn delegated_scopes_follow_the_admin() {
    let sim = Sim::new().await;
    sim.set(json!({"delegated_scopes": [USERS]})).await;
    assert_eq!(sim.assert_grant(&sim.claims(sim.user(1), GMAIL)).await.status, 401);
    assert_eq!(sim.assert_grant(&sim.claims(sim.admin(), USERS)).await.status, 200);
}

/// GAM-team/GAM pull request 1171: "The account has been deleted - Recently deleted, still exists".
#[tokio::test]
async fn a_deleted_user_has_no_tokens_any_more() {
    let sim = Sim::new().await;
    let token = sim.token(sim.user(2), GMAIL).await;
    sim.change(json!({"op": "user.delete", "user": sim.user(2)})).await;
    let got = receive(sim.client.get(sim.url("/gmail/v1/users/me/profile")).bearer_auth(token)).await;
    assert_eq!(got.reason(), (401, "authError".to_owned()));
    let got = sim.assert_grant(&sim.claims(sim.user(2), GMAIL)).await;
    assert_eq!(got.json()["error_description"], "The account has been deleted");
}

#[tokio::test]
async fn tokens_expire_by_the_simulated_clock() {
    let sim = Sim::new().await;
    let token = sim.token(sim.user(1), GMAIL).await;
    let profile = || receive(sim.client.get(sim.url("/gmail/v1/users/me/profile")).bearer_auth(&token));
    assert_eq!(profile().await.status, 200);
    sim.set(json!({"clock_skew_seconds": 3700})).await;
    let got = profile().await;
    assert_eq!(got.reason(), (401, "authError".to_owned()));
    assert!(got.header("www-authenticate").contains("invalid_token"));
}

/// The `Date` header tells a client whose clock is wrong; its assertions are out of their time.
#[tokio::test]
async fn a_clock_ten_minutes_off_is_refused() {
    let sim = Sim::new().await;
    for skew in [600, -600] {
        sim.set(json!({"clock_skew_seconds": skew})).await;
        let mut claims = sim.claims(sim.user(1), GMAIL);
        claims["exp"] = json!(Sim::now() + 120);
        let got = sim.assert_grant(&claims).await;
        assert_eq!(got.oauth_error(), (400, "invalid_grant".to_owned()), "{skew}");
        assert!(got.json()["error_description"].as_str().expect("text").contains("reasonable timeframe"));
    }
}

/// <https://developers.google.com/identity/protocols/oauth2/service-account#jwt-auth>
#[tokio::test]
async fn a_self_signed_jwt_speaks_for_the_account_itself_which_has_no_mailbox() {
    let sim = Sim::new().await;
    let account = sim.key["client_email"].clone();
    let now = Sim::now();
    let jwt = sim.sign(&json!({"iss": account, "sub": account, "aud": "https://gmail.googleapis.com/", "iat": now, "exp": now + 3600}));
    let got = receive(sim.client.get(sim.url("/gmail/v1/users/me/profile")).bearer_auth(jwt)).await;
    assert_eq!(got.reason(), (400, "failedPrecondition".to_owned()));
    let impersonating = sim.sign(&json!({"iss": account, "sub": sim.user(1), "aud": "https://gmail.googleapis.com/", "iat": now, "exp": now + 3600}));
    let got = receive(sim.client.get(sim.url("/gmail/v1/users/me/profile")).bearer_auth(impersonating)).await;
    assert_eq!(got.status, 401);
}

#[tokio::test]
async fn tokeninfo_and_revoke_know_what_was_issued() {
    let sim = Sim::new().await;
    let token = sim.token(sim.user(1), GMAIL).await;
    let info = sim.post("/tokeninfo", &[("access_token", &token)]).await.json();
    assert_eq!((&info["scope"], &info["email"]), (&json!(GMAIL), &json!(sim.user(1))));
    assert!(info["expires_in"].is_string());
    assert_eq!(sim.post("/revoke", &[("token", &token)]).await.status, 200);
    assert_eq!(
        sim.post("/tokeninfo", &[("access_token", &token)]).await.oauth_error(),
        (400, "invalid_token".into())
    );
    assert_eq!(sim.post("/revoke", &[("token", &token)]).await.oauth_error(), (400, "invalid_token".into()));
}
