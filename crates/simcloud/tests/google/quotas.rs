//! Quotas. <https://developers.google.com/workspace/gmail/api/reference/quota>

use std::time::Duration;

use serde_json::json;
use simcloud::{Options, QuotaModel, Quotas};

use super::sim::{Sim, small};

async fn published(model: QuotaModel) -> Sim {
    Sim::with(Options { quotas: Quotas::Published, quota_model: model, ..small() }).await
}

#[tokio::test]
async fn methods_cost_what_is_published() {
    for (model, raw, minimal, thread) in [(QuotaModel::New, 60, 20, 40), (QuotaModel::Old, 5, 5, 10)] {
        let sim = Sim::with(Options { quota_model: model, ..small() }).await;
        let id = sim.all_ids(1, &[("maxResults", "500")]).await[0].clone();
        let mut last = 0;
        for (path, query, cost) in [
            ("profile".to_owned(), vec![], 1),
            ("messages".to_owned(), vec![], 5),
            ("labels".to_owned(), vec![], 1),
            (format!("messages/{id}"), vec![("format", "raw")], raw),
            (format!("messages/{id}"), vec![], raw),
            (format!("messages/{id}"), vec![("format", "minimal")], minimal),
            (format!("threads/{id}"), vec![("format", "minimal")], thread),
            ("history".to_owned(), vec![("startHistoryId", "1040")], 2),
            ("drafts".to_owned(), vec![], 5),
        ] {
            let total = || async {
                let counters = sim.counters().await;
                counters["units"]
                    .as_object()
                    .expect("units")
                    .values()
                    .map(|v| v.as_u64().expect("a number"))
                    .sum::<u64>()
            };
            if last == 0 {
                last = total().await;
            }
            sim.gmail(1, &path, &query).await;
            let now = total().await;
            // A thread whose id is not its first message's is not found, and charged all the same.
            assert_eq!(now - last, cost, "{model:?} {path} {query:?}");
            last = now;
        }
    }
}

/// 6,000 units a minute and user on a new project are 100 raw reads.
#[tokio::test]
async fn a_user_who_spends_too_much_is_refused() {
    let sim = published(QuotaModel::New).await;
    let id = sim.all_ids(1, &[("maxResults", "500")]).await[0].clone();
    // The listing has cost 5 units.
    let path = format!("/gmail/v1/users/me/messages/{id}");
    let read = || sim.fetch(sim.user(1), &path, &[("format", "raw"), ("fields", "id")], &[]);
    for _ in 0..99 {
        assert_eq!(read().await.status, 200);
    }
    let refused = read().await;
    assert_eq!(refused.reason(), (403, "userRateLimitExceeded".to_owned()));
    let error = refused.json()["error"].clone();
    assert_eq!(
        (&error["errors"][0]["domain"], &error["status"]),
        (&json!("usageLimits"), &json!("RESOURCE_EXHAUSTED"))
    );
    // What is cheaper still fits, and another user has a quota of their own.
    assert_eq!(sim.gmail(1, "messages", &[]).await.status, 200);
    assert_eq!(sim.gmail(2, "profile", &[]).await.status, 200);
    assert_eq!(sim.counters().await["rate_answers"], 1);
}

#[test]
fn limits_are_those_of_the_pages() {
    let rows: Vec<_> =
        simcloud::google::quota::LIMITS.iter().map(|l| (l.api, l.model, l.user, l.project)).collect();
    let none = u64::MAX;
    for row in [
        ("gmail", QuotaModel::New, 6_000, 1_200_000),
        ("gmail", QuotaModel::Old, 15_000, 1_200_000),
        ("drive", QuotaModel::New, 325_000, 1_000_000),
        ("drive", QuotaModel::Old, 12_000, 12_000),
        ("directory", QuotaModel::New, 2_400, none),
        ("directory", QuotaModel::Old, 2_400, none),
    ] {
        assert!(rows.contains(&row), "{row:?}");
    }
}

#[tokio::test]
async fn the_project_has_a_limit_too_and_the_answer_may_be_429() {
    let sim = published(QuotaModel::New).await;
    sim.set(json!({"quotas": {"gmail": {"project": 3}}})).await;
    for user in [1, 2, 3] {
        assert_eq!(sim.gmail(user, "profile", &[]).await.status, 200);
    }
    assert_eq!(sim.gmail(1, "profile", &[]).await.reason(), (403, "rateLimitExceeded".to_owned()));
    sim.set(json!({"quotas": {"status": 429, "gmail": {"user": 1}}})).await;
    assert_eq!(sim.gmail(1, "profile", &[]).await.status, 200);
    let got = sim.gmail(1, "profile", &[]).await;
    assert_eq!(got.reason(), (429, "rateLimitExceeded".to_owned()));
    assert!(got.header("retry-after").parse::<u64>().is_ok());
}

/// The window slides: what was spent a minute ago is free again. With the quota clock 1,000 times
/// faster, a minute is 60 ms.
#[tokio::test]
async fn the_window_slides_on_its_own_clock() {
    let sim = Sim::with(Options { quotas: Quotas::Published, time_scale: 1000.0, ..small() }).await;
    sim.set(json!({"quotas": {"gmail": {"user": 1}}})).await;
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    let mut answered = 0;
    while answered < 3 {
        answered += u32::from(sim.gmail(1, "profile", &[]).await.status == 200);
        assert!(std::time::Instant::now() < deadline, "the window does not slide");
    }
}

/// 2,400 queries a minute, user and project.
/// <https://developers.google.com/workspace/admin/directory/v1/limits>
#[tokio::test]
async fn the_directory_has_its_own_quota() {
    let sim = published(QuotaModel::New).await;
    sim.set(json!({"quotas": {"directory": {"user": 2}}})).await;
    for status in [200, 200, 403] {
        assert_eq!(sim.directory("customers/my_customer", &[]).await.status, status);
    }
}

#[tokio::test]
async fn without_quotas_nobody_is_refused() {
    let sim = Sim::new().await;
    let id = sim.all_ids(1, &[]).await[0].clone();
    for _ in 0..120 {
        assert_eq!(
            sim.gmail(1, &format!("messages/{id}"), &[("format", "raw"), ("fields", "id")]).await.status,
            200
        );
    }
}
