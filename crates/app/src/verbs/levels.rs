//! The levels at which an admin decides: the Domain, an org unit, a group, a user; named as people name them.

use std::path::Path;

use holdfast_engine::catalog::{PauseTarget, Tx, connections, groups, org_units, users};
use holdfast_engine::{
    AutoBackupTarget, EffectivePolicy, EngineError, PolicyEffect, PolicyTarget, Request, effective_policy,
    policy_above,
};
use holdfast_model::{ConnectionId, PolicyOverride, Timestamp};

use super::protect::read_settings;
use crate::App;
use crate::error::Result;
use crate::views::LevelWord;

/// Of whom something is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Everyone of the Domain.
    Domain,
    /// The users of the org unit of this path, and of those below it.
    OrgUnit(String),
    /// The members of the group of this address.
    Group(String),
    /// The user of this address.
    User(String),
}

type Read<T> = std::result::Result<T, EngineError>;

impl Whose {
    /// The level, by the ids of the Cloud.
    pub(crate) fn target(&self, tx: &Tx<'_>, connection: ConnectionId) -> Read<PolicyTarget> {
        let missing = |what, name: &str| EngineError::NotFound { what, name: name.to_owned() };
        Ok(match self {
            Self::Domain => PolicyTarget::Domain,
            Self::OrgUnit(path) => {
                let known = org_units::by_path(tx, connection, path)?;
                PolicyTarget::OrgUnit(known.ok_or_else(|| missing("org unit", path))?.org_unit.id)
            }
            Self::Group(address) => {
                let known = groups::by_address(tx, connection, address)?;
                PolicyTarget::Group(known.ok_or_else(|| missing("group", address))?.group.id)
            }
            Self::User(address) => {
                let known = users::by_address(tx, connection, address)?;
                PolicyTarget::User(known.ok_or_else(|| missing("user", address))?.user.id)
            }
        })
    }
}

/// A level by the word for it and the name that people know it by.
pub(crate) struct Named {
    pub(crate) level: LevelWord,
    /// The unit's path, the group's or user's address; the Domain's name.
    pub(crate) name: String,
}

/// Who is gone is named by its id.
pub(crate) fn named(tx: &Tx<'_>, connection: ConnectionId, target: &PolicyTarget) -> Read<Named> {
    let (level, name) = match target {
        PolicyTarget::Domain => {
            let known = connections::get(tx, connection)?;
            (LevelWord::Domain, known.map(|known| known.tenant_name))
        }
        PolicyTarget::OrgUnit(id) => {
            let known = org_units::by_id(tx, connection, id)?;
            (LevelWord::OrgUnit, known.map(|known| known.org_unit.path))
        }
        PolicyTarget::Group(id) => {
            (LevelWord::Group, groups::by_id(tx, connection, id)?.map(|known| known.group.address))
        }
        PolicyTarget::User(id) => {
            (LevelWord::User, users::by_id(tx, connection, id)?.map(|known| known.user.address))
        }
    };
    Ok(Named { level, name: name.unwrap_or_else(|| target.key().1.to_owned()) })
}

/// What a level is called by people: `domain`, `org unit /Sales`, `group team@example.com`, `user anna@example.com`.
pub(crate) fn level_name(tx: &Tx<'_>, connection: ConnectionId, target: &PolicyTarget) -> Read<String> {
    let Named { level, name } = named(tx, connection, target)?;
    Ok(match level {
        LevelWord::Domain => "domain".to_owned(),
        LevelWord::OrgUnit => format!("org unit {name}"),
        LevelWord::Group => format!("group {name}"),
        LevelWord::User => format!("user {name}"),
    })
}

/// The settings that apply, each with the level that it is from.
#[derive(Clone, Debug, PartialEq)]
pub struct Applies {
    /// All settings.
    pub effective: EffectivePolicy,
    /// Field by field: its name, and the level in words. What is not here has its built-in value.
    pub from: Vec<(String, String)>,
    /// What is set at the level itself.
    pub own: PolicyOverride,
}

impl App {
    /// The settings that apply to a level, and where each is from. For an org unit: what applies by
    /// the Domain's defaults, the units above it and the unit; for a group by the Domain's defaults and the group.
    pub async fn applies(&self, domain: Option<&str>, whose: &Whose) -> Result<Applies> {
        let (connection, whose) = (self.connection(domain).await?.id, whose.clone());
        let read = self.engine.read(move |tx| {
            let target = whose.target(tx, connection)?;
            applies(tx, connection, &target)
        });
        Ok(read.await?)
    }

