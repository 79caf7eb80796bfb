//! Manners: few requests, and patience where the cloud asks for it.

use std::time::Duration;

use super::{Mirror, Mishap, Subject, feed, suffer};
use crate::contract::ErrorKind;

/// `Retry-After` is waited for, to the second.
pub async fn retry_after_is_obeyed(subject: &dyn Subject) {
    let asked = Duration::from_secs(7);
    let before = subject.waited();
    if !suffer(subject, Mishap::Busy(asked)).await {
        return;
    }
    Mirror::filled(subject).await.assert_true(subject).await;
    let waited = subject.waited() - before;
    assert!(waited >= asked, "waited {waited:?} instead of {asked:?}");
}

/// A rate that is used up comes back: the cloud's reason says so, whatever the status.
pub async fn a_used_up_rate_is_waited_for(subject: &dyn Subject) {
    if suffer(subject, Mishap::RateReason).await {
        Mirror::filled(subject).await.assert_true(subject).await;
    }
}

/// A right that is missing does not come back: no second try.
pub async fn a_missing_right_is_reported_at_once(subject: &dyn Subject) {
    let cursor = Mirror::filled(subject).await.cursor;
    if !suffer(subject, Mishap::RightMissing).await {
        return;
    }
    let before = subject.requests().await;
    let error = feed(subject, cursor.as_ref()).await.expect_err("nothing may be read");
    assert_eq!(error.kind, ErrorKind::Forbidden, "{error:?}");
    let asked = subject.requests().await - before;
    assert!(asked <= 2, "asked {asked} times for what is forbidden");
}

/// A failure inside the cloud that passes is nobody's business.
pub async fn a_hiccup_of_the_cloud_goes_unnoticed(subject: &dyn Subject) {
    if suffer(subject, Mishap::Hiccup).await {
        Mirror::filled(subject).await.assert_true(subject).await;
    }
}

/// Most runs find nothing new.
pub async fn nothing_changed_costs_one_request_a_feed(subject: &dyn Subject) {
    if !subject.cloud().capabilities().delta {
        return;
    }
    let mut mirror = Mirror::filled(subject).await;
    let before = subject.requests().await;
    mirror.follow(subject).await;
    assert_eq!(subject.requests().await - before, subject.feeds());
}
