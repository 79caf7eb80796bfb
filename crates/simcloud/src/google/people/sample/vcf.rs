//! Cards of a `.vcf` file as the API would show them after an import. Only what is plain is read.

use serde_json::{Value, json};

/// The people of a file.
pub(super) fn people(file: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(file).replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let mut found = Vec::new();
    let mut lines: Option<Vec<&str>> = None;
    for line in text.lines() {
        match (line.trim_end().to_ascii_uppercase().as_str(), &mut lines) {
            ("BEGIN:VCARD", _) => lines = Some(Vec::new()),
            ("END:VCARD", _) => found.extend(lines.take().and_then(|lines| person(&lines))),
            (_, Some(lines)) => lines.push(line),
            _ => {}
        }
    }
    found
}

fn person(lines: &[&str]) -> Option<Value> {
    let values = |wanted: &str| -> Vec<String> {
        let own = |line: &&str| {
            let (head, value) = line.split_once(':')?;
            let name = head.split(';').next()?.rsplit('.').next()?;
            (name.eq_ignore_ascii_case(wanted) && !head.to_ascii_uppercase().contains("ENCODING"))
                .then(|| unescaped(value.trim()))
        };
        lines.iter().filter_map(own).filter(|value| !value.is_empty()).collect()
    };
    let name = values("FN").into_iter().next()?;
    let mut person = json!({"names": [{"displayName": name, "unstructuredName": name}]});
    for (ours, theirs) in [
        ("emailAddresses", "EMAIL"),
        ("phoneNumbers", "TEL"),
        ("biographies", "NOTE"),
        ("urls", "URL"),
        ("nicknames", "NICKNAME"),
    ] {
        let list: Vec<Value> = values(theirs).into_iter().map(|value| json!({"value": value})).collect();
        if !list.is_empty() {
            person[ours] = json!(list);
        }
    }
    Some(person)
}

fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n")
        .replace("\\N", "\n")
        .replace("\\,", ",")
        .replace("\\;", ";")
        .replace("\\\\", "\\")
}
