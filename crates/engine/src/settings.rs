//! What an admin sets: licenses, and a User's schedule.

use holdfast_catalog::{PauseTarget, Schedule, Tx, connections, pauses, settings, users};

use crate::engine::Engine;
use crate::error::{EngineError, Result};

/// The cap on protected users; none by default.
pub fn license_limit(tx: &Tx<'_>) -> Result<Option<u64>> {
    Ok(settings::get(tx, settings::LICENSE_LIMIT)?)
}

/// Places left; none where there is no limit.
pub fn licenses_free(tx: &Tx<'_>) -> Result<Option<u64>> {
    match license_limit(tx)? {
        Some(limit) => Ok(Some(limit.saturating_sub(users::licenses_used(tx)?))),
        None => Ok(None),
    }
}

/// What downloads may take, in bytes a second; none by default.
pub fn bandwidth_limit(tx: &Tx<'_>) -> Result<Option<u64>> {
    Ok(settings::get(tx, settings::BANDWIDTH_LIMIT)?)
}

/// Less would not bring a backup to its end, and clouds end answers that are read too slowly.
const LEAST_BANDWIDTH: u64 = 10_000;

pub(crate) async fn set_bandwidth(engine: &Engine, limit: Option<u64>) -> Result<()> {
    if limit.is_some_and(|limit| limit < LEAST_BANDWIDTH) {
        return Err(EngineError::BadInput(
            "a limit of less than 0.1 Mbit/s is too little to back up with".to_owned(),
        ));
    }
    engine
        .write(move |tx| match limit {
            Some(limit) => Ok(settings::set(tx, settings::BANDWIDTH_LIMIT, &limit)?),
            None => Ok(settings::clear(tx, settings::BANDWIDTH_LIMIT)?),
        })
        .await?;
    engine.http().throttle.set(limit);
    Ok(())
}

pub(crate) async fn set_licenses(engine: &Engine, limit: Option<u64>) -> Result<()> {
    engine
        .write(move |tx| {
            let used = users::licenses_used(tx)?;
            if let Some(limit) = limit.filter(|limit| *limit < used) {
                return Err(EngineError::BadInput(format!(
                    "{used} people are protected already; a limit of {limit} would leave some of them out"
                )));
            }
            match limit {
                Some(limit) => Ok(settings::set(tx, settings::LICENSE_LIMIT, &limit)?),
                None => Ok(settings::clear(tx, settings::LICENSE_LIMIT)?),
            }
        })
        .await
}

pub(crate) async fn set_paused(engine: &Engine, address: &str, paused: bool) -> Result<()> {
    let address = address.to_owned();
    engine
        .write(move |tx| {
            let schedule = if paused { Schedule::Paused } else { Schedule::Active };
            for known in connections::list(tx)? {
                if let Some(user) = users::by_address(tx, known.id, &address)? {
                    pauses::remove(
                        tx,
                        &PauseTarget::User { connection: known.id, id: user.user.id.clone() },
                    )?;
                    return Ok(users::set_schedule(tx, known.id, &user.user.id, schedule)?);
                }
            }
            Err(EngineError::NotFound { what: "user", name: address })
        })
        .await
}
