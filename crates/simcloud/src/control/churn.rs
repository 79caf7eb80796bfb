//! `POST /control/churn`: random, realistic changes.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ControlError;
use crate::content;
use crate::google::CHURN;
use crate::world::World;

/// One service's random changes.
pub struct Churn {
    /// E.g. `gmail`.
    pub service: &'static str,
    /// How often its changes are chosen, beside the others'.
    pub weight: u32,
    /// Makes one change for this user (by id); returns the ids it touched, none where nothing can
    /// change.
    pub run: fn(&World, &str, &mut ChaCha8Rng) -> Result<Vec<String>, ControlError>,
}

/// What to change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    user: Option<String>,
    service: Option<String>,
    #[serde(default = "hundred")]
    changes: u64,
    #[serde(default)]
    seed: u64,
}

fn hundred() -> u64 {
    100
}

pub(crate) fn apply(world: &World, request: &Request) -> Result<Value, ControlError> {
    let users: Vec<String> = {
        let directory = world.google.directory.read();
        match &request.user {
            Some(name) => {
                let user = directory
                    .user(name)
                    .ok_or_else(|| ControlError::missing(format!("there is no user {name}")))?;
                vec![user.id.clone()]
            }
            None => directory.users.iter().filter(|u| u.status() == "active").map(|u| u.id.clone()).collect(),
        }
    };
    let services: Vec<&Churn> = CHURN
        .iter()
        .copied()
        .filter(|c| c.weight > 0 && request.service.as_ref().is_none_or(|s| s == c.service))
        .collect();
    let total: u32 = services.iter().map(|c| c.weight).sum();
    if users.is_empty() || total == 0 {
        return Err(ControlError::bad("there is nobody or nothing to change"));
    }
    let mut rng = content::rng(&[request.seed, content::tag("churn")]);
    let mut ids = Vec::new();
    for _ in 0..request.changes {
        let user = &users[rng.random_range(0..users.len())];
        let mut pick = rng.random_range(0..total);
        for service in &services {
            if pick < service.weight {
                ids.extend((service.run)(world, user, &mut rng)?);
                break;
            }
            pick -= service.weight;
        }
    }
    Ok(json!({"changes": request.changes, "ids": ids}))
}
