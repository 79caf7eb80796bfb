//! What happened, and the streams that tell of it.
//!
//! Both streams deliver at least once: an event may come twice, and those of the enterprise come out of order.
//! <https://developer.box.com/reference/get-events>,
//! <https://developer.box.com/guides/events/enterprise-events/migrate-to-stream>

use serde_json::{Value, json};

use super::call::{Call, Method};
use super::error::BoxError;
use super::model::Item;
use super::resource;
use super::state::State;
use crate::google::Answer;

/// The position before the first event.
const FIRST: u64 = 1_348_790_499_819;
/// Events that change no tree.
const NO_CHANGES: &[&str] = &["ITEM_DOWNLOAD", "ITEM_PREVIEW", "LOGIN"];

/// The methods.
pub(super) static METHODS: &[Method] =
    &[Method { id: "box.get_events", http: "GET", path: "events", scopes: &[], run }];

/// One event.
#[derive(Clone, Debug)]
pub struct Event {
    user_type: Option<&'static str>,
    admin_type: Option<&'static str>,
    at_ms: i64,
    by: String,
    source: Value,
    readers: Vec<String>,
}

/// Everything that happened since the start.
#[derive(Default)]
pub struct Log {
    events: Vec<Event>,
    /// Events before this one are forgotten.
    forgotten: usize,
}

impl Log {
    /// Forgets everything so far: positions from before are too old.
    pub fn forget(&mut self) {
        self.forgotten = self.events.len() + 1;
        // A position can only be older than the oldest that is kept when there is something between them.
        self.events.push(Event {
            user_type: None,
            admin_type: None,
            at_ms: 0,
            by: String::new(),
            source: Value::Null,
            readers: Vec::new(),
        });
    }
}

/// Writes down what a person did to an item, under the names of the user stream and of the enterprise's.
pub fn on_item(state: &mut State, now: i64, by: &str, words: (&'static str, &'static str), item: &Item) {
    let readers = state.users.iter().filter(|user| state.role(&user.id, item).is_some());
    let readers = readers.map(|user| user.id.clone()).collect();
    let source = resource::select(resource::item(state, by, item), None, resource::ITEM);
    state.log.events.push(Event {
        user_type: Some(words.0),
        admin_type: Some(words.1),
        at_ms: now,
        by: by.to_owned(),
        source,
        readers,
    });
}

/// Writes down what an admin did to a person or group; only the enterprise's stream tells it.
pub fn on_enterprise(state: &mut State, now: i64, by: &str, word: &'static str, source: Value) {
    let by = by.to_owned();
    let event =
        Event { user_type: None, admin_type: Some(word), at_ms: now, by, source, readers: Vec::new() };
    state.log.events.push(event);
}

fn run(call: &Call) -> Result<Answer, BoxError> {
    let kind = call.query("stream_type").unwrap_or("all");
    let is_admin = match kind {
        "all" | "changes" | "sync" => false,
        "admin_logs" | "admin_logs_streaming" => true,
        _ => return Err(BoxError::bad_parameter("stream_type", &format!("Invalid value '{kind}'"))),
    };
    if is_admin {
        call.admin_only()?;
        if !call.world.boxcom.auth.has_scope("manage_enterprise_properties") {
            return Err(BoxError::insufficient_scope());
        }
    }
    let limit = usize::try_from(call.number("limit", 100, 500)?).unwrap_or(500).max(1);
    let state = call.state();
    let log = &state.log;
    let end = log.events.len();
    let at = match call.query("stream_position").unwrap_or("0") {
        "now" => end,
        "0" | "" | "null" => log.forgotten.min(end),
        text => text
            .parse::<u64>()
            .ok()
            .and_then(|position| position.checked_sub(FIRST))
            .and_then(|at| usize::try_from(at).ok())
            .filter(|at| *at <= end)
            .ok_or_else(|| BoxError::bad_parameter("stream_position", "Invalid stream_position"))?,
    };
    if at < log.forgotten.min(end) {
        return Err(BoxError::bad_parameter("stream_position", "stream_position is too old"));
    }
    let wanted = |event: &Event| {
        if is_admin {
            return event.admin_type.is_some_and(|word| is_asked(call, kind, word, event.at_ms));
        }
        event.readers.contains(&call.user)
            && event.user_type.is_some_and(|word| kind == "all" || !NO_CHANGES.contains(&word))
    };
    let mut page: Vec<usize> = Vec::new();
    let mut next = at;
    while next < end && page.len() < limit {
        if wanted(&log.events[next]) {
            page.push(next);
        }
        next += 1;
    }
    if kind != "admin_logs" && limit > 1 {
        repeat(&mut page, at, log.forgotten, &|index| wanted(&log.events[index]));
        page.truncate(limit);
        // What a repeated event pushed out comes with the next page.
        next = page.iter().max().map_or(next, |last| if page.len() == limit { last + 1 } else { next });
        if is_admin {
            page.chunks_mut(3).for_each(<[usize]>::reverse);
        }
    }
    let entries: Vec<Value> =
        page.iter().map(|index| entry(&state, &log.events[*index], *index, is_admin)).collect();
    let position = FIRST + next as u64;
    let position = if is_admin { json!(position.to_string()) } else { json!(position) };
    Ok(Answer::json(
        json!({"chunk_size": entries.len(), "next_stream_position": position, "entries": entries}),
    ))
}

/// Puts the event before the page at its head again, as Box does now and then.
fn repeat(page: &mut Vec<usize>, at: usize, forgotten: usize, wanted: &dyn Fn(usize) -> bool) {
    let before = at.checked_sub(1).filter(|before| *before >= forgotten && wanted(*before));
    match before {
        Some(before) if !page.is_empty() => page.insert(0, before),
        None if page.len() > 1 => page.insert(1, page[0]),
        _ => {}
    }
}

fn is_asked(call: &Call, kind: &str, word: &str, at_ms: i64) -> bool {
    let is_type = call
        .query("event_type")
        .filter(|types| !types.is_empty())
        .is_none_or(|types| types.split(',').any(|one| one.trim() == word));
    let time = |name: &str| {
        let text = call.query(name).filter(|_| kind == "admin_logs")?;
        text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
    };
    is_type
        && time("created_after").is_none_or(|after| at_ms >= after)
        && time("created_before").is_none_or(|before| at_ms <= before)
}

fn entry(state: &State, event: &Event, index: usize, is_admin: bool) -> Value {
    let word = if is_admin { event.admin_type } else { event.user_type };
    let mut source = event.source.clone();
    if is_admin && let Some(kind) = source["type"].as_str().filter(|kind| ["file", "folder"].contains(kind)) {
        source = json!({
            "item_type": kind, "item_id": source["id"], "item_name": source["name"],
            "parent": source["parent"], "owned_by": source["owned_by"],
        });
    }
    json!({
        "type": "event",
        "event_id": format!("{:08x}-{:032x}", index, crate::content::mix(&[index as u64, 0x65])),
        "event_type": word,
        "created_at": resource::time(event.at_ms),
        "recorded_at": resource::time(event.at_ms),
        "created_by": resource::user_mini(state, &event.by),
        "session_id": format!("{:016x}", crate::content::mix(&[index as u64])),
        "source": source,
        "additional_details": {},
    })
}
