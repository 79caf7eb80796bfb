//! Addresses of Box's API, and what its answers have in common.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// An address below a host: path segments and a query, both encoded whatever they hold.
pub(super) fn address(host: &Url, path: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = host.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// A page of a listing by marker or by offset.
#[derive(Deserialize)]
pub(super) struct Page {
    /// Present in every listing, so that another document is not taken for an empty one.
    pub(super) entries: Vec<Value>,
    /// The next page, where the listing goes by marker.
    #[serde(default)]
    pub(super) next_marker: Option<Value>,
    /// How many entries there are, where the listing goes by offset.
    #[serde(default)]
    pub(super) total_count: Option<u64>,
}

impl Page {
    /// The marker of the next page: Box writes text, number or null.
    pub(super) fn marker(&self) -> Option<String> {
        self.next_marker.as_ref().and_then(text_of)
    }
}

/// A text or a number as text.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A field's text.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field).and_then(Value::as_str)
}

/// Ids of Box are digits; anything else is no id and gets into no address.
pub(super) fn is_id(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_id_can_leave_its_segment() {
        let host = Url::parse("https://api.box.com").unwrap();
        for id in ["../../x", "a/b", "a?b#c", "é\r\n"] {
            let url = address(&host, &["2.0", "files", id], &[("fields", "id,name"), ("q", "a&b=c")]);
            assert_eq!(url.origin(), host.origin());
            assert!(url.path().starts_with("/2.0/files/"), "{url}");
            assert!(!is_id(id));
        }
        assert!(is_id("1234567890") && !is_id(""));
    }
}
