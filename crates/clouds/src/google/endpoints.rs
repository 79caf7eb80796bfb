//! Google's hosts. They are fixed when a Connection is made and kept with its secret.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::addresses;
use crate::contract::CloudError;

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
        let file: File = addresses::read(text)?;
        file.google.check()?;
        Ok(file.google)
    }

    /// Refuses addresses that a secret must not be sent to, and those that are more than a host.
    pub fn check(&self) -> Result<(), CloudError> {
        for (name, url) in self.all() {
            addresses::check(name, url)?;
            if url.path() != "/" {
                let detail = format!("{name}: an address is a scheme, a host and a port only");
                return Err(addresses::refused(detail));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_endpoints_are_https() {
        let real = GoogleEndpoints::real().unwrap();
        assert!(real.all().iter().all(|(_, url)| url.scheme() == "https"));
    }

    #[test]
    fn an_address_is_a_host_over_tls() {
        let real = include_str!("endpoints.toml");
        for address in ["http://gmail.example.com/", "https://example.com/path", "nonsense"] {
            let text = real.replace("https://gmail.googleapis.com/", address);
            assert!(GoogleEndpoints::from_toml(&text).is_err(), "{address}");
        }
    }

    #[test]
    fn a_missing_or_unknown_api_is_refused() {
        let real = include_str!("endpoints.toml");
        assert!(GoogleEndpoints::from_toml("").is_err());
        assert!(GoogleEndpoints::from_toml(&real.replace("tasks", "tusks")).is_err());
    }
}
