//! E-mail, webhook and the dead-man ping, against servers that listen for real.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test file whole: what is not there fails the test.

use crate::stage;

use std::sync::{Arc, Mutex};

use holdfast_app::Desktop;
use holdfast_app::alerts::{AlertSecrets, EmailSettings, Encryption};
use holdfast_app::views::{AttentionView, SetAlerts};
use stage::{Computer, all_ended, one_user};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a listener was told, one entry a connection.
type Heard = Arc<Mutex<Vec<String>>>;

/// Speaks enough of <https://www.rfc-editor.org/rfc/rfc5321>; offers no encryption.
async fn mail_server() -> (u16, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, heard) = (listener.local_addr().unwrap().port(), Heard::default());
    let kept = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let told = one_mail(stream).await.unwrap_or_default();
                kept.lock().unwrap().push(told);
            });
        }
    });
    (port, heard)
}

async fn one_mail(stream: TcpStream) -> std::io::Result<String> {
    let (from, mut to) = stream.into_split();
    let (mut lines, mut told, mut in_data) = (BufReader::new(from).lines(), String::new(), false);
    to.write_all(b"220 mail.test ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        told.push_str(&line);
        told.push('\n');
        let answer: &[u8] = match line.split(' ').next().unwrap_or_default() {
            "." if in_data => {
                in_data = false;
                b"250 taken\r\n"
            }
            _ if in_data => continue,
            "EHLO" => b"250-mail.test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
            "AUTH" => b"235 welcome\r\n",
            "DATA" => {
                in_data = true;
                b"354 go on\r\n"
            }
            "QUIT" => {
                to.write_all(b"221 bye\r\n").await?;
                break;
            }
            _ => b"250 ok\r\n",
        };
        to.write_all(answer).await?;
    }
    Ok(told)
}

/// Answers each request with this status.
async fn web_server(status: u16) -> (u16, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, heard) = (listener.local_addr().unwrap().port(), Heard::default());
    let kept = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (mut told, mut piece) = (Vec::new(), [0; 4096]);
            loop {
                let count = stream.read(&mut piece).await.unwrap_or(0);
                told.extend_from_slice(&piece[..count]);
                let text = String::from_utf8_lossy(&told).into_owned();
                let body =
                    text.split_once("\r\n\r\n").map(|(head, body)| (head.to_ascii_lowercase(), body.len()));
                let is_whole = body.is_some_and(|(head, length)| {
                    let stated = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                    length >= stated.map_or(0, |stated| stated.parse().unwrap())
                });
                if count == 0 || is_whole {
                    kept.lock().unwrap().push(text);
                    break;
                }
            }
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _whoever_asked_may_be_gone = stream.write_all(answer.as_bytes()).await;
        }
    });
    (port, heard)
}

fn email(port: u16, encryption: Encryption) -> EmailSettings {
    EmailSettings {
        server: "127.0.0.1".to_owned(),
        port,
        encryption,
        user: Some("backup".to_owned()),
        from: "Holdfast <backup@acme.example>".to_owned(),
        to: vec!["ada@acme.example".to_owned(), "bob@acme.example".to_owned()],
        weekly: false,
    }
}

async fn set(desktop: &Desktop, email: Option<EmailSettings>, secrets: AlertSecrets) {
    desktop.set_alerts(SetAlerts { email, secrets }).await.unwrap();
}

fn password() -> AlertSecrets {
    AlertSecrets { password: Some("c0rrect horse".to_owned()), ..AlertSecrets::default() }
}

