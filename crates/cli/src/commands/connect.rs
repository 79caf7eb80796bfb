//! Connections: `connect`, `connections`, `reconnect`, `disconnect`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use holdfast_app::views::{CheckItem, ConnectionView};
use holdfast_app::{GoogleAuthorisation, Result, SyncWhat, UserError, format};
use holdfast_model::{CloudKind, ConnectionId};
use jiff::tz::TimeZone;
use serde_json::json;

use super::connect_box;
use crate::context::Context;
use crate::exit::Exit;
use crate::progress::follow;
use crate::table::{or_dash, table};
use crate::{browser, output};

/// The clouds.
#[derive(Subcommand)]
pub enum Connect {
    /// Google Workspace: by a service account with domain-wide delegation, or by signing in
    Google(ConnectGoogle),
    /// Box: by the company's application for the whole enterprise, or by signing in
    Box(connect_box::ConnectBox),
}

/// Arguments of `connect google`.
#[derive(Args)]
pub struct ConnectGoogle {
    #[command(flatten)]
    how: How,
    /// File with the addresses of the cloud, for a sovereign or a simulated one; fixed for this connection
    #[arg(long, value_name = "FILE.toml")]
    endpoints: Option<PathBuf>,
}

/// The two ways to authorise.
#[derive(Args)]
pub struct How {
    /// Key file of the service account, in JSON
    #[arg(long, value_name = "FILE", requires = "admin", required_unless_present = "sign_in")]
    key_file: Option<PathBuf>,
    /// Address of the admin as whom the directory is read
    #[arg(long, value_name = "ADDRESS", conflicts_with = "sign_in")]
    admin: Option<String>,
    /// Sign in with the browser instead
    #[arg(long, conflicts_with = "key_file", requires = "client_file")]
    sign_in: bool,
    /// With --sign-in: the OAuth client's file from the Google console
    #[arg(long, value_name = "FILE", requires = "sign_in")]
    client_file: Option<PathBuf>,
    /// With --sign-in: only print the address to open
    #[arg(long, requires = "sign_in")]
    no_browser: bool,
}

impl How {
    fn authorisation(self) -> Result<GoogleAuthorisation> {
        match (self.key_file, self.admin, self.client_file) {
            (Some(file), Some(admin), _) => Ok(GoogleAuthorisation::KeyFile { file, admin }),
            (_, _, Some(client_file)) => Ok(GoogleAuthorisation::SignIn {
                client_file: Some(client_file),
                open: show_or_open(self.no_browser),
            }),
            // The arguments' rules see to it that one of the two ways is complete.
            _ => Err(UserError::of(
                "input.usage",
                "give --key-file and --admin, or --sign-in and --client-file",
            )),
        }
    }
}

/// Tells the address of a sign-in page, and opens it unless only the address is wanted.
pub(super) fn show_or_open(no_browser: bool) -> Box<dyn Fn(&str) + Send + Sync> {
    Box::new(move |url: &str| {
        output::note(&format!("Sign in at this address:\n\n  {url}\n"));
        if !no_browser {
            browser::open(url);
        }
    })
}

/// Connects a cloud and brings in its directory.
pub async fn connect(what: Connect, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let connection = match what {
        Connect::Google(what) => {
            let how = what.how.authorisation()?;
            app.connect_google(how, what.endpoints.as_deref(), context.cancel()).await?
        }
        Connect::Box(what) => what.connect(app, context.cancel()).await?,
    };
    if !context.json() {
        output::print(&told(&connection));
    }
    let synced = follow(context, |events, cancel| {
        app.sync(Some(&connection.tenant_id), SyncWhat::All, false, events, cancel)
    });
    let mut exit = match synced.await {
        Ok(_) => Exit::Done,
        Err(error) if error.is_cancelled() => return Err(error),
        Err(error) => {
            output::complain(&error, context.json());
            output::note("The cloud is connected. Run `holdfast sync` when this is fixed.");
            Exit::Problems
        }
    };
    let checks = app.check_connection(connection.id).await?;
    if checks.iter().any(|check| check.ok == Some(false)) {
        exit = Exit::Problems;
    }
    if context.json() {
        output::line(&json!({ "event": "done", "connection": connection, "checks": checks }))?;
    } else {
        for check in checks.iter().filter(|check| check.ok != Some(true)) {
            output::print(&missing(check));
        }
        output::print("Next: choose whom to back up with `holdfast start`.");
    }
    Ok(exit)
}

