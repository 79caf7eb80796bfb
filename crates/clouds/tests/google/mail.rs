//! Mailboxes.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt;
use holdfast_clouds::contract::{Change, Cloud, ContentTag, Cursor, ErrorKind, ItemRef, Opened, Reach};
use holdfast_model::{ItemId, MetaUpdate, Policy};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::simulated::Company;
use super::{changes, cursor, mailbox, upserted};

async fn open(
    company: &Company,
    reach: &Reach,
    id: &str,
) -> Result<Opened, holdfast_clouds::contract::CloudError> {
    company.cloud.open(reach, &ItemRef { id: ItemId(id.to_owned()), meta: None }).await
}

/// Size and SHA-256 of the only content.
async fn read(mut opened: Opened) -> (u64, String) {
    assert_eq!(opened.contents.len(), 1);
    let content = opened.contents.remove(0);
    assert_eq!(content.extension, "eml");
    let start = (Sha256::new(), 0_u64);
    let (hash, size) = content
        .body
        .try_fold(start, |(hash, size), piece| async move {
            Ok((hash.chain_update(&piece), size + piece.len() as u64))
        })
        .await
        .unwrap();
    assert!(content.size.is_none_or(|stated| stated == size));
    (size, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

async fn truth(company: &Company, reach: &Reach) -> Vec<Value> {
    company.truth(&format!("service=gmail&user={}&hashes=1", reach.address)).await
}

fn has(line: &Value, label: &str) -> bool {
    line["labels"].as_array().unwrap().iter().any(|known| known == label)
}

async fn add(company: &Company, reach: &Reach, text: &str, labels: &[&str]) -> String {
    let raw = STANDARD.encode(text);
    company.make(json!({"op": "mail.add", "user": reach.address, "raw_base64": raw, "labels": labels})).await
}

#[tokio::test]
async fn metadata_comes_with_the_bytes_by_one_request() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    let before = company.requests("gmail.users.messages.get").await;
    let lines = truth(&company, &reach).await;
    for line in &lines {
        let opened = open(&company, &reach, line["id"].as_str().unwrap()).await.unwrap();
        assert_eq!(opened.tag, ContentTag("raw".to_owned()));
        let mut labels: Vec<&str> =
            line["labels"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect();
        labels.sort_unstable();
        assert_eq!(opened.meta.labels, labels);
        assert_eq!(opened.meta.more["threadId"], line["thread"]);
        assert_eq!(opened.meta.created, Some(line["time"].as_str().unwrap().parse().unwrap()));
        let (size, hash) = read(opened).await;
        assert_eq!((json!(size), json!(hash)), (line["size"].clone(), line["sha256"].clone()));
    }
    assert_eq!(company.requests("gmail.users.messages.get").await - before, lines.len() as u64);
}

#[tokio::test]
async fn large_mails_are_whole() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    for size in [1_048_575, 1_048_576, 1_048_577, 5_000_001] {
        company.change(json!({"op": "mail.add", "user": reach.address, "size": size})).await;
    }
    for line in truth(&company, &reach).await {
        let opened = open(&company, &reach, line["id"].as_str().unwrap()).await.unwrap();
        let (size, hash) = read(opened).await;
        assert_eq!((json!(size), json!(hash)), (line["size"].clone(), line["sha256"].clone()));
    }
}

#[tokio::test]
async fn what_the_policy_leaves_out_is_neither_listed_nor_counted_nor_told() {
    let company = Company::small().await;
    let mut reach = mailbox(&company, 1);
    let label = company.make(json!({"op": "label.add", "user": reach.address, "name": "Private"})).await;
    let texts = [("spam", "SPAM"), ("trash", "TRASH"), ("private", label.as_str()), ("plain", "INBOX")];
    let mut ids = Vec::new();
    for (text, label) in texts {
        ids.push(add(&company, &reach, text, &[label]).await);
    }
    let policies = [
        (false, false, false),
        (true, false, false),
        (false, true, false),
        (true, true, false),
        (true, true, true),
        (false, true, true),
    ];
    for (spam, trash, private) in policies {
        let exclude_labels = if private {
            BTreeSet::from(["pRIVATE".to_owned(), "No such label".to_owned()])
        } else {
            BTreeSet::new()
        };
        reach.policy = Policy { mail_spam: spam, mail_trash: trash, exclude_labels, ..Policy::default() };
        let expected: BTreeSet<String> = truth(&company, &reach)
            .await
            .iter()
            .filter(|line| (spam || !has(line, "SPAM")) && (trash || !has(line, "TRASH")))
            .filter(|line| !private || !has(line, &label))
            .map(|line| line["id"].as_str().unwrap().to_owned())
            .collect();
        let told = changes(&company, &reach, None).await.unwrap();
        let listed = upserted(&told);
        assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), expected, "{spam} {trash} {private}");
        let count = company.cloud.expected_count(&reach).await.unwrap();
        assert_eq!(count, (!private).then_some(expected.len() as u64), "{spam} {trash} {private}");

        // A dead cursor tells the same, with labels.
        let told = changes(&company, &reach, Some(&Cursor("dead".into()))).await.unwrap();
        assert_eq!(upserted(&told).into_iter().collect::<BTreeSet<_>>(), expected);
    }

    // What is left out since it was listed is gone for the Archive.
    reach.policy = Policy::default();
    let error = open(&company, &reach, &ids[0]).await.err().unwrap();
    assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::Gone, "excludedByPolicy"));
}

