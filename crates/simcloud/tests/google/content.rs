//! What mails are made of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use simcloud::{MailBytes, Options};

use super::sim::{Sim, small};

#[tokio::test]
async fn one_user_has_every_odd_mail() {
    let sim = Sim::new().await;
    let ids = sim.all_ids(1, &[("includeSpamTrash", "true"), ("maxResults", "500")]).await;
    let mut raws = Vec::new();
    for id in ids.iter().rev().take(12) {
        raws.push(sim.raw(1, id).await);
        // Whatever it is, every format can show it.
        for format in ["full", "metadata", "minimal"] {
            assert_eq!(sim.gmail(1, &format!("messages/{id}"), &[("format", format)]).await.status, 200);
        }
    }
    let has = |is: &dyn Fn(&[u8]) -> bool| raws.iter().any(|r| is(r));
    assert!(
        has(&|r| r.windows(6).any(|w| w == b"--gone") && !r.windows(8).any(|w| w == b"--gone--")),
        "broken MIME"
    );
    assert!(
        has(&|r| !r.windows(4).any(|w| w == b"\r\n\r\n") && r.len() > 50 && r.contains(&b'\n')),
        "no body"
    );
    assert!(has(&|r| std::str::from_utf8(r).is_err()), "no UTF-8");
    assert!(has(&|r| r.len() > 64_000), "a huge header");
    assert!(has(&|r| r.contains(&0)), "zero bytes");
    assert!(has(&|r| r == b"\r\n"), "nothing");
}

#[tokio::test]
async fn normal_mails_are_of_many_kinds_and_share_attachments() {
    let sim = Sim::with(Options { mail_per_user: 300, users: 3, ..small() }).await;
    let mails = &sim.running.world().google.gmail.mails;
    let mut whole = Vec::new();
    let directory = sim.running.world().google.directory.read().clone();
    for user in &directory.users {
        let mailbox = sim.running.world().google.gmail.of(user);
        let mailbox = simcloud::sync::lock(&mailbox);
        let written = simcloud::content::mail::Written::of(&mailbox);
        whole.extend(mailbox.newest_first(None).map(|m| mails.raw(&written, &m)));
    }
    let texts: Vec<String> = whole.iter().map(|r| String::from_utf8_lossy(r).into_owned()).collect();
    for what in [
        "multipart/alternative",
        "multipart/mixed",
        "multipart/related",
        "text/calendar",
        "message/rfc822",
        "=?UTF-8?B?",
        "quoted-printable",
        "filename*=UTF-8''",
        "format=flowed",
    ] {
        assert!(texts.iter().any(|t| t.contains(what)), "{what}");
    }
    let mean = whole.iter().map(|r| r.len()).sum::<usize>() / whole.len();
    assert!((3_000..200_000).contains(&mean), "{mean}");
    // Long lines of base64 that stand in more than one mail.
    let mut seen = std::collections::HashMap::new();
    for (n, text) in texts.iter().enumerate() {
        for line in text.lines().filter(|l| l.len() == 76 && !l.contains(' ')).take(2) {
            seen.entry(line).or_insert_with(std::collections::BTreeSet::new).insert(n);
        }
    }
    assert!(seen.values().any(|mails| mails.len() > 1), "no attachment is shared");
}

#[tokio::test]
async fn tiny_mails_are_tiny() {
    let sim = Sim::with(Options { mail_bytes: MailBytes::Tiny, ..small() }).await;
    let truth = sim.truth(&format!("user={}&service=gmail&hashes=1", sim.user(2))).await;
    let sizes: Vec<u64> = truth.iter().map(|t| t["size"].as_u64().expect("a size")).collect();
    assert!(sizes.iter().all(|s| (120..320).contains(s)), "{sizes:?}");
}

/// 50,000 of them are some 1.4 GB: text of 17 KB on average, and every 250th mail with one of ten
/// shared attachments of 2 MB.
#[tokio::test]
async fn bench_mails_are_28_kb_on_average_and_prepared() {
    let sim = Sim::with(Options {
        users: 1,
        mail_per_user: 500,
        mail_bytes: MailBytes::Bench,
        files_per_user: 0,
        ..small()
    })
    .await;
    let truth = sim.truth("service=gmail&hashes=1").await;
    let total: u64 = truth.iter().map(|t| t["size"].as_u64().expect("a size")).sum();
    assert!((26_000..30_000).contains(&(total / 500)), "{}", total / 500);
    assert_eq!(truth.iter().filter(|t| t["size"].as_u64().expect("a size") > 2_000_000).count(), 2);
    let ids = sim.all_ids(0, &[("includeSpamTrash", "true"), ("maxResults", "500")]).await;
    for id in ids.iter().step_by(97) {
        let raw = sim.raw(0, id).await;
        let line = truth.iter().find(|t| t["id"] == id.as_str()).expect("a line");
        assert_eq!(line["size"], raw.len());
    }
}

#[tokio::test]
async fn a_corpus_is_served_as_mail() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("deep")).expect("a folder");
    std::fs::write(folder.path().join("a.eml"), b"Subject: a\n\nreal \xff\n").expect("a file");
    std::fs::write(folder.path().join("deep/b.EML"), b"").expect("a file");
    let sim = Sim::with(Options { corpus: Some(folder.path().to_owned()), ..small() }).await;
    let ids = sim.all_ids(2, &[("includeSpamTrash", "true"), ("maxResults", "500")]).await;
    let oldest = &ids[ids.len() - 1];
    assert_eq!(sim.raw(2, oldest).await, b"Subject: a\n\nreal \xff\n");
    assert_eq!(sim.raw(2, &ids[ids.len() - 2]).await, b"");
}

#[tokio::test]
async fn given_bytes_are_kept_exactly() {
    let sim = Sim::new().await;
    let bytes: Vec<u8> = (0..=255).collect();
    let id = sim
        .change(
            serde_json::json!({"op": "mail.add", "user": sim.user(1), "raw_base64": STANDARD.encode(&bytes)}),
        )
        .await;
    assert_eq!(sim.raw(1, &id[0]).await, bytes);
}
