//! First launch, set-up and what the app itself remembers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::UserError;
use crate::language::words;
use crate::language::{Language, LanguageChoice};
use crate::views::{ConnectionView, LicensesView};

/// How the app stands when it starts.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Boot {
    /// The app's version.
    pub version: String,
    /// Whose data is open.
    pub profile: ProfileKind,
    /// The data directory.
    pub data_dir: String,
    /// What to show.
    pub stage: Stage,
    /// Where the set-up was left, while setting up.
    pub setup: Option<SetupProgress>,
    /// Why nothing can be shown, while blocked.
    pub error: Option<UserError>,
    /// Dark or light.
    pub theme: Theme,
    /// The language that is spoken.
    pub language: Language,
}

/// Whose data is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProfileKind {
    /// The user's own.
    Own,
    /// The sample company's.
    Sample,
}

/// What the app shows first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing was set up yet.
    FirstLaunch,
    /// The set-up was begun and not finished.
    SettingUp,
    /// The app can be used.
    Ready,
    /// The data directory cannot be opened.
    Blocked,
}

/// Dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A step of the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SetupStep {
    /// Where the backup goes.
    Storage,
    /// The recovery key is saved or printed.
    RecoveryKey,
    /// A Cloud is connected.
    Cloud,
    /// Whom to back up.
    People,
    /// Start at login, and done.
    Finish,
}

/// How far the set-up is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SetupProgress {
    /// The step that comes next.
    pub step: SetupStep,
    /// The storage, once there is one.
    pub storage_path: Option<String>,
    /// A person said that the recovery key is kept.
    pub recovery_key_saved: bool,
    /// The Connection, once there is one.
    #[ts(type = "number | null")]
    pub connection: Option<i64>,
}

/// A place that the backup can go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct StorageOption {
    /// The folder that would be made.
    pub path: String,
    /// What it is on.
    pub kind: StorageKind,
    /// What a person calls it.
    #[serde(serialize_with = "words")]
    pub label: String,
    /// Bytes free.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
    /// True for the one that is chosen when nobody chooses.
    pub is_default: bool,
}

/// What a storage place is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StorageKind {
    /// A disk that can be taken out.
    UsbDisk,
    /// A folder on another computer.
    NetworkFolder,
    /// A disk of this computer.
    LocalDisk,
}

/// What a chosen folder is.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct StorageCheck {
    /// The folder.
    pub path: String,
    /// Bytes free there, where the system says.
    pub free: Option<u64>,
    /// The folder exists.
    pub exists: bool,
    /// Nothing is in it.
    pub is_empty: bool,
    /// A Repository is in it.
    pub is_repository: bool,
    /// It is on the disk of the data directory: lost with this computer.
    pub same_disk_as_data: bool,
    /// Why no new Repository can be made there.
    pub problem: Option<UserError>,
}

/// The recovery key, to be shown.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
pub struct RecoveryKeyView {
    /// Twelve words joined by hyphens.
    pub words: String,
    /// The same as a QR code.
    pub qr_svg: String,
    /// What a person must know of it.
    #[serde(serialize_with = "words")]
    pub warning: String,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SavedFile {
    /// Where it is.
    pub path: String,
}

/// What an existing backup brought back.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RebuildView {
    /// Archives.
    pub archives: u64,
    /// Users of all Directories.
    pub users: u64,
    /// Items in the newest Snapshots.
    pub items: u64,
    /// The Domains; each has to be connected again.
    pub connections: Vec<ConnectionView>,
    /// Policies that were set.
    pub policies: u64,
    /// Places for protected users.
    pub licenses: LicensesView,
    /// What could not be read.
    #[serde(serialize_with = "words")]
    pub problems: Vec<String>,
}

/// What the app itself remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AppSettings {
    /// The app starts when the user logs in.
    pub start_at_login: bool,
    /// Closing the window keeps backups going.
    pub keep_in_tray: bool,
    /// Dark or light.
    pub theme: Theme,
    /// What the language was set to.
    pub language: LanguageChoice,
    /// The language that is spoken by that; not changed here.
    #[serde(default)]
    pub spoken: Language,
    /// The system may show notifications.
    pub notifications: bool,
    /// Where the logs are; not changed here.
    pub log_folder: String,
    /// The app's version; not changed here.
    pub version: String,
    /// The data directory; not changed here.
    pub data_dir: String,
}

/// What Help > About shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AboutView {
    /// The app's version.
    pub version: String,
    /// Under which licence it may be used.
    #[serde(serialize_with = "words")]
    pub licence: String,
    /// How the Repository is written.
    #[serde(serialize_with = "words")]
    pub repository_format: String,
    /// What it is made with.
    #[serde(serialize_with = "words")]
    pub notices: String,
}
