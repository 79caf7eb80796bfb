//! The schedule of this computer: what holds due backups back, what they wait for now, and when the next one is due.

use holdfast_engine::ScheduleRules;
use holdfast_model::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::language::words;
use crate::views::PauseView;

/// What holds due backups back, as the admin says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScheduleSettings {
    /// Wait while the computer runs on its battery.
    pub wait_on_battery: bool,
    /// Wait while the network is metered.
    pub wait_on_metered: bool,
    /// Keep the computer awake while backups that the schedule began go on.
    pub keep_awake: bool,
}

impl From<ScheduleSettings> for ScheduleRules {
    fn from(settings: ScheduleSettings) -> Self {
        let ScheduleSettings { wait_on_battery, wait_on_metered, keep_awake } = settings;
        Self { wait_on_battery, wait_on_metered, keep_awake }
    }
}

impl From<ScheduleRules> for ScheduleSettings {
    fn from(rules: ScheduleRules) -> Self {
        let ScheduleRules { wait_on_battery, wait_on_metered, keep_awake } = rules;
        Self { wait_on_battery, wait_on_metered, keep_awake }
    }
}

/// The schedule as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ScheduleView {
    /// What is set.
    pub settings: ScheduleSettings,
    /// This system tells of its battery; else a backup never waits for power.
    pub knows_battery: bool,
    /// Whether it runs on its battery now, where backups are to wait then; none where that is not known: no backup waits.
    pub on_battery: Option<bool>,
    /// This system tells whether its network is metered; else a backup never waits for another.
    pub knows_metered: bool,
    /// Whether its network is metered now, where backups are to wait then; none where that is not known: no backup waits.
    pub is_metered: Option<bool>,
    /// This system can be kept awake.
    pub can_keep_awake: bool,
    /// What due backups wait for now.
    pub waiting: Vec<WaitView>,
    /// The pause of everything, where there is one.
    pub pause: Option<PauseView>,
    /// When the next backup is due; in the past for one that waits, none as long as nothing is scheduled.
    pub next: Option<Timestamp>,
}

/// What due backups wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct WaitView {
    /// What a person reads after "waiting for".
    #[serde(serialize_with = "words")]
    pub what: String,
    /// Those of this Domain; of all where none.
    pub domain: Option<String>,
    /// Since when.
    pub since: Timestamp,
}
