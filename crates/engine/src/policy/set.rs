//! Setting a Policy at one of its levels, and what has to follow from it at once.

use holdfast_catalog::many::{self, WantedArchive};
use holdfast_catalog::{Connection, groups, org_units, policies, users};
use holdfast_clouds::contract::Cloud;
use holdfast_model::{ArchiveId, ConnectionId, PolicyOverride, Scope};

use super::{PolicyTarget, effect};
use crate::connection;
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::selection::unusable;
use crate::sync::folder_in;

/// Archives that are made in one transaction.
const AT_ONCE: usize = 1_000;

/// Refuses settings that make no sense.
pub(super) fn check(policy: &PolicyOverride) -> Result<()> {
    let refuse = |why: &str| Err(EngineError::BadInput(why.to_owned()));
    if policy.frequency_hours.is_some_and(|hours| ![1, 2, 4, 6, 12, 24].contains(&hours)) {
        return refuse("frequency_hours is one of 1, 2, 4, 6, 12, 24");
    }
    if policy.hours.is_some_and(|hours| !hours.is_valid()) {
        return refuse("hours are from 0 to 23, until 1 to 24, and not the same");
    }
    if policy.export.as_ref().is_some_and(std::collections::BTreeSet::is_empty) {
        return refuse("Google documents need a format: office, pdf, or both");
    }
    Ok(())
}

/// Sets all that is set at a level. An empty Policy takes the level away: everything comes from above again.
pub(crate) async fn set(
    engine: &Engine,
    one: Option<ConnectionId>,
    target: PolicyTarget,
    policy: PolicyOverride,
) -> Result<()> {
    check(&policy)?;
    let known = connection::the_one(engine, one).await?;
    let id = known.id;
    engine
        .write(move |tx| {
            let (what, is_there) = match &target {
                PolicyTarget::Domain => ("domain", true),
                PolicyTarget::OrgUnit(unit) => ("org unit", org_units::by_id(tx, id, unit)?.is_some()),
                PolicyTarget::Group(group) => ("group", groups::by_id(tx, id, group)?.is_some()),
                PolicyTarget::User(user) => ("user", users::by_id(tx, id, user)?.is_some()),
            };
            let (level, name) = target.key();
            if !is_there {
                return Err(EngineError::NotFound { what, name: name.to_owned() });
            }
            if policy.is_empty() {
                policies::clear(tx, id, level, name)?;
            } else {
                policies::set(tx, id, level, name, &policy)?;
            }
            Ok(())
        })
        .await?;
    match engine.cloud(&known).await {
        Ok(cloud) => {
            complete_archives(engine, &known, &*cloud).await?;
        }
        // The settings hold all the same; the next sync makes the Archives that they ask for.
        Err(error) => tracing::warn!(code = error.code(), %error, "new services wait for the next sync"),
    }
    Ok(())
}

/// Makes the Archives that the Policies of protected Users ask for and that are not there; those.
pub(crate) async fn complete_archives(
    engine: &Engine,
    known: &Connection,
    cloud: &dyn Cloud,
) -> Result<Vec<ArchiveId>> {
    let id = known.id;
    let missing = engine.read(move |tx| effect::incomplete(tx, id)).await?;
    let mut wanted = Vec::new();
    let mut made = Vec::new();
    for (user, lacks) in missing.into_iter().filter(|(user, _)| unusable(user).is_none()) {
        match cloud.scopes(&user.user).await {
            // Not everyone has what the settings ask for.
            Ok(scopes) => wanted.extend(
                scopes
                    .into_iter()
                    .filter(|scope| lacks.contains(&scope.service))
                    .map(|scope| (scope, user.user.address.clone())),
            ),
            Err(error) => {
                tracing::warn!(user = %user.user.id, %error, "the services of someone could not be asked for yet");
            }
        }
        if wanted.len() >= AT_ONCE {
            made.extend(make(engine, id, std::mem::take(&mut wanted)).await?);
        }
    }
    made.extend(make(engine, id, wanted).await?);
    Ok(made)
}

/// Makes Archives with these names.
async fn make(engine: &Engine, id: ConnectionId, wanted: Vec<(Scope, String)>) -> Result<Vec<ArchiveId>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let now = engine.now();
    engine
        .write(move |tx| {
            let known = connection::get(tx, id)?;
            let wanted: Vec<WantedArchive> = wanted
                .into_iter()
                .map(|(scope, name)| WantedArchive { folder: folder_in(&known, &scope), scope, name })
                .collect();
            Ok(many::find_or_create_archives(tx, id, &wanted, now)?)
        })
        .await
}
