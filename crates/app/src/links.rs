//! Pages of clouds that the app may open in the browser, and the one page that its own window shows.

use url::Url;

use crate::{Result, UserError};

/// Where clouds are set up and documented.
const HOSTS: [&str; 11] = [
    "accounts.google.com",
    "admin.google.com",
    "app.box.com",
    "cloud.google.com",
    "console.cloud.google.com",
    "developer.box.com",
    "developers.google.com",
    "knowledge.workspace.google.com",
    "myaccount.google.com",
    "support.box.com",
    "support.google.com",
];

/// The address, if a person's browser may be sent there.
pub fn allowed(url: &str) -> Result<Url> {
    let refused = || UserError::of("input.bad", "this link leads to no page that Holdfast knows");
    let url: Url = url.parse().map_err(|_| refused())?;
    let is_plain = url.scheme() == "https" && url.port().is_none() && url.username().is_empty();
    let is_known = url.host_str().is_some_and(|host| HOSTS.contains(&host));
    if is_plain && is_known && url.password().is_none() { Ok(url) } else { Err(refused()) }
}

/// The window shows the page that is in the program and nothing else.
pub fn is_own_page(url: &Url) -> bool {
    let is_own = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    if !is_own {
        tracing::warn!(host = url.host_str().unwrap_or_default(), "the page tried to leave");
    }
    is_own
}

#[cfg(test)]
mod tests {
    use holdfast_model::CloudKind;

    use super::*;

    #[test]
    fn only_pages_of_known_clouds_are_opened() {
        for url in [
            "https://admin.google.com/ac/owl/domainwidedelegation?x=1#y",
            "https://app.box.com/developers/console",
            holdfast_engine::after_deletion(CloudKind::Google).source.unwrap(),
            holdfast_engine::after_deletion(CloudKind::Box).source.unwrap(),
        ] {
            assert_eq!(allowed(url).unwrap().as_str(), url);
        }
        for url in [
            "",
            "admin.google.com",
            "http://admin.google.com/",
            "https://admin.google.com.example.com/",
            "https://admin.google.com@example.com/",
            "https://user:pw@admin.google.com/",
            "https://admin.google.com:8443/",
            "https://example.com/?admin.google.com",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "--help",
        ] {
            assert_eq!(allowed(url).unwrap_err().code, "input.bad", "{url}");
        }
    }

    #[test]
    fn the_window_shows_nothing_but_its_own_page() {
        let goes = |url: &str| is_own_page(&url.parse().unwrap());
        assert!(goes("tauri://localhost/index.html#/backup/start"));
        assert!(goes("http://tauri.localhost/"));
        let elsewhere =
            "https://example.com/ http://localhost/ tauri://elsewhere/ file:///etc/passwd data:,x";
        assert_eq!(elsewhere.split(' ').find(|url| goes(url)), None);
    }
}
