//! Connections: made, renewed, ended.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use holdfast_engine::catalog::{Connection, SyncKind, Tx, UserFilter, connections, syncs, users};
use holdfast_engine::clouds;
use holdfast_engine::clouds::contract::{CloudError, ErrorKind};
use holdfast_engine::clouds::google::{self, GoogleEndpoints};
use holdfast_engine::clouds::http::SecretInMemory;
use holdfast_engine::{EngineError, Events, Request, Response};
use holdfast_model::{CloudKind, ConnectionId};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::desktop::check_item;
use crate::error::Result;
use crate::verbs::protect::read_whole;
use crate::verbs::storage::unexpected;
use crate::views::{CheckItem, ConnectionView};
use crate::{App, UserError, pacing};

/// Key files, client files and endpoints files are never larger.
pub(super) const MOST_BYTES: u64 = 1 << 20;
/// A person needs no longer to sign in.
pub(super) const SIGN_IN_WITHIN: Duration = Duration::from_secs(5 * 60);
/// The OAuth client that this program was built with, as the JSON of its file.
const BUILT_IN_CLIENT: Option<&str> = option_env!("HOLDFAST_GOOGLE_CLIENT");

/// Errors of a cloud that lets nobody in, for which something exact may be missing.
const REFUSALS: [&str; 8] = [
    "clock.wrong",
    "cloud.access_missing",
    "cloud.account_closed",
    "cloud.api_disabled",
    "cloud.app_blocked",
    "cloud.forbidden",
    "cloud.refused",
    "connection.expired",
];

/// How a Google connection is to be authorised. No secret is in here.
pub enum GoogleAuthorisation {
    /// A service account with domain-wide delegation.
    KeyFile {
        /// Its key, in JSON.
        file: PathBuf,
        /// As whom the Directory is read.
        admin: String,
    },
    /// An admin signs in with the browser.
    SignIn {
        /// The company's OAuth client; none for the one that is built in.
        client_file: Option<PathBuf>,
        /// Shows or opens Google's page.
        open: Box<dyn Fn(&str) + Send + Sync>,
    },
}

/// What authorises a Connection that is not made yet.
pub(crate) struct Prepared {
    pub(crate) secret: Zeroizing<Vec<u8>>,
    /// Addresses other than the Cloud's own.
    pub(crate) endpoints_note: Option<String>,
}

impl App {
    /// Connects a Google Workspace. `endpoints` is a file with other addresses than Google's own; they are fixed for
    /// this Connection from now on.
    pub async fn connect_google(
        &self,
        how: GoogleAuthorisation,
        endpoints: Option<&Path>,
        cancel: CancellationToken,
    ) -> Result<ConnectionView> {
        let prepared = Self::prepare_google(how, endpoints, &cancel).await?;
        self.connect_prepared(CloudKind::Google, &prepared, cancel).await
    }

    /// Reads what authorises a Google connection, without asking Google whether it lets anybody in.
    pub(crate) async fn prepare_google(
        how: GoogleAuthorisation,
        endpoints: Option<&Path>,
        cancel: &CancellationToken,
    ) -> Result<Prepared> {
        let (addresses, endpoints_note) = addresses(endpoints)?;
        let secret = authorise(how, addresses, cancel).await?;
        Ok(Prepared { secret: secret.to_bytes().map_err(EngineError::from)?, endpoints_note })
    }

    /// Connects with what was prepared; where the cloud lets nobody in, says what exactly is missing.
    pub(crate) async fn connect_prepared(
        &self,
        cloud: CloudKind,
        prepared: &Prepared,
        cancel: CancellationToken,
    ) -> Result<ConnectionView> {
        let Prepared { secret, endpoints_note } = prepared;
        let secret_name = self.engine.keep_connection_secret(cloud, secret.clone()).await?;
        let request = Request::Connect { cloud, secret_name, endpoints_note: endpoints_note.clone() };
        match self.connected(request, cancel).await {
            Err(error) if REFUSALS.contains(&error.code.as_str()) => {
                Err(self.named(cloud, secret.clone(), error).await)
            }
            connected => connected,
        }
    }

    /// What exactly is missing, where the cloud lets nobody in; else the error as it was.
    async fn named(&self, cloud: CloudKind, secret: Zeroizing<Vec<u8>>, error: UserError) -> UserError {
        let missing: Vec<String> = match self.test(cloud, secret).await {
            Ok(checks) => checks
                .into_iter()
                .filter(|check| check.ok == Some(false))
                .map(|check| format!("{} ({}): {}", check.title, check.id, check.todo.unwrap_or_default()))
                .collect(),
            Err(_) => return error,
        };
        if missing.is_empty() { error } else { UserError::of("connection.incomplete", missing.join("\n")) }
    }

