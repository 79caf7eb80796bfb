//! What people do with their calendars.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use super::sample::{cancelled_instance, event_id, finished};
use super::{Calendar, Calendars, PRIMARY};
use crate::clock::rfc3339;
use crate::content::words;
use crate::control::ControlError;
use crate::control::change::{Ids, Op, Request};
use crate::control::churn::Churn;
use crate::google::directory::User;
use crate::google::synced::{Collection, merge};
use crate::sync::lock;
use crate::world::World;

/// Changes of calendars. Events are named `<calendar>/<event>`, or by the event's id alone in the primary calendar.
pub(crate) static OPS: &[Op] = &[
    Op { name: "event.add", run: add },
    Op { name: "event.edit", run: edit },
    Op { name: "event.move", run: relocate },
    Op { name: "event.delete", run: delete },
    Op { name: "event.cancel_instance", run: cancel_instance },
    Op { name: "calendar.add", run: add_calendar },
    Op { name: "calendar.rename", run: rename_calendar },
    Op { name: "calendar.delete", run: delete_calendar },
    Op { name: "calendar.off", run: switch },
];

/// Random changes of calendars.
pub(crate) static CHURN: Churn = Churn { service: "calendar", weight: 3, run: churn };

fn with<T>(
    world: &World,
    request: &Request,
    change: impl FnOnce(&mut Calendars, &User) -> Result<T, ControlError>,
) -> Result<T, ControlError> {
    let user = request.user(world)?;
    let calendars = world.google.calendar.of(&user);
    change(&mut lock(&calendars), &user)
}

fn calendar<'c>(
    calendars: &'c mut Calendars,
    user: &User,
    name: &str,
) -> Result<&'c mut Calendar, ControlError> {
    let missing = || ControlError::missing(format!("there is no calendar {name}"));
    calendars.find_mut(name, &user.address).ok_or_else(missing)
}

/// The calendar and the event that `id` names.
fn named(request: &Request) -> Result<(String, String), ControlError> {
    let id = request.text("id")?;
    let (calendar, event) = id.rsplit_once('/').unwrap_or((PRIMARY, id));
    Ok((calendar.to_owned(), event.to_owned()))
}

fn no_event(id: &str) -> ControlError {
    ControlError::missing(format!("there is no event {id}"))
}

/// `{"user","calendar"?,"name"?,"event"?}`: an event of an hour, or what `event` says.
fn add(world: &World, request: &Request) -> Ids {
    let set = request.members("event")?;
    let name = request.optional_text("name")?;
    let into = request.optional_text("calendar")?.unwrap_or(PRIMARY).to_owned();
    let now = rfc3339(world.clock.now_ms());
    with(world, request, |calendars, user| {
        calendars.made += 1;
        let number = crate::content::mix(&[u64::from(user.number), calendars.made, 77]);
        let id = event_id(number);
        let mut event = json!({
            "summary": name.unwrap_or("A new event"),
            "start": {"dateTime": "2026-11-02T10:00:00Z", "timeZone": "Europe/Berlin"},
            "end": {"dateTime": "2026-11-02T11:00:00Z", "timeZone": "Europe/Berlin"},
            "created": now,
            "updated": now,
        });
        merge(&mut event, &set);
        let calendar = calendar(calendars, user, &into)?;
        calendar.events.put(&id, finished(&id, user, event));
        Ok(vec![format!("{}/{id}", calendar.key)])
    })
}

/// `{"user","id","set":{…}}`; null takes a member away.
fn edit(world: &World, request: &Request) -> Ids {
    let set = request.members("set")?;
    let (of, id) = named(request)?;
    let now = rfc3339(world.clock.now_ms());
    with(world, request, |calendars, user| {
        let calendar = calendar(calendars, user, &of)?;
        let mut event = calendar.events.live(&id).cloned().ok_or_else(|| no_event(&id))?;
        merge(&mut event, &set);
        event["updated"] = json!(now);
        event["sequence"] = json!(event["sequence"].as_u64().unwrap_or(0) + 1);
        calendar.events.put(&id, event);
        Ok(vec![format!("{}/{id}", calendar.key)])
    })
}

/// Deletes an event, and with a series its exceptions.
fn remove(events: &mut Collection, id: &str) -> bool {
    let of_series: Vec<(String, Value)> = events
        .living()
        .filter(|(_, event)| event["recurringEventId"] == id)
        .map(|(instance, event)| (instance.clone(), event["originalStartTime"].clone()))
        .collect();
    for (instance, original) in of_series {
        events.delete(&instance, cancelled_instance(&instance, id, original));
    }
    events.delete(id, json!({"kind": "calendar#event", "id": id, "status": "cancelled"}))
}

