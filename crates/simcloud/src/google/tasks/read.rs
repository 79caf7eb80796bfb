//! Lists and their tasks.
//! <https://developers.google.com/workspace/tasks/reference/rest/v1/tasks/list>

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{TaskList, TaskLists, own};
use crate::google::synced::{Entry, with_etag};
use crate::google::{Answer, Call, GoogleError, paging};
use crate::sync::lock;

fn list_json(list: &TaskList) -> Value {
    with_etag(&json!({
        "kind": "tasks#taskList",
        "id": list.id,
        "title": list.title,
        "updated": "2026-01-02T08:00:00.000Z",
        "selfLink": format!("https://www.googleapis.com/tasks/v1/users/@me/lists/{}", list.id),
    }))
}

pub(super) fn lists(call: &Call) -> Result<Answer, GoogleError> {
    let all = own(call)?;
    let size = call.number("maxResults", 0..=u64::from(u32::MAX), 1000)?.clamp(1, 1000) as usize;
    let from: usize = paging::open(call)?.and_then(|at| at.parse().ok()).unwrap_or(0);
    let all = lock(&all);
    let page: Vec<Value> = all.lists.iter().skip(from).take(size).map(list_json).collect();
    let mut answer = json!({"kind": "tasks#taskLists", "etag": "\"p1\"", "items": page});
    if from + size < all.lists.len() {
        answer["nextPageToken"] = json!(paging::seal(call, &(from + size).to_string()));
    }
    Ok(Answer::json(answer))
}

fn find<'l>(all: &'l TaskLists, call: &Call) -> Result<&'l TaskList, GoogleError> {
    let id = call.path("tasklist");
    let found = match id {
        "@default" => all.lists.first(),
        id => all.lists.iter().find(|list| list.id == id),
    };
    found.ok_or_else(|| GoogleError::new(404, "notFound", "Task list not found."))
}

pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let all = own(call)?;
    let all = lock(&all);
    Ok(Answer::json(list_json(find(&all, call)?)))
}

pub(super) fn task(call: &Call) -> Result<Answer, GoogleError> {
    let all = own(call)?;
    let all = lock(&all);
    let entry = find(&all, call)?.tasks.get(call.path("task"));
    let entry = entry.ok_or_else(|| GoogleError::new(404, "notFound", "Task not found."))?;
    Ok(Answer::json(with_etag(&entry.json)))
}

/// `items` is left out where there are none.
pub(super) fn tasks(call: &Call) -> Result<Answer, GoogleError> {
    let all = own(call)?;
    let size = call.number("maxResults", 0..=u64::from(u32::MAX), 20)?.clamp(1, 100) as usize;
    let flag = |name: &str, unless: bool| call.query(name).map_or(Ok(unless), |_| call.flag(name));
    let (deleted, hidden) = (flag("showDeleted", false)?, flag("showHidden", false)?);
    let (completed, assigned) = (flag("showCompleted", true)?, flag("showAssigned", false)?);
    let time = |name: &str| -> Result<Option<Timestamp>, GoogleError> {
        let parsed = call.query(name).map(|text| text.parse::<Timestamp>());
        parsed.transpose().map_err(|_| GoogleError::invalid_parameter(name, "Invalid timestamp"))
    };
    let bounds = [
        ("updated", time("updatedMin")?, None),
        ("due", time("dueMin")?, time("dueMax")?),
        ("completed", time("completedMin")?, time("completedMax")?),
    ];
    let all = lock(&all);
    let list = find(&all, call)?;
    let after = paging::open(call)?.unwrap_or_default();
    let wants = |entry: &Entry| {
        let task = &entry.json;
        let is = |name: &str| task[name] == json!(true);
        let is_done = task["status"] == "completed";
        (deleted || !entry.is_gone)
            && (hidden || !is("hidden"))
            && (completed || !is_done)
            && (assigned || task.get("assignmentInfo").is_none())
            && bounds.iter().all(|(name, least, most)| {
                let time = task[*name].as_str().and_then(|text| text.parse::<Timestamp>().ok());
                // "The minimum is inclusive, the maximum is not."
                least.is_none_or(|least| time.is_some_and(|time| time >= least))
                    && most.is_none_or(|most| time.is_some_and(|time| time < most))
            })
    };
    let mut wanted = list.tasks.all().filter(|(id, entry)| **id > after && wants(entry));
    let page: Vec<_> = wanted.by_ref().take(size).collect();
    let mut answer = json!({"kind": "tasks#tasks", "etag": format!("\"{}\"", list.tasks.seq())});
    if !page.is_empty() {
        answer["items"] = page.iter().map(|(_, entry)| with_etag(&entry.json)).collect();
    }
    if let Some((last, _)) = page.last().filter(|_| wanted.next().is_some()) {
        answer["nextPageToken"] = json!(paging::seal(call, last));
    }
    Ok(Answer::json(answer))
}
