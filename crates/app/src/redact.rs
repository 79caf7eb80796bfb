//! Takes secrets out of text before it is written to a log: tokens, keys, passwords, recovery keys, and whatever it
//! was told to hide.

use std::sync::{Arc, RwLock};

use zeroize::Zeroizing;

use crate::error::ROWS;
use crate::recovery_key;

/// What stands where a secret stood.
const HIDDEN: &str = "[hidden]";

/// Names whose value is a secret, as they occur in forms, JSON, headers and fields of log lines.
const SECRET_NAMES: [&str; 15] = [
    "access_token",
    "refresh_token",
    "id_token",
    "assertion",
    "authorization",
    "client_secret",
    "code",
    "code_verifier",
    "passphrase",
    "password",
    "private_key",
    "recovery_key",
    "secret",
    "token",
    "cookie",
];

/// Values shorter than this are not hidden by value: they would tear holes into ordinary words.
const SHORTEST_KNOWN: usize = 6;

/// Hides secrets. Clones share what they were told to hide.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Vec<Zeroizing<String>>>>,
}

impl Redactor {
    /// Hides this value wherever it occurs from now on.
    pub fn hide(&self, secret: &str) {
        let secret = secret.trim();
        if secret.len() >= SHORTEST_KNOWN {
            let mut known = self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            known.push(Zeroizing::new(secret.to_owned()));
        }
    }

    /// The text without its secrets.
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner).iter() {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), HIDDEN);
            }
        }
        hide_words(&hide_named(&hide_pem(&text)))
    }
}

/// Everything from `-----BEGIN` to the end line of the block, or to the end of the text.
fn hide_pem(text: &str) -> String {
    const BEGIN: &str = "-----BEGIN ";
    const END: &str = "-----END ";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        out.push_str(&rest[..at]);
        out.push_str(HIDDEN);
        let block = &rest[at..];
        rest = match block.find(END) {
            Some(end) => {
                let tail = &block[end + END.len()..];
                tail.find("-----").map_or("", |dashes| &tail[dashes + 5..])
            }
            None => "",
        };
    }
    out.push_str(rest);
    out
}

/// The value after each name of [`SECRET_NAMES`]: `name=value`, `name: value`, `"name":"value"`, `\"name\":\"value\"`.
fn hide_named(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let mut at = 0;
    while at < bytes.len() {
        let starts_word = at == 0 || !is_name_byte(bytes[at - 1]);
        let name = starts_word
            .then(|| {
                SECRET_NAMES
                    .iter()
                    .filter(|name| lower[at..].starts_with(**name))
                    .max_by_key(|name| name.len())
                    .filter(|name| !bytes.get(at + name.len()).copied().is_some_and(is_name_byte))
            })
            .flatten();
        if let Some(name) = name
            && let Some((start, end)) = value_after(bytes, at + name.len())
            && !is_error_code(name, &lower[start..end])
        {
            out.push_str(&text[done..start]);
            out.push_str(HIDDEN);
            done = end;
            at = end;
        } else {
            at += 1;
            while at < bytes.len() && !lower.is_char_boundary(at) {
                at += 1;
            }
        }
    }
    out.push_str(&text[done..]);
    out
}

/// `code=` is an authorisation's secret in a form, and the stable code of an error in a line of ours.
fn is_error_code(name: &str, value: &str) -> bool {
    let word = value.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').next();
    name == "code" && ROWS.iter().any(|row| word == Some(row.code))
}

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where the value of a name that ends at `at` begins and ends.
fn value_after(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let skip = |mut at: usize, set: &[u8]| {
        while bytes.get(at).is_some_and(|byte| set.contains(byte)) {
            at += 1;
        }
        at
    };
    at = skip(at, b"\\\"' ");
    if !matches!(bytes.get(at), Some(b'=' | b':')) {
        return None;
    }
    at = skip(at + 1, b" ");
    let quoted_at = skip(at, b"\\");
    let quote = bytes.get(quoted_at).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    let start = if quote.is_some() { quoted_at + 1 } else { at };
    let mut end = start;
    while let Some(byte) = bytes.get(end) {
        let ends = match quote {
            Some(quote) => *byte == quote,
            // A header's value has a scheme before it: `authorization: Bearer abc`.
            None => matches!(byte, b'&' | b',' | b';' | b'"' | b'}' | b')' | b'\n' | b'\r'),
        };
        if ends {
            break;
        }
        end += 1;
    }
    while quote.is_some() && end > start && bytes[end - 1] == b'\\' {
        end -= 1;
    }
    (end > start).then_some((start, end))
}

