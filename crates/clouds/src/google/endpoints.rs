//! Google's hosts. They are fixed when a Connection is made and kept with its secret.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::contract::{CloudError, ErrorKind};

/// The address of each API; every one ends with `/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // Each is the API of its name.
pub struct GoogleEndpoints {
    pub accounts: Url,
    pub oauth2: Url,
    pub admin: Url,
    pub gmail: Url,
    pub drive: Url,
    pub docs: Url,
    pub people: Url,
    pub calendar: Url,
    pub tasks: Url,
    /// Photos of contacts, which are read without a token. Connections made before there were any have the real one.
    #[serde(default = "photos")]
    pub photos: Url,
}

#[allow(clippy::expect_used)] // A constant, and a test reads it.
fn photos() -> Url {
    Url::parse("https://lh3.googleusercontent.com/").expect("an address")
}

#[derive(Deserialize)]
struct File {
    google: GoogleEndpoints,
}

impl GoogleEndpoints {
    /// The real ones: `rootUrl` of each API's discovery document.
    pub fn real() -> Result<Self, CloudError> {
        Self::from_toml(include_str!("endpoints.toml"))
    }

    /// Reads the table `[google]` of an endpoints file.
    pub fn from_toml(text: &str) -> Result<Self, CloudError> {
        let file: File = toml::from_str(text)
            .map_err(|error| refused(format!("the endpoints file cannot be read: {}", error.message())))?;
        file.google.check()?;
        Ok(file.google)
    }

    /// Refuses addresses that a secret must not be sent to: `https` everywhere, `http` on loopback only.
    pub fn check(&self) -> Result<(), CloudError> {
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
            let is_bare = url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none();
            if !is_bare {
                return Err(refused(format!("{name}: an address is a scheme, a host and a port only")));
            }
        }
        Ok(())
    }

    /// Every address, with its name.
    pub fn all(&self) -> [(&'static str, &Url); 10] {
        [
            ("accounts", &self.accounts),
            ("oauth2", &self.oauth2),
            ("admin", &self.admin),
            ("gmail", &self.gmail),
            ("drive", &self.drive),
            ("docs", &self.docs),
            ("people", &self.people),
            ("calendar", &self.calendar),
            ("tasks", &self.tasks),
            ("photos", &self.photos),
        ]
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
        let real = GoogleEndpoints::real().unwrap();
        assert!(real.all().iter().all(|(_, url)| url.scheme() == "https"));
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        let real = include_str!("endpoints.toml");
        let rows = [
            ("http://127.0.0.1:8080/", true),
            ("http://localhost:8080/", true),
            ("http://[::1]:8080/", true),
            ("https://gmail.example.com/", true),
            ("http://gmail.example.com/", false),
            ("http://127.0.0.1.evil.com/", false),
            ("ftp://127.0.0.1/", false),
            ("https://user:word@example.com/", false),
            ("https://example.com/path", false),
            ("https://example.com/?q=1", false),
            ("nonsense", false),
        ];
        for (address, allowed) in rows {
            let text = real.replace("https://gmail.googleapis.com/", address);
            assert_eq!(GoogleEndpoints::from_toml(&text).is_ok(), allowed, "{address}");
        }
    }

    #[test]
    fn a_missing_or_unknown_api_is_refused() {
        let real = include_str!("endpoints.toml");
        assert!(GoogleEndpoints::from_toml("").is_err());
        assert!(GoogleEndpoints::from_toml(&real.replace("tasks", "tusks")).is_err());
    }
}
