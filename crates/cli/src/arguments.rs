//! What can be typed. Each command's own arguments are beside what it does, in `commands`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use holdfast_app::SecretsChoice;

use crate::commands::{
    activity, alerts, archives, audit, backup, bandwidth, connect, directory, doctor, levels, people,
    repository, restore, sample, schedule, storage, upkeep, watchdog,
};

/// Backs up a company's cloud accounts to storage that the company owns.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with problems, 4 cancelled.
#[derive(Parser)]
#[command(name = "holdfast", version)]
pub struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// Arguments that every command takes.
#[derive(Args, Clone)]
#[command(next_help_heading = "Options of every command")]
pub struct Common {
    /// Holds catalogue, settings and logs; by default HOLDFAST_DATA_DIR, or the system's place for program data
    #[arg(long, global = true, value_name = "DIR", env = "HOLDFAST_DATA_DIR", hide_env = true)]
    pub data_dir: Option<PathBuf>,
    /// Where secrets are kept: `keychain`, or `age:FILE` for an encrypted file. Remembered by `init`
    #[arg(long, global = true, value_name = "PLACE")]
    pub secrets: Option<SecretsChoice>,
    /// File with the passphrase of the secrets file; `-` reads it from standard input. HOLDFAST_PASSPHRASE works too
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Print JSON: one document, or one event a line for long work
    #[arg(long, global = true)]
    pub json: bool,
    /// Show the log on the error output
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// The commands, in the order in which they are first used.
#[derive(Subcommand)]
pub enum Command {
    /// Set up the storage: a new Repository, or one that exists already
    Init(repository::Init),
    /// Show the recovery key again
    RecoveryKey(repository::ShowKey),
    /// Connect a cloud
    #[command(subcommand)]
    Connect(connect::Connect),
    /// List the connections
    Connections,
    /// Renew a connection's authorisation
    Reconnect(connect::Reconnect),
    /// End a connection; what is stored stays
    Disconnect(connect::Disconnect),
    /// Bring in users, groups and org units from the cloud
    Sync(directory::Sync),
    /// List the users
    Users(directory::Users),
    /// List the groups, or the members of one
    Groups(directory::Groups),
    /// List the org units
    OrgUnits(directory::OrgUnits),
    /// Protect users and back them up
    Start(backup::Start),
    /// Back up who is protected already
    Run(backup::Run),
    /// Show how the backups stand
    Status,
    /// List the runs, or show one with its ledger
    Activity(activity::Activity),
    /// Cancel a run
    Cancel(activity::Cancel),
    /// Let the backups of a user, a group, an org unit or all rest
    Pause(levels::Pause),
    /// End a pause
    Resume(levels::Resume),
    /// Show or change backup settings
    #[command(subcommand)]
    Policy(levels::Policy),
    /// Protect who appears later in the domain, a group or an org unit
    AutoBackup(levels::AutoBackup),
    /// Show when backups are due, and set what holds them back on this computer
    Schedule(schedule::Schedule),
    /// Show or cap how many users are protected
    Licenses(people::Licenses),
    /// Show where the Repository is, or copy it to another place and use it there
    Storage(storage::Storage),
    /// Show or limit what downloads may take
    Bandwidth(bandwidth::Bandwidth),
    /// List the archives, or delete a user's
    Archives(archives::Archives),
    /// List what an archive holds
    Ls(archives::Ls),
    /// Write an item's content to the output
    Cat(archives::Cat),
    /// Restore to a folder on this computer
    Restore(restore::Restore),
    /// Show or set how long snapshots are kept
    Retention(upkeep::Retention),
    /// Remove the snapshots that retention no longer keeps
    Forget(upkeep::Forget),
    /// Give back the space of what no snapshot names
    Prune,
    /// Check that the Repository is whole
    Verify(repository::Verify),
    /// Make the catalogue anew from the Repository
    RebuildCatalogue(repository::Rebuild),
    /// Find out why something is not backed up
    Doctor(doctor::Doctor),
    /// Show who did what, and whether the record of it is whole
    Audit(audit::Audit),
    /// Say how people are told when something is wrong
    #[command(subcommand)]
    Alerts(alerts::Alerts),
    /// Look whether the backups are still good, without the app and its schedule
    Watchdog(watchdog::Watchdog),
    /// Keep the schedule without a window, until Ctrl-C
    Agent,
    /// Start the sample company, to try everything without an account
    Sample(sample::Sample),
}
