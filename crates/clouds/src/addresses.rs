//! What the addresses of every Cloud have in common. They are fixed when a Connection is made and kept with its secret,
//! which is sent over TLS, or to this computer itself.

use serde::de::DeserializeOwned;
use url::{Host, Url};

use crate::contract::{CloudError, ErrorKind};

/// Reads an endpoints file.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, CloudError> {
    toml::from_str(text)
        .map_err(|error| refused(format!("the endpoints file cannot be read: {}", error.message())))
}

/// Refuses an address that a secret must not be sent to: `https` everywhere, `http` on loopback only.
pub(crate) fn check(name: &str, url: &Url) -> Result<(), CloudError> {
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
            "{name}: an address has no name, no password, no query and no fragment"
        )));
    }
    Ok(())
}

pub(crate) fn refused(detail: String) -> CloudError {
    CloudError::new(ErrorKind::Fatal, "badEndpoints", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_only() {
        let rows = [
            ("http://127.0.0.1:8080/", true),
            ("http://localhost:8080/", true),
            ("http://[::1]:8080/", true),
            ("https://gmail.example.com/", true),
            ("https://example.com/path", true),
            ("http://gmail.example.com/", false),
            ("http://127.0.0.1.evil.com/", false),
            ("ftp://127.0.0.1/", false),
            ("https://user:word@example.com/", false),
            ("https://example.com/?q=1", false),
            ("https://example.com/#here", false),
        ];
        for (address, allowed) in rows {
            assert_eq!(check("api", &Url::parse(address).unwrap()).is_ok(), allowed, "{address}");
        }
    }
}
