//! Connections to Box: made, tested before anything is kept, renewed.

use holdfast_model::ConnectionId;

use super::{Desktop, limits};
use crate::error::Result;
use crate::verbs::BoxAuthorisation;
use crate::views::{
    CheckItem, ConnectBoxApp, ConnectionView, ReconnectBoxApp, ReconnectBoxSignIn, SignInBox,
};

impl Desktop {
    /// Connects the whole enterprise by the company's application.
    pub async fn connect_box_app(&self, input: ConnectBoxApp) -> Result<ConnectionView> {
        let app = self.seat().await?;
        let endpoints = input.endpoints.as_deref().map(limits::path).transpose()?;
        let how = app_file(&input.app_file)?;
        let connected = app.connect_box(how, endpoints.as_deref(), self.0.stopping.child_token()).await;
        self.connected(connected?).await
    }

    /// Tests an application's file live, without keeping anything of it.
    pub async fn check_box_app(&self, input: ConnectBoxApp) -> Result<Vec<CheckItem>> {
        let app = self.seat().await?;
        let endpoints = input.endpoints.as_deref().map(limits::path).transpose()?;
        app.check_box(app_file(&input.app_file)?, endpoints.as_deref()).await
    }

    /// Lets somebody sign in with the system's browser, which `open` opens. Ends after five minutes, or when cancelled.
    pub async fn sign_in_box(
        &self,
        input: SignInBox,
        open: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<ConnectionView> {
        let app = self.seat().await?;
        let endpoints = input.endpoints.as_deref().map(limits::path).transpose()?;
        let how = self.signing_in_to_box(input.client_file.as_deref(), open)?;
        self.signed_in(|cancel| app.connect_box(how, endpoints.as_deref(), cancel)).await
    }

    /// Renews a Connection by the application's file; another enterprise is refused.
    pub async fn reconnect_box_app(&self, input: ReconnectBoxApp) -> Result<ConnectionView> {
        let app = self.seat().await?;
        let how = app_file(&input.app_file)?;
        let endpoints = input.endpoints.as_deref().map(limits::path).transpose()?;
        let cancel = self.0.stopping.child_token();
        let connected =
            app.reconnect_box(ConnectionId(input.connection), how, endpoints.as_deref(), cancel).await;
        self.connected(connected?).await
    }

    /// Renews a Connection by signing in again; another enterprise is refused.
    pub async fn reconnect_box_sign_in(
        &self,
        input: ReconnectBoxSignIn,
        open: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<ConnectionView> {
        let app = self.seat().await?;
        let endpoints = input.endpoints.as_deref().map(limits::path).transpose()?;
        let how = self.signing_in_to_box(input.client_file.as_deref(), open)?;
        let connection = ConnectionId(input.connection);
        self.signed_in(|cancel| app.reconnect_box(connection, how, endpoints.as_deref(), cancel)).await
    }

    fn signing_in_to_box(
        &self,
        client_file: Option<&str>,
        open: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<BoxAuthorisation> {
        let client_file = client_file.map(limits::path).transpose()?;
        Ok(BoxAuthorisation::SignIn { client_file, open: self.opening(open) })
    }
}

fn app_file(file: &str) -> Result<BoxAuthorisation> {
    Ok(BoxAuthorisation::AppFile { file: limits::path(file)? })
}