    /// What it would do to set settings from a TOML file at a level.
    pub async fn preview_settings(
        &self,
        domain: Option<&str>,
        whose: &Whose,
        settings: &Path,
    ) -> Result<PolicyEffect> {
        let (connection, policy) = (self.connection(domain).await?.id, read_settings(settings)?);
        let target = self.target(connection, whose).await?;
        Ok(self.engine.preview_policy(connection, target, policy).await?)
    }

    /// Sets settings from a TOML file: all that is set at that level from then on. An empty file sets nothing there any
    /// more.
    pub async fn set_settings(
        &self,
        domain: Option<&str>,
        whose: &Whose,
        settings: &Path,
    ) -> Result<Applies> {
        let (connection, policy) = (self.connection(domain).await?.id, read_settings(settings)?);
        let target = self.target(connection, whose).await?;
        self.done(Request::SetPolicy { connection: Some(connection), target, policy }).await?;
        self.applies(domain, whose).await
    }

    /// Protects who appears later in a Domain, a group or an org unit, or no longer. Who is there already stays as is.
    pub async fn set_auto_backup(
        &self,
        domain: Option<&str>,
        whose: &Whose,
        include_sub_units: bool,
        on: bool,
    ) -> Result<()> {
        let connection = self.connection(domain).await?.id;
        let target = match self.target(connection, whose).await? {
            PolicyTarget::Domain => AutoBackupTarget::Domain,
            PolicyTarget::Group(id) => AutoBackupTarget::Group { id },
            PolicyTarget::OrgUnit(id) => AutoBackupTarget::OrgUnit { id, include_sub_units },
            PolicyTarget::User(_) => {
                return Err(EngineError::BadInput(
                    "auto-backup is for a domain, a group or an org unit".to_owned(),
                )
                .into());
            }
        };
        self.done(Request::SetAutoBackup { connection, target, on }).await
    }

    /// Lets the backups of a level rest until then, or until a person ends it. For the Domain: all backups.
    pub async fn pause_level(
        &self,
        domain: Option<&str>,
        whose: &Whose,
        until: Option<Timestamp>,
    ) -> Result<()> {
        let who = self.pause_target(domain, whose).await?;
        self.done(Request::Pause { who, until }).await
    }

    /// Ends the pause of a level.
    pub async fn resume_level(&self, domain: Option<&str>, whose: &Whose) -> Result<()> {
        let who = self.pause_target(domain, whose).await?;
        self.done(Request::Unpause { who }).await
    }

    async fn pause_target(&self, domain: Option<&str>, whose: &Whose) -> Result<PauseTarget> {
        if *whose == Whose::Domain {
            return Ok(PauseTarget::All);
        }
        let connection = self.connection(domain).await?.id;
        Ok(match self.target(connection, whose).await? {
            PolicyTarget::Domain => PauseTarget::All,
            PolicyTarget::OrgUnit(id) => PauseTarget::OrgUnit { connection, id },
            PolicyTarget::Group(id) => PauseTarget::Group { connection, id },
            PolicyTarget::User(id) => PauseTarget::User { connection, id },
        })
    }

    async fn target(&self, connection: ConnectionId, whose: &Whose) -> Result<PolicyTarget> {
        let whose = whose.clone();
        Ok(self.engine.read(move |tx| whose.target(tx, connection)).await?)
    }
}

/// See [`App::applies`].
pub(crate) fn applies(tx: &Tx<'_>, connection: ConnectionId, target: &PolicyTarget) -> Read<Applies> {
    use holdfast_engine::catalog::policies;
    let (level, id) = target.key();
    let own = policies::get(tx, connection, level, id)?.unwrap_or_default();
    let effective = match target {
        PolicyTarget::User(user) => {
            let known = users::by_id(tx, connection, user)?
                .ok_or_else(|| EngineError::NotFound { what: "user", name: user.to_string() })?;
            effective_policy(tx, connection, Some(&known.user))?
        }
        PolicyTarget::Domain => effective_policy(tx, connection, None)?,
        PolicyTarget::OrgUnit(_) | PolicyTarget::Group(_) => {
            let mut above = policy_above(tx, connection, target)?;
            above.policy = above.policy.overridden_by(&own);
            above.sources.extend(own.fields().into_iter().map(|field| (field, target.clone())));
            above
        }
    };
    let mut from = Vec::new();
    for (field, source) in &effective.sources {
        from.push((field.clone(), level_name(tx, connection, source)?));
    }
    Ok(Applies { effective, from, own })
}
