//! The levels at which an admin decides: what is set there, what comes from above, who rests and until when.

use holdfast_model::{Policy, PolicyOverride, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::views::PolicyForm;

/// The level at which something is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LevelWord {
    /// Everyone of the Domain.
    Domain,
    /// An org unit.
    OrgUnit,
    /// A group.
    Group,
    /// A user.
    User,
}

/// A level of one Domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LevelKey {
    /// The Connection.
    pub connection: i64,
    /// Which level.
    pub level: LevelWord,
    /// The unit's, group's or user's id in the Cloud; empty for the Domain.
    pub id: String,
}

/// What `set_auto_backup` needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct SetAutoBackup {
    /// The Connection.
    pub connection: i64,
    /// Where; a user is no place.
    pub target: LevelWord,
    /// The unit's or group's id in the Cloud; empty for the Domain.
    pub id: String,
    /// Of a unit: and in all below it.
    pub include_sub_units: bool,
    /// On or off.
    pub on: bool,
}

/// The settings of a level, to be edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LevelPolicy {
    /// As they apply, with what a form has to know.
    pub form: PolicyForm,
    /// What is set at this level itself.
    pub own: PolicyOverride,
    /// What would apply if nothing were set here.
    pub above: Policy,
    /// Where what comes from above is from; what is not here has its built-in value.
    pub sources: Vec<FieldSource>,
}

/// Where one setting is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FieldSource {
    /// The setting, by its name in a Policy.
    pub field: String,
    /// The level that sets it.
    pub level: LevelWord,
    /// The unit's path, the group's or user's address, the Domain's name.
    pub name: String,
}

/// Backups that rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PauseView {
    /// Whose pause it is; none for that of everything.
    pub of: Option<LevelKey>,
    /// The unit's path, the group's or user's address; empty for everything.
    pub name: String,
    /// Until when; none until a person ends it.
    pub until: Option<Timestamp>,
}

/// For how long backups rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PauseLength {
    /// From now on.
    Hour,
    /// Until the day is over where the computer is.
    Tomorrow,
    /// Until a person ends it.
    UntilResumed,
}
