//! Sign-in: what a person has to do is said exactly.

use super::{Mirror, Mishap, Subject, feed, suffer};
use crate::contract::{CheckOutcome, ErrorKind};

/// A revoked authorisation makes the Connection expired, not the backup failed.
pub async fn a_revoked_authorisation_asks_to_sign_in_again(subject: &dyn Subject) {
    let cursor = Mirror::filled(subject).await.cursor;
    if !suffer(subject, Mishap::Revoked).await {
        return;
    }
    let error = feed(subject, cursor.as_ref()).await.expect_err("nothing may be read");
    assert_eq!(error.kind, ErrorKind::SignInAgain, "{error:?}");
    subject.heal().await;
    Mirror::filled(subject).await.assert_true(subject).await;
}

/// The scope that nobody authorised is named.
pub async fn a_missing_scope_is_named(subject: &dyn Subject) {
    if !suffer(subject, Mishap::ScopeMissing).await {
        return;
    }
    let error = feed(subject, None).await.expect_err("nothing may be read");
    assert_eq!(error.kind, ErrorKind::Forbidden, "{error:?}");
    let scope = subject.scope_name();
    assert!(error.to_string().contains(&scope), "{error} does not name {scope}");
}

/// The live tests work where all is well, and never fail as a whole where it is not.
pub async fn the_live_tests_see_what_is_wrong(subject: &dyn Subject) {
    let checks = subject.cloud().check().await;
    assert!(!checks.is_empty());
    for check in checks {
        assert_eq!(check.outcome, CheckOutcome::Works, "{}", check.title);
    }
    if suffer(subject, Mishap::Revoked).await {
        let checks = subject.cloud().check().await;
        assert!(checks.iter().any(|check| check.outcome != CheckOutcome::Works), "{checks:?}");
    }
}
