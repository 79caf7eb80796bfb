//! What is kept of an Item beside its content, as lines for people: a name and a value each.

use holdfast_engine::ItemDetails;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::format;

/// Everything that is kept, what every Item has first. What a Cloud told is named by its own words, parted by dots:
/// `metadata.enterprise_27335.contract.owner`.
pub fn facts(details: &ItemDetails, zone: &TimeZone) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut add = |name: &str, value: String| facts.push((name.to_owned(), value));
    let meta = &details.metadata;
    add("item", details.id.to_string());
    if let Some(name) = &meta.name {
        add("name", name.clone());
    }
    add("service", details.service.title().to_owned());
    add("as it was", format::time(details.snapshot_time, zone));
    for file in &details.files {
        let kept = format!("{} ({}), SHA-256 {}", file.name, format::bytes(file.size), file.sha256);
        add("kept as", kept);
    }
    if let Some(reason) = details.skip {
        add("not kept because", reason.sentence().to_owned());
    }
    for part in &meta.left_out {
        add("left out", format!("{}: {} ({})", part.part, part.reason, part.detail));
    }
    if !meta.parents.is_empty() {
        add("in the folders", meta.parents.join(", "));
    }
    if !meta.labels.is_empty() {
        add("labels", meta.labels.join(", "));
    }
    if let Some(kind) = &meta.media_type {
        add("media type", kind.clone());
    }
    for (name, time) in [("created", meta.created), ("changed", meta.modified)] {
        if let Some(time) = time {
            add(name, format::time(time, zone));
        }
    }
    for (name, value) in &meta.more {
        flatten(name, value, &mut facts);
    }
    facts
}

/// A line for each value inside; several plain ones in one.
fn flatten(name: &str, value: &Value, facts: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (field, value) in fields {
                flatten(&format!("{name}.{field}"), value, facts);
            }
        }
        Value::Array(values) if values.iter().any(|value| value.is_object() || value.is_array()) => {
            for (number, value) in values.iter().enumerate() {
                flatten(&format!("{name}.{}", number + 1), value, facts);
            }
        }
        Value::Array(values) => {
            let plain: Vec<String> = values.iter().map(plain).collect();
            facts.push((name.to_owned(), plain.join(", ")));
        }
        other => facts.push((name.to_owned(), plain(other))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use holdfast_model::{ItemMeta, Service, SkipReason, Timestamp};
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_that_is_kept_is_left_unsaid() {
        let more = json!({
            "description": "Draft",
            "metadata": {"enterprise_1": {"contract": {"owner": "Ada", "regions": ["EU", "US"], "pages": 3}}},
            "collaborations": [{"role": "editor", "accessible_by": {"login": "ada@example.com"}}],
            "empty": {},
        });
        let details = ItemDetails {
            service: Service::BoxFiles,
            id: "7".into(),
            snapshot_time: Timestamp::UNIX_EPOCH,
            skip: Some(SkipReason::Abusive),
            files: Vec::new(),
            metadata: ItemMeta {
                name: Some("a.txt".to_owned()),
                parents: vec!["folder5".to_owned()],
                labels: vec!["final".to_owned(), "q3".to_owned()],
                created: Some(Timestamp::UNIX_EPOCH),
                more: more.as_object().cloned().unwrap_or_default(),
                ..ItemMeta::default()
            },
        };
        let lines: Vec<String> = facts(&details, &TimeZone::UTC)
            .into_iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
