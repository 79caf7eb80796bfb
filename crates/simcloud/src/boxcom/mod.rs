//! Box on the wire.
//!
//! A method is a row of an area's `METHODS`; its id is `box.` and the operation's id in Box's published description
//! (<https://github.com/box/box-openapi>), which is also how faults and counters name it. Beside those there are
//! `box.token`, `box.revoke`, `box.authorize` and `box.download`, the content behind links on the second host. `run` is
//! plain and synchronous: `fn(&Call) -> Result<Answer, BoxError>`; callers, scopes, limits, faults and errors are done
//! outside.
//!
//! The people are those of the company's directory, with ids of Box's own.

pub mod auth;
mod bulk;
mod call;
mod control;
mod description;
mod error;
pub mod events;
mod faulty;
mod files;
mod folders;
mod metadata;
pub mod model;
mod oauth;
mod people;
pub mod rate;
mod resource;
mod sample;
mod serve;
mod sharing;
pub mod state;
mod truth;
mod uploads;

use std::path::Path;
use std::sync::RwLock;

use crate::google::directory::Directory;
use crate::options::Options;
use crate::server::StartError;

pub use call::{Call, Method};
pub(crate) use control::set;
pub use description::{Description, Exchange};
pub use error::BoxError;
pub(crate) use serve::{is_asked, serve, serve_content};
pub use state::State;
pub(crate) use truth::TRUTH;

/// Every method that is simulated.
pub static METHODS: &[&[Method]] = &[
    people::METHODS,
    folders::METHODS,
    uploads::METHODS,
    uploads::direct::METHODS,
    files::METHODS,
    events::METHODS,
    sharing::METHODS,
    metadata::METHODS,
    metadata::templates::METHODS,
];

/// Every change that control can make.
pub(crate) static OPS: &[&[crate::control::change::Op]] = &[control::OPS, metadata::control::OPS, bulk::OPS];

/// A Box enterprise.
pub struct Boxcom {
    /// People and items.
    pub state: RwLock<State>,
    /// The application and its tokens.
    pub auth: auth::Auth,
    /// Calls of the last minute.
    pub rate: rate::Rate,
    /// Where content is served: the address that stands for `dl.boxcloud.com`.
    pub content_url: String,
}

impl Boxcom {
    /// Builds the enterprise beside the company's directory.
    pub(crate) fn new(
        options: &Options,
        directory: &Directory,
        state_dir: &Path,
        content_url: String,
    ) -> Result<Self, StartError> {
        let state = sample::enterprise(options, directory);
        let auth = auth::Auth::open(state_dir, &state.enterprise_id)?;
        Ok(Self { state: RwLock::new(state), auth, rate: rate::Rate::default(), content_url })
    }
}

/// Whether a host, without its port, is one of Box's.
fn is_box_host(host: &str) -> bool {
    host == "box.com" || host.ends_with(".box.com") || host.ends_with(".boxcloud.com")
}
