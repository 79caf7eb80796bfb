//! The sign-in of desktop clients: consent page, code with PKCE, refresh, revocation.
//! <https://developers.google.com/identity/protocols/oauth2/native-app>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;

use super::sim::{GMAIL, Got, Sim, receive};

const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-one-0123456789";
const REDIRECT: &str = "http://127.0.0.1:49152/callback";

struct App {
    id: String,
    secret: String,
}

fn app(sim: &Sim) -> App {
    let file = std::fs::read(&sim.running.start_line.google.oauth_client_file).expect("the client file");
    let file: Value = serde_json::from_slice(&file).expect("JSON");
    let text = |name: &str| file["installed"][name].as_str().expect("text").to_owned();
    App { id: text("client_id"), secret: text("client_secret") }
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, VERIFIER.as_bytes()))
}

/// Decides on the consent page; the redirect's parameters.
async fn decide(sim: &Sim, app: &App, more: &[(&str, &str)]) -> Got {
    let challenge = challenge();
    let mut form = vec![
        ("client_id", app.id.as_str()),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", GMAIL),
        ("state", "a state & more"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    form.retain(|(name, _)| !more.iter().any(|(n, _)| n == name));
    form.extend(more);
    sim.post("/o/oauth2/v2/auth", &form).await
}

fn redirected(got: &Got) -> Vec<(String, String)> {
    assert_eq!(got.status, 302, "{}", got.text());
    let url = Url::parse(&got.header("location")).expect("an address");
    assert_eq!((url.host_str(), url.port()), (Some("127.0.0.1"), Some(49152)));
    url.query_pairs().into_owned().collect()
}

fn value(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
}

async fn exchange(sim: &Sim, app: &App, code: &str, verifier: &str) -> Got {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", app.id.as_str()),
        ("client_secret", &app.secret),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", verifier),
    ];
    sim.post("/token", &form).await
}

async fn approved_code(sim: &Sim, app: &App) -> String {
    let got = decide(sim, app, &[("decision", "approve"), ("login_hint", sim.user(1))]).await;
    value(&redirected(&got), "code")
}

async fn refresh(sim: &Sim, app: &App, token: &str) -> Got {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", app.id.as_str()),
        ("client_secret", &app.secret),
        ("refresh_token", token),
    ];
    sim.post("/token", &form).await
}

#[tokio::test]
async fn the_page_lists_the_scopes_and_offers_accounts() {
    let sim = Sim::new().await;
    let app = app(&sim);
    let query = [
        ("client_id", app.id.as_str()),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", GMAIL),
        ("login_hint", sim.user(1)),
    ];
    let got = receive(sim.client.get(sim.url("/o/oauth2/v2/auth")).query(&query)).await;
    let page = got.text();
    assert!(got.header("content-type").starts_with("text/html"));
    assert!(
        page.contains(GMAIL) && page.contains("<form method=\"post\"") && page.contains("value=\"approve\"")
    );
    assert!(page.contains(&format!("<option value=\"{}\" selected>", sim.user(1))), "{page}");
}

