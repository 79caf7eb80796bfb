//! The sign-in in the browser, which is played by a task of the test.

use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use holdfast_clouds::contract::{Cloud, CloudError, ErrorKind};
use holdfast_clouds::google::{Google, GoogleEndpoints, GoogleSecret, needed_scopes, sign_in};
use holdfast_clouds::http::{HttpOptions, Pacing, Patience, SecretCell, SecretInMemory};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

use super::simulated::Company;

fn options() -> HttpOptions {
    HttpOptions { patience: Patience::tiny(), pacing: Pacing::off(), ..HttpOptions::default() }
}

fn endpoints(company: &Company) -> GoogleEndpoints {
    GoogleEndpoints::from_toml(&std::fs::read_to_string(&company.line.endpoints_file).unwrap()).unwrap()
}

/// What the person does on Google's page.
#[derive(Clone, Copy, PartialEq)]
enum Person {
    Approves,
    Denies,
    /// Somebody else on this computer answers first, and the browser asks for an icon.
    ApprovesAfterOthers,
    ClosesTheWindow,
}

/// One HTTP/1.1 exchange without any redirect followed: status, `Location`, body.
async fn exchange(url: &Url, post: Option<&str>) -> (u16, Option<String>, String) {
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let (method, body) = post.map_or(("GET", ""), |body| ("POST", body));
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        address.0,
        address.1,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let location =
        head.lines().find_map(|line| line.strip_prefix("location: ").or(line.strip_prefix("Location: ")));
    (status, location.map(str::to_owned), body.to_owned())
}

async fn browse(page: Url, person: Person, account: String) {
    let query: std::collections::HashMap<_, _> = page.query_pairs().into_owned().collect();
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["scope"], needed_scopes().join(" "));
    assert!(query["scope"].split(' ').all(|scope| scope.ends_with(".readonly")));
    let redirect = Url::parse(&query["redirect_uri"]).unwrap();
    assert_eq!(redirect.host_str(), Some("127.0.0.1"));
    if person == Person::ClosesTheWindow {
        return;
    }
    assert_eq!(exchange(&page, None).await.0, 200);
    if person == Person::ApprovesAfterOthers {
        let mut visitor = redirect.clone();
        visitor.set_query(Some("code=stolen&state=guessed"));
        assert_eq!(exchange(&visitor, None).await.0, 400);
        visitor.set_query(Some("error=access_denied"));
        assert_eq!(exchange(&visitor, None).await.0, 400);
        assert_eq!(exchange(&redirect.join("favicon.ico").unwrap(), None).await.0, 404);
        // Who connects and says nothing does not block the browser for good; this one leaves at once.
        drop(tokio::net::TcpStream::connect(("127.0.0.1", redirect.port().unwrap())).await.unwrap());
    }
    let decision = if person == Person::Denies { "deny" } else { "approve" };
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query.iter().filter(|(name, _)| *name != "login_hint"))
        .append_pair("login_hint", &account)
        .append_pair("decision", decision)
        .finish();
    let mut target = page.clone();
    target.set_query(None);
    let (status, location, body) = exchange(&target, Some(&form)).await;
    assert_eq!(status, 302, "{body}");
    let (status, _, body) = exchange(&Url::parse(&location.unwrap()).unwrap(), None).await;
    assert_eq!(status, 200);
    assert!(body.contains("close this window"), "{body}");
}

async fn sign_in_as(company: &Company, person: Person, account: &str) -> Result<GoogleSecret, CloudError> {
    let file = std::fs::read(&company.line.google.oauth_client_file).unwrap();
    let (account, timeout) = (
        account.to_owned(),
        Duration::from_millis(if person == Person::ClosesTheWindow { 1 } else { 30_000 }),
    );
    let open = move |page: &Url| {
        tokio::spawn(browse(page.clone(), person, account.clone()));
    };
    sign_in(&file, endpoints(company), None, &open, timeout, &options()).await
}

