//! Access tokens and key files.

use futures::{StreamExt, stream};
use holdfast_clouds::contract::{CheckOutcome, Cloud, ErrorKind, ItemRef};
use holdfast_clouds::google::{GoogleEndpoints, secret_from_key_file};
use holdfast_model::ItemId;
use serde_json::{Value, json};

use super::simulated::{Company, SCOPES};
use super::{changes, mailbox, upserted};

async fn tokens_of(company: &Company, user: &str) -> u64 {
    company.counters().await["per_user"][user]["requests"]["oauth2.token"].as_u64().unwrap_or(0)
}

#[tokio::test]
async fn one_token_serves_everything_of_a_user() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    let (user, _) = company.user(1);
    let told = changes(&company, &reach, None).await.unwrap();
    let items: Vec<_> =
        upserted(&told).into_iter().map(|id| ItemRef { id: ItemId(id), meta: None }).collect();
    let (company, reach) = (&company, &reach);
    let opened = stream::iter(&items).map(|item| company.cloud.open(reach, item)).buffer_unordered(8);
    assert_eq!(opened.filter(|opened| std::future::ready(opened.is_ok())).count().await, items.len());
    company.cloud.expected_count(reach).await.unwrap();
    company.cloud.documents(reach).await.unwrap();
    assert_eq!(tokens_of(company, &user).await, 1);
}

#[tokio::test]
async fn tokens_revoked_midway_are_renewed() {
    let company = Company::small().await;
    let reach = mailbox(&company, 1);
    changes(&company, &reach, None).await.unwrap();
    company.set(json!({ "tokens_revoked": true })).await;
    changes(&company, &reach, None).await.unwrap();
    assert_eq!(tokens_of(&company, &company.user(1).0).await, 2);
}

#[tokio::test]
async fn a_refusal_is_asked_for_once_by_all_who_wait() {
    let company = Company::small().await;
    let fault = json!({"method": "oauth2.token", "kind": "status", "status": 400, "reason": "invalid_grant",
        "message": "Token has been expired or revoked.", "times": 0});
    company.fault(fault).await;
    let reach = mailbox(&company, 1);
    let asked = stream::iter(0..20).map(|_| changes(&company, &reach, None)).buffer_unordered(20);
    let errors: Vec<_> = asked.map(|told| told.unwrap_err()).collect().await;
    assert!(errors.iter().all(|error| error.kind == ErrorKind::SignInAgain), "{errors:?}");
    assert!(company.requests("oauth2.token").await <= 2, "{}", company.requests("oauth2.token").await);
}