/// Words that are secrets by their look, and what follows `Bearer`.
fn hide_words(text: &str) -> String {
    let is_token_char = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_scheme = false;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !is_token_char(c)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(length);
        if !word.is_empty() {
            let is_scheme = word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic");
            if (after_scheme && word.len() >= 8) || looks_secret(word) {
                out.push_str(HIDDEN);
            } else {
                out.push_str(word);
            }
            after_scheme = is_scheme;
        }
        let gap = tail.find(is_token_char).unwrap_or(tail.len());
        let (between, next) = tail.split_at(gap);
        after_scheme &= between.chars().all(|c| c == ' ');
        out.push_str(between);
        rest = next;
    }
    out
}

/// Google's access (`ya29.`) and refresh tokens (`1//`), client secrets (`GOCSPX-`), age keys, JSON web tokens and
/// recovery keys.
fn looks_secret(word: &str) -> bool {
    const STARTS: [&str; 5] = ["ya29.", "1//", "GOCSPX-", "AGE-SECRET-KEY-", "eyJ"];
    let word = word.trim_start_matches(['=', '/']);
    (word.len() >= 16 && STARTS.iter().any(|start| word.starts_with(start)))
        || recovery_key::looks_like_key(&word.trim_end_matches(['.', '=']).split('-').collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_passes_whatever_its_clothes() {
        let key = crate::RecoveryKey::generate().unwrap();
        let rows = [
            ("GET /x Authorization: Bearer s3cr3t-abcdef.ghi", "s3cr3t"),
            ("authorization: bearer s3cr3t-abcdef", "s3cr3t"),
            ("sent Bearer  s3cr3tabcdefgh to host", "s3cr3t"),
            (r#"{"access_token":"s3cr3t","expires_in":3599}"#, "s3cr3t"),
            (r#"body="{\"refresh_token\": \"s3cr3t\"}""#, "s3cr3t"),
            ("grant_type=refresh_token&refresh_token=s3cr3t&client_id=x", "s3cr3t"),
            ("code=s3cr3t&code_verifier=s3cr3t2", "s3cr3t"),
            ("client_secret = 's3cr3t and more'", "s3cr3t"),
            ("token ya29.a0s3cr3t_abcdefghijkl", "s3cr3t"),
            ("token 1//0gs3cr3tabcdefghijkl-x", "s3cr3t"),
            ("jwt eyJhbGciOiJSUzI1NiJ9.s3cr3t.sig", "s3cr3t"),
            ("-----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----\nrest", "s3cr3t"),
            (r#"{"private_key":"-----BEGIN PRIVATE KEY-----\ns3cr3t"#, "s3cr3t"),
            ("-----BEGIN RSA PRIVATE KEY-----s3cr3t cut off", "s3cr3t"),
            ("passphrase: s3cr3t horse battery", "horse"),
            ("Password=s3cr3t", "s3cr3t"),
            (&format!("opened with {}.", key.as_str()), key.as_str()),
            ("known Tr0ub4dor", "Tr0ub4dor"),
        ];
        let redactor = Redactor::default();
        redactor.hide("Tr0ub4dor\n");
        for (text, secret) in rows {
            let written = redactor.redact(text);
            assert!(!written.contains(secret), "{written}");
            assert!(written.contains(HIDDEN), "{written}");
        }
    }

    #[test]
    fn ordinary_lines_stay_as_they_are() {
        let redactor = Redactor::default();
        redactor.hide("abc");
        let lines = [
            "run 12 of anna@example.com Gmail ended: complete, 120 stored",
            "codes=3 status_code=404 tokens: none of them; the password is wrong",
            "bearer of news: a-b-c-d-e-f-g-h-i-j-k-l",
            "GET https://gmail.googleapis.com/gmail/v1/users/me/messages?pageToken=123 200 in 12 ms",
            "naïve 日本語 — ünïcödé abc",
            "",
        ];
        for line in lines {
            assert_eq!(redactor.redact(line), line);
        }
    }

    #[test]
    fn the_code_of_an_error_stays_readable() {
        let redactor = Redactor::default();
        let line = "a commit failed code=repository.locked error=held by another";
        assert_eq!(redactor.redact(line), line);
        let line = r#"{"code":"repository.locked","what":"x"}"#;
        assert_eq!(redactor.redact(line), line);
        assert!(!redactor.redact("code=repository_s3cr3t&x=1").contains("s3cr3t"));
    }
}