/// Waits until so many were heard.
async fn heard(listener: &Heard, count: usize) -> Vec<String> {
    let waiting = async {
        loop {
            let all = listener.lock().unwrap().clone();
            if all.len() >= count {
                return all;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(stage::PATIENCE, waiting).await.expect("it is told")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cause_goes_out_once_by_mail_and_webhook_and_each_way_for_itself() {
    let computer = Computer::new().await;
    let (desktop, _) = computer.set_up("data").await;
    let ((mail, mails), (hook, hooks)) = (mail_server().await, web_server(204).await);
    let webhook = Some(format!("http://127.0.0.1:{hook}/services/T0K3N"));
    set(&desktop, Some(email(mail, Encryption::None)), AlertSecrets { webhook, ..password() }).await;
    let (here, away) = (computer.path("data-backup"), computer.path("unplugged"));
    std::fs::rename(&here, &away).unwrap();
    let told = desktop.next_notifications().await.unwrap();
    assert_eq!(told.len(), 1);
    let (mail, hook) = (heard(&mails, 1).await.remove(0), heard(&hooks, 1).await.remove(0));
    // AUTH PLAIN with `\0backup\0c0rrect horse`: https://www.rfc-editor.org/rfc/rfc4616
    assert!(mail.contains("AUTH PLAIN AGJhY2t1cABjMHJyZWN0IGhvcnNl"), "{mail}");
    for line in
        ["MAIL FROM:<backup@acme.example>", "RCPT TO:<ada@acme.example>", "RCPT TO:<bob@acme.example>"]
    {
        assert!(mail.contains(line), "{mail}");
    }
    assert!(mail.contains("Subject: [Holdfast] The storage cannot be reached"), "{mail}");
    assert!(mail.contains("Plug in the disk") && mail.contains("Auto-Submitted: auto-generated"), "{mail}");
    let (head, body) = hook.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /services/T0K3N HTTP/1.1"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["cause"], &body["times"]), (&"repository.not_found".into(), &1.into()), "{body}");
    assert!(body["text"].as_str().unwrap().starts_with("The storage cannot be reached: "), "{body}");
    for _ in 0..3 {
        assert_eq!(desktop.next_notifications().await.unwrap(), []);
    }
    desktop.shut_down().await;
    // Another process of this computer has nothing to add.
    let again = computer.desktop("data");
    assert_eq!(again.next_notifications().await.unwrap(), []);
    again.shut_down().await;
    assert_eq!((mails.lock().unwrap().len(), hooks.lock().unwrap().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_go_out_is_a_cause_until_a_test_message_arrives_and_no_password_goes_in_the_clear() {
    let computer = Computer::new().await;
    let (desktop, _) = computer.set_up("data").await;
    let (mail, mails) = mail_server().await;
    // This server offers no encryption.
    set(&desktop, Some(email(mail, Encryption::Starttls)), password()).await;
    let error = desktop.test_email().await.unwrap_err();
    assert_eq!(error.code, "alerts.email_failed");
    let said = heard(&mails, 1).await.remove(0);
    assert!(!said.contains("AUTH") && !said.contains("MAIL"), "{said}");
    let causes = async || -> Vec<String> {
        desktop.home().await.unwrap().attention.into_iter().map(|cause| cause.cause).collect()
    };
    assert_eq!(causes().await, ["alerts.email_failed"]);
    set(&desktop, Some(email(mail, Encryption::None)), AlertSecrets::default()).await;
    desktop.test_email().await.unwrap();
    assert!(heard(&mails, 2).await[1].contains("Subject: [Holdfast] Test message"));
    assert_eq!(causes().await, [""; 0], "the password was kept");

    let (bad, _) = web_server(500).await;
    let webhook = Some(format!("http://127.0.0.1:{bad}/services/T0K3N"));
    set(&desktop, None, AlertSecrets { webhook, ..AlertSecrets::default() }).await;
    let error = desktop.test_webhook().await.unwrap_err();
    assert!(error.what.contains("127.0.0.1 answered 500") && !error.what.contains("T0K3N"), "{error:?}");
    assert_eq!(causes().await, ["alerts.webhook_failed"]);
    let (good, hooks) = web_server(200).await;
    let webhook = Some(format!("http://127.0.0.1:{good}/x"));
    set(&desktop, None, AlertSecrets { webhook, ..AlertSecrets::default() }).await;
    desktop.test_webhook().await.unwrap();
    assert_eq!((heard(&hooks, 1).await.len(), causes().await.len()), (1, 0));
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_is_pinged_on_a_good_day_once_and_never_on_a_bad_one() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let (port, pings) = web_server(200).await;
    let ping = Some(format!("http://127.0.0.1:{port}/ping/1234"));
    set(&desktop, None, AlertSecrets { ping, ..AlertSecrets::default() }).await;
    let app = desktop.shown().await.unwrap();
    let nobody = holdfast_app::events::Events::nobody();
    assert!(!app.deliver_alerts(false, &nobody).await.unwrap().pinged, "nobody is protected yet");
    let user =
        desktop.users(connection).await.unwrap().into_iter().find(|row| row.selectable).unwrap().address;
    let started = desktop.start_backup(one_user(connection, &user), None).await.unwrap();
    all_ended(&desktop, started.runs as usize).await;
    let (here, away) = (computer.path("data-backup"), computer.path("unplugged"));
    std::fs::rename(&here, &away).unwrap();
    assert_eq!(desktop.home().await.unwrap().attention.len(), 1);
    assert!(!app.deliver_alerts(false, &nobody).await.unwrap().pinged, "the storage is away");
    std::fs::rename(&away, &here).unwrap();
    assert_eq!(desktop.home().await.unwrap().attention.len(), 0);
    assert!(app.deliver_alerts(false, &nobody).await.unwrap().pinged);
    assert!(!app.deliver_alerts(false, &nobody).await.unwrap().pinged, "once a day");
    let asked = heard(&pings, 1).await;
    assert_eq!(asked.len(), 1);
    assert!(asked[0].starts_with("GET /ping/1234 HTTP/1.1"), "{asked:?}");
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_goes_out_each_week_also_where_all_is_well_and_none_is_lost_with_its_mail_server() {
    let computer = Computer::new().await;
    let (desktop, _) = computer.set_up("data").await;
    let (port, mails) = mail_server().await;
    let weekly = |port| EmailSettings { weekly: true, ..email(port, Encryption::None) };
    set(&desktop, Some(weekly(port)), password()).await;
    let app = desktop.shown().await.unwrap();
    let nobody = holdfast_app::events::Events::nobody();
    let sent = async || app.deliver_alerts(false, &nobody).await.unwrap().emails;
    assert_eq!(sent().await, 0, "the week begins");
    computer.move_on(6 * 24);
    assert_eq!(sent().await, 0);
    computer.move_on(25);
    assert_eq!((sent().await, sent().await), (1, 0), "once");
    let letter = heard(&mails, 1).await.remove(0);
    assert!(letter.contains("Subject: [Holdfast] Weekly summary: all is well"), "{letter}");
    assert!(letter.contains("Protected users       0"), "{letter}");

    // A week later the storage is away, and nobody takes mails for a while.
    let (here, away) = (computer.path("data-backup"), computer.path("unplugged"));
    std::fs::rename(&here, &away).unwrap();
    computer.move_on(7 * 24);
    // Nobody listens on this port, and nobody can take it for a listener of theirs.
    set(&desktop, Some(weekly(1)), AlertSecrets::default()).await;
    desktop.next_notifications().await.unwrap();
    // What goes out does so beside this: until it came to nothing.
    let failed = async {
        let is_told = |cause: &AttentionView| cause.cause == "alerts.email_failed";
        while !desktop.home().await.unwrap().attention.iter().any(is_told) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(stage::PATIENCE, failed).await.expect("it is a cause that no mail goes out");
    assert_eq!(heard(&mails, 1).await.len(), 1);
    set(&desktop, Some(weekly(port)), AlertSecrets::default()).await;
    desktop.test_email().await.unwrap();
    // Of lists that grew old, too.
    assert_eq!(sent().await, 3, "two causes and the summary");
    let all = heard(&mails, 5).await;
    let summary = all.iter().rfind(|letter| letter.contains("Weekly summary")).unwrap();
    assert!(summary.contains("Weekly summary: 2 causes are open"), "{summary}");
    assert!(summary.contains("The storage cannot be reached"), "{summary}");
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_is_checked_and_no_secret_is_shown_or_written_to_the_catalogue() {
    let computer = Computer::new().await;
    let (desktop, _) = computer.set_up("data").await;
    let good = || email(25, Encryption::None);
    let rows = [
        EmailSettings { server: "mail.example.com".into(), ..good() },
        EmailSettings { server: "a b".into(), encryption: Encryption::Tls, ..good() },
        EmailSettings { port: 0, ..good() },
        EmailSettings { to: vec![], ..good() },
        EmailSettings { to: vec!["nobody".into()], ..good() },
        EmailSettings { from: "x@y.example\r\nBcc: z@y.example".into(), ..good() },
    ];
    for bad in rows {
        let shown = format!("{bad:?}");
        let input = SetAlerts { email: Some(bad), secrets: AlertSecrets::default() };
        assert_eq!(desktop.set_alerts(input).await.unwrap_err().code, "input.bad", "{shown}");
    }
    for url in ["hooks.example.com", "http://hooks.example.com/T0K3N", "file:///etc/passwd"] {
        let secrets = AlertSecrets { webhook: Some(url.to_owned()), ..AlertSecrets::default() };
        let error = desktop.set_alerts(SetAlerts { email: None, secrets }).await.unwrap_err();
        assert!(error.code == "input.bad" && !error.to_string().contains("T0K3N"), "{url}: {error}");
    }
    let webhook = Some("https://hooks.example.com/T0K3N".to_owned());
    let secrets = AlertSecrets { webhook, ..password() };
    let view = desktop.set_alerts(SetAlerts { email: Some(good()), secrets }).await.unwrap();
    assert_eq!((view.settings.webhook.as_deref(), view.has_password), (Some("hooks.example.com"), true));
    let shown = serde_json::to_string(&view).unwrap();
    assert!(!shown.contains("T0K3N") && !shown.contains("c0rrect"), "{shown}");
    desktop.shut_down().await;
    for entry in std::fs::read_dir(computer.path("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for secret in ["T0K3N", "c0rrect horse"] {
                let is_in = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!is_in, "{secret} is in {}", path.display());
            }
        }
    }
}
