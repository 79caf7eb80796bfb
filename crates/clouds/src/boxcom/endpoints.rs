//! Box's hosts. They are fixed when a Connection is made and kept with its secret.
//! <https://github.com/box/box-python-sdk-gen/blob/main/docs/client.md>, by whose names they go.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::addresses;
use crate::contract::CloudError;

/// The address of each part of Box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoxEndpoints {
    /// The API, and the token endpoint below `/oauth2/`.
    pub api: Url,
    /// Where people sign in: `<account>/authorize`.
    pub account: Url,
    /// Where files are uploaded.
    pub upload: Url,
    /// The hosts that content may come from; links to any other are refused.
    #[serde(deserialize_with = "one_or_more")]
    pub content: Vec<Url>,
}

#[derive(Deserialize)]
struct File {
    r#box: BoxEndpoints,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(Url),
    More(Vec<Url>),
}

fn one_or_more<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Url>, D::Error> {
    Ok(match OneOrMore::deserialize(from)? {
        OneOrMore::One(url) => vec![url],
        OneOrMore::More(urls) => urls,
    })
}

impl BoxEndpoints {
    /// The real ones: `servers` of Box's published description, and the hosts that its downloads lead to.
    pub fn real() -> Result<Self, CloudError> {
        Self::from_toml(include_str!("endpoints.toml"))
    }

    /// Reads the table `[box]` of an endpoints file.
    pub fn from_toml(text: &str) -> Result<Self, CloudError> {
        let file: File = addresses::read(text)?;
        file.r#box.check()?;
        Ok(file.r#box)
    }

    /// Refuses addresses that a secret must not be sent to.
    pub fn check(&self) -> Result<(), CloudError> {
        if self.content.is_empty() {
            return Err(addresses::refused("content: no host is named".to_owned()));
        }
        self.all().into_iter().try_for_each(|(name, url)| addresses::check(name, url))
    }

    /// Every address, with its name.
    pub fn all(&self) -> Vec<(&'static str, &Url)> {
        let mut all = vec![("api", &self.api), ("account", &self.account), ("upload", &self.upload)];
        all.extend(self.content.iter().map(|url| ("content", url)));
        all
    }

    /// The hosts that requests of a backup go to.
    pub(super) fn hosts(&self) -> Vec<&Url> {
        std::iter::once(&self.api).chain(&self.content).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_endpoints_are_https() {
        let real = BoxEndpoints::real().unwrap();
        assert!(real.all().iter().all(|(_, url)| url.scheme() == "https"));
    }

    #[test]
    fn each_host_has_to_be_reached_over_tls() {
        let real = include_str!("endpoints.toml");
        for known in ["https://dl.boxcloud.com", "https://api.box.com"] {
            for (address, allowed) in [("http://127.0.0.1:8080", true), ("http://dl.example.com", false)] {
                let text = real.replace(known, address);
                assert_eq!(BoxEndpoints::from_toml(&text).is_ok(), allowed, "{address}");
            }
        }
        assert!(BoxEndpoints::from_toml("").is_err());
    }
}
