//! Google Workspace on the wire.
//!
//! # A method
//!
//! One row of an area's `pub static METHODS: &[Method]`: the discovery id, HTTP verb and path
//! template (`{name}` takes one segment, `{+name}` the rest), the query parameters it knows beside
//! the global ones, the scopes of which one is needed, its quota units, and `run`:
//!
//! ```ignore
//! Method { api: &DRIVE, id: "drive.files.get", http: "GET", path: "drive/v3/files/{fileId}",
//!          query: &["acknowledgeAbuse", "supportsAllDrives"], scopes: READ, units: |_| 5, run: get }
//! fn get(call: &Call) -> Result<Answer, GoogleError> {
//!     let user = call.user()?;                  // the id of who asks (impersonated or signed in)
//!     let file = call.path("fileId");           // decoded path parameter
//!     let size = call.number("pageSize", 1..=1000, 100)?;  // refused outside its range
//!     Ok(Answer::json(json!({ … })))            // `fields`, gzip, counters are done outside
//! }
//! ```
//! The area's table stands in [`METHODS`]; the same path with another verb or template is another
//! row, and two rows may share an id (uploads). `alt=media` is a query value that `run` looks at.
//! Bodies: [`Answer::json`], [`Answer::bytes`], [`Answer::blocks`] (an iterator of blocks, for what
//! must not be held whole). Ranges and other headers: `call.headers`, [`Answer::header`],
//! [`Answer::status`].
//!
//! Errors are [`GoogleError`]; page tokens are made and checked by [`paging`]; limits by API stand
//! in [`quota::LIMITS`]. Faults on pages act on `nextPageToken` and the first array of the answer,
//! faults on bytes on the finished body, so that a method need not know of them.
//!
//! # State
//!
//! [`Google`] has one field per area. Users come from [`directory::Directory`]: `User::number` is
//! the index that content is derived from; users that control adds get higher numbers and start
//! with nothing. Ids are strings of digits.

mod answer;
pub mod auth;
mod batch;
pub mod calendar;
mod call;
pub mod directory;
pub mod drive;
mod error;
mod fields;
pub mod gmail;
pub mod paging;
pub mod people;
pub mod quota;
mod routes;
mod serve;
mod settings;
pub mod synced;
pub(crate) mod tamper;
pub mod tasks;

use crate::control::change::Op;
use crate::control::churn::Churn;
use crate::control::truth::Source;
use crate::options::Options;

pub use answer::{Answer, Body};
pub use call::{Api, Call, Method};
pub use error::GoogleError;
pub use fields::Fields;
pub(crate) use serve::{finish, oauth_error, serve};
pub use settings::Settings;

pub(crate) use routes::{host_name, is_google, percent_decode};

pub(crate) use answer::{Ending, Reply, Wire};

/// Every method that is simulated.
pub static METHODS: &[&[Method]] =
    &[directory::METHODS, gmail::METHODS, drive::METHODS, calendar::METHODS, people::METHODS, tasks::METHODS];

/// Every change that people can make.
pub static OPS: &[&[Op]] = &[directory::OPS, gmail::OPS, drive::OPS, calendar::OPS, people::OPS, tasks::OPS];

/// Random changes, by weight.
pub static CHURN: &[&Churn] =
    &[&gmail::CHURN, &drive::CHURN, &calendar::CHURN, &people::CHURN, &tasks::CHURN];

/// Who knows the truth, by service.
pub static TRUTH: &[&Source] =
    &[&gmail::TRUTH, &drive::TRUTH, &calendar::TRUTH, &people::TRUTH, &tasks::TRUTH];

/// A Google Workspace company.
pub struct Google {
    /// Users, groups, org units, domain.
    pub directory: directory::Directories,
    /// Keys, clients, tokens.
    pub auth: auth::Auth,
    /// Mailboxes.
    pub gmail: gmail::Mailboxes,
    /// My Drive of every user, and shared drives.
    pub drive: drive::Drives,
    /// Calendars of every user.
    pub calendar: calendar::AllCalendars,
    /// Contacts of every user.
    pub people: people::AllContacts,
    /// Task lists of every user.
    pub tasks: tasks::AllTasks,
    /// Quota windows.
    pub quota: quota::Quota,
    /// What control can switch.
    pub settings: Settings,
}

impl Google {
    /// Builds the company; `auth` holds its keys.
    pub(crate) fn new(options: &Options, auth: auth::Auth) -> Result<Self, std::io::Error> {
        let corpus = crate::content::corpus::Corpus::read(options.corpus.as_deref())?;
        let directory = directory::sample::company(options);
        Ok(Self {
            gmail: gmail::Mailboxes::new(options, &directory, &corpus),
            drive: drive::Drives::new(options, &directory, &corpus),
            calendar: calendar::company(options, &directory, &corpus),
            people: people::company(options, &directory, &corpus),
            tasks: tasks::company(options),
            quota: quota::Quota::new(options),
            settings: Settings::new(),
            directory: directory::Directories::new(directory),
            auth,
        })
    }
}
