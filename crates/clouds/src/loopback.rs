//! The port of this computer to which a Cloud's sign-in page sends the browser back.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use zeroize::Zeroizing;

use crate::contract::{CloudError, ErrorKind};

/// The head of a browser's request is never larger.
const LARGEST_HEAD: usize = 16 * 1024;
/// Longest word of a refusal that is kept.
const LONGEST_WORD: usize = 600;
/// A browser sends its request at once.
const SLOWEST_HEAD: Duration = Duration::from_secs(5);

/// An authorization code is a secret until it is used.
pub(crate) type Code = Zeroizing<String>;

/// How the person came back.
enum Landing {
    Code(Code),
    /// In the Cloud's word: `access_denied`.
    Denied(String),
    Broken(std::io::Error),
}

/// The code that the person came back with, at `path` and with our `state`, within `timeout`.
pub(crate) async fn code(
    listener: &TcpListener,
    path: &str,
    state: &str,
    timeout: Duration,
) -> Result<Code, CloudError> {
    match tokio::time::timeout(timeout, wait(listener, path, state)).await {
        Ok(Landing::Code(code)) => Ok(code),
        Ok(Landing::Denied(reason)) => {
            let detail = format!("the sign-in page was answered with: {reason}");
            Err(CloudError::new(ErrorKind::Forbidden, "signInDenied", detail))
        }
        Ok(Landing::Broken(error)) => Err(no_port(error)),
        Err(_) => {
            let detail = format!("nobody finished the sign-in within {} minutes", timeout.as_secs() / 60);
            Err(CloudError::new(ErrorKind::Retry { after: None }, "signInTimeout", detail))
        }
    }
}

/// No port of this computer can be listened on.
pub(crate) fn no_port(error: std::io::Error) -> CloudError {
    let detail = format!("no port of this computer can be listened on: {error}");
    CloudError::new(ErrorKind::Fatal, "noLoopbackPort", detail)
}

/// Waits for the browser with our `state`. Any other visitor is told so and forgotten.
async fn wait(listener: &TcpListener, path: &str, state: &str) -> Landing {
    loop {
        let mut stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => return Landing::Broken(error),
        };
        let Some(target) = head(&mut stream).await else { continue };
        let (status, words, landing) = judge(&target, path, state);
        let page = page(status, words);
        // The browser may be gone already: the sign-in counts all the same.
        if let Err(error) = stream.write_all(page.as_bytes()).await {
            tracing::debug!(%error, "the browser did not wait for its page");
        }
        stream.shutdown().await.unwrap_or_default();
        if let Some(landing) = landing {
            return landing;
        }
    }
}

/// The target of a GET; `None` for anything else.
async fn head(stream: &mut TcpStream) -> Option<Zeroizing<String>> {
    let mut head = Zeroizing::new(vec![0; LARGEST_HEAD]);
    let mut filled = 0;
    let whole = async {
        while filled < head.len() && !head[..filled].windows(4).any(|four| four == b"\r\n\r\n") {
            let read = stream.read(&mut head[filled..]).await.ok().filter(|read| *read > 0)?;
            filled += read;
        }
        Some(())
    };
    tokio::time::timeout(SLOWEST_HEAD, whole).await.ok().flatten()?;
    let line = head[..filled].split(|byte| *byte == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let target = line.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1")?;
    Some(Zeroizing::new(target.to_owned()))
}

fn judge(target: &str, home: &str, state: &str) -> (&'static str, &'static str, Option<Landing>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path != home {
        return ("404 Not Found", "There is nothing here.", None);
    }
    let (mut code, mut error, mut given) = (None, None, None);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "code" => code = Some(Zeroizing::new(value.into_owned())),
            "error" => error = Some(value.into_owned()),
            "state" => given = Some(value.into_owned()),
            _ => {}
        }
    }
    if !given.is_some_and(|given| is_same(&given, state)) {
        return (
            "400 Bad Request",
            "This page does not belong to the sign-in that Holdfast waits for. Go back to Holdfast and start again.",
            None,
        );
    }
    match (code, error) {
        (_, Some(error)) => (
            "200 OK",
            "Access was not granted. You can close this window and try again in Holdfast.",
            Some(Landing::Denied(error.chars().filter(|c| !c.is_control()).take(LONGEST_WORD).collect())),
        ),
        (Some(code), None) => (
            "200 OK",
            "You are signed in. You can close this window and go back to Holdfast.",
            Some(Landing::Code(code)),
        ),
        (None, None) => ("400 Bad Request", "The answer is not complete. Please try again.", None),
    }
}

/// Compares in a time that tells nothing.
fn is_same(given: &str, state: &str) -> bool {
    given.len() == state.len() && given.bytes().zip(state.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

fn page(status: &str, words: &str) -> String {
    let body = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Holdfast</title><style>body{{font:18px/1.5 \
         system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}}</style></head>\
         <body><h1>Holdfast</h1><p>{words}</p></body></html>"
    );
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: \
         no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'; style-src \
         'unsafe-inline'\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_state_counts() {
        let rows = [
            ("/?state=ours&code=4%2Fabc", true, "200"),
            ("/?code=4%2Fabc&state=ours&scope=a", true, "200"),
            ("/?state=ours&error=access_denied", true, "200"),
            ("/?state=theirs&code=4%2Fabc", false, "400"),
            ("/?state=ours1&code=4%2Fabc", false, "400"),
            ("/?code=4%2Fabc", false, "400"),
            ("/?state=ours", false, "400"),
            ("/favicon.ico", false, "404"),
            ("/favicon.ico?state=ours&code=1", false, "404"),
        ];
        for (target, ends, status) in rows {
            let (line, _, landing) = judge(target, "/", "ours");
            assert_eq!(landing.is_some(), ends, "{target}");
            assert!(line.starts_with(status), "{target}: {line}");
            if let Some(Landing::Code(code)) = landing {
                assert_eq!(code.as_str(), "4/abc");
            }
        }
    }
}
