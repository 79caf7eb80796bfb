//! What people do with their contacts.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use super::sample::{contact_id, finish, touched};
use super::{Contacts, groups_of};
use crate::clock::rfc3339;
use crate::content::names;
use crate::control::ControlError;
use crate::control::change::{Ids, Op, Request};
use crate::control::churn::Churn;
use crate::google::directory::User;
use crate::google::synced::merge;
use crate::sync::lock;
use crate::world::World;

/// Changes of contacts, which are named by the id behind `people/`.
pub(crate) static OPS: &[Op] = &[
    Op { name: "contact.add", run: add },
    Op { name: "contact.edit", run: edit },
    Op { name: "contact.photo", run: photo },
    Op { name: "contact.group", run: regroup },
    Op { name: "contact.delete", run: delete },
    Op { name: "contact_group.add", run: add_group },
    Op { name: "contact_group.rename", run: rename_group },
];

/// Random changes of contacts.
pub(crate) static CHURN: Churn = Churn { service: "contacts", weight: 2, run: churn };

fn with<T>(
    world: &World,
    request: &Request,
    change: impl FnOnce(&mut Contacts, &User) -> Result<T, ControlError>,
) -> Result<T, ControlError> {
    let user = request.user(world)?;
    let contacts = world.google.people.of(&user);
    change(&mut lock(&contacts), &user)
}

/// Changes one person.
fn change(
    world: &World,
    request: &Request,
    how: impl FnOnce(&str, &mut Value) -> Result<(), ControlError>,
) -> Ids {
    let id = request.text("id")?.trim_start_matches("people/").to_owned();
    let now = rfc3339(world.clock.now_ms());
    with(world, request, |contacts, _| {
        let missing = || ControlError::missing(format!("there is no contact {id}"));
        let mut person = contacts.people.live(&id).cloned().ok_or_else(missing)?;
        how(&id, &mut person)?;
        touched(&id, &mut person, &now);
        contacts.people.put(&id, person);
        Ok(vec![id.clone()])
    })
}

/// `{"user","name"?,"person"?,"photo"?}`.
fn add(world: &World, request: &Request) -> Ids {
    let name = request.optional_text("name")?.unwrap_or("New Contact").to_owned();
    let set = request.members("person")?;
    let has_photo = request.value("photo") == Some(&Value::Bool(true));
    with(world, request, |contacts, user| {
        contacts.made += 1;
        let id = contact_id(crate::content::mix(&[u64::from(user.number), contacts.made, 79]));
        let mut person = json!({"names": [{"displayName": name, "unstructuredName": name}]});
        merge(&mut person, &set);
        finish(&id, &mut person, false, has_photo);
        contacts.people.put(&id, person);
        Ok(vec![id])
    })
}

/// `{"user","id","set":{…}}`.
fn edit(world: &World, request: &Request) -> Ids {
    let set = request.members("set")?;
    change(world, request, |_, person| {
        merge(person, &set);
        Ok(())
    })
}

/// A new photo: `{"user","id"}`; its address changes with it.
fn photo(world: &World, request: &Request) -> Ids {
    change(world, request, |id, person| {
        let old =
            person["photos"][0]["url"].as_str().and_then(|url| url.rsplit_once('-')?.1.parse::<u64>().ok());
        let url = format!("{id}-{}", old.unwrap_or(0) + 1);
        let source = json!({"primary": true, "source": {"type": "CONTACT", "id": id}});
        person["photos"] = json!([{"url": url, "metadata": source}]);
        Ok(())
    })
}

/// Puts a contact into a group, or takes it out again: `{"user","id","group","out"?}`.
fn regroup(world: &World, request: &Request) -> Ids {
    let group = request.text("group")?.to_owned();
    let out = request.value("out") == Some(&Value::Bool(true));
    change(world, request, |id, person| {
        let rest = groups_of(person).filter(|known| *known != group).map(str::to_owned);
        let all: Vec<String> = rest.chain((!out).then(|| group.clone())).collect();
        person["memberships"] = all
            .iter()
            .map(|group| {
                json!({
                    "contactGroupMembership": {"contactGroupId": group,
                        "contactGroupResourceName": format!("contactGroups/{group}")},
                    "metadata": {"source": {"type": "CONTACT", "id": id}},
                })
            })
            .collect();
        Ok(())
    })
}

fn delete(world: &World, request: &Request) -> Ids {
    let id = request.text("id")?.trim_start_matches("people/").to_owned();
    with(world, request, |contacts, _| {
        if !contacts.people.delete(&id, json!({})) {
            return Err(ControlError::missing(format!("there is no contact {id}")));
        }
        Ok(vec![id.clone()])
    })
}

fn add_group(world: &World, request: &Request) -> Ids {
    let name = request.text("name")?.to_owned();
    with(world, request, |contacts, user| {
        contacts.made += 1;
        let id = format!("{:016x}", crate::content::mix(&[u64::from(user.number), contacts.made, 80]));
        contacts.groups.push((id.clone(), name));
        Ok(vec![id])
    })
}

fn rename_group(world: &World, request: &Request) -> Ids {
    let (id, name) = (request.text("id")?.to_owned(), request.text("name")?.to_owned());
    with(world, request, |contacts, _| {
        let group = contacts.groups.iter_mut().find(|(known, _)| *known == id);
        let group = group.ok_or_else(|| ControlError::missing(format!("there is no group {id}")))?;
        group.1 = name;
        Ok(vec![id.clone()])
    })
}

fn churn(world: &World, user: &str, rng: &mut ChaCha8Rng) -> Result<Vec<String>, ControlError> {
    let mut change = Map::from_iter([("user".to_owned(), json!(user))]);
    let ids: Vec<String> = with(world, &Request::new(change.clone()), |contacts, _| {
        Ok(contacts.people.living().map(|(id, _)| id.clone()).collect())
    })?;
    let pick = (!ids.is_empty()).then(|| ids[rng.random_range(0..ids.len())].clone());
    let (given, family, _) = names::person(u64::from(rng.random_range(0..5_000_u32)));
    let name = format!("{given} {family}");
    let dice = rng.random_range(0..100);
    let run = match (dice, pick) {
        (0..=69, Some(id)) => {
            change.insert("id".to_owned(), json!(id));
            match dice {
                0..=39 => {
                    let names = json!([{"displayName": name, "unstructuredName": name}]);
                    change.insert("set".to_owned(), json!({"names": names}));
                    edit
                }
                40..=54 => photo,
                _ => delete,
            }
        }
        _ => {
            change.insert("name".to_owned(), json!(name));
            change.insert("photo".to_owned(), json!(dice % 2 == 0));
            add
        }
    };
    run(world, &Request::new(change))
}