#[tokio::test]
async fn an_approved_code_becomes_tokens_for_the_chosen_user_once() {
    let sim = Sim::new().await;
    let app = app(&sim);
    let got = decide(&sim, &app, &[("decision", "approve"), ("login_hint", sim.user(1))]).await;
    let pairs = redirected(&got);
    assert_eq!(value(&pairs, "state"), "a state & more");
    let code = value(&pairs, "code");
    let tokens = exchange(&sim, &app, &code, VERIFIER).await.json();
    let access = tokens["access_token"].as_str().expect("an access token");
    assert!(tokens["refresh_token"].is_string());
    let profile =
        receive(sim.client.get(sim.url("/gmail/v1/users/me/profile")).bearer_auth(access)).await.json();
    assert_eq!(profile["emailAddress"], sim.user(1));
    assert_eq!(exchange(&sim, &app, &code, VERIFIER).await.oauth_error(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn a_wrong_verifier_is_an_invalid_grant_and_spends_the_code() {
    let sim = Sim::new().await;
    let app = app(&sim);
    let code = approved_code(&sim, &app).await;
    assert_eq!(exchange(&sim, &app, &code, "wrong").await.oauth_error(), (400, "invalid_grant".into()));
    assert_eq!(exchange(&sim, &app, &code, VERIFIER).await.oauth_error(), (400, "invalid_grant".into()));
}

/// "Desktop clients send client_secret even with PKCE."
#[tokio::test]
async fn the_client_must_be_known_and_send_its_secret() {
    let sim = Sim::new().await;
    let app = app(&sim);
    let code = approved_code(&sim, &app).await;
    let form = |id: &str, secret: Option<&str>| {
        let mut form =
            vec![("grant_type".to_owned(), "authorization_code".to_owned()), ("client_id".into(), id.into())];
        form.extend([
            ("code".into(), code.clone()),
            ("redirect_uri".into(), REDIRECT.into()),
            ("code_verifier".into(), VERIFIER.into()),
        ]);
        form.extend(secret.map(|s| ("client_secret".to_owned(), s.to_owned())));
        form
    };
    for (form, expected) in [
        (form("nobody", Some(&app.secret)), (401, "invalid_client")),
        (form(&app.id, Some("wrong")), (401, "invalid_client")),
        (form(&app.id, None), (400, "invalid_request")),
    ] {
        let got = receive(sim.client.post(sim.url("/token")).form(&form)).await;
        assert_eq!(got.oauth_error(), (expected.0, expected.1.to_owned()));
    }
}

#[tokio::test]
async fn a_denial_goes_back_with_its_state() {
    let sim = Sim::new().await;
    let app = app(&sim);
    let pairs = redirected(&decide(&sim, &app, &[("decision", "deny")]).await);
    assert_eq!(
        (value(&pairs, "error"), value(&pairs, "state")),
        ("access_denied".into(), "a state & more".into())
    );
}

#[tokio::test]
async fn redirects_go_to_loopback_only() {
    let sim = Sim::new().await;
    let app = app(&sim);
    for target in [
        "https://example.net/callback",
        "http://192.0.2.1:80/",
        "https://127.0.0.1:1/",
        "http://127.0.0.1.example.net/",
        "nonsense",
    ] {
        let got = decide(&sim, &app, &[("decision", "approve"), ("redirect_uri", target)]).await;
        assert_eq!((got.status, got.header("location")), (400, String::new()), "{target}");
    }
    let got = decide(&sim, &app, &[("decision", "approve"), ("redirect_uri", "http://[::1]:8080/")]).await;
    assert!(got.header("location").starts_with("http://[::1]:8080/?"));
}

#[tokio::test]
async fn a_refresh_token_works_until_it_is_revoked() {
    let sim = Sim::new().await;
    let app = app(&sim);
    let tokens = exchange(&sim, &app, &approved_code(&sim, &app).await, VERIFIER).await.json();
    let token = tokens["refresh_token"].as_str().expect("a refresh token");
    let first = refresh(&sim, &app, token).await.json();
    assert_eq!(refresh(&sim, &app, token).await.status, 200);
    let access = first["access_token"].as_str().expect("an access token");
    assert_eq!(sim.post("/revoke", &[("token", token)]).await.status, 200);
    assert_eq!(refresh(&sim, &app, token).await.oauth_error(), (400, "invalid_grant".into()));
    // What came from it is gone too.
    let got = receive(sim.client.get(sim.url("/gmail/v1/users/me/profile")).bearer_auth(access)).await;
    assert_eq!(got.status, 401);
}

/// <https://developers.google.com/identity/protocols/oauth2#expiration>
#[tokio::test]
async fn refresh_tokens_of_an_app_in_testing_die_after_seven_days() {
    let sim = Sim::new().await;
    let app = app(&sim);
    let tokens = exchange(&sim, &app, &approved_code(&sim, &app).await, VERIFIER).await.json();
    let token = tokens["refresh_token"].as_str().expect("a refresh token");
    sim.set(json!({"clock_skew_seconds": 8 * 86_400})).await;
    assert_eq!(refresh(&sim, &app, token).await.status, 200);
    sim.set(json!({"oauth_testing": true})).await;
    assert_eq!(refresh(&sim, &app, token).await.oauth_error(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn control_can_revoke_everything_a_user_holds() {
    let sim = Sim::new().await;
    let app = app(&sim);
    let tokens = exchange(&sim, &app, &approved_code(&sim, &app).await, VERIFIER).await.json();
    sim.set(json!({"tokens_revoked": sim.user(1)})).await;
    let token = tokens["refresh_token"].as_str().expect("a refresh token");
    assert_eq!(refresh(&sim, &app, token).await.oauth_error(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn openid_scopes_tell_who_signed_in() {
    let sim = Sim::new().await;
    let app = app(&sim);
    let scope = format!("openid email {GMAIL}");
    let got =
        decide(&sim, &app, &[("decision", "approve"), ("login_hint", sim.user(1)), ("scope", &scope)]).await;
    let tokens = exchange(&sim, &app, &value(&redirected(&got), "code"), VERIFIER).await.json();
    let claims = tokens["id_token"].as_str().and_then(|t| t.split('.').nth(1)).expect("an id token");
    let claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64url")).expect("JSON");
    assert_eq!((&claims["email"], &claims["hd"]), (&json!(sim.user(1)), &json!("example.com")));
    let access = tokens["access_token"].as_str().expect("an access token");
    let info = receive(sim.client.get(sim.url("/oauth2/v3/userinfo")).bearer_auth(access)).await.json();
    assert_eq!(info["email"], sim.user(1));
}
