//! Addresses of Google's APIs, and what every listing has in common.

use serde::Deserialize;
use url::Url;

/// An address below a host: path segments and a query, both encoded whatever they hold.
pub(super) fn address(host: &Url, path: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = host.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.clear().extend(path);
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// An address with the token of a page added.
pub(super) fn page_of(mut url: Url, token: Option<&str>) -> Url {
    if let Some(token) = token {
        url.query_pairs_mut().append_pair("pageToken", token);
    }
    url
}

/// Google writes 64-bit numbers as strings.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "NumberText")]
pub(super) struct Number(pub(super) i64);

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberText {
    Text(String),
    Number(i64),
}

impl TryFrom<NumberText> for Number {
    type Error = std::num::ParseIntError;
    fn try_from(text: NumberText) -> Result<Self, Self::Error> {
        match text {
            NumberText::Text(text) => text.parse().map(Self),
            NumberText::Number(number) => Ok(Self(number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_id_can_leave_its_segment() {
        let host = Url::parse("https://gmail.googleapis.com/").unwrap();
        for id in ["../../x", "a/b", "a?b#c", "..", "é\r\n", ""] {
            let url = address(&host, &["v1", "messages", id], &[("fields", "a(b,c)"), ("q", "a&b=c")]);
            assert_eq!(url.origin(), host.origin());
            assert!(url.path().starts_with("/v1/messages/") || id == "..", "{url}");
            assert_eq!(url.query_pairs().count(), 2, "{url}");
        }
    }
}