    pub(crate) async fn test(&self, cloud: CloudKind, secret: Zeroizing<Vec<u8>>) -> Result<Vec<CheckItem>> {
        let cell = Arc::new(SecretInMemory::new(secret));
        let cloud = clouds::open(cloud, cell, &pacing::http_options()?).await;
        Ok(cloud.map_err(EngineError::from)?.check().await.into_iter().map(check_item).collect())
    }

    /// Renews a Google connection; another tenant is refused. Its addresses stay as they are: where they went with its
    /// secret, `endpoints` gives them again, and they must be the same.
    pub async fn reconnect_google(
        &self,
        connection: ConnectionId,
        how: GoogleAuthorisation,
        endpoints: Option<&Path>,
        cancel: CancellationToken,
    ) -> Result<ConnectionView> {
        let kept = |kept: &[u8]| Ok(google::GoogleSecret::from_bytes(kept)?.endpoints);
        let addresses = self.addresses_of(connection, kept, || addresses(endpoints)).await?;
        let secret = authorise(how, addresses, &cancel).await?;
        let secret = secret.to_bytes().map_err(EngineError::from)?;
        self.renewed(CloudKind::Google, connection, secret, cancel).await
    }

    /// The addresses of a Connection as its secret has them; where that is gone, as they are `given` again.
    pub(super) async fn addresses_of<E>(
        &self,
        connection: ConnectionId,
        kept: impl FnOnce(&[u8]) -> std::result::Result<E, CloudError>,
        given: impl FnOnce() -> Result<(E, Option<String>)>,
    ) -> Result<E> {
        match self.engine.connection_secret(connection).await {
            Ok(secret) => Ok(kept(&secret).map_err(EngineError::from)?),
            Err(EngineError::ConnectionDisconnected(_)) => {
                let (addresses, note) = given()?;
                self.same_addresses(connection, note).await?;
                Ok(addresses)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a Connection another secret.
    pub(super) async fn renewed(
        &self,
        cloud: CloudKind,
        connection: ConnectionId,
        secret: Zeroizing<Vec<u8>>,
        cancel: CancellationToken,
    ) -> Result<ConnectionView> {
        let secret_name = self.engine.keep_connection_secret(cloud, secret).await?;
        self.connected(Request::Reconnect { connection, secret_name }, cancel).await
    }

    /// Refuses other addresses than those the Connection was made with: its new secret would be sent there.
    async fn same_addresses(&self, connection: ConnectionId, note: Option<String>) -> Result<()> {
        let known = self.connection_view(connection).await?.endpoints;
        if note == known {
            return Ok(());
        }
        let own = || "the cloud's own".to_owned();
        Err(UserError::of("connection.endpoints_needed", known.unwrap_or_else(own)))
    }

    async fn connected(&self, request: Request, cancel: CancellationToken) -> Result<ConnectionView> {
        match self.engine.perform(request, Events::nobody(), cancel).await? {
            Response::Connected { connection, .. } => self.connection_view(connection).await,
            other => Err(unexpected(&other)),
        }
    }

    /// Tests a Connection live: each API and each scope, the missing one named.
    pub async fn check_connection(&self, connection: ConnectionId) -> Result<Vec<CheckItem>> {
        let checks = self.engine.check_connection(connection).await?;
        Ok(checks.into_iter().map(check_item).collect())
    }

    /// Tests an authorisation live before anything of it is kept.
    pub async fn check_google(
        &self,
        how: GoogleAuthorisation,
        endpoints: Option<&Path>,
    ) -> Result<Vec<CheckItem>> {
        let (addresses, _) = addresses(endpoints)?;
        let secret = authorise(how, addresses, &CancellationToken::new()).await?;
        self.test(CloudKind::Google, secret.to_bytes().map_err(EngineError::from)?).await
    }

    /// A key file's bytes, wiped when dropped.
    pub(crate) async fn read_key_file(file: PathBuf) -> Result<Zeroizing<Vec<u8>>> {
        let read = tokio::task::spawn_blocking(move || read_whole(&file, MOST_BYTES)).await;
        Ok(Zeroizing::new(read.map_err(|error| UserError::of("defect", error.to_string()))??))
    }

    /// Ends a Connection: its secret is forgotten, what is stored stays.
    pub async fn disconnect(&self, connection: ConnectionId) -> Result<ConnectionView> {
        self.done(Request::Disconnect { connection }).await?;
        self.connection_view(connection).await
    }

    /// All Connections.
    pub async fn connections(&self) -> Result<Vec<ConnectionView>> {
        let read = self.engine.read(|tx| {
            connections::list(tx)?.into_iter().map(|connection| connection_view(tx, connection)).collect()
        });
        Ok(read.await?)
    }

    pub(super) async fn connection_view(&self, id: ConnectionId) -> Result<ConnectionView> {
        let read = self.engine.read(move |tx| {
            let found = connections::get(tx, id)?
                .ok_or_else(|| EngineError::NotFound { what: "connection", name: id.to_string() })?;
            connection_view(tx, found)
        });
        Ok(read.await?)
    }
}

pub(crate) fn connection_view(
    tx: &Tx<'_>,
    connection: Connection,
) -> std::result::Result<ConnectionView, EngineError> {
    let last = syncs::last_good(tx, connection.id, SyncKind::Users)?;
    Ok(ConnectionView {
        users: users::count(tx, connection.id, &UserFilter::default())?,
        last_sync: last.and_then(|sync| sync.ended),
        id: connection.id,
        cloud: connection.cloud,
        domain: connection.tenant_name,
        tenant_id: connection.tenant_id.0,
        signed_in_as: connection.signed_in_as,
        state: connection.state.as_str().to_owned(),
        state_reason: connection.state_reason,
        endpoints: connection.endpoints_note,
        created_at: connection.created_at,
    })
}

async fn authorise(
    how: GoogleAuthorisation,
    addresses: GoogleEndpoints,
    cancel: &CancellationToken,
) -> Result<google::GoogleSecret> {
    match how {
        GoogleAuthorisation::KeyFile { file, admin } => {
            let json = Zeroizing::new(read_whole(&file, MOST_BYTES)?);
            google::secret_from_key_file(&json, &admin, addresses)
                .map_err(|error| bad_file("input.key_file", &file, error))
        }
        GoogleAuthorisation::SignIn { client_file, open } => {
            let (json, named) = client(client_file, BUILT_IN_CLIENT)?;
            let http = pacing::http_options()?;
            let show = move |url: &url::Url| open(url.as_str());
            let signing_in = google::sign_in(&json, addresses, None, &show, SIGN_IN_WITHIN, &http);
            signed_in(signing_in, &named, cancel).await
        }
    }
}

/// The file of the client or application with which somebody signs in, or the one that is built in; and its name.
pub(super) fn client(
    file: Option<PathBuf>,
    built_in: Option<&'static str>,
) -> Result<(Zeroizing<Vec<u8>>, PathBuf)> {
    match file {
        Some(file) => Ok((Zeroizing::new(read_whole(&file, MOST_BYTES)?), file)),
        None => {
            let built_in = built_in.ok_or_else(|| UserError::of("sign_in.no_client", ""))?;
            Ok((Zeroizing::new(built_in.as_bytes().to_vec()), PathBuf::from("the built-in client")))
        }
    }
}

/// Waits for a person who signs in, unless that is cancelled. `named` is the file that tells the client.
pub(super) async fn signed_in<T>(
    signing_in: impl Future<Output = std::result::Result<T, CloudError>>,
    named: &Path,
    cancel: &CancellationToken,
) -> Result<T> {
    tokio::select! {
        () = cancel.cancelled() => Err(UserError::of("cancelled", "")),
        signed_in = signing_in => signed_in.map_err(|error| match (error.kind, error.reason.as_str()) {
            (_, "badClientFile" | "badAppFile") => bad_file("input.key_file", named, error),
            (_, "signInTimeout") => UserError::of("sign_in.timeout", error.detail),
            (ErrorKind::Retry { .. }, _) => EngineError::from(error).into(),
            _ => UserError::of("sign_in.failed", error.to_string()),
        }),
    }
}

/// The addresses in an endpoints file with a note of them, or Google's own.
fn addresses(endpoints: Option<&Path>) -> Result<(GoogleEndpoints, Option<String>)> {
    let all = |known: &GoogleEndpoints| noted(known.all().into_iter().map(|(_, url)| url));
    addresses_in(endpoints, GoogleEndpoints::real, GoogleEndpoints::from_toml, all)
}

/// The addresses in an endpoints file with a note of them, or the Cloud's own.
pub(super) fn addresses_in<E>(
    endpoints: Option<&Path>,
    own: impl FnOnce() -> std::result::Result<E, CloudError>,
    read: impl FnOnce(&str) -> std::result::Result<E, CloudError>,
    note: impl FnOnce(&E) -> String,
) -> Result<(E, Option<String>)> {
    let Some(file) = endpoints else { return Ok((own().map_err(EngineError::from)?, None)) };
    let text = String::from_utf8_lossy(&read_whole(file, MOST_BYTES)?).into_owned();
    let addresses = read(&text).map_err(|error| bad_file("input.endpoints", file, error))?;
    let note = note(&addresses);
    Ok((addresses, Some(note)))
}

pub(super) fn bad_file(code: &str, file: &Path, error: CloudError) -> UserError {
    UserError::of(code, format!("{}: {}", file.display(), error.detail))
}

/// The addresses in a few words: where all are the same, that one.
pub(super) fn noted<'a>(addresses: impl Iterator<Item = &'a url::Url>) -> String {
    let mut all: Vec<String> = addresses.map(|url| url.as_str().trim_end_matches('/').to_owned()).collect();
    all.sort();
    all.dedup();
    all.join(", ")
}
