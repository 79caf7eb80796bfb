//! What a Cloud's refusal means for the person who has to mend it, by the provider's own reason words. Each cause is
//! mended in a different place, so that the status alone is not enough.

use crate::contract::{CloudError, ErrorKind};

/// Why a Cloud refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The API is not switched on in the company's project.
    ApiDisabled,
    /// Access to this kind of data was never granted, or was taken back.
    AccessMissing,
    /// The company's admin does not allow this app.
    AppBlocked,
    /// The service is switched off for this user.
    ServiceOff,
    /// The account is closed, suspended or disabled.
    AccountClosed,
    /// Too many requests: it goes on by itself.
    Throttled,
    /// The clock of this computer is so wrong that nobody is let in.
    ClockWrong,
}

/// The reason words, with what they mean. Google's are at
/// <https://developers.google.com/workspace/drive/api/guides/handle-errors> and
/// <https://developers.google.com/identity/protocols/oauth2/service-account#error-codes>.
const REASONS: &[(Cause, &[&str])] = &[
    (Cause::ApiDisabled, &["accessNotConfigured", "SERVICE_DISABLED"]),
    (
        Cause::AccessMissing,
        &[
            "unauthorized_client",
            "insufficientPermissions",
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "invalid_scope",
            "noDelegation",
            "insufficient_scope",
        ],
    ),
    (
        Cause::AppBlocked,
        &["domainPolicy", "admin_policy_enforced", "access_denied", "org_internal", "unauthorized_app"],
    ),
    (Cause::ServiceOff, &["mailServiceNotEnabled", "notACalendarUser"]),
    (Cause::AccountClosed, &["accountDisabled"]),
    (
        Cause::Throttled,
        &[
            "userRateLimitExceeded",
            "sharingRateLimitExceeded",
            "rateLimitExceeded",
            "RESOURCE_EXHAUSTED",
            "RATE_LIMIT_EXCEEDED",
            "quotaExceeded",
            "dailyLimitExceeded",
            "downloadQuotaExceeded",
            "rate_limit_exceeded",
        ],
    ),
    (Cause::ClockWrong, &["clockWrong"]),
];

/// The cause of a refusal, where the provider's words tell it. What lapsed as a whole has its own kind.
pub fn cause(error: &CloudError) -> Option<Cause> {
    let known = REASONS.iter().find(|(_, reasons)| reasons.contains(&error.reason.as_str()));
    let (cause, _) = known?;
    match error.kind {
        ErrorKind::Forbidden => (*cause != Cause::Throttled).then_some(*cause),
        ErrorKind::Retry { .. } => (*cause == Cause::Throttled).then_some(*cause),
        ErrorKind::SignInAgain | ErrorKind::Gone | ErrorKind::Skip(_) | ErrorKind::Fatal => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_word_has_one_cause_and_the_kind_has_a_say() {
        let mut seen = std::collections::BTreeSet::new();
        for (expected, reasons) in REASONS {
            for reason in *reasons {
                assert!(seen.insert(*reason), "{reason} has two causes");
                let passing = *expected == Cause::Throttled;
                let kind = if passing { ErrorKind::Retry { after: None } } else { ErrorKind::Forbidden };
                assert_eq!(cause(&CloudError::new(kind, reason, "")), Some(*expected), "{reason}");
                assert_eq!(cause(&CloudError::new(ErrorKind::SignInAgain, reason, "")), None, "{reason}");
            }
        }
        assert_eq!(cause(&CloudError::new(ErrorKind::Forbidden, "forbidden", "")), None);
    }
}
