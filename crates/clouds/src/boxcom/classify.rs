//! Sorts Box's refusals by their HTTP status: the published codes and the live ones differ.
//! <https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors>

use serde::Deserialize;

use crate::contract::{CloudError, ErrorKind};
use crate::http::{Refusal, Then, Verdict, Whose};

/// Longest message of Box's that is kept.
const LONGEST_DETAIL: usize = 600;

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

/// The sorting of every refusal of Box.
pub(super) fn classify(refusal: &Refusal<'_>) -> Verdict {
    let answer: Option<Answer> = serde_json::from_slice(refusal.body).ok();
    let is_boxes = answer.is_some();
    let (code, message) = answer.map_or_else(Default::default, |answer| {
        if answer.code.is_empty() {
            (answer.error, answer.error_description)
        } else {
            (answer.code, answer.message)
        }
    });
    let retry = ErrorKind::Retry { after: refusal.retry_after };
    let (kind, then) = match refusal.status {
        429 => (retry, Then::SlowDown(Whose::User)),
        // Box refuses a token without a body.
        401 => (ErrorKind::SignInAgain, Then::NewToken),
        408 | 500.. => (retry, Then::TryAgain),
        // A web page where an error should be came from somebody in between, whose 404 says nothing about an Item.
        _ if !is_boxes => (retry, Then::TryAgain),
        404 | 410 => (ErrorKind::Gone, Then::GiveUp),
        403 => (ErrorKind::Forbidden, Then::GiveUp),
        409 | 423 => (retry, Then::TryAgain),
        _ => (ErrorKind::Fatal, Then::GiveUp),
    };
    let reason = if code.is_empty() { format!("http{}", refusal.status) } else { shortened(&code) };
    let detail = if message.is_empty() { reason.clone() } else { shortened(&message) };
    Verdict { error: CloudError { kind, reason, status: Some(refusal.status), detail }, then }
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

    #[test]
    fn the_status_decides_whatever_the_code_says() {
        let retry = ErrorKind::Retry { after: None };
        let rows = [
            (400, ErrorKind::Fatal, Then::GiveUp),
            (401, ErrorKind::SignInAgain, Then::NewToken),
            (403, ErrorKind::Forbidden, Then::GiveUp),
            (404, ErrorKind::Gone, Then::GiveUp),
            (410, ErrorKind::Gone, Then::GiveUp),
            (409, retry, Then::TryAgain),
            (429, retry, Then::SlowDown(Whose::User)),
            (500, retry, Then::TryAgain),
            (503, retry, Then::TryAgain),
        ];
        for (status, kind, then) in rows {
            for code in ["unauthorized", "not_found", "something_new"] {
                let body =
                    serde_json::json!({"type": "error", "status": status, "code": code, "message": "m"});
                let got = verdict(status, &body.to_string());
                assert_eq!((got.error.kind, got.then), (kind, then), "{status} {code}");
                assert_eq!((got.error.reason.as_str(), got.error.detail.as_str()), (code, "m"));
            }
        }
    }

    #[test]
    fn somebody_in_between_cannot_make_an_item_vanish() {
        for status in [400, 403, 404, 410, 502] {
            let got = verdict(status, "<html>Sign in to the network</html>");
            assert_eq!((got.error.is_passing(), got.then), (true, Then::TryAgain), "{status}");
        }
    }

    #[test]
    fn hostile_errors_do_not_break_it() {
        for body in ["", "[]", "{\"code\":7}", "{\"message\":null}"] {
            assert!(verdict(503, body).error.is_passing(), "{body}");
        }
        let body = serde_json::json!({"code": "c", "message": "x\n".repeat(10_000)}).to_string();
        let long = verdict(400, &body).error.detail;
        assert!(long.len() <= LONGEST_DETAIL && !long.contains('\n'));
    }
}
