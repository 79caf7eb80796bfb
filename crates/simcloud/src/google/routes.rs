//! Which method a path means, and which hosts serve it.

use super::{METHODS, Method};

/// Hosts of Google and the beginnings of the paths they serve.
const HOSTS: &[(&str, &[&str])] = &[
    ("gmail.googleapis.com", &["/gmail/", "/batch", "/$discovery/", "/upload/gmail/"]),
    ("admin.googleapis.com", &["/admin/", "/batch", "/$discovery/"]),
    ("drive.googleapis.com", &["/drive/", "/batch", "/$discovery/", "/upload/drive/"]),
    ("oauth2.googleapis.com", &["/token", "/revoke", "/tokeninfo", "/$discovery/"]),
    ("accounts.google.com", &["/o/oauth2/", "/.well-known/"]),
    ("openidconnect.googleapis.com", &["/v1/userinfo"]),
    ("docs.google.com", &["/document/", "/spreadsheets/", "/presentation/", "/drawings/", "/feeds/"]),
    ("people.googleapis.com", &["/v1/", "/batch", "/$discovery/"]),
    ("calendar-json.googleapis.com", &["/calendar/", "/batch", "/$discovery/"]),
    ("tasks.googleapis.com", &["/tasks/", "/batch", "/$discovery/"]),
    ("www.googleapis.com", &["/"]),
];

/// Whether this host, when it is one of Google's, serves this path. Loopback serves all.
pub(crate) fn host_serves(host: &str, path: &str) -> bool {
    let name = host_name(host);
    if let Some((_, paths)) = HOSTS.iter().find(|(known, _)| *known == name) {
        return paths.iter().any(|p| path.starts_with(p));
    }
    !is_google(name)
}

/// Whether a `Host` header names one of Google's hosts.
pub(crate) fn is_google(name: &str) -> bool {
    let name = host_name(name);
    name.ends_with(".googleapis.com")
        || name.ends_with(".google.com")
        || name.ends_with(".googleusercontent.com")
}

/// A `Host` header without its port.
pub(crate) fn host_name(host: &str) -> &str {
    if host.starts_with('[') {
        return host.split_inclusive(']').next().unwrap_or(host);
    }
    host.split(':').next().unwrap_or(host)
}

/// Parameters found in a path, decoded.
pub(crate) type PathParameters = Vec<(&'static str, String)>;

/// The method behind verb and path.
pub(crate) fn find(verb: &str, path: &str) -> Option<(&'static Method, PathParameters)> {
    let path = path.strip_prefix('/')?;
    METHODS
        .iter()
        .flat_map(|table| table.iter())
        .filter(|m| m.http == verb)
        .find_map(|m| matched(m.path, path).map(|parameters| (m, parameters)))
}

fn matched(template: &'static str, path: &str) -> Option<PathParameters> {
    let mut parameters = Vec::new();
    let mut rest = Some(path);
    for part in template.split('/') {
        let path = rest?;
        if let Some(name) = part.strip_prefix("{+").and_then(|p| p.strip_suffix('}')) {
            parameters.push((name, percent_decode(path)));
            return (!path.is_empty()).then_some(parameters);
        }
        let (segment, after) = match path.split_once('/') {
            Some((segment, after)) => (segment, Some(after)),
            None => (path, None),
        };
        match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => parameters.push((name, percent_decode(segment))),
            None if part == segment => {}
            _ => return None,
        }
        rest = after;
    }
    rest.is_none().then_some(parameters)
}

/// Decodes `%41`; bytes that are no UTF-8 become the replacement character.
pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