#[tokio::test]
async fn an_admin_who_signs_in_is_a_connection() {
    for person in [Person::Approves, Person::ApprovesAfterOthers] {
        let company = Company::small().await;
        let secret = sign_in_as(&company, person, &company.line.google.admin).await.unwrap();
        assert_eq!(
            secret.oauth.as_ref().map(|oauth| oauth.account.as_str()),
            Some(company.line.google.admin.as_str())
        );
        let cell = Arc::new(SecretInMemory::new(secret.to_bytes().unwrap()));
        let cloud = Google::open(cell, &options()).await.unwrap();
        assert_eq!(cloud.tenant().await.unwrap().signed_in_as, company.line.google.admin);
        assert!(!cloud.users().try_collect::<Vec<_>>().await.unwrap().is_empty());
        assert!(!cloud.groups().try_collect::<Vec<_>>().await.unwrap().is_empty());
        // Without a service account only the account itself can be read.
        let own = super::mailbox(&company, 0);
        let reach = holdfast_clouds::contract::Reach { address: company.line.google.admin.clone(), ..own };
        cloud.changes(&reach, None).try_collect::<Vec<_>>().await.unwrap();
        let error =
            cloud.changes(&super::mailbox(&company, 1), None).try_collect::<Vec<_>>().await.unwrap_err();
        assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::Forbidden, "noDelegation"));
        assert!(
            cloud
                .check()
                .await
                .iter()
                .all(|check| check.outcome == holdfast_clouds::contract::CheckOutcome::Works)
        );
    }
}

#[tokio::test]
async fn a_person_who_says_no_or_nothing_is_understood() {
    let company = Company::small().await;
    let admin = company.line.google.admin.clone();
    let denied = sign_in_as(&company, Person::Denies, &admin).await.err().unwrap();
    assert_eq!((denied.kind, denied.reason.as_str()), (ErrorKind::Forbidden, "signInDenied"));
    let silent = sign_in_as(&company, Person::ClosesTheWindow, &admin).await.err().unwrap();
    assert_eq!(silent.reason, "signInTimeout");
}

#[tokio::test]
async fn a_revoked_sign_in_asks_to_sign_in_again() {
    let company = Company::small().await;
    let secret = sign_in_as(&company, Person::Approves, &company.line.google.admin).await.unwrap();
    let cell = Arc::new(SecretInMemory::new(secret.to_bytes().unwrap()));
    let cloud = Google::open(cell, &options()).await.unwrap();
    cloud.tenant().await.unwrap();
    company.set(json!({"tokens_revoked": true})).await;
    let error = cloud.tenant().await.unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::SignInAgain, "invalid_grant"));
}

#[tokio::test]
async fn a_stored_refresh_token_is_read_again_at_each_refresh() {
    let company = Company::small().await;
    let admin = company.line.google.admin.clone();
    let old = sign_in_as(&company, Person::Approves, &admin).await.unwrap();
    let cell = Arc::new(SecretInMemory::new(old.to_bytes().unwrap()));
    let cloud = Google::open(cell.clone(), &options()).await.unwrap();
    company.set(json!({"tokens_revoked": true})).await;
    // Another process signed in again and stored the new secret.
    let new = sign_in_as(&company, Person::Approves, &admin).await.unwrap();
    cell.store(&new.to_bytes().unwrap()).await.unwrap();
    cloud.tenant().await.unwrap();
}

#[tokio::test]
async fn bad_client_files_are_refused() {
    let company = Company::small().await;
    let good: Value =
        serde_json::from_slice(&std::fs::read(&company.line.google.oauth_client_file).unwrap()).unwrap();
    let mut planted = good.clone();
    planted["installed"]["token_uri"] = json!("https://evil.example.com/token");
    let mut page = good.clone();
    page["installed"]["auth_uri"] = json!("https://evil.example.com/auth");
    let rows = [
        (planted.to_string(), "evil.example.com"),
        (page.to_string(), "evil.example.com"),
        (json!({"web": good["installed"]}).to_string(), "Desktop app"),
        ("{}".to_owned(), "Desktop app"),
        ("no".to_owned(), "no OAuth client"),
    ];
    for (file, word) in rows {
        let never = |_: &Url| panic!("the browser must not be opened");
        let error =
            sign_in(file.as_bytes(), endpoints(&company), None, &never, Duration::from_secs(1), &options())
                .await;
        let error = error.err().unwrap();
        assert!(error.detail.contains(word), "{word}: {error}");
    }
}
