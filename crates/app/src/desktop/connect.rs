//! Connections: made, tested live, renewed, ended.

use holdfast_engine::clouds::contract::CheckOutcome;
use holdfast_model::{CloudKind, ConnectionId};
use tokio_util::sync::CancellationToken;

use super::{Desktop, guide, limits};
use crate::error::Result;
use crate::verbs::GoogleAuthorisation;
use crate::views::{
    AppEvent, CheckItem, ConnectGoogleKey, ConnectionView, GoogleGuide, ReconnectGoogleKey,
    ReconnectGoogleSignIn, SignInGoogle, SignInStage,
};
use crate::{App, SyncWhat, UserError};

impl Desktop {
    /// All Connections.
    pub async fn connections(&self) -> Result<Vec<ConnectionView>> {
        self.seat().await?.connections().await
    }

    /// How to connect Google Workspace.
    pub async fn google_guide(&self, key_file: Option<String>) -> Result<GoogleGuide> {
        let key = match key_file {
            None => None,
            Some(file) => Some(App::read_key_file(limits::path(&file)?).await?),
        };
        Ok(guide::google(key.as_ref().map(|bytes| bytes.as_slice())))
    }

    /// Connects by a service account with domain-wide delegation. Where Google lets nobody in yet, the error says what is
    /// missing, and it is waited for.
    pub async fn connect_google_key(&self, input: ConnectGoogleKey) -> Result<ConnectionView> {
        let app = self.seat().await?;
        let endpoints = input.endpoints.as_deref().map(limits::path).transpose()?;
        let how = key_file(&input.key_file, input.admin.clone())?;
        let cancel = self.0.stopping.child_token();
        let prepared = App::prepare_google(how, endpoints.as_deref(), &cancel).await?;
        match app.connect_prepared(CloudKind::Google, &prepared, cancel).await {
            Ok(connection) => {
                let connection = self.connected(connection).await?;
                self.wait_for_grants(&connection).await?;
                Ok(connection)
            }
            Err(error) => {
                if error.code == "connection.incomplete" {
                    self.wait_to_connect(&app, &prepared, &input).await?;
                }
                Err(error)
            }
        }
    }

    /// Tests a key file live, without keeping anything of it.
    pub async fn check_google_key(&self, input: ConnectGoogleKey) -> Result<Vec<CheckItem>> {
        let app = self.seat().await?;
        let endpoints = input.endpoints.as_deref().map(limits::path).transpose()?;
        app.check_google(key_file(&input.key_file, input.admin)?, endpoints.as_deref()).await
    }

