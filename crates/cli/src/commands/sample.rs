//! The sample company: a simulated Google Workspace on this computer, in a profile of its own that nothing else uses.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use holdfast_app::events::Events;
use holdfast_app::{
    App, GoogleAuthorisation, RecoveryKey, Result, SecretsChoice, SyncWhat, UserError, private_file,
};
use serde_json::json;
use simcloud::{Options, Running};
use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Arguments of `sample`.
#[derive(Args)]
pub struct Sample {
    /// How many people work there
    #[arg(long, value_name = "N", default_value_t = 12)]
    users: u32,
    /// Mails in each mailbox at the start
    #[arg(long, value_name = "N", default_value_t = 120)]
    mail_per_user: u32,
    /// Files in each drive at the start
    #[arg(long, value_name = "N", default_value_t = 60)]
    files_per_user: u32,
    /// Delete the sample's profile: its data directory, Repository and secrets
    #[arg(long)]
    remove: bool,
}

/// The folders and files of the profile.
struct Profile(PathBuf);

impl Profile {
    fn data_dir(&self) -> PathBuf {
        self.0.join("data")
    }
    fn repository(&self) -> PathBuf {
        self.0.join("repository")
    }
    fn company(&self) -> PathBuf {
        self.0.join("company")
    }
    fn passphrase(&self) -> PathBuf {
        self.0.join("passphrase")
    }
    /// Marks the folder as one that may be deleted, and keeps the port: a connection's addresses never change.
    fn port(&self) -> PathBuf {
        self.0.join("sample-company-port")
    }
}

/// Starts the sample company and serves it until Ctrl-C.
pub async fn sample(what: Sample, context: &Context) -> Result<Exit> {
    let profile = Profile(beside(&context.data_dir()?)?);
    if what.remove {
        return remove(&profile, context);
    }
    fs::create_dir_all(&profile.0).map_err(|error| failed(&error))?;
    let running = start(&what, &profile).await?;
    let passphrase = passphrase(&profile)?;
    let secrets = SecretsChoice::Age(profile.0.join("secrets.age"));
    let own = context.elsewhere(&profile.data_dir(), secrets, passphrase);
    set_up(own.app().await?, &profile, &running).await?;
    tell(&profile, &running, context)?;
    context.cancel().cancelled().await;
    running.shutdown().await;
    Ok(Exit::Done)
}

async fn start(what: &Sample, profile: &Profile) -> Result<Running> {
    let known_port = match fs::read_to_string(profile.port()) {
        Ok(text) => text.trim().parse().map_err(|_| failed(&"its port cannot be read; use --remove"))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(failed(&error)),
    };
    let options = Options {
        port: known_port,
        state_dir: Some(profile.company()),
        users: what.users,
        mail_per_user: what.mail_per_user,
        files_per_user: what.files_per_user,
        ..Options::default()
    };
    let running = simcloud::start(options).await.map_err(|error| failed(&error))?;
    fs::write(profile.port(), running.address.port().to_string()).map_err(|error| failed(&error))?;
    Ok(running)
}

/// Random, and only for this profile: the sample holds no real data, but is stored as real data is.
fn passphrase(profile: &Profile) -> Result<zeroize::Zeroizing<String>> {
    let path = profile.passphrase();
    if !path.exists() {
        let words = RecoveryKey::generate()?;
        private_file(&path, words.as_str()).map_err(|error| failed(&error))?;
    }
    crate::prompt::from_file(&path)
}

async fn set_up(app: &App, profile: &Profile, running: &Running) -> Result<()> {
    if app.repository().await?.is_none() {
        app.init(&profile.repository()).await?;
    }
    if app.connections().await?.is_empty() {
        let google = &running.start_line.google;
        let endpoints = &running.start_line.endpoints_file;
        let how = GoogleAuthorisation::KeyFile {
            file: google.service_account_key_file.clone(),
            admin: google.admin.clone(),
        };
        app.connect_google(how, Some(endpoints), CancellationToken::new()).await?;
    }
    app.sync(None, SyncWhat::All, false, Events::nobody(), CancellationToken::new()).await?;
    Ok(())
}

fn tell(profile: &Profile, running: &Running, context: &Context) -> Result<()> {
    let google = &running.start_line.google;
    let active = google.users.iter().filter(|user| user.status == "active" && user.address != google.admin);
    let somebody = active.map(|user| user.address.as_str()).next().unwrap_or(&google.admin);
    let program = std::env::current_exe().map_err(|error| failed(&error))?;
    if context.json() {
        let document = json!({
            "event": "serving",
            "data_dir": profile.data_dir(),
            "passphrase_file": profile.passphrase(),
            "repository": profile.repository(),
            "domain": google.domain,
            "control": running.start_line.control,
            "users": google.users,
            "groups": google.groups,
            "org_units": google.org_units,
        });
        return output::line(&document);
    }
    output::print(&format!(
        "The sample company {domain} runs at {url}: {users} users, {groups} groups, {units} org units.\n\
         It is connected in a profile of its own, {folder}.\n\n\
         In another terminal:\n\n  \
         alias sample='HOLDFAST_QUOTAS=off {program} --data-dir \"{data}\" --passphrase-file \"{passphrase}\"'\n  \
         sample users\n  \
         sample start --user {somebody} --wait\n  \
         sample status\n  \
         sample ls {somebody}/drive\n  \
         sample restore {somebody} --to-folder restored\n\n\
         Ctrl-C stops it; `holdfast sample --remove` deletes all of it.",
        domain = google.domain,
        url = running.url(),
        users = google.users.len(),
        groups = google.groups.len(),
        units = google.org_units.len(),
        folder = profile.0.display(),
        program = program.display(),
        data = profile.data_dir().display(),
        passphrase = profile.passphrase().display(),
    ));
    Ok(())
}

fn remove(profile: &Profile, context: &Context) -> Result<Exit> {
    if !profile.port().exists() {
        return Err(UserError::of(
            "input.bad",
            format!("there is no sample company at {}", profile.0.display()),
        ));
    }
    fs::remove_dir_all(&profile.0).map_err(|error| failed(&error))?;
    output::document(context.json(), &json!({ "removed": profile.0 }), |_| {
        format!("The sample company and all that was made with it is deleted ({}).", profile.0.display())
    })?;
    Ok(Exit::Done)
}

/// `…/holdfast` becomes `…/holdfast-sample`, so that it is never mixed with real data.
fn beside(data_dir: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(data_dir).map_err(|error| failed(&error))?;
    let mut name = path.file_name().ok_or_else(|| failed(&"the data directory has no name"))?.to_owned();
    name.push("-sample");
    Ok(path.with_file_name(name))
}

fn failed(error: &dyn std::fmt::Display) -> UserError {
    UserError::of("sample.failed", error.to_string())
}
