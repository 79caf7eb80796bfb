//! Connections: made, renewed, taken away. The asker has stored the secret; only its name travels.

use holdfast_catalog::{ConnectionState, NewConnection, connections};
use holdfast_model::{CloudKind, ConnectionId, TenantId};

use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::events::Events;
use crate::request::Response;
use holdfast_clouds::contract::Tenant;

/// Names of secrets that no Connection uses yet begin so.
const WAITING: &str = "waiting-";

impl Engine {
    /// Stores a Connection's secret under a fresh name, before the worker is asked to use it.
    pub async fn keep_connection_secret(
        &self,
        cloud: CloudKind,
        secret: zeroize::Zeroizing<Vec<u8>>,
    ) -> Result<String> {
        let name = format!("connection-{}-{:016x}", cloud.as_str(), rand::random::<u64>());
        let (secrets, kept) = (self.secrets().clone(), name.clone());
        blocking(move || Ok(secrets.set(&kept, &secret)?)).await?;
        Ok(name)
    }

    /// A Connection's secret, for renewing it with the same addresses.
    pub async fn connection_secret(&self, id: ConnectionId) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        let known = by_id(self, id).await?;
        let secrets = self.secrets().clone();
        let secret = blocking(move || Ok(secrets.get(&known.secret_name)?)).await?;
        let secret = secret.ok_or(EngineError::ConnectionDisconnected(known.tenant_name))?;
        Ok(zeroize::Zeroizing::new(secret.as_bytes().to_vec()))
    }

    /// Stores a secret that no Connection uses yet, because its Cloud lets nobody in with it so far.
    pub async fn keep_waiting_secret(
        &self,
        cloud: CloudKind,
        secret: zeroize::Zeroizing<Vec<u8>>,
    ) -> Result<String> {
        let name = format!("{WAITING}{}-{:016x}", cloud.as_str(), rand::random::<u64>());
        let (secrets, kept) = (self.secrets().clone(), name.clone());
        blocking(move || Ok(secrets.set(&kept, &secret)?)).await?;
        Ok(name)
    }

    /// A secret that waits; none where it is gone.
    pub async fn waiting_secret(&self, name: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>> {
        if !name.starts_with(WAITING) {
            return Ok(None);
        }
        let (secrets, name) = (self.secrets().clone(), name.to_owned());
        let secret = blocking(move || Ok(secrets.get(&name)?)).await?;
        Ok(secret.map(|secret| zeroize::Zeroizing::new(secret.as_bytes().to_vec())))
    }

    /// Forgets a secret that waited; never one that a Connection uses.
    pub async fn forget_waiting_secret(&self, name: String) -> Result<()> {
        if name.starts_with(WAITING) { self.drop_secret(name).await } else { Ok(()) }
    }

    async fn drop_secret(&self, name: String) -> Result<()> {
        let secrets = self.secrets().clone();
        blocking(move || Ok(secrets.delete(&name)?)).await.map(drop)
    }
}

/// Reaches the tenant with the new secret and records the Connection.
pub(crate) async fn add(
    engine: &Engine,
    cloud: CloudKind,
    secret_name: String,
    endpoints_note: Option<String>,
    events: &Events,
) -> Result<Response> {
    let live = engine.open_cloud(cloud, &secret_name).await?;
    let tenant = match live.tenant().await {
        Ok(tenant) => tenant,
        Err(error) => {
            engine.drop_secret(secret_name).await?;
            return Err(error.into());
        }
    };
    let now = engine.now();
    let (name, signed_in_as) = (tenant.name.clone(), tenant.signed_in_as.clone());
    let (kept_name, domain) = (secret_name.clone(), tenant.name.clone());
    let recorded = engine
        .write(move |tx| {
            if let Some(known) = connections::by_tenant(tx, cloud, &tenant.id)? {
                if known.state != ConnectionState::Disconnected {
                    return Err(EngineError::AlreadyConnected(known.tenant_name));
                }
                // The same tenant again: its Archives go on where they were.
                let known = holdfast_catalog::Connection {
                    tenant_name: tenant.name,
                    signed_in_as: tenant.signed_in_as,
                    secret_name: kept_name,
                    endpoints_note,
                    state: ConnectionState::Connected,
                    state_reason: None,
                    ..known
                };
                connections::update(tx, &known)?;
                return Ok(known.id);
            }
            Ok(connections::insert(
                tx,
                &NewConnection {
                    cloud,
                    tenant_id: tenant.id,
                    tenant_name: tenant.name,
                    signed_in_as: tenant.signed_in_as,
                    secret_name: kept_name,
                    endpoints_note,
                    created_at: now,
                },
            )?)
        })
        .await;
    match recorded {
        Ok(connection) => {
            engine.use_opened(connection, secret_name, live);
            engine.connection_works(connection, events).await;
            engine.authorised_anew(connection, events).await;
            Ok(Response::Connected { connection, domain, signed_in_as })
        }
        Err(error) => {
            engine.drop_secret(secret_name).await?;
            tracing::info!(domain = name, code = error.code(), "a connection was not recorded");
            Err(error)
        }
    }
}