#[tokio::test]
async fn moving_into_spam_removes_and_moving_out_brings_back() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    let id = add(&company, &reach, "moves", &["INBOX"]).await;
    let mut at = cursor(&changes(&company, &reach, None).await.unwrap());
    let steps = [
        (json!({"add": ["SPAM"], "remove": ["INBOX"]}), "removed"),
        (json!({"add": ["STARRED"]}), "removed"),
        (json!({"remove": ["SPAM"], "add": ["INBOX"]}), "content"),
        (json!({"remove": ["STARRED"]}), "labels"),
    ];
    for (step, expected) in steps {
        let mut change = step.clone();
        (change["op"], change["user"], change["id"]) =
            (json!("mail.labels"), json!(reach.address), json!(id));
        company.change(change).await;
        let told = changes(&company, &reach, Some(&at)).await.unwrap();
        at = cursor(&told);
        let is = match &told[..told.len() - 1] {
            [Change::Removed(removed)] if removed.0 == id => "removed",
            [Change::Upsert(upsert)] if upsert.id.0 == id => match (&upsert.tag, &upsert.meta) {
                (Some(_), _) => "content",
                (None, MetaUpdate::ChangeLabels { .. }) => "labels",
                _ => "something",
            },
            other => panic!("{step}: {other:?}"),
        };
        assert_eq!(is, expected, "{step}");
    }
}

#[tokio::test]
async fn a_dead_history_id_tells_labels_without_a_request_for_each_mail() {
    let company = Company::of(simcloud::Options {
        users: 2,
        mail_per_user: 700,
        files_per_user: 0,
        ..Default::default()
    })
    .await;
    let reach = mailbox(&company, 1);
    let at = cursor(&changes(&company, &reach, None).await.unwrap());
    company.change(json!({"op": "mail.add", "user": reach.address, "count": 3})).await;
    company.set(json!({"expire_history": reach.address})).await;
    let told = changes(&company, &reach, Some(&at)).await.unwrap();
    assert_eq!(told.first(), Some(&Change::Reset));
    assert_eq!(company.requests("gmail.users.messages.get").await, 0);
    let lines = truth(&company, &reach).await;
    let expected: BTreeSet<(String, Vec<String>)> = lines
        .iter()
        .filter(|line| !has(line, "SPAM"))
        .map(|line| {
            let labels =
                line["labels"].as_array().unwrap().iter().map(|label| label.as_str().unwrap().to_owned());
            let labels: BTreeSet<String> = labels.collect();
            (line["id"].as_str().unwrap().to_owned(), labels.into_iter().collect())
        })
        .collect();
    let is: BTreeSet<(String, Vec<String>)> = told
        .iter()
        .filter_map(|change| match change {
            Change::Upsert(upsert) => match &upsert.meta {
                MetaUpdate::SetLabels { labels } => Some((upsert.id.0.clone(), labels.clone())),
                other => panic!("{other:?}"),
            },
            _ => None,
        })
        .collect();
    assert_eq!(is, expected);
    // 703 mails: two pages of ids, at least one for each label.
    assert!(company.requests("gmail.users.messages.list").await < 60);
}

#[tokio::test]
async fn a_long_history_is_told_page_by_page() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    let at = cursor(&changes(&company, &reach, None).await.unwrap());
    let before = company.requests("gmail.users.history.list").await;
    let new = company.change(json!({"op": "mail.add", "user": reach.address, "count": 1200})).await;
    let told = changes(&company, &reach, Some(&at)).await.unwrap();
    let told: BTreeSet<String> = upserted(&told).into_iter().collect();
    assert_eq!(told, new.into_iter().collect());
    assert_eq!(company.requests("gmail.users.history.list").await - before, 3);
}

