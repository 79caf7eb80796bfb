//! Box's hosts. They are fixed when a Connection is made and kept with its secret.
//! <https://github.com/box/box-python-sdk-gen/blob/main/docs/client.md>, by whose names they go.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::contract::{CloudError, ErrorKind};

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
        let file: File = toml::from_str(text)
            .map_err(|error| refused(format!("the endpoints file cannot be read: {}", error.message())))?;
        file.r#box.check()?;
        Ok(file.r#box)
    }

    /// Refuses addresses that a secret must not be sent to: `https` everywhere, `http` on loopback only.
    pub fn check(&self) -> Result<(), CloudError> {
        if self.content.is_empty() {
            return Err(refused("content: no host is named".to_owned()));
        }
        for (name, url) in self.all() {
            let is_loopback = match url.host() {
                Some(Host::Ipv4(ip)) => ip.is_loopback(),
                Some(Host::Ipv6(ip)) => ip.is_loopback(),
                Some(Host::Domain(domain)) => domain == "localhost",
                None => false,
            };
            if !(url.scheme() == "https" || url.scheme() == "http" && is_loopback) {
                return Err(refused(format!("{name}: only https is allowed ({url})")));
            }
            let has_more = url.query().is_some()
                || url.fragment().is_some()
                || !url.username().is_empty()
                || url.password().is_some();
            if has_more {
                return Err(refused(format!(
                    "{name}: an address is a scheme, a host, a port and a path only"
                )));
            }
        }
        Ok(())
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

fn refused(detail: String) -> CloudError {
    CloudError::new(ErrorKind::Fatal, "badEndpoints", detail)
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
    fn plain_http_is_for_loopback_only() {
        let real = include_str!("endpoints.toml");
        let rows = [
            ("http://127.0.0.1:8080", true),
            ("https://dl.example.com", true),
            ("http://dl.example.com", false),
            ("http://127.0.0.1.evil.com", false),
            ("https://user:word@example.com", false),
            ("https://example.com/?q=1", false),
            ("nonsense", false),
        ];
        for (address, allowed) in rows {
            for known in ["https://dl.boxcloud.com", "https://api.box.com"] {
                let text = real.replace(known, address);
                assert_eq!(BoxEndpoints::from_toml(&text).is_ok(), allowed, "{address}");
            }
        }
        assert!(BoxEndpoints::from_toml("").is_err());
    }
}
