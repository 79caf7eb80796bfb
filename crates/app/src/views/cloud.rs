//! Connections.

use holdfast_model::{CloudKind, ConnectionId, Timestamp};
use serde::Serialize;

/// A Connection as Cloud Connection Centre shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// `connected`, `expired` or `disconnected`.
    pub state: String,
    /// Why it is not connected.
    pub state_reason: Option<String>,
    /// Where the Cloud's addresses are not the published ones, which.
    pub endpoints: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Users in the Directory.
    pub users: u64,
    /// When users were last brought in.
    pub last_sync: Option<Timestamp>,
}