    /// Lets an admin sign in with the system's browser, which `open` opens. Ends after five minutes, or when cancelled.
    pub async fn sign_in_google(
        &self,
        input: SignInGoogle,
        open: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<ConnectionView> {
        let app = self.seat().await?;
        let endpoints = input.endpoints.as_deref().map(limits::path).transpose()?;
        let how = self.signing_in(input.client_file.as_deref(), open)?;
        self.signed_in(|cancel| app.connect_google(how, endpoints.as_deref(), cancel)).await
    }

    /// Ends a sign-in that waits for the browser.
    pub async fn cancel_sign_in(&self) -> Result<()> {
        Self::cancel(&self.0.sign_in);
        Ok(())
    }

    /// Tests a Connection live: each API, each scope.
    pub async fn check_connection(&self, connection: i64) -> Result<Vec<CheckItem>> {
        self.seat().await?.check_connection(ConnectionId(connection)).await
    }

    /// Renews a Connection by a key file; another tenant is refused.
    pub async fn reconnect_google_key(&self, input: ReconnectGoogleKey) -> Result<ConnectionView> {
        let app = self.seat().await?;
        let how = key_file(&input.key_file, input.admin)?;
        let endpoints = input.endpoints.as_deref().map(limits::path).transpose()?;
        let cancel = self.0.stopping.child_token();
        let connection = ConnectionId(input.connection);
        let connected = app.reconnect_google(connection, how, endpoints.as_deref(), cancel).await;
        self.connected(connected?).await
    }

    /// Renews a Connection by signing in again; another tenant is refused.
    pub async fn reconnect_google_sign_in(
        &self,
        input: ReconnectGoogleSignIn,
        open: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<ConnectionView> {
        let app = self.seat().await?;
        let endpoints = input.endpoints.as_deref().map(limits::path).transpose()?;
        let how = self.signing_in(input.client_file.as_deref(), open)?;
        let connection = ConnectionId(input.connection);
        self.signed_in(|cancel| app.reconnect_google(connection, how, endpoints.as_deref(), cancel)).await
    }

    /// Ends a Connection; what is stored stays.
    pub async fn disconnect(&self, connection: i64) -> Result<ConnectionView> {
        let ended = self.seat().await?.disconnect(ConnectionId(connection)).await?;
        self.tell(AppEvent::Connections);
        self.tell(AppEvent::Directory { connection });
        Ok(ended)
    }

    fn signing_in(
        &self,
        client_file: Option<&str>,
        open: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<GoogleAuthorisation> {
        let client_file = client_file.map(limits::path).transpose()?;
        Ok(GoogleAuthorisation::SignIn { client_file, open: self.opening(open) })
    }

    /// Opens a Cloud's page, and tells the window that it is open.
    pub(super) fn opening(
        &self,
        open: impl Fn(&str) + Send + Sync + 'static,
    ) -> Box<dyn Fn(&str) + Send + Sync> {
        let desktop = self.clone();
        Box::new(move |url: &str| {
            open(url);
            let stage = SignInStage::BrowserOpened;
            desktop.tell(AppEvent::SignIn { stage, url: Some(url.to_owned()) });
        })
    }

    /// One sign-in at a time, until `cancel_sign_in` ends it.
    pub(super) async fn signed_in<F>(
        &self,
        signing_in: impl FnOnce(CancellationToken) -> F,
    ) -> Result<ConnectionView>
    where
        F: Future<Output = Result<ConnectionView>>,
    {
        let cancel = Self::claim(&self.0.sign_in, "sign_in.busy")?;
        let connected = signing_in(cancel).await;
        Self::release(&self.0.sign_in);
        self.connected(connected.map_err(as_sign_in)?).await
    }

    /// Brings in the Directory of a Connection that was just made or renewed. It stands also where that fails: Manage
    /// Domains then says why.
    pub(super) async fn connected(&self, connection: ConnectionView) -> Result<ConnectionView> {
        self.tell(AppEvent::Connections);
        if let Err(error) = self.sync(Some(connection.id.0), SyncWhat::All, false).await {
            tracing::warn!(cause = %error.code, %error, "the Directory did not come in");
        }
        let known = self.connections().await?.into_iter().find(|known| known.id == connection.id);
        Ok(known.unwrap_or(connection))
    }
}

/// A sign-in that a person ended has a code of its own.
fn as_sign_in(error: UserError) -> UserError {
    if error.is_cancelled() { UserError::of("sign_in.cancelled", "") } else { error }
}

fn key_file(file: &str, admin: String) -> Result<GoogleAuthorisation> {
    limits::address(&admin)?;
    Ok(GoogleAuthorisation::KeyFile { file: limits::path(file)?, admin })
}

/// A live test as a person reads it.
pub(crate) fn check_item(check: holdfast_engine::clouds::contract::Check) -> CheckItem {
    let is_scope = check.subject.starts_with("https://");
    let (ok, sentence, todo, link) = match check.outcome {
        CheckOutcome::Works => (Some(true), "It works.".to_owned(), None, None),
        CheckOutcome::Missing { todo, link, detail } => (Some(false), detail, Some(todo), link),
        CheckOutcome::Off { todo, link, detail } => (None, detail, Some(todo), link),
        CheckOutcome::Unknown { detail } => (None, detail, None, None),
    };
    CheckItem {
        copy: (ok == Some(false) && is_scope).then(|| check.subject.clone()),
        id: check.subject,
        title: check.title,
        ok,
        sentence,
        todo,
        link,
    }
}