/// What is missing, and where it is mended.
fn missing(check: &CheckItem) -> String {
    let word = if check.ok == Some(false) { "Missing" } else { "Not tested" };
    let mut text = format!("{word}: {} ({})\n  {}", check.title, check.id, format::one_line(&check.sentence));
    for line in [&check.todo, &check.link].into_iter().flatten() {
        text.push_str(&format!("\n  {line}"));
    }
    text
}

fn told(connection: &ConnectionView) -> String {
    let endpoints = connection.endpoints.as_deref().map(|at| format!(" at {at}")).unwrap_or_default();
    format!(
        "Connected to {} ({}{endpoints}), signed in as {}.",
        connection.domain,
        connection.cloud.title(),
        connection.signed_in_as
    )
}

/// Lists the connections.
pub async fn list(context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let listed = app.connections().await?;
    output::document(context.json(), &json!({ "connections": listed }), |_| {
        if listed.is_empty() {
            return "No cloud is connected yet. Connect one with `holdfast connect`.".to_owned();
        }
        let zone = TimeZone::system();
        let rows = listed.iter().map(|one| {
            [
                one.id.to_string(),
                one.cloud.title().to_owned(),
                one.domain.clone(),
                one.state.clone(),
                one.signed_in_as.clone(),
                format::count(one.users),
                or_dash(one.last_sync.map(|at| format::time(at, &zone))),
                or_dash(one.endpoints.clone()),
            ]
        });
        table(["ID", "CLOUD", "DOMAIN", "STATE", "SIGNED IN AS", "#USERS", "LAST SYNC", "ADDRESSES"], rows)
    })?;
    Ok(Exit::Done)
}

/// Arguments of `reconnect`.
#[derive(Args)]
pub struct Reconnect {
    /// Its number, as `connections` shows it
    id: i64,
    #[command(flatten)]
    how: HowAgain,
    /// File with its addresses, where it was disconnected and they are not the cloud's own: they must be the same
    #[arg(long, value_name = "FILE.toml")]
    endpoints: Option<PathBuf>,
}

/// The ways to authorise once more: those of the connection's cloud.
#[derive(Args)]
pub struct HowAgain {
    /// Google: key file of the service account, in JSON
    #[arg(long, value_name = "FILE", requires = "admin")]
    key_file: Option<PathBuf>,
    /// Google: address of the admin as whom the directory is read
    #[arg(long, value_name = "ADDRESS", requires = "key_file")]
    admin: Option<String>,
    /// Box: file of the application from the developer console, in JSON
    #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
    app_file: Option<PathBuf>,
    /// Sign in with the browser instead
    #[arg(long, conflicts_with_all = ["key_file", "app_file"], requires = "client_file")]
    #[arg(required_unless_present_any = ["key_file", "app_file"])]
    sign_in: bool,
    /// With --sign-in: the file of the OAuth client or application from the cloud's console
    #[arg(long, value_name = "FILE", requires = "sign_in")]
    client_file: Option<PathBuf>,
    /// With --sign-in: only print the address to open
    #[arg(long, requires = "sign_in")]
    no_browser: bool,
}

/// Renews a connection; another tenant is refused. The addresses of the cloud stay those of the connection.
pub async fn reconnect(what: Reconnect, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let (id, how) = (ConnectionId(what.id), what.how);
    let endpoints = what.endpoints.as_deref();
    let known = app.connections().await?.into_iter().find(|known| known.id == id);
    let is_box = known.as_ref().map_or(how.app_file.is_some(), |known| known.cloud == CloudKind::Box);
    let connection = if is_box {
        let how = connect_box::authorisation(how.app_file, how.client_file, how.no_browser)?;
        app.reconnect_box(id, how, endpoints, context.cancel()).await?
    } else {
        let (admin, sign_in) = (how.admin, how.sign_in);
        let (key_file, client_file, no_browser) = (how.key_file, how.client_file, how.no_browser);
        let how = How { key_file, admin, sign_in, client_file, no_browser }.authorisation()?;
        app.reconnect_google(id, how, endpoints, context.cancel()).await?
    };
    output::document(context.json(), &json!({ "connection": connection }), |_| told(&connection))?;
    Ok(Exit::Done)
}

/// Arguments of `disconnect`.
#[derive(Args)]
pub struct Disconnect {
    /// Its number, as `connections` shows it
    id: i64,
}

/// Ends a connection.
pub async fn disconnect(what: Disconnect, context: &Context) -> Result<Exit> {
    let app = context.app().await?;
    let connection = app.disconnect(ConnectionId(what.id)).await?;
    output::document(context.json(), &json!({ "connection": connection }), |_| {
        format!("{} is disconnected. What is stored stays.", connection.domain)
    })?;
    Ok(Exit::Done)
}
