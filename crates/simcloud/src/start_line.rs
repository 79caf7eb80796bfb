//! What the server says and writes when it starts: the line of JSON, `endpoints.toml` and the
//! credential files.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::boxcom::{self, Boxcom};
use crate::clock::Clock;
use crate::counters::Counters;
use crate::discovery::Shelf;
use crate::faults::Faults;
use crate::google::{Google, auth};
use crate::network::Network;
use crate::options::Options;
use crate::server::StartError;
use crate::world::World;

/// The line of JSON that `simcloud serve` prints.
#[derive(Clone, Debug, Serialize)]
pub struct StartLine {
    /// `http://127.0.0.1:P`.
    pub address: String,
    /// Where the files below are.
    pub state_dir: PathBuf,
    /// Addresses of every API, by name.
    pub endpoints_file: PathBuf,
    /// How to change the company.
    pub control: Control,
    /// The Google Workspace company.
    pub google: GoogleStart,
    /// The Box enterprise of the same people; control calls it `box` too.
    #[serde(rename = "box")]
    pub boxcom: BoxStart,
}

/// Where `/control` is and what it wants.
#[derive(Clone, Serialize)]
pub struct Control {
    /// `http://127.0.0.1:P/control`.
    pub url: String,
    /// The bearer token of this start.
    pub token: String,
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The Google Workspace company.
#[derive(Clone, Debug, Serialize)]
pub struct GoogleStart {
    /// Primary domain.
    pub domain: String,
    /// `C0…`.
    pub customer_id: String,
    /// The super admin's address.
    pub admin: String,
    /// A service account's key in Google's file shape.
    pub service_account_key_file: PathBuf,
    /// A desktop OAuth client in Google's file shape.
    pub oauth_client_file: PathBuf,
    /// Everybody in the company.
    pub users: Vec<Person>,
    /// Groups.
    pub groups: Vec<Named>,
    /// Org units.
    pub org_units: Vec<Unit>,
}

/// The Box enterprise.
#[derive(Clone, Debug, Serialize)]
pub struct BoxStart {
    /// Digits.
    pub enterprise_id: String,
    /// The admin's login.
    pub admin: String,
    /// The application: client id and secret, enterprise, registered redirects.
    pub app_file: PathBuf,
    /// Where content is served, which stands for `dl.boxcloud.com`.
    pub content: String,
    /// Everybody who is managed.
    pub users: Vec<Person>,
    /// Groups; their address is their name.
    pub groups: Vec<Named>,
}

/// A user.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// Digits; Google has 21.
    pub id: String,
    /// Primary address.
    pub address: String,
    /// `active`, `suspended` or `archived`; Box has four of its own.
    pub status: &'static str,
}

/// A group.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    /// The group's id.
    pub id: String,
    /// The group's address.
    pub address: String,
}

/// An org unit.
#[derive(Clone, Debug, Serialize)]
pub struct Unit {
    /// `id:…`.
    pub id: String,
    /// `/Berlin/Sales`.
    pub path: String,
}

/// APIs in `endpoints.toml`.
const ENDPOINTS: &[&str] =
    &["accounts", "oauth2", "admin", "gmail", "drive", "docs", "people", "calendar", "tasks"];

/// Makes a folder that only its owner may enter.
pub(crate) fn make_private(dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(dir)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Builds the world; slow work (keys, content) happens here.
pub(crate) fn build(
    options: Options,
    base_url: String,
    content_url: String,
    state_dir: PathBuf,
) -> Result<World, StartError> {
    let auth = auth::Auth::open(&state_dir, &base_url)?;
    let descriptions = Shelf::default();
    if options.strict {
        descriptions.needed()?;
    }
    let google = Google::new(&options, auth).map_err(StartError::io(match &options.corpus {
        Some(corpus) => format!("the corpus {} cannot be read", corpus.display()),
        None => "the company cannot be built".to_owned(),
    }))?;
    let boxcom = Boxcom::new(&options, &google.directory.read(), &state_dir, content_url)?;
    Ok(World {
        clock: Clock::new(options.time_scale),
        faults: Faults::default(),
        counters: Counters::default(),
        base_url,
        state_dir,
        control_token: auth::random_token(24),
        token_key: auth::random_bytes(),
        network: Network::new(options.latency, options.bandwidth),
        descriptions,
        google,
        boxcom,
        options,
    })
}

/// Writes the files and makes the line.
pub(crate) fn write(world: &World) -> Result<StartLine, StartError> {
    let endpoints_file = world.state_dir.join("endpoints.toml");
    let mut rows: String =
        ENDPOINTS.iter().map(|name| format!("{name} = \"{}\"\n", world.base_url)).collect();
    rows.push_str(&format!("photos = \"{}\"\n", world.boxcom.content_url));
    std::fs::write(&endpoints_file, format!("[google]\n{rows}\n{}", box_endpoints(world)))
        .map_err(StartError::io(endpoints_file.display().to_string()))?;
    let directory = world.google.directory.read();
    let google = GoogleStart {
        domain: directory.domain.clone(),
        customer_id: directory.customer_id.clone(),
        admin: directory.users.iter().find(|u| u.is_admin).map(|u| u.address.clone()).unwrap_or_default(),
        service_account_key_file: world.state_dir.join(auth::SERVICE_ACCOUNT_FILE),
        oauth_client_file: world.state_dir.join(auth::OAUTH_CLIENT_FILE),
        users: directory
            .users
            .iter()
            .map(|u| Person { id: u.id.clone(), address: u.address.clone(), status: u.status() })
            .collect(),
        groups: directory
            .groups
            .iter()
            .map(|g| Named { id: g.id.clone(), address: g.address.clone() })
            .collect(),
        org_units: directory
            .org_units
            .iter()
            .map(|o| Unit { id: o.id.clone(), path: o.path.clone() })
            .collect(),
    };
    Ok(StartLine {
        address: world.base_url.clone(),
        state_dir: world.state_dir.clone(),
        endpoints_file,
        control: Control { url: format!("{}/control", world.base_url), token: world.control_token.clone() },
        google,
        boxcom: box_start(world),
    })
}

/// Box's addresses, by the names that its SDKs have for them.
/// <https://github.com/box/box-python-sdk-gen/blob/main/docs/client.md>
fn box_endpoints(world: &World) -> String {
    let base = &world.base_url;
    format!(
        "[box]\napi = \"{base}\"\nupload = \"{base}/api\"\naccount = \"{base}/api/oauth2\"\ncontent = \"{}\"\n",
        world.boxcom.content_url
    )
}

fn box_start(world: &World) -> BoxStart {
    let state = crate::sync::read(&world.boxcom.state);
    let managed = state.users.iter().filter(|user| !user.is_service);
    BoxStart {
        enterprise_id: state.enterprise_id.clone(),
        admin: state.users.iter().find(|u| u.role == "admin").map(|u| u.login.clone()).unwrap_or_default(),
        app_file: world.state_dir.join(boxcom::auth::APP_FILE),
        content: world.boxcom.content_url.clone(),
        users: managed
            .map(|u| Person { id: u.id.clone(), address: u.login.clone(), status: u.status.word() })
            .collect(),
        groups: state.groups.iter().map(|g| Named { id: g.id.clone(), address: g.name.clone() }).collect(),
    }
}
