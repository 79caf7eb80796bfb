//! The Tasks API: each user's task lists. It has no change tokens: `updatedMin` is all there is.
//! <https://developers.google.com/workspace/tasks/reference/rest>

mod control;
mod read;
mod truth;

use rand::Rng as _;
use serde_json::{Value, json};

use super::directory::User;
use super::synced::{Collection, PerUser};
use super::{Answer, Api, Call, GoogleError, Method};
use crate::content::{self, words};
use crate::options::Options;

pub(crate) use control::{CHURN, OPS};
pub(crate) use truth::TRUTH;

/// The Tasks API.
pub static TASKS: Api = Api { name: "tasks", title: "Google Tasks API", host: "tasks.googleapis.com" };

const READ: &[&str] =
    &["https://www.googleapis.com/auth/tasks", "https://www.googleapis.com/auth/tasks.readonly"];

const fn get(
    id: &'static str,
    path: &'static str,
    query: &'static [&'static str],
    run: fn(&Call) -> Result<Answer, GoogleError>,
) -> Method {
    Method { api: &TASKS, id, http: "GET", path, query, scopes: READ, units: |_| 1, run }
}

/// Methods that are simulated.
pub(crate) static METHODS: &[Method] = &[
    get("tasks.tasklists.list", "tasks/v1/users/@me/lists", &["maxResults", "pageToken"], read::lists),
    get("tasks.tasklists.get", "tasks/v1/users/@me/lists/{tasklist}", &[], read::list),
    get(
        "tasks.tasks.list",
        "tasks/v1/lists/{tasklist}/tasks",
        &[
            "completedMax",
            "completedMin",
            "dueMax",
            "dueMin",
            "maxResults",
            "pageToken",
            "showAssigned",
            "showCompleted",
            "showDeleted",
            "showHidden",
            "updatedMin",
        ],
        read::tasks,
    ),
    get("tasks.tasks.get", "tasks/v1/lists/{tasklist}/tasks/{task}", &[], read::task),
];

/// One list of tasks.
pub struct TaskList {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Tasks by id.
    pub tasks: Collection,
}

/// The task lists of one user.
pub struct TaskLists {
    /// The default list first.
    pub lists: Vec<TaskList>,
    /// Numbers what control makes.
    pub made: u64,
}

/// Everyone's task lists.
pub type AllTasks = PerUser<TaskLists>;

/// A part of the events that a user starts with are tasks.
pub(crate) fn company(options: &Options) -> AllTasks {
    let (seed, count) = (options.seed, options.events_per_user / 2);
    PerUser::new(move |user| {
        let count = if user.is_founder { count } else { 0 };
        let list = |title: &str, number: u64| TaskList {
            id: opaque_id(content::mix(&[seed, content::tag("tasks"), u64::from(user.number), number])),
            title: title.to_owned(),
            tasks: Collection::default(),
        };
        let mut lists = vec![list("My Tasks", 0)];
        if count > 0 {
            lists.push(list("Errands & more", 1));
        }
        let mut parent: Option<String> = None;
        for index in 0..count {
            let mut rng =
                content::rng(&[seed, content::tag("task"), u64::from(user.number), u64::from(index)]);
            let id = opaque_id(rng.random());
            let mut task = json!({"title": words::title(&mut rng)});
            if index % 3 == 1 {
                task["notes"] = json!("First line\nsecond line 🙂");
                task["due"] = json!("2026-12-01T00:00:00.000Z");
            }
            if index % 4 == 2 {
                task["status"] = json!("completed");
                task["completed"] = json!("2026-01-02T09:00:00.000Z");
                task["hidden"] = json!(true);
            }
            if index % 6 == 5
                && let Some(parent) = &parent
            {
                task["parent"] = json!(parent);
            }
            let into = usize::from(index % 3 == 0 && lists.len() > 1);
            if into == 0 {
                parent = Some(id.clone());
            }
            let task = finished(&lists[into].id, &id, index.into(), "2026-01-02T08:00:00.000Z", task);
            lists[into].tasks.put(&id, task);
        }
        TaskLists { lists, made: 0 }
    })
}

/// An id with letters of both cases, as Tasks makes them.
fn opaque_id(number: u64) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(number.to_be_bytes())
}

/// A task with all that every task has.
fn finished(list: &str, id: &str, position: u64, updated: &str, mut task: Value) -> Value {
    let with = [
        ("kind", json!("tasks#task")),
        ("id", json!(id)),
        ("title", json!("")),
        ("updated", json!(updated)),
        ("selfLink", json!(format!("https://www.googleapis.com/tasks/v1/lists/{list}/tasks/{id}"))),
        ("position", json!(format!("{position:020}"))),
        ("status", json!("needsAction")),
        ("links", json!([])),
        ("webViewLink", json!(format!("https://tasks.google.com/task/{id}?sa=6"))),
    ];
    for (name, value) in with {
        if task.get(name).is_none() {
            task[name] = value;
        }
    }
    task
}

/// The caller's lists.
fn own(call: &Call) -> Result<std::sync::Arc<std::sync::Mutex<TaskLists>>, GoogleError> {
    let caller = call.user()?;
    let user: Option<User> = call.world.google.directory.read().user(caller).cloned();
    let user = user.ok_or_else(GoogleError::not_found)?;
    if user.suspended || user.archived {
        return Err(GoogleError::forbidden("The caller does not have permission"));
    }
    Ok(call.world.google.tasks.of(&user))
}