#[tokio::test]
async fn a_service_without_its_scope_does_not_stop_the_other() {
    let company = Company::small().await;
    company.withdraw_scope(SCOPES[5]).await;
    for number in 1..3 {
        changes(&company, &mailbox(&company, number), None).await.unwrap();
    }
    company.grant_scopes().await;
    company.withdraw_scope(SCOPES[4]).await;
    let error = changes(&company, &mailbox(&company, 3), None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Forbidden);
    assert!(error.to_string().contains(SCOPES[4]), "{error}");
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_up_to_an_hour_and_named_beyond() {
    for (minutes, works) in [(10, true), (-10, true), (-55, true), (-90, false), (600, false)] {
        let company = Company::small().await;
        company.set(json!({ "clock_skew_seconds": minutes * 60 })).await;
        match changes(&company, &mailbox(&company, 1), None).await {
            Ok(_) => assert!(works, "{minutes}"),
            Err(error) => {
                assert!(!works, "{minutes}: {error}");
                assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::Forbidden, "clockWrong"));
                assert!(error.detail.contains("clock of this computer"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn a_session_that_google_ended_asks_to_sign_in() {
    let company = Company::small().await;
    for reason in ["invalid_grant", "invalid_rapt", "invalid_client"] {
        company.heal().await;
        company
            .fault(json!({"method": "oauth2.token", "kind": "status", "status": 400, "reason": reason}))
            .await;
        let error = changes(&company, &mailbox(&company, 1), None).await.unwrap_err();
        assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::SignInAgain, reason));
    }
}

#[tokio::test]
async fn passing_failures_of_the_token_host_are_waited_out() {
    let company = Company::small().await;
    for fault in [
        json!({"kind": "status", "status": 503, "times": 2}),
        json!({"kind": "status", "status": 429, "reason": "rate_limit_exceeded", "retry_after": 3, "times": 1}),
        json!({"kind": "drop", "times": 2}),
        json!({"kind": "html", "times": 1}),
    ] {
        let mut fault: Value = fault;
        fault["method"] = json!("oauth2.token");
        company.fault(fault.clone()).await;
        company.set(json!({ "tokens_revoked": true })).await;
        let told = changes(&company, &mailbox(&company, 1), None).await;
        assert!(told.is_ok(), "{fault}: {:?}", told.err());
        company.heal().await;
    }
}

#[tokio::test]
async fn a_user_who_is_gone_is_named() {
    let company = Company::small().await;
    let reach = mailbox(&company, 2);
    company.change(json!({"op": "user.delete", "user": reach.address})).await;
    let error = changes(&company, &reach, None).await.unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::Forbidden, "userDeleted"));
    assert!(error.detail.contains(&reach.address), "{error}");
    let nobody = holdfast_clouds::contract::Reach { address: "nobody@example.com".into(), ..reach };
    assert_eq!(changes(&company, &nobody, None).await.unwrap_err().reason, "noSuchUser");
}

#[tokio::test]
async fn bad_key_files_are_refused_with_a_reason() {
    let company = Company::small().await;
    let text = std::fs::read_to_string(&company.line.google.service_account_key_file).unwrap();
    let endpoints = std::fs::read_to_string(&company.line.endpoints_file).unwrap();
    let endpoints = GoogleEndpoints::from_toml(&endpoints).unwrap();
    let good: Value = serde_json::from_str(&text).unwrap();
    let with = |name: &str, value: Value| {
        let mut bad = good.clone();
        bad[name] = value;
        bad.to_string()
    };
    let key = good["private_key"].as_str().unwrap();
    let rows = [
        (with("token_uri", json!("https://evil.example.com/token")), "token_uri"),
        (with("token_uri", json!("http://127.0.0.1:9/token")), "token_uri"),
        (with("type", json!("authorized_user")), "service_account"),
        (with("private_key", json!("no key")), "private key"),
        (with("private_key", json!(key.replace('M', "N"))), "private key"),
        (with("client_email", json!(7)), "key file"),
        ("not json".to_owned(), "key file"),
        (String::new(), "key file"),
    ];
    for (text, word) in rows {
        let error =
            secret_from_key_file(text.as_bytes(), "admin@example.com", endpoints.clone()).err().unwrap();
        assert!(error.detail.contains(word), "{word}: {error}");
        assert!(!error.to_string().contains(&key[60..100]), "a key in an error");
    }
    assert!(secret_from_key_file(text.as_bytes(), "no address", endpoints).is_err());
}

#[tokio::test]
async fn the_live_tests_name_exactly_what_is_missing() {
    let company = Company::small().await;
    let checks = company.cloud.check().await;
    assert_eq!(checks.iter().map(|check| check.subject.as_str()).collect::<Vec<_>>(), SCOPES);
    assert!(checks.iter().all(|check| check.outcome == CheckOutcome::Works), "{checks:?}");

    for scope in SCOPES {
        company.withdraw_scope(scope).await;
        for check in company.cloud.check().await {
            match check.outcome {
                CheckOutcome::Works => assert_ne!(check.subject, scope),
                CheckOutcome::Missing { todo, link, .. } => {
                    assert_eq!(check.subject, scope);
                    assert!(todo.contains(scope) && todo.contains("delegation"), "{todo}");
                    assert!(link.unwrap().starts_with("https://admin.google.com/"));
                }
                CheckOutcome::Off { detail, .. } | CheckOutcome::Unknown { detail } => panic!("{detail}"),
            }
        }
        company.grant_scopes().await;
    }

    for (api, name, count) in
        [("gmail", "Gmail API", 1), ("drive", "Drive API", 1), ("directory", "Admin SDK", 4)]
    {
        company.set(json!({ "apis_off": [api] })).await;
        let checks = company.cloud.check().await;
        let missing: Vec<_> = checks
            .iter()
            .filter_map(|check| match &check.outcome {
                CheckOutcome::Missing { todo, link, .. } => Some((todo, link.as_deref().unwrap_or(""))),
                _ => None,
            })
            .collect();
        assert_eq!(missing.len(), count, "{api}: {checks:?}");
        for (todo, link) in missing {
            assert!(todo.contains(name) && link.contains("console.cloud.google.com"), "{todo} {link}");
        }
    }
    company.set(json!({ "apis_off": [] })).await;

    company.change(json!({"op": "user.demote", "user": company.line.google.admin})).await;
    let checks = company.cloud.check().await;
    let todo = |check: &holdfast_clouds::contract::Check| match &check.outcome {
        CheckOutcome::Missing { todo, .. } => {
            todo.contains("admin role") || todo.contains("role of a super admin")
        }
        _ => false,
    };
    assert_eq!(checks.iter().filter(|check| todo(check)).count(), 4, "{checks:?}");
}
