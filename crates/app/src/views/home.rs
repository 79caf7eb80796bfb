//! Home, Storage and the settings of the Domain.

use holdfast_model::{Policy, Service, Timestamp};
use serde::Serialize;
use ts_rs::TS;

use crate::UserError;
use crate::language::words;
use crate::views::{ChoreView, LicensesView, LightCount, RunView, ScheduleView};

/// How everything stands.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct HomeView {
    /// Users that are protected.
    pub protected: u64,
    /// Active users that are not.
    pub unprotected: u64,
    /// Protected users that are paused.
    pub paused: u64,
    /// Protected users whose backup is due and waits.
    pub waiting: u64,
    /// The pause of everything, and what due backups wait for.
    pub schedule: ScheduleView,
    /// Users of all Directories.
    pub users: u64,
    /// The lights of protected users; what belongs to the Domains is among the services.
    pub lights: Vec<LightCount>,
    /// By Service.
    pub services: Vec<ServiceSummary>,
    /// What is kept, over time.
    pub growth: Vec<GrowthPoint>,
    /// What keeps someone from being protected, the worst first.
    pub attention: Vec<AttentionView>,
    /// Runs going on.
    pub running: Vec<RunView>,
    /// The Run that ended last.
    pub last_run: Option<RunView>,
    /// There is no second copy.
    pub only_one_copy: bool,
    /// The storage.
    pub storage: Option<StorageView>,
    /// Places for protected users.
    pub licenses: LicensesView,
}

/// One Service of all protected users.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ServiceSummary {
    /// Which.
    pub service: Service,
    /// Archives.
    pub archives: u64,
    /// Those with a good copy that is fresh.
    pub complete: u64,
    /// The oldest of the last good copies; none while an Archive has none.
    pub oldest_good_copy: Option<Timestamp>,
    /// The newest of them.
    pub newest_good_copy: Option<Timestamp>,
    /// Items kept.
    pub items: u64,
    /// Bytes of content.
    pub bytes: u64,
}

/// What was kept at one point in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct GrowthPoint {
    /// When.
    pub at: Timestamp,
    /// Bytes of content, before they are deduplicated.
    pub content_bytes: u64,
    /// Bytes in the Repository.
    pub stored_bytes: u64,
}

/// How serious a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A person has to do something.
    Red,
    /// Not as it should be, and being tried again.
    Amber,
}

/// The button beside a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // Each is the action of its name.
pub enum AttentionAction {
    StartBackup,
    RunNow,
    Resume,
    OpenRun,
    Reconnect,
    SyncUsers,
    OpenStorage,
    OpenConnections,
    OpenActivity,
    OpenLicenses,
    OpenBackupSettings,
    OpenSettings,
    OpenFix,
}

/// A cause that keeps someone from being protected.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AttentionView {
    /// Stable.
    pub cause: String,
    /// How serious.
    pub severity: Severity,
    /// In a few words.
    #[serde(serialize_with = "words")]
    pub title: String,
    /// What happened.
    #[serde(serialize_with = "words")]
    pub what: String,
    /// What to do.
    #[serde(serialize_with = "words")]
    pub todo: String,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// The button.
    pub action: AttentionAction,
    /// What the button is about: a Run's, a Connection's number.
    pub target: Option<String>,
}

/// The storage.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct StorageView {
    /// Its folder.
    pub path: String,
    /// Its identity.
    pub id: String,
    /// True where the folder can be reached now and is the right one.
    pub reachable: bool,
    /// Bytes free on its disk, where the system says.
    pub free: Option<u64>,
    /// Bytes of its disk, where the system says.
    pub total: Option<u64>,
    /// Bytes of content, before they are deduplicated.
    pub content_bytes: u64,
    /// Bytes in the Repository, where it can be reached.
    pub stored_bytes: Option<u64>,
    /// Items kept.
    pub items: u64,
    /// What was kept, over time.
    pub growth: Vec<GrowthPoint>,
    /// At the pace of the last weeks.
    pub days_until_full: Option<u64>,
    /// When it was last verified.
    pub last_verified_at: Option<Timestamp>,
    /// Whether it was sound.
    pub last_verify_ok: Option<bool>,
    /// What that verify found.
    #[serde(serialize_with = "words")]
    pub last_verify_sentence: Option<String>,
    /// How stock restic reads it.
    pub restic_commands: Vec<String>,
    /// What downloads may take, in bytes a second; none for no limit.
    pub bandwidth_limit: Option<u64>,
    /// The move to another place that goes on, or that failed.
    pub moving: Option<MoveView>,
    /// What has still to be removed, and what each waits for; the first of them.
    pub chores: Vec<ChoreView>,
    /// So many more.
    pub more_chores: u64,
}

/// A move of the storage to another folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MoveView {
    /// The folder.
    pub to: String,
    /// Bytes copied and checked.
    pub done: u64,
    /// Of how many; none is known before it has begun.
    pub total: u64,
    /// All is copied but what Runs that go on still store.
    pub waits: bool,
    /// What ended it.
    pub error: Option<UserError>,
}

/// What a verify found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct VerifyView {
    /// Nothing is wrong.
    pub ok: bool,
    /// Packs that are there.
    pub packs: u64,
    /// Bytes that were read and checked.
    pub bytes: u64,
    /// What is wrong.
    #[serde(serialize_with = "words")]
    pub problems: Vec<String>,
    /// How long it took.
    pub took_ms: u64,
}

/// A Service that a Policy can switch on, with the settings that mean something for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ServiceChoice {
    /// Which.
    pub service: Service,
    /// Its name.
    #[serde(serialize_with = "words")]
    pub name: String,
    /// It belongs to the Domain and takes no license.
    pub is_of_domain: bool,
    /// Which groups of settings.
    pub settings: Vec<PolicyPart>,
}

/// A group of settings of a Policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PolicyPart {
    /// Mail: Trash, Spam, labels that are left out.
    Mail,
    /// Files: extensions and sizes that are left out.
    Files,
    /// What is in the trash of files.
    Trash,
    /// Own documents, or all that the user can see.
    Documents,
    /// Previous versions of files.
    Versions,
    /// Formats in which Google's documents are kept.
    Export,
}

/// A label that the company's people made in Gmail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LabelView {
    /// Its name.
    pub name: String,
    /// How many of those who were asked have it.
    pub users: u64,
}

/// The Domain's default Policy, to be edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PolicyForm {
    /// The Connection to the Domain.
    #[ts(type = "number")]
    pub connection: i64,
    /// As it is.
    pub policy: Policy,
    /// Gmail's own labels, to choose from.
    pub labels: Vec<String>,
    /// The Services of this Domain's Cloud.
    pub services: Vec<ServiceChoice>,
    /// Every active user who appears in the Domain is protected.
    pub add_new_users: bool,
}

/// What a change of the Policy does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PolicyPreview {
    /// Who or what is protected from then on.
    #[serde(serialize_with = "words")]
    pub gains: Vec<String>,
    /// Who or what no longer is.
    #[serde(serialize_with = "words")]
    pub loses: Vec<String>,
    /// What else to know.
    #[serde(serialize_with = "words")]
    pub notes: Vec<String>,
}
