//! The published descriptions: served, and held against requests.

use serde_json::{Value, json};
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

fn quiet() -> Options {
    Options {
        users: 2,
        mail_per_user: 0,
        files_per_user: 0,
        events_per_user: 0,
        contacts_per_user: 0,
        ..Options::default()
    }
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
    let sim = simcloud::start(quiet()).await.expect("started");
    let url = sim.url();
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
