//! What a person can do with Holdfast, one function each, for every surface: the command line and the desktop app.
//! It also holds what all of them need to speak to people: errors, the recovery key, formatting, logging.
//!
//! Start at [`App`]; the functions are in `verbs`, what they give back is in [`views`].

pub mod alerts;
mod app;
pub mod arguments;
mod causes;
mod csv_out;
mod desktop;
pub mod details;
pub mod error;
pub mod format;
#[cfg(target_os = "linux")]
pub mod graphics;
pub mod handover;
pub mod language;
mod light;
pub mod links;
pub mod log;
mod owners;
mod pacing;
mod people;
pub mod places;
mod profile;
mod recovery_key;
mod redact;
mod runs;
mod signals;
pub mod start_again;
pub mod time;
pub mod updates;
mod verbs;
pub mod views;
pub mod watchdog;
#[cfg(windows)]
pub mod windows;

pub use app::{App, Opening, Pace};
pub use causes::{CAUSES, CauseRow};
pub use desktop::{Desktop, DesktopOptions, Outside, ToNotify, Tray, TrayState, licenses_sentence};
pub use error::{Result, UserError};
pub use log::private_file;
pub use profile::{Profile, SecretsChoice};
pub use recovery_key::RecoveryKey;
pub use redact::Redactor;
pub use signals::told_to_end;
pub use verbs::{
    Applies, BoxAuthorisation, Choice, GoogleAuthorisation, Initialised, KeptPath, PauseFor, PeopleFilter,
    Planned, Problem, RestoreWhat, SavedKey, Started, Whose, is_well, of_this_computer, settings_as_toml,
};

pub use holdfast_engine::catalog::Protection;
pub use holdfast_engine::{
    Clock, Finding, Fix, ItemDetails, PolicyEffect, QUIET, Quiet, RebuildReport, RestoreReport, SyncReport,
    SyncWhat, SystemClock, Verdict, VerifyReport,
};

/// What is told while long work goes on.
pub mod events {
    pub use holdfast_engine::{Event, Events, Phase};
}
