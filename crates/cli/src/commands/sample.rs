//! The sample company: a simulated Google Workspace on this computer, in a profile of its own that nothing else uses.

use clap::Args;
use holdfast_app::{Result, UserError};
use holdfast_sample::{Company, Place, Size};
use serde_json::json;

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

/// Starts the sample company and serves it until Ctrl-C.
pub async fn sample(what: Sample, context: &Context) -> Result<Exit> {
    let place = Place::beside(&context.data_dir()?)?;
    if what.remove {
        return remove(&place, context);
    }
    let Sample { users, mail_per_user, files_per_user, .. } = what;
    let company = Company::start(&place, Size { users, mail_per_user, files_per_user }).await?;
    let own = context.elsewhere(&place.data_dir(), place.secrets(), place.passphrase()?);
    company.set_up(own.app().await?, &place, |_| {}, &context.cancel()).await?;
    tell(&place, &company, context)?;
    context.cancel().cancelled().await;
    company.stop().await;
    Ok(Exit::Done)
}

fn tell(place: &Place, company: &Company, context: &Context) -> Result<()> {
    let google = &company.told().google;
    let active = google.users.iter().filter(|user| user.status == "active" && user.address != google.admin);
    let somebody = active.map(|user| user.address.as_str()).next().unwrap_or(&google.admin);
    let program =
        std::env::current_exe().map_err(|error| UserError::of("sample.failed", error.to_string()))?;
    if context.json() {
        let document = json!({
            "event": "serving",
            "data_dir": place.data_dir(),
            "passphrase_file": place.passphrase_file(),
            "repository": place.repository(),
            "domain": google.domain,
            "box_enterprise": company.told().boxcom.enterprise_id,
            "control": company.told().control,
            "users": google.users,
            "groups": google.groups,
            "org_units": google.org_units,
        });
        return output::line(&document);
    }
    output::print(&format!(
        "The sample company {domain} runs at {url}: {users} users, {groups} groups, {units} org units;\n\
         the same people have a Box enterprise, too.\n\
         Both are connected in a profile of its own, {folder}.\n\n\
         In another terminal:\n\n  \
         alias sample='HOLDFAST_QUOTAS=off {program} --data-dir \"{data}\" --passphrase-file \"{passphrase}\"'\n  \
         sample connections\n  \
         sample users --domain {domain}\n  \
         sample start --domain {domain} --user {somebody} --wait\n  \
         sample status\n  \
         sample ls {somebody}/drive\n  \
         sample restore {somebody} --to-folder restored\n\n\
         Ctrl-C stops it; `holdfast sample --remove` deletes all of it.",
        domain = google.domain,
        url = company.url(),
        users = google.users.len(),
        groups = google.groups.len(),
        units = google.org_units.len(),
        folder = place.folder().display(),
        program = program.display(),
        data = place.data_dir().display(),
        passphrase = place.passphrase_file().display(),
    ));
    Ok(())
}

fn remove(place: &Place, context: &Context) -> Result<Exit> {
    place.remove()?;
    output::document(context.json(), &json!({ "removed": place.folder() }), |_| {
        format!("The sample company and all that was made with it is deleted ({}).", place.folder().display())
    })?;
    Ok(Exit::Done)
}
