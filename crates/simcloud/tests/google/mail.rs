//! Listing and reading mail.
//! <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use simcloud::Options;

use super::sim::{Sim, receive, small};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[tokio::test]
async fn everything_that_is_listed_reads_as_the_truth_says() {
    let sim = Sim::new().await;
    for user in [1, 2] {
        let truth = sim.truth(&format!("user={}&service=gmail&hashes=1", sim.user(user))).await;
        let listed = sim.all_ids(user, &[("includeSpamTrash", "true"), ("maxResults", "7")]).await;
        assert_eq!(
            listed,
            truth.iter().map(|t| t["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
        );
        assert_eq!(listed.len(), 40);
        for line in truth {
            let id = line["id"].as_str().expect("an id");
            let got = sim.gmail(user, &format!("messages/{id}"), &[("format", "raw")]).await.json();
            let raw = URL_SAFE.decode(got["raw"].as_str().expect("raw")).expect("base64url");
            assert_eq!(
                (hex(&Sha256::digest(&raw)), json!(raw.len())),
                (line["sha256"].as_str().expect("a hash").to_owned(), line["size"].clone())
            );
            assert_eq!(
                got["labelIds"].as_array().cloned().unwrap_or_default(),
                *line["labels"].as_array().expect("labels")
            );
            assert_eq!((&got["threadId"], &got["sizeEstimate"]), (&line["thread"], &json!(raw.len())));
        }
    }
}

/// "`maxResults`: the maximum allowed value is 500": a larger one is clamped, not refused.
#[tokio::test]
async fn pages_have_100_entries_or_at_most_500() {
    let sim =
        Sim::with(Options { mail_per_user: 1200, mail_bytes: simcloud::MailBytes::Tiny, ..small() }).await;
    for (wanted, expected) in
        [(None, 100), (Some("500"), 500), (Some("501"), 500), (Some("100000"), 500), (Some("1"), 1)]
    {
        let query: Vec<_> =
            wanted.iter().map(|w| ("maxResults", *w)).chain([("includeSpamTrash", "true")]).collect();
        let page = sim.gmail(2, "messages", &query).await.json();
        assert_eq!(page["messages"].as_array().expect("messages").len(), expected, "{wanted:?}");
        assert!(page["resultSizeEstimate"].as_u64().expect("a number") >= expected as u64);
    }
    assert_eq!(sim.gmail(2, "messages", &[("maxResults", "-1")]).await.status, 400);
}

#[tokio::test]
async fn mail_comes_newest_first_and_ids_are_16_hex_digits() {
    let sim = Sim::new().await;
    sim.change(json!({"op": "mail.add", "user": sim.user(2), "received": "2025-03-01T00:00:00Z"})).await;
    let newest = sim.change(json!({"op": "mail.add", "user": sim.user(2)})).await;
    let truth = sim.truth(&format!("user={}&service=gmail", sim.user(2))).await;
    let times: Vec<&str> = truth.iter().map(|t| t["time"].as_str().expect("a time")).collect();
    assert!(times.iter().rev().is_sorted());
    let ids = sim.all_ids(2, &[("includeSpamTrash", "true")]).await;
    assert_eq!((ids.len(), &ids[0]), (42, &newest[0]));
    assert!(ids.iter().all(|id| id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit())));
}

#[tokio::test]
async fn spam_and_trash_are_listed_when_asked_for() {
    let sim =
        Sim::with(Options { mail_per_user: 200, mail_bytes: simcloud::MailBytes::Tiny, ..small() }).await;
    let truth = sim.truth(&format!("user={}&service=gmail", sim.user(2))).await;
    let has =
        |line: &Value, label: &str| line["labels"].as_array().expect("labels").iter().any(|l| l == label);
    let hidden = truth.iter().filter(|t| has(t, "SPAM") || has(t, "TRASH")).count();
    assert!(hidden > 0);
    assert_eq!(sim.all_ids(2, &[]).await.len(), 200 - hidden);
    assert_eq!(sim.all_ids(2, &[("q", "in:anywhere")]).await.len(), 200);
    let spam = truth.iter().filter(|t| has(t, "SPAM")).count();
    assert_eq!(sim.all_ids(2, &[("labelIds", "SPAM")]).await.len(), spam);
    let unread = truth.iter().filter(|t| has(t, "UNREAD") && has(t, "INBOX")).count();
    assert_eq!(sim.all_ids(2, &[("labelIds", "UNREAD"), ("labelIds", "INBOX")]).await.len(), unread);
    assert_eq!(sim.gmail(2, "messages", &[("labelIds", "NO_SUCH")]).await.status, 400);
}

#[tokio::test]
async fn labels_have_counts_that_add_up() {
    let sim = Sim::new().await;
    let labels = sim.gmail(1, "labels", &[]).await.json();
    let truth = sim.truth(&format!("user={}&service=gmail", sim.user(1))).await;
    let mut own = 0;
    for label in labels["labels"].as_array().expect("labels") {
        let id = label["id"].as_str().expect("an id");
        own += usize::from(label["type"] == "user");
        let with: Vec<&Value> = truth
            .iter()
            .filter(|t| t["labels"].as_array().expect("labels").iter().any(|l| l == id))
            .collect();
        let got = sim.gmail(1, &format!("labels/{id}"), &[]).await.json();
        assert_eq!(got["messagesTotal"], with.len(), "{id}");
        let threads: std::collections::BTreeSet<_> = with.iter().map(|t| t["thread"].as_str()).collect();
        assert_eq!(got["threadsTotal"], threads.len(), "{id}");
    }
    assert!(own >= 3);
    assert_eq!(sim.gmail(1, "labels/Label_99", &[]).await.status, 404);
}

#[tokio::test]
async fn the_profile_counts_everything() {
    let sim = Sim::with(Options { mail_per_user: 43, ..small() }).await;
    for changes in [0, 200] {
        sim.control(
            reqwest::Method::POST,
            "churn",
            Some(json!({"user": sim.user(1), "changes": changes, "service": "gmail"})),
        )
        .await;
        let profile = sim.gmail(1, "profile", &[]).await.json();
        assert!(profile["historyId"].as_str().expect("a string").parse::<u64>().is_ok());
        let truth = sim.truth(&format!("user={}&service=gmail", sim.user(1))).await;
        assert_eq!(profile["messagesTotal"], truth.len());
        let threads: std::collections::BTreeSet<_> = truth.iter().map(|t| t["thread"].as_str()).collect();
        assert_eq!(profile["threadsTotal"], threads.len());
    }
}

#[tokio::test]
async fn formats_show_more_or_less_of_a_message() {
    let sim = Sim::new().await;
    let raw = b"From: a@example.net\r\nTo: b@example.com\r\nSubject: =?UTF-8?B?R3LDvMOfZQ==?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nHello <world>\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--x--\r\n";
    let encoded = base64::engine::general_purpose::STANDARD.encode(raw);
    let id = &sim.change(json!({"op": "mail.add", "user": sim.user(1), "raw_base64": encoded})).await[0];
    assert_eq!(sim.raw(1, id).await, raw);
    let path = format!("messages/{id}");
    let minimal = sim.gmail(1, &path, &[("format", "minimal")]).await.json();
    assert!(minimal.get("payload").is_none() && minimal.get("raw").is_none());
    assert_eq!(
        (&minimal["snippet"], &minimal["sizeEstimate"]),
        (&json!("Hello &lt;world&gt;"), &json!(raw.len()))
    );
    assert!(minimal["internalDate"].is_string() && minimal["historyId"].is_string());
    let metadata =
        sim.gmail(1, &path, &[("format", "metadata"), ("metadataHeaders", "subject")]).await.json();
    assert_eq!(metadata["payload"]["headers"], json!([{"name": "Subject", "value": "Grüße"}]));
    let full = sim.gmail(1, &path, &[]).await.json();
    let parts = &full["payload"]["parts"];
    assert_eq!(
        (&parts[0]["partId"], &parts[0]["body"]["data"]),
        (&json!("0"), &json!(URL_SAFE.encode("Hello <world>")))
    );
    assert_eq!((&parts[1]["filename"], &parts[1]["body"]["size"]), (&json!("a.pdf"), &json!(5)));
    // The id of an attachment differs between two reads: google_workspace_mcp pull request 237.
    let again = sim.gmail(1, &path, &[]).await.json();
    let ids = [&parts[1]["body"]["attachmentId"], &again["payload"]["parts"][1]["body"]["attachmentId"]]
        .map(|id| id.as_str().expect("an id").to_owned());
    assert_ne!(ids[0], ids[1]);
    for attachment in ids {
        let got = sim.gmail(1, &format!("{path}/attachments/{attachment}"), &[]).await.json();
        assert_eq!((&got["size"], &got["data"]), (&json!(5), &json!(URL_SAFE.encode("hello"))));
    }
    assert_eq!(sim.gmail(1, &format!("{path}/attachments/ANGjdJabc"), &[]).await.status, 400);
    assert_eq!(sim.gmail(1, &path, &[("format", "pretty")]).await.status, 400);
}

#[tokio::test]
async fn ids_that_are_none_are_refused_and_unknown_ones_not_found() {
    let sim = Sim::new().await;
    assert_eq!(sim.gmail(1, "messages/not-an-id", &[]).await.reason(), (400, "invalidArgument".into()));
    assert_eq!(sim.gmail(1, "messages/0000000000000001", &[]).await.reason(), (404, "notFound".into()));
}

#[tokio::test]
async fn a_mailbox_is_its_owners_alone() {
    let sim = Sim::new().await;
    let path = |user: &str| format!("/gmail/v1/users/{user}/profile");
    assert_eq!(sim.get(sim.user(1), &path(sim.user(1)), &[]).await.status, 200);
    let got = sim.get(sim.admin(), &path(sim.user(1)), &[]).await;
    assert_eq!(got.reason(), (403, "forbidden".into()));
    assert!(got.json()["error"]["message"].as_str().expect("text").starts_with("Delegation denied for "));
    // "It works only when the account is not suspended": got-your-back issue 258.
    sim.change(json!({"op": "user.suspend", "user": sim.user(1)})).await;
    assert_eq!(sim.gmail(1, "messages", &[]).await.status, 403);
}

#[tokio::test]
async fn threads_hold_their_messages_oldest_first() {
    let sim = Sim::new().await;
    let truth = sim.truth(&format!("user={}&service=gmail", sim.user(1))).await;
    let mut listed = Vec::new();
    let mut token = String::new();
    loop {
        let query = [("includeSpamTrash", "true"), ("maxResults", "9"), ("pageToken", token.as_str())];
        let page = sim.gmail(1, "threads", if token.is_empty() { &query[..2] } else { &query }).await.json();
        listed.extend(
            page["threads"]
                .as_array()
                .expect("threads")
                .iter()
                .map(|t| t["id"].as_str().expect("an id").to_owned()),
        );
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    let distinct: std::collections::BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(distinct.len(), listed.len());
    let mut messages = 0;
    for id in &listed {
        let thread = sim.gmail(1, &format!("threads/{id}"), &[("format", "minimal")]).await.json();
        let of: Vec<&str> = thread["messages"]
            .as_array()
            .expect("messages")
            .iter()
            .map(|m| m["id"].as_str().expect("an id"))
            .collect();
        assert!(of.is_sorted() && of[0] == id, "{of:?}");
        messages += of.len();
    }
    assert_eq!(messages, truth.len());
}

#[tokio::test]
async fn a_draft_keeps_its_id_while_each_edit_changes_its_message() {
    let sim = Sim::new().await;
    let drafts = sim.gmail(1, "drafts", &[]).await.json();
    let draft = drafts["drafts"][0].clone();
    let (id, message) =
        (draft["id"].as_str().expect("an id"), draft["message"]["id"].as_str().expect("an id"));
    let before = sim.history_id(1).await;
    let ids = sim.change(json!({"op": "draft.edit", "user": sim.user(1), "id": id})).await;
    assert_eq!(ids[0], id);
    assert_ne!(ids[1], message);
    let got = sim.gmail(1, &format!("drafts/{id}"), &[("format", "raw")]).await.json();
    assert_eq!(
        (&got["id"], &got["message"]["id"], &got["message"]["labelIds"]),
        (&json!(id), &json!(ids[1]), &json!(["DRAFT"]))
    );
    assert_eq!(
        URL_SAFE.decode(got["message"]["raw"].as_str().expect("raw")).expect("base64url"),
        sim.raw(1, &ids[1]).await
    );
    assert_eq!(sim.gmail(1, &format!("messages/{message}"), &[]).await.status, 404);
    let history = sim.gmail(1, "history", &[("startHistoryId", &before)]).await.json();
    let kinds: Vec<bool> = history["history"]
        .as_array()
        .expect("history")
        .iter()
        .map(|h| h.get("messagesDeleted").is_some())
        .collect();
    assert_eq!(kinds, [true, false]);
}

#[tokio::test]
async fn a_million_mails_list_at_once() {
    let sim = Sim::with(Options {
        users: 1,
        mail_per_user: 1_000_000,
        files_per_user: 0,
        mail_bytes: simcloud::MailBytes::Tiny,
        ..small()
    })
    .await;
    let started = std::time::Instant::now();
    let ids = sim
        .gmail(0, "messages", &[("maxResults", "500"), ("fields", "messages/id,nextPageToken")])
        .await
        .json();
    let first = ids["messages"][0]["id"].as_str().expect("an id").to_owned();
    assert!(!sim.raw(0, &first).await.is_empty());
    let before = sim.history_id(0).await;
    sim.control(
        reqwest::Method::POST,
        "churn",
        Some(json!({"user": sim.user(0), "changes": 100, "seed": 3, "service": "gmail"})),
    )
    .await;
    let history = sim.gmail(0, "history", &[("startHistoryId", &before), ("maxResults", "500")]).await.json();
    assert!(history["history"].as_array().expect("history").len() >= 80);
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_mail_of_140_mb_is_streamed_with_its_length() {
    let sim = Sim::new().await;
    let size = 140 * 1024 * 1024;
    let id = sim.change(json!({"op": "mail.add", "user": sim.user(1), "size": size})).await;
    let truth = sim.truth(&format!("user={}&service=gmail&hashes=1", sim.user(1))).await;
    let line = truth.iter().find(|t| t["id"] == id[0].as_str()).expect("the mail");
    assert_eq!(line["size"], size);
    let got = sim
        .fetch(
            sim.user(1),
            &format!("/gmail/v1/users/me/messages/{}", id[0]),
            &[("format", "raw"), ("fields", "raw")],
            &[],
        )
        .await;
    assert_eq!(got.header("content-length"), got.bytes().len().to_string());
    let body = got.bytes();
    let text = &body[b"{\"raw\":\"".len()..body.len() - 2];
    let raw = URL_SAFE.decode(text).expect("base64url");
    assert_eq!(json!(hex(&Sha256::digest(&raw))), line["sha256"]);
}

/// `q` finds by Message-ID, and refuses what is not simulated rather than finding the wrong things.
#[tokio::test]
async fn searches_find_or_are_refused() {
    let sim = Sim::new().await;
    let id = sim.all_ids(2, &[]).await[0].clone();
    let raw = String::from_utf8_lossy(&sim.raw(2, &id).await).into_owned();
    let message_id =
        raw.lines().find_map(|l| l.strip_prefix("Message-ID: ")).expect("a Message-ID").to_owned();
    assert_eq!(sim.all_ids(2, &[("q", &format!("rfc822msgid:{message_id}"))]).await, [id]);
    assert_eq!(sim.all_ids(2, &[("q", "rfc822msgid:<none@example.net>")]).await.len(), 0);
    assert_eq!(sim.gmail(2, "messages", &[("q", "from:someone")]).await.status, 400);
    assert_eq!(sim.all_ids(2, &[("q", "in:anywhere -in:trash -in:spam")]).await, sim.all_ids(2, &[]).await);
}

/// The metadata scope shows no content: <https://developers.google.com/workspace/gmail/api/auth/scopes>
#[tokio::test]
async fn the_metadata_scope_reads_no_content() {
    let sim = Sim::new().await;
    let scope = "https://www.googleapis.com/auth/gmail.metadata";
    sim.set(json!({"delegated_scopes": [scope, "https://www.googleapis.com/auth/gmail.readonly"]})).await;
    let token = sim.token(sim.user(1), scope).await;
    let get = |path: String| receive(sim.client.get(sim.url(&path)).bearer_auth(&token));
    let page = get("/gmail/v1/users/me/messages".into()).await.json();
    let id = page["messages"][0]["id"].as_str().expect("an id");
    for (format, status) in [("raw", 403), ("full", 403), ("metadata", 200), ("minimal", 200)] {
        assert_eq!(
            get(format!("/gmail/v1/users/me/messages/{id}?format={format}")).await.status,
            status,
            "{format}"
        );
    }
    assert_eq!(get("/gmail/v1/users/me/messages?q=is:unread".into()).await.status, 403);
}
