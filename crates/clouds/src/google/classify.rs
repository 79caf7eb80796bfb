//! Sorts Google's refusals by Google's own reason words; the status decides only where there is no reason.
//! <https://developers.google.com/workspace/gmail/api/guides/handle-errors>
//! <https://developers.google.com/workspace/drive/api/guides/handle-errors>
//! <https://developers.google.com/workspace/admin/directory/v1/limits>

use holdfast_model::SkipReason;
use serde::Deserialize;

use crate::contract::{CloudError, ErrorKind};
use crate::http::{Refusal, Then, Verdict, Whose};

/// Longest message of Google's that is kept.
const LONGEST_DETAIL: usize = 600;

#[derive(Deserialize)]
struct Answer {
    error: Error,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Error {
    Api(ApiError),
    /// The OAuth hosts' shape: `{"error": "invalid_grant", "error_description": "…"}`.
    OAuth(String),
}

#[derive(Deserialize)]
struct ApiError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    errors: Vec<Reason>,
    #[serde(default)]
    details: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

/// The sorting of every refusal of every Google API.
pub(super) fn classify(refusal: &Refusal<'_>) -> Verdict {
    let answer: Option<Answer> = serde_json::from_slice(refusal.body).ok();
    let (reason, message) = match answer.map(|answer| answer.error) {
        Some(Error::Api(error)) => {
            let reasons = error.errors.iter().chain(&error.details).map(|known| known.reason.as_str());
            let reasons: Vec<&str> = reasons.filter(|reason| !reason.is_empty()).collect();
            let reason = if reasons.contains(&EXPIRED_SYNC_TOKEN) {
                EXPIRED_SYNC_TOKEN
            } else {
                reasons.first().copied().unwrap_or(&error.status)
            };
            (reason.to_owned(), error.message.clone())
        }
        Some(Error::OAuth(reason)) => (reason, String::new()),
        None => (String::new(), "the answer is not one of Google's errors".to_owned()),
    };
    let (kind, then) =
        by_reason(&reason, &message, refusal).unwrap_or_else(|| by_status(refusal, !reason.is_empty()));
    let mail_is_off = message.contains("Mail service not enabled");
    let reason = match reason.as_str() {
        _ if mail_is_off => MAIL_NOT_ENABLED.to_owned(),
        "" => format!("http{}", refusal.status),
        _ => reason,
    };
    let detail = shortened(if message.is_empty() { &reason } else { &message });
    let error = CloudError { kind, reason, status: Some(refusal.status), detail };
    Verdict { error, then }
}

/// Our word for a user without a mailbox; Google says `failedPrecondition` for this and much else.
pub(super) const MAIL_NOT_ENABLED: &str = "mailServiceNotEnabled";

/// The word of People for a sync token that is too old; it stands beside a more general one.
const EXPIRED_SYNC_TOKEN: &str = "EXPIRED_SYNC_TOKEN";

fn by_reason(reason: &str, message: &str, refusal: &Refusal<'_>) -> Option<(ErrorKind, Then)> {
    let retry = ErrorKind::Retry { after: refusal.retry_after };
    Some(match reason {
        "userRateLimitExceeded" | "sharingRateLimitExceeded" => (retry, Then::SlowDown(Whose::User)),
        // Google uses this word for the user's limit and for the project's; the message tells which.
        "rateLimitExceeded" | "RESOURCE_EXHAUSTED" | "RATE_LIMIT_EXCEEDED" => {
            let message = message.to_ascii_lowercase();
            let is_users = message.contains("per user") || message.contains("for user");
            let whose = if is_users || refusal.status == 429 { Whose::User } else { Whose::Tenant };
            (retry, Then::SlowDown(whose))
        }
        // In the Directory: too many of one operation at the same time.
        "quotaExceeded" => (retry, Then::SlowDown(Whose::User)),
        // Resets at midnight, Pacific time: nothing to wait for now.
        "dailyLimitExceeded" | "downloadQuotaExceeded" => (retry, Then::GiveUp),
        "backendError" | "internalError" | "INTERNAL" | "UNAVAILABLE" | "DEADLINE_EXCEEDED" | "ABORTED"
        | "conflict" | "aborted" | "transientError" | "responseTooLarge" => (retry, Then::TryAgain),
        "authError"
        | "required"
        | "invalidCredentials"
        | "expired"
        | "UNAUTHENTICATED"
        | "ACCESS_TOKEN_EXPIRED"
        | "CREDENTIALS_MISSING" => (ErrorKind::SignInAgain, Then::NewToken),
        "invalid_grant" | "invalid_rapt" | "invalid_token" | "invalid_client" | "deleted_client"
        | "disabled_client" => (ErrorKind::SignInAgain, Then::GiveUp),
        "notFound"
        | "NOT_FOUND"
        | "deleted"
        | "gone"
        | "fullSyncRequired"
        | "updatedMinTooLongAgo"
        | EXPIRED_SYNC_TOKEN => (ErrorKind::Gone, Then::GiveUp),
        "cannotDownloadAbusiveFile" => (ErrorKind::Skip(SkipReason::Abusive), Then::GiveUp),
        "cannotDownloadFile" | "fileDownloadForbidden" => {
            (ErrorKind::Skip(SkipReason::DownloadForbidden), Then::GiveUp)
        }
        "fileNotDownloadable" | "fileNotExportable" => {
            (ErrorKind::Skip(SkipReason::NotExportable), Then::GiveUp)
        }
        "accessNotConfigured"
        | "SERVICE_DISABLED"
        | "insufficientPermissions"
        | "forbidden"
        | "insufficientFilePermissions"
        | "insufficientParentPermissions"
        | "domainPolicy"
        | "appNotAuthorizedToFile"
        | "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
        | "PERMISSION_DENIED"
        | "unauthorized_client"
        | "access_denied"
        | "admin_policy_enforced"
        | "org_internal"
        | "invalid_scope"
        | "failedPrecondition"
        | "FAILED_PRECONDITION"
        | "authorizationRequired"
        | "teamDriveMembershipRequired"
        | "delegationDenied"
        | "notACalendarUser"
        | "accountDisabled"
        | "dailyLimitExceededUnreg"
        | "exportSizeLimitExceeded" => (ErrorKind::Forbidden, Then::GiveUp),
        _ => return None,
    })
}

/// Without a reason word that is known. A web page where an error should be came from somebody in between,
/// whose 404 says nothing about an Item.
fn by_status(refusal: &Refusal<'_>, has_reason: bool) -> (ErrorKind, Then) {
    let retry = ErrorKind::Retry { after: refusal.retry_after };
    match refusal.status {
        429 => (retry, Then::SlowDown(Whose::User)),
        408 | 500.. => (retry, Then::TryAgain),
        401 => (ErrorKind::SignInAgain, Then::NewToken),
        _ if !has_reason => (retry, Then::TryAgain),
        404 | 410 => (ErrorKind::Gone, Then::GiveUp),
        403 => (ErrorKind::Forbidden, Then::GiveUp),
        _ => (ErrorKind::Fatal, Then::GiveUp),
    }
}

pub(super) fn shortened(message: &str) -> String {
    message.chars().filter(|c| !c.is_control()).take(LONGEST_DETAIL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16, body: &str) -> Verdict {
        classify(&Refusal { status, body: body.as_bytes(), retry_after: None, date: None })
    }

    fn api(status: u16, reason: &str, message: &str) -> Verdict {
        let body = serde_json::json!({"error": {"code": status, "message": message, "errors": [
            {"reason": reason, "domain": "global", "message": message}], "status": "WHATEVER"}});
        verdict(status, &body.to_string())
    }

    #[test]
    fn googles_reason_decides_and_not_the_status() {
        let retry = ErrorKind::Retry { after: None };
        let rows = [
            (403, "userRateLimitExceeded", "", retry, Then::SlowDown(Whose::User)),
            (403, "rateLimitExceeded", "Queries per minute", retry, Then::SlowDown(Whose::Tenant)),
            (403, "rateLimitExceeded", "Queries per minute per user", retry, Then::SlowDown(Whose::User)),
            (429, "rateLimitExceeded", "", retry, Then::SlowDown(Whose::User)),
            (403, "quotaExceeded", "", retry, Then::SlowDown(Whose::User)),
            (403, "dailyLimitExceeded", "", retry, Then::GiveUp),
            (500, "backendError", "", retry, Then::TryAgain),
            (403, "backendError", "", retry, Then::TryAgain),
            (403, "accessNotConfigured", "", ErrorKind::Forbidden, Then::GiveUp),
            (403, "insufficientPermissions", "", ErrorKind::Forbidden, Then::GiveUp),
            (403, "forbidden", "", ErrorKind::Forbidden, Then::GiveUp),
            (403, "domainPolicy", "", ErrorKind::Forbidden, Then::GiveUp),
            (403, "somethingNew", "", ErrorKind::Forbidden, Then::GiveUp),
            (401, "authError", "", ErrorKind::SignInAgain, Then::NewToken),
            (404, "notFound", "", ErrorKind::Gone, Then::GiveUp),
            (400, "invalid", "", ErrorKind::Fatal, Then::GiveUp),
        ];
        for (status, reason, message, kind, then) in rows {
            let got = api(status, reason, message);
            assert_eq!((got.error.kind, got.then), (kind, then), "{status} {reason} {message}");
            assert_eq!(got.error.reason, reason);
        }
    }

    #[test]
    fn a_user_without_a_mailbox_has_a_word_of_its_own() {
        let got = api(400, "failedPrecondition", "Mail service not enabled");
        assert_eq!((got.error.kind, got.error.reason.as_str()), (ErrorKind::Forbidden, MAIL_NOT_ENABLED));
    }

    #[test]
    fn somebody_in_between_cannot_make_an_item_vanish() {
        for status in [400, 403, 404, 410, 500, 502] {
            let got = verdict(status, "<html>Sign in to the network</html>");
            assert_eq!(
                (got.error.kind, got.then),
                (ErrorKind::Retry { after: None }, Then::TryAgain),
                "{status}"
            );
        }
    }

    #[test]
    fn hostile_errors_do_not_break_it() {
        for body in
            ["", "{}", "[]", "{\"error\":null}", "{\"error\":{\"errors\":[]}}", "{\"error\":{\"errors\":7}}"]
        {
            assert!(verdict(503, body).error.is_passing(), "{body}");
        }
        let long = api(400, "invalid", &"x\n".repeat(10_000)).error.detail;
        assert!(long.len() <= LONGEST_DETAIL && !long.contains('\n'));
    }
}
