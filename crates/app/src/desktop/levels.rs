//! What is decided for a Domain, an org unit, a group or a user: settings with where each comes from and what a change of
//! them does, auto-backup, pauses.

use holdfast_engine::catalog::{PauseTarget, Tx, archives, groups, org_units, policies, users};
use holdfast_engine::{
    AutoBackupTarget, EffectivePolicy, EngineError, PolicyTarget, Request, policy_above, user_policy,
};
use holdfast_model::{ArchiveId, ConnectionId, Owner, PolicyOverride, UserId};
use jiff::tz::TimeZone;

use super::policy::{checked_override, told};
use super::{Desktop, directory, limits};
use crate::UserError;
use crate::error::Result;
use crate::verbs::{Named, PauseFor, named};
use crate::views::{
    AppEvent, FieldSource, LevelKey, LevelPolicy, LevelWord, PauseLength, PolicyForm, PolicyPreview,
    SetAutoBackup,
};

type Read<T> = std::result::Result<T, EngineError>;

impl Desktop {
    /// The settings of a level, with where each comes from.
    pub async fn level_policy(&self, level: LevelKey) -> Result<LevelPolicy> {
        let (connection, target) = target(&level)?;
        let mut form = self.policy(connection.0).await?;
        let read = self.seat().await?.engine.read(move |tx| settings(tx, connection, &target)).await?;
        let (own, EffectivePolicy { policy: above, .. }, sources) = read;
        form.policy = above.clone().overridden_by(&own);
        if level.level != LevelWord::Domain {
            form.services.retain(|choice| !choice.is_of_domain);
        }
        Ok(LevelPolicy { form, own, above, sources })
    }

    /// What it would do to set this at a level, where nothing else is set there any more.
    pub async fn preview_level_policy(
        &self,
        level: LevelKey,
        policy: PolicyOverride,
    ) -> Result<PolicyPreview> {
        let (connection, target) = target(&level)?;
        let policy = checked_override(policy)?;
        let seat = self.seat().await?;
        let wanted = target.clone();
        let (own, above, _) = seat.engine.read(move |tx| settings(tx, connection, &wanted)).await?;
        let effect = seat.engine.preview_policy(connection, target, policy.clone()).await?;
        let (old, new) = (above.policy.clone().overridden_by(&own), above.policy.overridden_by(&policy));
        Ok(told(&effect, &old, &new))
    }

    /// Sets all that is set at a level from now on; nothing in it, and everything comes from above again.
    pub async fn set_level_policy(&self, level: LevelKey, policy: PolicyOverride) -> Result<LevelPolicy> {
        let (connection, target) = target(&level)?;
        let policy = checked_override(policy)?;
        let seat = self.seat().await?;
        let request = Request::SetPolicy { connection: Some(connection), target, policy };
        self.ask(&seat, request).await?;
        self.tell(AppEvent::Directory { connection: connection.0 });
        self.tell(AppEvent::Settings);
        self.level_policy(level).await
    }

    /// Protects who appears later in the Domain, an org unit or a group, or no longer.
    pub async fn set_auto_backup(&self, input: SetAutoBackup) -> Result<PolicyForm> {
        let SetAutoBackup { connection, target, id, include_sub_units, on } = input;
        limits::words(std::iter::once(&id))?;
        let target = match target {
            LevelWord::Domain => AutoBackupTarget::Domain,
            LevelWord::Group => AutoBackupTarget::Group { id: id.into() },
            LevelWord::OrgUnit => AutoBackupTarget::OrgUnit { id: id.into(), include_sub_units },
            LevelWord::User => {
                return Err(UserError::of(
                    "input.bad",
                    "auto-backup is for a domain, an org unit or a group",
                ));
            }
        };
        let seat = self.seat().await?;
        self.ask(&seat, Request::SetAutoBackup { connection: ConnectionId(connection), target, on }).await?;
        self.tell(AppEvent::Settings);
        self.tell(AppEvent::Directory { connection });
        self.policy(connection).await
    }

    /// Lets the backups of a level rest; of everything where none is named.
    pub async fn pause_backups(&self, level: Option<LevelKey>, length: PauseLength) -> Result<()> {
        let (connection, who) = pause_target(level.as_ref())?;
        let seat = self.seat().await?;
        let until = |pause: PauseFor| Some(pause.ends(seat.now(), &TimeZone::system()));
        let until = match length {
            PauseLength::Hour => until(PauseFor::AnHour),
            PauseLength::Tomorrow => until(PauseFor::Today),
            PauseLength::UntilResumed => None,
        };
        self.ask(&seat, Request::Pause { who, until }).await?;
        self.tell_of_pause(connection);
        Ok(())
    }

