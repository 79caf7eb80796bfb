//! Connections: authorised links to tenants. The secret itself is elsewhere, by name.

use holdfast_model::{CloudKind, ConnectionId, TenantId, Timestamp};
use rusqlite::params;

use crate::sql::{Columns, micros, words};
use crate::{Result, Tx};

words! {
    /// Whether a Connection can be used.
    ConnectionState {
        /// Can be used.
        Connected = "connected",
        /// The authorisation lapsed or was revoked.
        Expired = "expired",
        /// A person ended it.
        Disconnected = "disconnected",
    }
}

/// An authorised link to one tenant of a Cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its row.
    pub id: ConnectionId,
    /// The provider.
    pub cloud: CloudKind,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The Domain's name.
    pub tenant_name: String,
    /// The admin or app it acts as.
    pub signed_in_as: String,
    /// Whether it can be used.
    pub state: ConnectionState,
    /// Why not.
    pub state_reason: Option<String>,
    /// The name of its secret in the keychain.
    pub secret_name: String,
    /// Where it does not use the Cloud's published addresses, which.
    pub endpoints_note: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A Connection to be made; it starts `connected`.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // Each field is the one of the same name in `Connection`.
pub struct NewConnection {
    pub cloud: CloudKind,
    pub tenant_id: TenantId,
    pub tenant_name: String,
    pub signed_in_as: String,
    pub secret_name: String,
    pub endpoints_note: Option<String>,
    pub created_at: Timestamp,
}

const COLUMNS: &str = "id, cloud, tenant_id, tenant_name, signed_in_as, state, state_reason, secret_name, \
                       endpoints_note, created_at";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Connection> {
    Ok(Connection {
        id: ConnectionId(c.get()?),
        cloud: c.word()?,
        tenant_id: TenantId(c.get()?),
        tenant_name: c.get()?,
        signed_in_as: c.get()?,
        state: c.word()?,
        state_reason: c.get()?,
        secret_name: c.get()?,
        endpoints_note: c.get()?,
        created_at: c.time()?,
    })
}

/// Makes a Connection. There is one per tenant.
pub fn insert(tx: &Tx<'_>, new: &NewConnection) -> Result<ConnectionId> {
    tx.insert(
        "INSERT INTO connections
            (cloud, tenant_id, tenant_name, signed_in_as, state, secret_name, endpoints_note, created_at)
         VALUES (?1, ?2, ?3, ?4, 'connected', ?5, ?6, ?7)",
        params![
            new.cloud.as_str(),
            new.tenant_id.as_str(),
            new.tenant_name,
            new.signed_in_as,
            new.secret_name,
            new.endpoints_note,
            micros(new.created_at)
        ],
    )
    .map(ConnectionId)
}

/// One Connection.
pub fn get(tx: &Tx<'_>, id: ConnectionId) -> Result<Option<Connection>> {
    tx.one(&format!("SELECT {COLUMNS} FROM connections WHERE id = ?1"), [id.0], read)
}

/// All Connections, oldest first.
pub fn list(tx: &Tx<'_>) -> Result<Vec<Connection>> {
    tx.all(&format!("SELECT {COLUMNS} FROM connections ORDER BY id"), [], read)
}

/// The Connection to a tenant.
pub fn by_tenant(tx: &Tx<'_>, cloud: CloudKind, tenant: &TenantId) -> Result<Option<Connection>> {
    tx.one(
        &format!("SELECT {COLUMNS} FROM connections WHERE cloud = ?1 AND tenant_id = ?2"),
        params![cloud.as_str(), tenant.as_str()],
        read,
    )
}

/// Moves a Connection to a state, with the reason where it cannot be used.
pub fn set_state(tx: &Tx<'_>, id: ConnectionId, state: ConnectionState, reason: Option<&str>) -> Result<()> {
    tx.must(
        "UPDATE connections SET state = ?2, state_reason = ?3 WHERE id = ?1",
        params![id.0, state.as_str(), reason],
        "connection",
        id,
    )
}

/// Writes what may change in a Connection: all but its id, tenant and time.
pub fn update(tx: &Tx<'_>, connection: &Connection) -> Result<()> {
    tx.must(
        "UPDATE connections SET tenant_name = ?2, signed_in_as = ?3, state = ?4, state_reason = ?5,
            secret_name = ?6, endpoints_note = ?7 WHERE id = ?1",
        params![
            connection.id.0,
            connection.tenant_name,
            connection.signed_in_as,
            connection.state.as_str(),
            connection.state_reason,
            connection.secret_name,
            connection.endpoints_note
        ],
        "connection",
        connection.id,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, at, new_connection};

    #[test]
    fn a_tenant_has_one_connection_found_by_it() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let id = insert(tx, &new_connection("C1"))?;
            assert!(insert(tx, &new_connection("C1")).is_err());
            let found = by_tenant(tx, CloudKind::Google, &"C1".into())?.unwrap();
            assert_eq!((found.id, found.state, found.created_at), (id, ConnectionState::Connected, at(0)));
            assert_eq!(by_tenant(tx, CloudKind::Box, &"C1".into())?, None);
            assert_eq!(list(tx)?, [found]);
            Ok(())
        });
    }

    #[test]
    fn an_expired_connection_says_why_until_it_is_connected_again() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let id = insert(tx, &new_connection("C1"))?;
            set_state(tx, id, ConnectionState::Expired, Some("invalid_grant"))?;
            let mut connection = get(tx, id)?.unwrap();
            assert_eq!(connection.state_reason.as_deref(), Some("invalid_grant"));
            connection.state = ConnectionState::Connected;
            connection.state_reason = None;
            connection.signed_in_as = "other@example.com".into();
            update(tx, &connection)?;
            assert_eq!(get(tx, id)?, Some(connection));
            assert!(set_state(tx, ConnectionId(99), ConnectionState::Expired, None).is_err());
            Ok(())
        });
    }
}
