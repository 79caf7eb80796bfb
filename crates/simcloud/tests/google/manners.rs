//! What all of Google's APIs do alike.
//! <https://developers.google.com/workspace/gmail/api/guides/performance>

use std::io::Read as _;

use serde_json::json;

use super::sim::{GMAIL, Sim, receive};

#[tokio::test]
async fn errors_have_googles_shape() {
    let sim = Sim::new().await;
    let error = sim.gmail(1, "messages/19b75afdf3a90b8f", &[]).await.json()["error"].clone();
    assert_eq!((&error["code"], &error["status"]), (&json!(404), &json!("NOT_FOUND")));
    assert_eq!(
        (&error["errors"][0]["reason"], &error["errors"][0]["domain"]),
        (&json!("notFound"), &json!("global"))
    );
    assert_eq!(error["message"], "Requested entity was not found.");
}

#[tokio::test]
async fn credentials_are_needed_and_must_be_good() {
    let sim = Sim::new().await;
    let url = sim.url("/gmail/v1/users/me/profile");
    let got = receive(sim.client.get(&url)).await;
    assert_eq!(got.reason(), (401, "required".to_owned()));
    for header in ["Bearer nonsense", "Basic Zm9vOmJhcg==", "Bearer a.b.c"] {
        let got = receive(sim.client.get(&url).header("authorization", header)).await;
        assert_eq!(got.reason(), (401, "authError".to_owned()), "{header}");
        assert_eq!(got.json()["error"]["status"], "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn unknown_parameters_and_fields_that_make_no_sense_are_refused() {
    let sim = Sim::new().await;
    let got = sim.gmail(1, "messages", &[("pageSize", "10")]).await;
    assert_eq!(got.status, 400);
    assert!(got.json()["error"]["message"].as_str().expect("text").contains("Unknown name \"pageSize\""));
    for fields in ["messages(id", "a,,b", "messages)", "/id"] {
        assert_eq!(
            sim.gmail(1, "messages", &[("fields", fields)]).await.reason(),
            (400, "invalidParameter".into()),
            "{fields}"
        );
    }
}

#[tokio::test]
async fn fields_selects_what_is_answered() {
    let sim = Sim::new().await;
    let page = sim
        .gmail(1, "messages", &[("fields", "nextPageToken,messages/id"), ("maxResults", "2")])
        .await
        .json();
    let message = page["messages"][0].as_object().expect("a message");
    assert_eq!(message.keys().collect::<Vec<_>>(), ["id"]);
    assert!(page.get("resultSizeEstimate").is_none() && page["nextPageToken"].is_string());
    let id = message["id"].as_str().expect("an id");
    let raw =
        sim.gmail(1, &format!("messages/{id}"), &[("format", "raw"), ("fields", "id,raw")]).await.json();
    assert_eq!(raw.as_object().expect("a message").keys().collect::<Vec<_>>(), ["id", "raw"]);
    let labels = sim
        .gmail(1, &format!("messages/{id}"), &[("format", "raw"), ("fields", "labelIds,threadId")])
        .await
        .json();
    assert!(labels.get("raw").is_none());
}

/// "Set an Accept-Encoding header, and modify your user agent to contain the string gzip."
#[tokio::test]
async fn gzip_comes_when_the_user_agent_says_so_too() {
    let sim = Sim::new().await;
    let plain = sim.gmail(1, "messages", &[]).await;
    for (agent, is_zipped) in [("backup", false), ("backup (gzip)", true)] {
        let headers = [("accept-encoding", "gzip"), ("user-agent", agent)];
        let got = sim.fetch(sim.user(1), "/gmail/v1/users/me/messages", &[], &headers).await;
        assert_eq!(got.header("content-encoding") == "gzip", is_zipped, "{agent}");
        let mut body = Vec::new();
        if is_zipped {
            flate2::read::GzDecoder::new(got.bytes()).read_to_end(&mut body).expect("gzip");
        } else {
            body = got.bytes().to_vec();
        }
        assert_eq!(body, plain.bytes(), "{agent}");
    }
}

#[tokio::test]
async fn an_unchanged_resource_answers_304_to_its_etag() {
    let sim = Sim::new().await;
    let path = format!("/admin/directory/v1/users/{}", sim.user(1));
    let first = sim.get(sim.admin(), &path, &[]).await;
    let etag = first.header("etag");
    assert_eq!(first.json()["etag"], etag);
    let again = sim.fetch(sim.admin(), &path, &[], &[("if-none-match", &etag)]).await;
    assert_eq!((again.status, again.bytes().len()), (304, 0));
    sim.change(json!({"op": "user.archive", "user": sim.user(1)})).await;
    let changed = sim.fetch(sim.admin(), &path, &[], &[("if-none-match", &etag)]).await;
    assert_eq!(changed.status, 200);
}

#[tokio::test]
async fn page_tokens_are_opaque_and_belong_to_their_listing() {
    let sim = Sim::new().await;
    let page = sim.gmail(1, "messages", &[("maxResults", "3")]).await.json();
    let token = page["nextPageToken"].as_str().expect("more pages").to_owned();
    let status = |query: Vec<(&'static str, String)>, user: usize| {
        let sim = &sim;
        async move {
            let query: Vec<(&str, &str)> = query.iter().map(|(n, v)| (*n, v.as_str())).collect();
            sim.gmail(user, "messages", &query).await.status
        }
    };
    assert_eq!(status(vec![("pageToken", token.clone())], 1).await, 200);
    assert_eq!(status(vec![("pageToken", token.clone()), ("maxResults", "9".into())], 1).await, 200);
    assert_eq!(status(vec![("pageToken", token.clone()), ("labelIds", "INBOX".into())], 1).await, 400);
    assert_eq!(status(vec![("pageToken", token.clone())], 2).await, 400);
    assert_eq!(status(vec![("pageToken", format!("{token}A"))], 1).await, 400);
    assert_eq!(status(vec![("pageToken", "2".into())], 1).await, 400);
}

/// <https://cloud.google.com/apis/docs/troubleshooting>
#[tokio::test]
async fn an_api_that_is_not_enabled_says_so() {
    let sim = Sim::new().await;
    sim.set(json!({"apis_off": ["gmail"]})).await;
    let got = sim.gmail(1, "profile", &[]).await;
    assert_eq!(got.reason(), (403, "accessNotConfigured".to_owned()));
    let details = got.json()["error"]["details"].clone();
    assert!(details.as_array().expect("details").iter().any(|d| d["reason"] == "SERVICE_DISABLED"));
    assert_eq!(sim.directory("users", &[("customer", "my_customer")]).await.status, 200);
    sim.set(json!({"apis_off": []})).await;
    assert_eq!(sim.gmail(1, "profile", &[]).await.status, 200);
}

#[tokio::test]
async fn hosts_serve_their_own_apis_only() {
    let sim = Sim::new().await;
    let token = sim.token(sim.user(1), GMAIL).await;
    for (host, status) in [
        ("gmail.googleapis.com", 200),
        ("www.googleapis.com", 200),
        ("admin.googleapis.com", 404),
        ("oauth2.googleapis.com", 404),
        ("docs.google.com", 404),
    ] {
        let request =
            sim.client.get(sim.url("/gmail/v1/users/me/profile")).bearer_auth(&token).header("host", host);
        assert_eq!(receive(request).await.status, status, "{host}");
    }
}

#[tokio::test]
async fn endpoints_toml_names_every_api() {
    let sim = Sim::new().await;
    let file = std::fs::read_to_string(&sim.running.start_line.endpoints_file).expect("the file");
    let table: toml::Table = file.parse().expect("TOML");
    let google = table["google"].as_table().expect("a table");
    for name in ["accounts", "oauth2", "admin", "gmail", "drive", "docs", "people", "calendar", "tasks"] {
        assert_eq!(google[name].as_str(), Some(sim.running.start_line.address.as_str()), "{name}");
    }
}