    /// Ends the pause of a level. A user's backup starts at once; others go on where they rest, or when they are due.
    pub async fn resume_backups(&self, level: Option<LevelKey>) -> Result<()> {
        let (connection, who) = pause_target(level.as_ref())?;
        let seat = self.seat().await?;
        self.ask(&seat, Request::Unpause { who: who.clone() }).await?;
        self.tell_of_pause(connection);
        if let PauseTarget::User { connection, id } = who {
            let archives = seat.engine.read(move |tx| chosen(tx, connection, &id)).await?;
            self.begin(&seat, archives).await?;
        }
        Ok(())
    }

    fn tell_of_pause(&self, connection: Option<ConnectionId>) {
        self.tell(AppEvent::Settings);
        match connection {
            Some(connection) => self.tell(AppEvent::Directory { connection: connection.0 }),
            None => self.tell(AppEvent::Runs),
        }
    }
}

fn target(level: &LevelKey) -> Result<(ConnectionId, PolicyTarget)> {
    limits::words(std::iter::once(&level.id))?;
    let id = level.id.clone();
    let target = match level.level {
        LevelWord::Domain => PolicyTarget::Domain,
        LevelWord::OrgUnit => PolicyTarget::OrgUnit(id.into()),
        LevelWord::Group => PolicyTarget::Group(id.into()),
        LevelWord::User => PolicyTarget::User(UserId(id)),
    };
    Ok((ConnectionId(level.connection), target))
}

fn pause_target(level: Option<&LevelKey>) -> Result<(Option<ConnectionId>, PauseTarget)> {
    let Some(level) = level else { return Ok((None, PauseTarget::All)) };
    let (connection, target) = target(level)?;
    let who = match target {
        PolicyTarget::OrgUnit(id) => PauseTarget::OrgUnit { connection, id },
        PolicyTarget::Group(id) => PauseTarget::Group { connection, id },
        PolicyTarget::User(id) => PauseTarget::User { connection, id },
        PolicyTarget::Domain => {
            return Err(UserError::of(
                "input.bad",
                "a pause is of everything, an org unit, a group or a user",
            ));
        }
    };
    Ok((Some(connection), who))
}

/// What is set at a level, what applies above it, and where that is from.
fn settings(
    tx: &Tx<'_>,
    connection: ConnectionId,
    target: &PolicyTarget,
) -> Read<(PolicyOverride, EffectivePolicy, Vec<FieldSource>)> {
    directory::find(tx, connection.0)?;
    let (what, is_there) = match target {
        PolicyTarget::Domain => ("domain", true),
        PolicyTarget::OrgUnit(id) => ("org unit", org_units::by_id(tx, connection, id)?.is_some()),
        PolicyTarget::Group(id) => ("group", groups::by_id(tx, connection, id)?.is_some()),
        PolicyTarget::User(id) => ("user", users::by_id(tx, connection, id)?.is_some()),
    };
    let (level, id) = target.key();
    if !is_there {
        return Err(EngineError::NotFound { what, name: id.to_owned() });
    }
    let own = policies::get(tx, connection, level, id)?.unwrap_or_default();
    let above = policy_above(tx, connection, target)?;
    let mut sources = Vec::new();
    for (field, source) in &above.sources {
        let Named { level, name } = named(tx, connection, source)?;
        sources.push(FieldSource { field: field.clone(), level, name });
    }
    Ok((own, above, sources))
}

/// The Archives of a User that the settings ask for.
pub(super) fn chosen(tx: &Tx<'_>, connection: ConnectionId, user: &UserId) -> Read<Vec<ArchiveId>> {
    let Some(known) = users::by_id(tx, connection, user)? else { return Ok(Vec::new()) };
    let policy = user_policy(tx, connection, &known.user)?;
    let owned = archives::by_owner(tx, connection, &Owner::User(user.clone()))?;
    let chosen = owned.into_iter().filter(|archive| policy.services.contains(&archive.scope.service));
    Ok(chosen.map(|archive| archive.id).collect())
}
