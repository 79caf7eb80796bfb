//! Connections: as they are, and how one is made.

use crate::language::words;
use holdfast_model::{CloudKind, ConnectionId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A Connection as Cloud Connection Centre shows it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ConnectionView {
    /// For `reconnect` and `disconnect`.
    pub id: ConnectionId,
    /// The Cloud.
    pub cloud: CloudKind,
    /// The Domain's name.
    pub domain: String,
    /// The tenant's id at the Cloud.
    pub tenant_id: String,
    /// The account that authorised it.
    pub signed_in_as: String,
    /// Whether it can be used.
    #[ts(type = "ConnectionState")]
    pub state: String,
    /// Why it is not connected.
    #[serde(serialize_with = "words")]
    pub state_reason: Option<String>,
    /// Where the Cloud's addresses are not the published ones, which.
    #[serde(serialize_with = "words")]
    pub endpoints: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Users in the Directory.
    pub users: u64,
    /// When users were last brought in.
    pub last_sync: Option<Timestamp>,
}

/// One live test of a Connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CheckItem {
    /// The scope or the setting; stable.
    pub id: String,
    /// What a person calls it.
    #[serde(serialize_with = "words")]
    pub title: String,
    /// None where it could not be tested yet.
    pub ok: Option<bool>,
    /// What was found.
    #[serde(serialize_with = "words")]
    pub sentence: String,
    /// What to do.
    #[serde(serialize_with = "words")]
    pub todo: Option<String>,
    /// Text to paste there.
    pub copy: Option<String>,
    /// The provider's page where it is done.
    pub link: Option<String>,
}

/// How to connect Google Workspace, step by step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct GoogleGuide {
    /// The one line of read-only scopes to paste.
    pub scopes_line: String,
    /// The service account's number, from its key file.
    pub client_id: Option<String>,
    /// What to do, in order.
    pub steps: Vec<GuideStep>,
}

/// One step of a guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct GuideStep {
    /// Stable.
    pub id: String,
    /// What it is about.
    #[serde(serialize_with = "words")]
    pub title: String,
    /// What to do.
    #[serde(serialize_with = "words")]
    pub text: String,
    /// The provider's page where it is done.
    pub link: Option<String>,
    /// Text to paste there.
    pub copy: Option<String>,
}

/// What `connect_google_key` needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct ConnectGoogleKey {
    /// Path of the service account's key file.
    pub key_file: String,
    /// Address of the admin as whom the Directory is read.
    pub admin: String,
    /// Path of a file with other addresses than Google's own.
    pub endpoints: Option<String>,
}

/// What `sign_in_google` needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct SignInGoogle {
    /// Path of the company's OAuth client file; none for the client that is built in.
    pub client_file: Option<String>,
    /// Path of a file with other addresses than Google's own.
    pub endpoints: Option<String>,
}

/// What `reconnect_google_key` needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct ReconnectGoogleKey {
    /// The Connection.
    pub connection: i64,
    /// Path of the service account's key file.
    pub key_file: String,
    /// Address of the admin as whom the Directory is read.
    pub admin: String,
    /// Path of the file with its addresses, where they went with its sign-in.
    pub endpoints: Option<String>,
}

/// What `reconnect_google_sign_in` needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct ReconnectGoogleSignIn {
    /// The Connection.
    pub connection: i64,
    /// Path of the company's OAuth client file; none for the client that is built in.
    pub client_file: Option<String>,
    /// Path of the file with its addresses, where they went with its sign-in.
    pub endpoints: Option<String>,
}

/// What `connect_box_app` needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct ConnectBoxApp {
    /// Path of the application's file from Box's developer console.
    pub app_file: String,
    /// Path of a file with other addresses than Box's own.
    pub endpoints: Option<String>,
}

/// What `sign_in_box` needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct SignInBox {
    /// Path of the company's application file; none for the application that is built in.
    pub client_file: Option<String>,
    /// Path of a file with other addresses than Box's own.
    pub endpoints: Option<String>,
}

/// What `reconnect_box_app` needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct ReconnectBoxApp {
    /// The Connection.
    pub connection: i64,
    /// Path of the application's file from Box's developer console.
    pub app_file: String,
    /// Path of the file with its addresses, where they went with its sign-in.
    pub endpoints: Option<String>,
}

/// What `reconnect_box_sign_in` needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct ReconnectBoxSignIn {
    /// The Connection.
    pub connection: i64,
    /// Path of the company's application file; none for the application that is built in.
    pub client_file: Option<String>,
    /// Path of the file with its addresses, where they went with its sign-in.
    pub endpoints: Option<String>,
}
