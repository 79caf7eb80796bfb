//! The light: what a person sees of a User's or an Archive's state, derived in one place.

use crate::language::words;
use serde::Serialize;
use ts_rs::TS;

/// A colour with its sentence and the button that helps. The colour never stands alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Light {
    /// Green, amber, red, grey or blue.
    pub color: LightColor,
    /// The state that it stands for, for an icon.
    pub state: LightState,
    /// `First copy 12 %`, `Last good copy 4 days ago`.
    #[serde(serialize_with = "words")]
    pub sentence: String,
    /// The button.
    pub action: Option<LightAction>,
}

/// How serious a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LightColor {
    /// Every chosen Service has a good and fresh copy.
    Green,
    /// Something goes on.
    Blue,
    /// By choice.
    Grey,
    /// Not as it should be, and being tried again.
    Amber,
    /// A person has to do something.
    Red,
}

/// What a light stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // Each is the state of its name.
pub enum LightState {
    Protected,
    FirstCopy,
    Running,
    Stale,
    Partial,
    Failed,
    Paused,
    Waiting,
    Unprotected,
    Excluded,
    Retained,
    AccountSuspended,
    AccountDeleted,
    NotConnected,
}

/// What the button beside a light does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // Each is the action of its name.
pub enum LightAction {
    StartBackup,
    RunNow,
    Resume,
    OpenRun,
    Reconnect,
    SyncUsers,
    OpenStorage,
}

/// How many lights have a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LightCount {
    /// The colour.
    pub color: LightColor,
    /// How many.
    pub count: u64,
}
