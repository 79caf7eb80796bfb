//! The published descriptions: served, and held against requests.

#![allow(clippy::expect_used)] // A test says what it expects.

#[allow(dead_code)] // Not all of it is needed here.
use crate::drive::sim;

use serde_json::{Value, json};
use sim::{Sim, quiet};
use simcloud::Options;
use simcloud::discovery::{DescriptionError, Descriptions, Exchange};

/// The published descriptions, or nothing, said loudly.
fn descriptions() -> Option<Descriptions> {
    Descriptions::find().inspect_err(|error| eprintln!("SKIPPED: {error}")).ok()
}

fn exchange<'e>(path: &'e str, query: &'e [(String, String)], answer: &'e Value) -> Exchange<'e> {
    Exchange { http_method: "GET", path, query, body: None, status: 200, answer: Some(answer) }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[test]
fn requests_are_judged_by_parameters_types_and_patterns() {
    let Some(all) = descriptions() else { return };
    for (path, query, complaint) in [
        ("/drive/v3/files", "pageSize=10&q=trashed%3Dfalse", ""),
        ("/drive/v3/files", "pageSize=ten", "integer"),
        ("/drive/v3/files", "pageSize=0", "minimum"),
        ("/drive/v3/files", "pageSize=1001", "maximum"),
        ("/drive/v3/files", "supportsAllDrives=yes", "boolean"),
        ("/drive/v3/files", "colour=red", "unknown parameter"),
        ("/drive/v3/files", "q=a&q=b", "repeated"),
        ("/drive/v3/files", "fields=files(id,colour)", "files/colour"),
        ("/drive/v3/files", "fields=files(id,owners(me)),nextPageToken", ""),
        ("/drive/v3/files", "alt=media", "media"),
        ("/drive/v3/files/abc", "alt=media", ""),
        ("/drive/v3/files", "alt=csv", "enum"),
        ("/drive/v3/changes", "", "required"),
        ("/drive/v3/nothing", "", "no API method"),
        ("/gmail/v1/users/me/messages", "labelIds=a&labelIds=b", ""),
        ("/gmail/v1/users/me/messages/1", "format=raw", ""),
        ("/gmail/v1/users/me/messages/1", "format=pretty", "enum"),
        ("/admin/directory/v1/users", "customer=my_customer&maxResults=500", ""),
        ("/admin/directory/v1/users", "maxResults=501", "maximum"),
        ("/admin/directory/v1/customer/my_customer/orgunits/a/b", "", ""),
    ] {
        let empty = json!({});
        let found = all.check(&exchange(path, &pairs(query), &empty)).join("; ");
        if complaint.is_empty() {
            assert_eq!(found, "", "{path}?{query}");
        } else {
            assert!(found.contains(complaint), "{path}?{query}: {found}");
        }
    }
}

#[test]
fn answers_are_judged_by_their_schema() {
    let Some(all) = descriptions() else { return };
    let file = |member: Value| json!({"kind": "drive#fileList", "files": [member]});
    for (answer, complaint) in [
        (file(json!({"id": "1", "size": "5", "modifiedTime": "2026-01-01T00:00:00.000Z"})), ""),
        (file(json!({"id": 1})), "string expected"),
        (file(json!({"size": 5})), "string expected"),
        (file(json!({"size": "five"})), "int64"),
        (file(json!({"colour": "red"})), "no such property"),
        (file(json!({"trashed": "true"})), "boolean"),
        (file(json!({"modifiedTime": "yesterday"})), "date-time"),
        (file(json!({"exportLinks": {"text/plain": "x"}})), ""),
        (file(json!({"exportLinks": {"text/plain": 1}})), "string expected"),
        (file(json!({"owners": {}})), "array expected"),
        (json!([]), "object expected"),
    ] {
        let found = all.check(&exchange("/drive/v3/files", &[], &answer)).join("; ");
        if complaint.is_empty() {
            assert_eq!(found, "", "{answer}");
        } else {
            assert!(found.contains(complaint), "{answer}: {found}");
        }
    }
    let refused = |status, answer: &Value| {
        let exchange = Exchange { status, ..exchange("/drive/v3/files", &[], answer) };
        all.check(&exchange).len()
    };
    assert_eq!(refused(404, &json!({"error": {"code": 404, "message": "x"}})), 0);
    assert_eq!(refused(404, &json!({"error": {"code": 400, "message": "x"}})), 1);
    assert_eq!(refused(500, &json!("oops")), 1);
}

