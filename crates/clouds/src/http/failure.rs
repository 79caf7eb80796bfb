//! Failures that never reached a provider's judgement: the network, and answers that make no sense.

use std::error::Error as _;

use crate::contract::{CloudError, ErrorKind};

/// Reason words of answers that came but make no sense. They are tried again, but not for long.
const MALFORMED: [&str; 3] = ["notJson", "notUtf8", "malformedContent"];

/// No answer came, or it broke off before its body.
pub(super) fn network(error: reqwest::Error) -> CloudError {
    let reason = if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connect"
    } else {
        "network"
    };
    CloudError::new(ErrorKind::Retry { after: None }, reason, words(error))
}

/// The answer's body broke off.
pub(super) fn cut_off(error: reqwest::Error) -> CloudError {
    let reason = if error.is_timeout() { "timeout" } else { "cutOff" };
    CloudError::new(ErrorKind::Retry { after: None }, reason, words(error))
}

/// The answer came whole but makes no sense; `reason` is one of `notJson`, `notUtf8`, `malformedContent`.
pub fn malformed(reason: &'static str, detail: &str) -> CloudError {
    CloudError::new(ErrorKind::Retry { after: None }, reason, detail)
}

pub(super) fn is_malformed(error: &CloudError) -> bool {
    MALFORMED.contains(&error.reason.as_str())
}

/// The error and its causes, without the address, whose query may hold secrets.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        cause = error.source();
    }
    words
}
