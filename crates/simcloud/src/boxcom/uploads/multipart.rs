//! Bodies of `multipart/form-data` (RFC 7578).

use bytes::Bytes;

/// A part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

/// The parts in their order; nothing where the body is no such form.
pub(super) fn parts(content_type: &str, body: &Bytes) -> Option<Vec<Part>> {
    let (kind, parameters) = content_type.split_once(';')?;
    let boundary = parameters.split(';').find_map(|one| one.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") || boundary.is_empty() {
        return None;
    }
    let first = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let mut at = if body.starts_with(first.as_bytes()) {
        first.len()
    } else {
        find(body, between.as_bytes(), 0)? + between.len()
    };
    let mut parts = Vec::new();
    loop {
        if body[at..].starts_with(b"--") {
            return Some(parts);
        }
        let start = find(body, b"\r\n", at)? + 2;
        let end = find(body, between.as_bytes(), start - 2)?;
        parts.push(part(&body.slice(start..end.max(start)))?);
        at = end + between.len();
    }
}

fn part(whole: &Bytes) -> Option<Part> {
    let head = find(whole, b"\r\n\r\n", 0)?;
    let lines = std::str::from_utf8(&whole[..head]).ok()?.split("\r\n");
    let disposition = lines.filter_map(|line| line.split_once(':'));
    let (_, disposition) =
        disposition.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-disposition"))?;
    let name = disposition.split(';').find_map(|one| one.trim().strip_prefix("name="))?;
    Some(Part { name: name.trim_matches('"').to_owned(), bytes: whole.slice(head + 4..) })
}

fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    let first = *what.first()?;
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(what) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_whatever_bytes_they_hold() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"attributes\"\r\n\r\n{}\r\n--b\r\n\
            content-type: text/plain\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a;name=x\"\r\n\r\n\
            \r\n--a\r\n\x00\xff--b\r\n--b--\r\n";
        let got = parts("multipart/form-data; boundary=\"b\"", &Bytes::from_static(body)).unwrap();
        let expected = [("attributes", b"{}".as_slice()), ("file", b"\r\n--a\r\n\x00\xff--b")];
        assert_eq!(got.len(), 2);
        for (part, (name, bytes)) in got.iter().zip(expected) {
            assert_eq!((part.name.as_str(), part.bytes.as_ref()), (name, bytes));
        }
    }

    #[test]
    fn what_is_no_form_is_none() {
        for (kind, body) in [
            ("multipart/form-data; boundary=b", ""),
            ("multipart/form-data; boundary=b", "--b\r\n\r\nno end"),
            ("multipart/form-data; boundary=b", "--b"),
            ("multipart/form-data; boundary=b", "--b\r\nno: disposition\r\n\r\nx\r\n--b--"),
            ("multipart/form-data", "--b--"),
            ("application/json; boundary=b", "--b--"),
        ] {
            assert_eq!(parts(kind, &Bytes::from_static(body.as_bytes())), None, "{kind} {body}");
        }
    }
}