/// The error for a tenant that is not the Connection's. Where both have the same name, their ids tell them apart.
pub(crate) fn other_tenant(known: &holdfast_catalog::Connection, reached: Tenant) -> EngineError {
    let named = |name: &str, id: &TenantId| format!("{name} ({})", id.as_str());
    if known.tenant_name == reached.name {
        let expected = named(&known.tenant_name, &known.tenant_id);
        return EngineError::OtherTenant { expected, found: named(&reached.name, &reached.id) };
    }
    EngineError::OtherTenant { expected: known.tenant_name.clone(), found: reached.name }
}

/// Gives a Connection a new secret, if it reaches the same tenant.
pub(crate) async fn renew(
    engine: &Engine,
    connection: ConnectionId,
    secret_name: String,
    events: &Events,
) -> Result<Response> {
    let known = by_id(engine, connection).await?;
    let live = engine.open_cloud(known.cloud, &secret_name).await?;
    let outcome = match live.tenant().await {
        Ok(tenant) if tenant.id == known.tenant_id => Ok(tenant),
        Ok(tenant) => Err(other_tenant(&known, tenant)),
        Err(error) => Err(error.into()),
    };
    let tenant = match outcome {
        Ok(tenant) => tenant,
        Err(error) => {
            engine.drop_secret(secret_name).await?;
            return Err(error);
        }
    };
    let (old_secret, new_secret) = (known.secret_name.clone(), secret_name.clone());
    let renewed = holdfast_catalog::Connection {
        tenant_name: tenant.name.clone(),
        signed_in_as: tenant.signed_in_as.clone(),
        secret_name,
        state: ConnectionState::Connected,
        state_reason: None,
        ..known
    };
    engine.write(move |tx| Ok(connections::update(tx, &renewed)?)).await?;
    engine.use_opened(connection, new_secret, live);
    engine.connection_works(connection, events).await;
    engine.authorised_anew(connection, events).await;
    engine.drop_secret(old_secret).await?;
    Ok(Response::Connected { connection, domain: tenant.name, signed_in_as: tenant.signed_in_as })
}

/// Forgets the secret. Archives, Directory and settings stay.
pub(crate) async fn disconnect(engine: &Engine, connection: ConnectionId) -> Result<()> {
    let known = by_id(engine, connection).await?;
    engine
        .write(move |tx| Ok(connections::set_state(tx, connection, ConnectionState::Disconnected, None)?))
        .await?;
    engine.forget_cloud(connection);
    engine.drop_secret(known.secret_name).await
}

/// A Connection by its id.
pub(crate) async fn by_id(engine: &Engine, id: ConnectionId) -> Result<holdfast_catalog::Connection> {
    engine.read(move |tx| get(tx, id)).await
}

/// The Connection; an error where there is none.
pub(crate) fn get(tx: &holdfast_catalog::Tx<'_>, id: ConnectionId) -> Result<holdfast_catalog::Connection> {
    connections::get(tx, id)?
        .ok_or_else(|| EngineError::NotFound { what: "connection", name: id.to_string() })
}

/// The Connections that a verb is for, usable ones only: the named one, or all that are connected.
pub(crate) async fn usable(
    engine: &Engine,
    one: Option<ConnectionId>,
) -> Result<Vec<holdfast_catalog::Connection>> {
    let known = match one {
        Some(id) => vec![by_id(engine, id).await?],
        None => engine.read(|tx| Ok(connections::list(tx)?)).await?,
    };
    if known.is_empty() {
        return Err(EngineError::NotConnected);
    }
    let (usable, other): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|connection| connection.state == ConnectionState::Connected);
    match other.into_iter().next() {
        Some(one) if usable.is_empty() => Err(match one.state {
            ConnectionState::Disconnected => EngineError::ConnectionDisconnected(one.tenant_name),
            ConnectionState::Expired | ConnectionState::Connected => {
                EngineError::ConnectionExpired(one.tenant_name)
            }
        }),
        _ => Ok(usable),
    }
}

/// The one Connection that is meant where there is only one.
pub(crate) async fn the_one(
    engine: &Engine,
    one: Option<ConnectionId>,
) -> Result<holdfast_catalog::Connection> {
    let mut usable = usable(engine, one).await?;
    if usable.len() > 1 {
        let names = usable.iter().map(|one| one.tenant_name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(EngineError::WhichDomain(names));
    }
    usable.pop().ok_or(EngineError::NotConnected)
}