#[tokio::test]
async fn newest_comes_first() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    let told = changes(&company, &reach, None).await.unwrap();
    let newness: Vec<i64> = told
        .iter()
        .filter_map(|change| match change {
            Change::Upsert(upsert) => Some(upsert.newness),
            _ => None,
        })
        .collect();
    assert!(newness.windows(2).all(|two| two[0] > two[1]), "{newness:?}");
    let at = cursor(&told);
    company.change(json!({"op": "mail.add", "user": reach.address})).await;
    let told = changes(&company, &reach, Some(&at)).await.unwrap();
    assert!(matches!(&told[0], Change::Upsert(upsert) if upsert.newness > newness[0]), "{told:?}");
}

#[tokio::test]
async fn names_of_labels_and_ids_of_drafts_are_documents() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    let label = company.make(json!({"op": "label.add", "user": reach.address, "name": "Before"})).await;
    company.change(json!({"op": "label.rename", "user": reach.address, "id": label, "name": "After"})).await;
    let draft = company.change(json!({"op": "draft.add", "user": reach.address})).await;
    let documents = company.cloud.documents(&reach).await.unwrap();
    assert_eq!(documents.iter().map(|document| document.name).collect::<Vec<_>>(), ["labels", "drafts"]);
    let [labels, drafts] = [0, 1].map(|number| documents[number].json.as_array().unwrap().clone());
    assert!(labels.iter().any(|known| known["id"] == json!(label) && known["name"] == "After"), "{labels:?}");
    let known = drafts
        .iter()
        .any(|known| known["id"] == json!(draft[0]) && known["message"]["id"] == json!(draft[1]));
    assert!(known, "{drafts:?}");
}

#[tokio::test]
async fn broken_answers_are_never_content_and_heal() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    let id = add(&company, &reach, &"Subject: whole\r\n\r\nall of it\r\n".repeat(50), &["INBOX"]).await;
    for kind in ["cut", "wrong_length", "html", "invalid_utf8", "huge_json", "drop"] {
        company.fault(json!({"method": "gmail.users.messages.get", "kind": kind, "times": 0})).await;
        let error = open(&company, &reach, &id).await.err();
        assert!(
            error.is_some_and(|error| !matches!(error.kind, ErrorKind::Gone | ErrorKind::Skip(_))),
            "{kind}"
        );
        company.heal().await;
        let line = truth(&company, &reach).await.into_iter().find(|line| line["id"] == json!(id)).unwrap();
        let (size, hash) = read(open(&company, &reach, &id).await.unwrap()).await;
        assert_eq!((json!(size), json!(hash)), (line["size"].clone(), line["sha256"].clone()), "{kind}");
    }
}

#[tokio::test]
async fn passing_faults_of_a_mail_go_unnoticed() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    let id = add(&company, &reach, "Subject: x\r\n\r\nbody of the mail", &["INBOX"]).await;
    for fault in [
        json!({"kind": "cut"}),
        json!({"kind": "drop"}),
        json!({"kind": "html", "status": 502}),
        json!({"kind": "wrong_length"}),
        json!({"kind": "status", "status": 403, "reason": "userRateLimitExceeded", "times": 3}),
        json!({"kind": "status", "status": 403, "reason": "rateLimitExceeded", "times": 2}),
        json!({"kind": "status", "status": 500}),
        json!({"kind": "status", "status": 401, "reason": "authError"}),
    ] {
        let mut fault: Value = fault;
        fault["method"] = json!("gmail.users.messages.get");
        company.fault(fault.clone()).await;
        let opened = open(&company, &reach, &id).await;
        assert!(opened.is_ok(), "{fault}: {:?}", opened.err());
        company.heal().await;
    }
}

#[tokio::test]
async fn a_mailbox_that_is_off_says_so() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    company.change(json!({"op": "user.suspend", "user": reach.address})).await;
    let error = changes(&company, &reach, None).await.unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::Forbidden, "mailServiceNotEnabled"));
}

#[tokio::test]
async fn a_mail_that_is_gone_says_so() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    let id = add(&company, &reach, "gone", &["INBOX"]).await;
    company.change(json!({"op": "mail.delete", "user": reach.address, "id": id})).await;
    for id in [id.as_str(), "ffffffffffffffff", "..", "a/b", "\u{0}"] {
        let error = open(&company, &reach, id).await.err().unwrap();
        assert!(!error.is_passing() || error.reason == "notJson", "{id}: {error}");
    }
}
