//! What people do with their tasks.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use super::{TaskList, TaskLists, finished, opaque_id};
use crate::clock::rfc3339;
use crate::content::words;
use crate::control::ControlError;
use crate::control::change::{Ids, Op, Request};
use crate::control::churn::Churn;
use crate::google::directory::User;
use crate::google::synced::{Collection, merge};
use crate::sync::lock;
use crate::world::World;

/// Changes of tasks, which are named `<list>/<task>`.
pub(crate) static OPS: &[Op] = &[
    Op { name: "task.add", run: add },
    Op { name: "task.edit", run: edit },
    Op { name: "task.complete", run: complete },
    Op { name: "task.move", run: relocate },
    Op { name: "task.delete", run: delete },
    Op { name: "task_list.add", run: add_list },
    Op { name: "task_list.rename", run: rename_list },
    Op { name: "task_list.delete", run: delete_list },
];

/// Random changes of tasks.
pub(crate) static CHURN: Churn = Churn { service: "tasks", weight: 2, run: churn };

fn with<T>(
    world: &World,
    request: &Request,
    change: impl FnOnce(&mut TaskLists, &User) -> Result<T, ControlError>,
) -> Result<T, ControlError> {
    let user = request.user(world)?;
    let tasks = world.google.tasks.of(&user);
    change(&mut lock(&tasks), &user)
}

fn list<'l>(tasks: &'l mut TaskLists, id: &str) -> Result<&'l mut TaskList, ControlError> {
    let found = tasks.lists.iter_mut().find(|list| list.id == id);
    found.ok_or_else(|| ControlError::missing(format!("there is no task list {id}")))
}

fn named(request: &Request) -> Result<(String, String), ControlError> {
    let id = request.text("id")?;
    let (list, task) = id.split_once('/').ok_or_else(|| ControlError::bad("a task is named list/task"))?;
    Ok((list.to_owned(), task.to_owned()))
}

fn no_task(id: &str) -> ControlError {
    ControlError::missing(format!("there is no task {id}"))
}

/// `{"user","list"?,"name"?,"task"?}`, into the default list where none is named.
fn add(world: &World, request: &Request) -> Ids {
    let (into, set) = (request.optional_text("list")?.map(str::to_owned), request.members("task")?);
    let name = request.optional_text("name")?.unwrap_or("A new task").to_owned();
    let now = rfc3339(world.clock.now_ms());
    with(world, request, |tasks, user| {
        tasks.made += 1;
        let id = opaque_id(crate::content::mix(&[u64::from(user.number), tasks.made, 81]));
        let into = into.unwrap_or_else(|| tasks.lists[0].id.clone());
        let list = list(tasks, &into)?;
        let mut task = json!({"title": name});
        merge(&mut task, &set);
        let task = finished(&list.id, &id, list.tasks.seq(), &now, task);
        list.tasks.put(&id, task);
        Ok(vec![format!("{into}/{id}")])
    })
}

fn change(world: &World, request: &Request, set: &Map<String, Value>) -> Ids {
    let (of, id) = named(request)?;
    let now = rfc3339(world.clock.now_ms());
    with(world, request, |tasks, _| {
        let list = list(tasks, &of)?;
        let mut task = list.tasks.live(&id).cloned().ok_or_else(|| no_task(&id))?;
        merge(&mut task, set);
        task["updated"] = json!(now);
        list.tasks.put(&id, task);
        Ok(vec![format!("{of}/{id}")])
    })
}

/// `{"user","id","set":{…}}`.
fn edit(world: &World, request: &Request) -> Ids {
    change(world, request, &request.members("set")?)
}

/// As in the web page: completed, and hidden.
fn complete(world: &World, request: &Request) -> Ids {
    let now = rfc3339(world.clock.now_ms());
    let set = json!({"status": "completed", "completed": now, "hidden": true});
    change(world, request, set.as_object().unwrap_or(&Map::new()))
}

fn remove(list: &mut TaskList, id: &str, now: &str) -> Option<Value> {
    let task = list.tasks.live(id).cloned()?;
    let mut rest = task.clone();
    rest["deleted"] = json!(true);
    rest["updated"] = json!(now);
    list.tasks.delete(id, rest).then_some(task)
}

/// Moves a task into another list: `{"user","id","to"}`. There it has the same id.
fn relocate(world: &World, request: &Request) -> Ids {
    let (of, id) = named(request)?;
    let to = request.text("to")?.to_owned();
    let now = rfc3339(world.clock.now_ms());
    with(world, request, |tasks, _| {
        list(tasks, &to)?;
        let mut task = remove(list(tasks, &of)?, &id, &now).ok_or_else(|| no_task(&id))?;
        task["updated"] = json!(now);
        list(tasks, &to)?.tasks.put(&id, task);
        Ok(vec![format!("{to}/{id}")])
    })
}

fn delete(world: &World, request: &Request) -> Ids {
    let (of, id) = named(request)?;
    let now = rfc3339(world.clock.now_ms());
    with(world, request, |tasks, _| {
        remove(list(tasks, &of)?, &id, &now).ok_or_else(|| no_task(&id))?;
        Ok(vec![format!("{of}/{id}")])
    })
}

fn add_list(world: &World, request: &Request) -> Ids {
    let title = request.text("name")?.to_owned();
    with(world, request, |tasks, user| {
        tasks.made += 1;
        let id = opaque_id(crate::content::mix(&[u64::from(user.number), tasks.made, 82]));
        tasks.lists.push(TaskList { id: id.clone(), title, tasks: Collection::default() });
        Ok(vec![id])
    })
}

fn rename_list(world: &World, request: &Request) -> Ids {
    let title = request.text("name")?.to_owned();
    with(world, request, |tasks, _| {
        let list = list(tasks, request.text("id")?)?;
        list.title = title;
        Ok(vec![list.id.clone()])
    })
}

fn delete_list(world: &World, request: &Request) -> Ids {
    let id = request.text("id")?.to_owned();
    with(world, request, |tasks, _| {
        list(tasks, &id)?;
        if tasks.lists[0].id == id {
            return Err(ControlError::bad("the default list cannot be deleted"));
        }
        tasks.lists.retain(|list| list.id != id);
        Ok(vec![id.clone()])
    })
}

fn churn(world: &World, user: &str, rng: &mut ChaCha8Rng) -> Result<Vec<String>, ControlError> {
    let mut change = Map::from_iter([("user".to_owned(), json!(user))]);
    let ids: Vec<String> = with(world, &Request::new(change.clone()), |tasks, _| {
        let of = |list: &TaskList| -> Vec<String> {
            list.tasks.living().map(|(id, _)| format!("{}/{id}", list.id)).collect()
        };
        Ok(tasks.lists.iter().flat_map(of).collect())
    })?;
    let pick = (!ids.is_empty()).then(|| ids[rng.random_range(0..ids.len())].clone());
    let name = words::title(rng);
    let dice = rng.random_range(0..100);
    let run = match (dice, pick) {
        (0..=69, Some(id)) => {
            change.insert("id".to_owned(), json!(id));
            change.insert("set".to_owned(), json!({"title": name}));
            match dice {
                0..=29 => edit,
                30..=54 => complete,
                _ => delete,
            }
        }
        _ => {
            change.insert("name".to_owned(), json!(name));
            add
        }
    };
    run(world, &Request::new(change))
}
