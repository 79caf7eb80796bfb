//! One task as a `VTODO`. <https://www.rfc-editor.org/rfc/rfc5545#section-3.6.2>

use serde_json::{Value, json};

use super::ical::stamp;
use super::text::{escaped, line, property};

/// The task; empty for what has no id.
pub(super) fn todo(task: &Value) -> String {
    let mut out = String::new();
    let Some(id) = task["id"].as_str().filter(|id| !id.is_empty()) else { return out };
    line(&mut out, "BEGIN:VTODO");
    line(&mut out, &format!("UID:{}", escaped(id)));
    let epoch = json!("1970-01-01T00:00:00Z");
    stamp(&mut out, "DTSTAMP", if task["updated"].is_string() { &task["updated"] } else { &epoch });
    property(&mut out, "SUMMARY", &task["title"]);
    property(&mut out, "DESCRIPTION", &task["notes"]);
    // "Only the date is recorded; the time of day is discarded."
    let due = task["due"].as_str().and_then(|due| due.get(..10)?.parse::<jiff::civil::Date>().ok());
    if let Some(due) = due {
        line(&mut out, &format!("DUE;VALUE=DATE:{}", due.strftime("%Y%m%d")));
    }
    let is_done = task["status"] == "completed";
    line(&mut out, if is_done { "STATUS:COMPLETED" } else { "STATUS:NEEDS-ACTION" });
    stamp(&mut out, "COMPLETED", &task["completed"]);
    stamp(&mut out, "LAST-MODIFIED", &task["updated"]);
    property(&mut out, "RELATED-TO", &task["parent"]);
    line(&mut out, "END:VTODO");
    out
}
