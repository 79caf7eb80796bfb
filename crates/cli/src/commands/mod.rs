//! One file per group of commands. Each command asks `holdfast-app` and prints what it gets.

pub mod activity;
pub mod agent;
pub mod alerts;
pub mod archives;
pub mod audit;
pub mod backup;
pub mod bandwidth;
pub mod connect;
mod connect_box;
pub mod delete;
pub mod directory;
pub mod doctor;
pub mod levels;
pub mod people;
pub mod repository;
pub mod restore;
pub mod sample;
pub mod schedule;
pub mod storage;
pub mod upkeep;
pub mod watchdog;

use holdfast_app::Result;

use crate::arguments::Command;
use crate::context::Context;
use crate::exit::Exit;

/// Does what was typed.
pub async fn run(command: Command, context: &Context) -> Result<Exit> {
    match command {
        Command::Init(what) => repository::init(what, context).await,
        Command::RecoveryKey(what) => repository::show_key(what, context).await,
        Command::Connect(what) => connect::connect(what, context).await,
        Command::Connections => connect::list(context).await,
        Command::Reconnect(what) => connect::reconnect(what, context).await,
        Command::Disconnect(what) => connect::disconnect(what, context).await,
        Command::Sync(what) => directory::sync(what, context).await,
        Command::Users(what) => directory::users(what, context).await,
        Command::Groups(what) => directory::groups(what, context).await,
        Command::OrgUnits(what) => directory::org_units(what, context).await,
        Command::Start(what) => backup::start(what, context).await,
        Command::Run(what) => backup::run(what, context).await,
        Command::Status => activity::status(context).await,
        Command::Activity(what) => activity::activity(what, context).await,
        Command::Cancel(what) => activity::cancel(what, context).await,
        Command::Pause(what) => levels::pause(what, context).await,
        Command::Resume(what) => levels::resume(what, context).await,
        Command::Policy(what) => levels::policy(what, context).await,
        Command::AutoBackup(what) => levels::auto_backup(what, context).await,
        Command::Schedule(what) => schedule::schedule(what, context).await,
        Command::Licenses(what) => people::licenses(what, context).await,
        Command::Storage(what) => storage::storage(what, context).await,
        Command::Bandwidth(what) => bandwidth::bandwidth(what, context).await,
        Command::Archives(what) => archives::archives(what, context).await,
        Command::Ls(what) => archives::ls(what, context).await,
        Command::Cat(what) => archives::cat(what, context).await,
        Command::Restore(what) => restore::restore(what, context).await,
        Command::Retention(what) => upkeep::retention(what, context).await,
        Command::Forget(what) => upkeep::forget(what, context).await,
        Command::Prune => upkeep::prune(context).await,
        Command::Verify(what) => repository::verify(what, context).await,
        Command::RebuildCatalogue(what) => repository::rebuild(what, context).await,
        Command::Agent => agent::agent(context).await,
        Command::Alerts(what) => alerts::alerts(what, context).await,
        Command::Watchdog(what) => watchdog::watchdog(what, context).await,
        Command::Doctor(what) => doctor::doctor(what, context).await,
        Command::Audit(what) => audit::audit(what, context).await,
        Command::Sample(what) => sample::sample(what, context).await,
    }
}