fn delete(world: &World, request: &Request) -> Ids {
    let (of, id) = named(request)?;
    with(world, request, |calendars, user| {
        let calendar = calendar(calendars, user, &of)?;
        if !remove(&mut calendar.events, &id) {
            return Err(no_event(&id));
        }
        Ok(vec![format!("{}/{id}", calendar.key)])
    })
}

/// Takes one instance out of a series: `{"user","id","original":"2026-11-09T10:00:00Z"}`.
fn cancel_instance(world: &World, request: &Request) -> Ids {
    let (of, id) = named(request)?;
    let original = request.text("original")?.to_owned();
    with(world, request, |calendars, user| {
        let calendar = calendar(calendars, user, &of)?;
        calendar.events.live(&id).ok_or_else(|| no_event(&id))?;
        let instance = format!("{id}_{}", original.replace(['-', ':'], ""));
        let event = cancelled_instance(&instance, &id, json!({"dateTime": original}));
        calendar.events.put(&instance, event);
        Ok(vec![format!("{}/{instance}", calendar.key)])
    })
}

/// Moves an event to another calendar; its id stays.
fn relocate(world: &World, request: &Request) -> Ids {
    let (of, id) = named(request)?;
    let to = request.text("to")?.to_owned();
    with(world, request, |calendars, user| {
        let from = calendar(calendars, user, &of)?;
        let event = from.events.live(&id).cloned().ok_or_else(|| no_event(&id))?;
        remove(&mut from.events, &id);
        let to = calendar(calendars, user, &to)?;
        to.events.put(&id, event);
        Ok(vec![format!("{}/{id}", to.key)])
    })
}

fn add_calendar(world: &World, request: &Request) -> Ids {
    let name = request.text("name")?.to_owned();
    with(world, request, |calendars, user| {
        calendars.made += 1;
        let number = crate::content::mix(&[u64::from(user.number), calendars.made, 78]);
        let key = format!("c_{number:016x}@group.calendar.google.com");
        calendars.list.push(Calendar {
            key: key.clone(),
            summary: name,
            role: "owner",
            color: 1,
            is_hidden: false,
            events: Collection::default(),
        });
        Ok(vec![key])
    })
}

fn rename_calendar(world: &World, request: &Request) -> Ids {
    let name = request.text("name")?.to_owned();
    with(world, request, |calendars, user| {
        let calendar = calendar(calendars, user, request.text("id")?)?;
        calendar.summary = name;
        Ok(vec![calendar.key.clone()])
    })
}

fn delete_calendar(world: &World, request: &Request) -> Ids {
    with(world, request, |calendars, user| {
        let key = calendar(calendars, user, request.text("id")?)?.key.clone();
        if key == PRIMARY {
            return Err(ControlError::bad("the primary calendar cannot be deleted"));
        }
        calendars.list.retain(|calendar| calendar.key != key);
        Ok(vec![key])
    })
}

/// The user has no Calendar any more: `{"user","off":true}`; or again.
fn switch(world: &World, request: &Request) -> Ids {
    let off = request.value("off").and_then(Value::as_bool).unwrap_or(true);
    with(world, request, |calendars, user| {
        calendars.is_off = off;
        Ok(vec![user.id.clone()])
    })
}

fn churn(world: &World, user: &str, rng: &mut ChaCha8Rng) -> Result<Vec<String>, ControlError> {
    let mut change = json!({"user": user});
    let events: Vec<String> = {
        let request = Request::new(Map::from_iter([("user".to_owned(), json!(user))]));
        with(world, &request, |calendars, _| {
            let own = calendars.list.iter().filter(|calendar| calendar.role == "owner");
            let named = own.flat_map(|calendar| {
                let single = calendar.events.living().filter(|(_, event)| event["status"] == "confirmed");
                single.map(move |(id, _)| format!("{}/{id}", calendar.key))
            });
            Ok(named.collect())
        })?
    };
    let pick = (!events.is_empty()).then(|| events[rng.random_range(0..events.len())].clone());
    let name = words::title(rng);
    let run = match (rng.random_range(0..100), pick) {
        (0..=49, Some(id)) => {
            change["id"] = json!(id);
            change["set"] = json!({"summary": name});
            edit
        }
        (50..=69, Some(id)) => {
            change["id"] = json!(id);
            delete
        }
        _ => {
            change["name"] = json!(name);
            add
        }
    };
    let Value::Object(change) = change else { return Ok(Vec::new()) };
    run(world, &Request::new(change))
}
