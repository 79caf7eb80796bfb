//! Cloud Connection Centre: Clouds, their accounts, and how those stand.

use holdfast_engine::clouds::contract;
use holdfast_model::{CloudKind, Service, Timestamp};
use serde::Serialize;
use ts_rs::TS;

use super::{ConnectionView, SyncOutcome};
use crate::language::words;

/// A Cloud, connected or not.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CloudView {
    /// Which.
    pub cloud: CloudKind,
    /// Its name.
    pub name: String,
    /// This program can connect it.
    pub available: bool,
    /// What can be backed up of it.
    pub services: Vec<Service>,
    /// How its accounts stand together.
    pub status: CloudStatus,
    /// Its accounts, oldest first.
    pub accounts: Vec<AccountView>,
}

/// How the accounts of a Cloud stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CloudStatus {
    /// There is none.
    None,
    /// At least one works, and nothing is to be done.
    Connected,
    /// One has lapsed, or will.
    Attention,
    /// All were ended by a person.
    Disconnected,
}

/// A connected account.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AccountView {
    /// The Connection.
    pub connection: ConnectionView,
    /// How it is authorised.
    pub way: AuthorisedBy,
    /// When what authorises it was made or renewed, where that is known.
    pub since: Option<Timestamp>,
    /// When its Directory comes in next by itself; none while it cannot.
    pub next_sync: Option<Timestamp>,
    /// The last sync of its users.
    pub sync: SyncOutcome,
    /// What is wrong, or will be.
    pub health: Vec<HealthItem>,
}

/// What authorises a Connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AuthorisedBy {
    /// A service account's key.
    Key,
    /// A person signed in.
    SignIn,
    /// The company's own app.
    App,
    /// It is not known.
    Unknown,
}

impl From<contract::AuthorisedBy> for AuthorisedBy {
    fn from(by: contract::AuthorisedBy) -> Self {
        match by {
            contract::AuthorisedBy::Key => Self::Key,
            contract::AuthorisedBy::SignIn => Self::SignIn,
            contract::AuthorisedBy::App => Self::App,
            contract::AuthorisedBy::Unknown => Self::Unknown,
        }
    }
}

/// One thing to see to, or to know, about a Connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct HealthItem {
    /// Stable.
    pub id: String,
    /// True where something has to be done.
    pub is_warning: bool,
    /// What is the matter.
    #[serde(serialize_with = "words")]
    pub title: String,
    /// What to do.
    #[serde(serialize_with = "words")]
    pub text: String,
}
