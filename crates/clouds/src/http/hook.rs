//! A request to an address of the person's own: a webhook, or a ping that an outside monitor waits for. The address is
//! a secret as a whole: only its host gets into an error.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use url::Url;

use crate::contract::{CloudError, ErrorKind};

/// All of it, from the name's lookup to the answer.
const WITHIN: Duration = Duration::from_secs(30);

/// Sends JSON by POST, or an empty GET. Anything but a success is an error; no redirect is followed, and the answer's
/// body is not read.
pub async fn send_hook(url: &Url, json: Option<String>) -> Result<(), CloudError> {
    let host = url.host_str().unwrap_or("?").to_owned();
    let failed = |kind, reason: &str, detail: String| CloudError::new(kind, reason, detail);
    if !is_safe(url) {
        let detail = format!("{host} is asked in the clear: use https");
        return Err(failed(ErrorKind::Fatal, "notEncrypted", detail));
    }
    let is_plain = url.scheme() == "http";
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(super::tls::config(!is_plain)?)
        .user_agent(concat!("Holdfast/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .timeout(WITHIN)
        .referer(false);
    if is_plain {
        // A proxy would see what is sent in the clear.
        builder = builder.no_proxy();
    }
    let told = |error: reqwest::Error| {
        let detail = format!("{host}: {}", error.without_url());
        failed(ErrorKind::Retry { after: None }, "network", detail)
    };
    let client = builder.build().map_err(told)?;
    let request = match json {
        Some(json) => client.post(url.clone()).header(CONTENT_TYPE, "application/json").body(json),
        None => client.get(url.clone()),
    };
    let status = request.send().await.map_err(told)?.status();
    if status.is_success() {
        return Ok(());
    }
    let detail = format!("{host} answered {}", status.as_u16());
    Err(CloudError { status: Some(status.as_u16()), ..failed(ErrorKind::Fatal, "refused", detail) })
}

/// Without TLS only this computer itself is asked.
pub fn is_safe(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_sent_in_the_clear_and_no_path_gets_into_an_error() {
        for text in ["http://hooks.example.com/s3cr3t", "ftp://127.0.0.1/s3cr3t"] {
            let error = send_hook(&text.parse().unwrap(), None).await.unwrap_err();
            assert_eq!(error.reason, "notEncrypted");
            assert!(!error.to_string().contains("s3cr3t"), "{error}");
        }
        // Nobody listens there.
        let error = send_hook(&"http://127.0.0.1:9/s3cr3t".parse().unwrap(), None).await.unwrap_err();
        assert!(error.is_passing() && !error.to_string().contains("s3cr3t"), "{error}");
    }
}