#[test]
fn a_folder_without_descriptions_is_named_in_the_reason() {
    let empty = tempfile::tempdir().expect("a folder");
    let Err(DescriptionError::NotFound { looked }) = Descriptions::load(empty.path()) else {
        panic!("found something")
    };
    assert!(looked.contains(&empty.path().display().to_string()));
    std::fs::write(empty.path().join("drive.v3.json"), "{}").expect("written");
    assert!(matches!(Descriptions::load(empty.path()), Err(DescriptionError::Malformed { .. })));
}

async fn json_of(url: &str, host: Option<&str>) -> (u16, Value) {
    // Another test of this process may have installed it; that is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut request = client.get(url);
    if let Some(host) = host {
        request = request.header("host", host);
    }
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    let body = answer.bytes().await.expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// <https://developers.google.com/discovery/v1/building-a-client-library>
#[tokio::test]
async fn the_document_is_served_with_this_servers_address() {
    if descriptions().is_none() {
        return;
    }
    let sim = Sim::with(Options { users: 2, files_per_user: 0, ..quiet() }).await;
    let url = sim.running.url();
    let (status, drive) = json_of(&format!("{url}/discovery/v1/apis/drive/v3/rest"), None).await;
    assert_eq!((status, &drive["id"]), (200, &json!("drive:v3")));
    assert_eq!(drive["rootUrl"], format!("{url}/"));
    assert_eq!(drive["baseUrl"], format!("{url}/drive/v3/"));
    let (_, by_version) = json_of(&format!("{url}/$discovery/rest?version=directory_v1"), None).await;
    assert_eq!(by_version["name"], "admin");
    let (_, by_host) =
        json_of(&format!("{url}/$discovery/rest?version=v1"), Some("gmail.googleapis.com")).await;
    assert_eq!(
        (&by_host["name"], &by_host["rootUrl"]),
        (&json!("gmail"), &json!("https://gmail.googleapis.com/"))
    );
    for missing in
        ["$discovery/rest?version=v1", "$discovery/rest?version=v99", "discovery/v1/apis/none/v1/rest"]
    {
        assert_eq!(json_of(&format!("{url}/{missing}"), None).await.0, 404, "{missing}");
    }
}

const ADMIN: &str = "https://www.googleapis.com/auth/admin.directory.user.readonly \
    https://www.googleapis.com/auth/admin.directory.group.readonly \
    https://www.googleapis.com/auth/admin.directory.group.member.readonly \
    https://www.googleapis.com/auth/admin.directory.orgunit.readonly \
    https://www.googleapis.com/auth/admin.directory.customer.readonly \
    https://www.googleapis.com/auth/admin.directory.domain.readonly";
const GMAIL: &str = "https://www.googleapis.com/auth/gmail.readonly";

/// Every answer of the Directory and of Gmail, page by page and id by id, as the descriptions have it. (Drive's tests
/// hold each of their answers to them.)
#[tokio::test]
async fn answers_of_directory_and_gmail_conform() {
    let Some(all) = descriptions() else { return };
    let sim = Sim::with(Options { mail_per_user: 60, files_per_user: 0, ..quiet() }).await;
    sim.change(json!({"op": "draft.add", "user": sim.user(1)})).await;
    let admin = "/admin/directory/v1";
    let mail = "/gmail/v1/users/me";
    let start = sim.fetch(sim.user(1), GMAIL, &format!("{mail}/profile"), &[], &[]).await.json();
    let history = start["historyId"].as_str().expect("a history id").to_owned();
    sim.change(json!({"op": "mail.add", "user": sim.user(1)})).await;
    let mut queue: Vec<(String, Vec<(&str, String)>)> = vec![
        (format!("{admin}/users"), vec![("customer", "my_customer".into()), ("projection", "full".into())]),
        (format!("{admin}/groups"), vec![("customer", "my_customer".into())]),
        (format!("{admin}/customer/my_customer/orgunits"), vec![("type", "all".into())]),
        (format!("{admin}/customers/my_customer"), vec![]),
        (format!("{admin}/customer/my_customer/domains"), vec![]),
        (format!("{admin}/users/nobody@example.com"), vec![]),
        (format!("{mail}/profile"), vec![]),
        (format!("{mail}/labels"), vec![]),
        (format!("{mail}/messages"), vec![("maxResults", "500".into()), ("includeSpamTrash", "true".into())]),
        (format!("{mail}/threads"), vec![]),
        (format!("{mail}/drafts"), vec![]),
        (format!("{mail}/history"), vec![("startHistoryId", history)]),
        (format!("{mail}/history"), vec![("startHistoryId", "1".into())]),
        (format!("{mail}/messages/0"), vec![]),
    ];
    let mut checked = std::collections::BTreeMap::<String, usize>::new();
    while let Some((path, query)) = queue.pop() {
        let (user, scope) =
            if path.starts_with("/admin") { (sim.admin(), ADMIN) } else { (sim.user(1), GMAIL) };
        let sent: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let got = sim.fetch(user, scope, &path, &sent, &[]).await;
        let answer = got.json();
        let pairs: Vec<(String, String)> =
            sent.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let exchange = Exchange {
            http_method: "GET",
            path: &path,
            query: &pairs,
            body: None,
            status: got.status,
            answer: Some(&answer),
        };
        let shown: String = answer.to_string().chars().take(1500).collect();
        assert_eq!(all.check(&exchange), Vec::<String>::new(), "{path} {query:?} answered {shown}");
        let (_, called) = all.called("GET", &path).expect("a method");
        *checked.entry(called.id().to_owned()).or_default() += 1;
        follow(&path, &answer, &mut queue);
    }
    assert!(checked.len() >= 18, "{checked:?}");
    assert!(checked["gmail.users.messages.get"] > 200, "{checked:?}");
}

/// What a listing names is read in each way there is.
fn follow(path: &str, answer: &Value, queue: &mut Vec<(String, Vec<(&'static str, String)>)>) {
    let each = |list: &str, name: &str| -> Vec<String> {
        let entries = answer[list].as_array().into_iter().flatten();
        entries.filter_map(|entry| entry[name].as_str()).map(str::to_owned).collect()
    };
    let mut read = |path: String| queue.push((path, vec![]));
    if path.ends_with("/v1/users") {
        for id in each("users", "id") {
            read(format!("{path}/{id}"));
            read(format!("{path}/{id}/aliases"));
        }
    } else if path.ends_with("/v1/groups") {
        for id in each("groups", "id") {
            read(format!("{path}/{id}"));
            read(format!("{path}/{id}/members"));
        }
    } else if path.ends_with("/members") {
        each("members", "id").into_iter().for_each(|id| read(format!("{path}/{id}")));
    } else if path.ends_with("/labels") {
        each("labels", "id").into_iter().for_each(|id| read(format!("{path}/{id}")));
    } else if path.ends_with("/threads") {
        each("threads", "id").into_iter().for_each(|id| read(format!("{path}/{id}")));
    } else if path.ends_with("/drafts") {
        each("drafts", "id").into_iter().for_each(|id| read(format!("{path}/{id}")));
    } else if path.ends_with("/messages") {
        for id in each("messages", "id") {
            for format in ["full", "raw", "metadata", "minimal"] {
                queue.push((format!("{path}/{id}"), vec![("format", format.to_owned())]));
            }
        }
    }
}

/// `--strict`: what the description does not allow is refused, with the reason.
#[tokio::test]
async fn a_strict_server_refuses_what_the_description_does_not_allow() {
    if descriptions().is_none() {
        return;
    }
    let options = |strict| Options { users: 2, files_per_user: 4, strict, ..quiet() };
    let (strict, lenient) = (Sim::with(options(true)).await, Sim::with(options(false)).await);
    for (path, query, reason) in [
        ("files", ("pageSize", "5000"), "pageSize=5000: above the maximum"),
        ("files", ("supportsAllDrives", "1"), "supportsAllDrives=1: boolean expected"),
        ("files", ("fields", "files(colour)"), "Invalid field selection files/colour"),
    ] {
        let got = strict.get(strict.user(0), path, &[query]).await;
        let message = got.json()["error"]["message"].as_str().expect("a message").to_owned();
        assert!(got.status == 400 && message.contains(reason), "{query:?}: {message}");
        assert_eq!(lenient.get(lenient.user(0), path, &[query]).await.status, 200, "{query:?}");
    }
    assert_eq!(strict.all(strict.user(0), "files", "files", &[("pageSize", "2")]).await.len(), 4);
}

#[test]
fn a_strict_server_does_not_start_without_descriptions() {
    let empty = tempfile::tempdir().expect("a folder");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_simcloud"))
        .args(["serve", "--strict", "--users", "1"])
        .env("HOLDFAST_SPECS", empty.path())
        .output()
        .expect("simcloud ran");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success()
            && said.contains("no discovery documents found")
            && said.contains("HOLDFAST_SPECS"),
        "{said}"
    );
    assert!(output.stdout.is_empty());
}
