//! The verbs of Holdfast: connect, sync, start, back up, verify, restore, rebuild.
//!
//! Start at [`Engine`]. Reading and restoring happen in any process; what changes something is a [`Request`] that
//! the one worker of a data directory performs ([`Engine::perform`]).

mod adopt;
mod alarm;
mod audit;
mod auto_backup;
pub mod backup;
mod begin;
mod browse;
mod browse_item;
mod clock;
mod connection;
mod contents;
pub mod csv_file;
mod data_dir;
mod doctor;
mod engine;
mod error;
mod events;
mod export;
mod health;
mod kept_text;
mod leavers;
mod left_out;
mod live;
mod look;
mod memory;
mod nap;
pub mod notifications;
mod pause;
mod people;
mod perform;
mod policy;
mod probe;
mod quiet;
mod rebuild;
mod relocate;
mod request;
mod resting;
mod restore;
mod restore_export;
mod restore_index;
mod restore_places;
mod restore_report;
mod rules;
mod safe_name;
mod schedule;
mod secret_cell;
mod selection;
mod settings;
mod sync;
mod upkeep;
mod verify;
mod watched;
mod worker;

pub use holdfast_catalog::Deletion;

pub use alarm::{Alarm, Channel, grouped};
pub use audit::{AuditLog, BY_ITSELF, OK as AUDIT_OK, os_user, outcome as audit_outcome};
pub use auto_backup::{AutoBackupTarget, of_domain as auto_backup_of_domain};
pub use browse::ListedItem;
pub use browse_item::ItemDetails;
pub use clock::{Clock, ManualClock, SystemClock};
pub use data_dir::{DataDir, free_space, total_space};
pub use doctor::{Finding, Fix, Verdict};
pub use engine::{Engine, Options, RepositoryPlace};
pub use error::{EngineError, Result};
pub use events::{Event, Events, Phase};
pub use health::Health;
pub use leavers::{AfterDeletion, Leaver, after_deletion, kept_until};
pub use left_out::left_out;
pub use look::{FRESH_HOURS, is_fresh};
pub use pause::{Pauses, paused_users};
pub use people::{ChosenUser, UserSetting};
pub use policy::{
    EffectivePolicy, PoliciesOfAll, PolicyEffect, PolicyTarget, ServiceEffect, above as policy_above,
    effective as effective_policy, of_domain as domain_policy, of_user as user_policy,
};
pub use probe::Expected;
pub use quiet::{QUIET, Quiet, may_pass};
pub use rebuild::RebuildReport;
pub use relocate::{Relocation, Told};
pub use request::{Request, Response, RunSummary};
pub use restore_report::{RestoreProblem, RestoreRename, RestoreReport, RestoreSelection};
pub use rules::RuleProtected;
pub use safe_name::safe_name;
pub use schedule::{
    Schedule, ScheduleRules, Surroundings, ThisComputer, Ticked, Waiting, WaitingFor, schedule_rules, waiting,
};
pub use selection::{OrgUnitChoice, Plan, PlanProblem, PlannedUser, Selection, Started};
pub use settings::{bandwidth_limit, license_limit, licenses_free};
pub use sync::{SyncChanges, SyncReport, SyncWhat, SyncWhen, next_sync};
pub use upkeep::{
    Chore, ChoreKind, ChoreWait, EraseReport, ForgetReport, GRACE_DAYS, Hold, PARTS as VERIFY_PARTS,
    RetentionPreview, SnapshotToGo, Trouble, VERIFY_EVERY_DAYS, chores, retention_of,
};
pub use verify::{LastVerification, VerifyReport};
pub use worker::Worker;

pub use holdfast_catalog as catalog;
pub use holdfast_clouds as clouds;
pub use holdfast_secrets as secrets;
pub use holdfast_vault as vault;

/// What the tests of whole verbs stand on, for those that need to look inside.
#[cfg(test)]
extern crate self as holdfast_engine;
#[cfg(test)]
#[path = "../tests/stage/mod.rs"]
mod stage;
