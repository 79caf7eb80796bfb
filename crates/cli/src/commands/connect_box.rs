//! `connect box`.

use std::path::PathBuf;

use clap::Args;
use holdfast_app::views::ConnectionView;
use holdfast_app::{App, BoxAuthorisation, Result, UserError};
use tokio_util::sync::CancellationToken;

use super::connect::show_or_open;

/// Arguments of `connect box`.
#[derive(Args)]
pub struct ConnectBox {
    /// File of the company's application from Box's developer console, in JSON
    #[arg(long, value_name = "FILE", required_unless_present = "sign_in")]
    app_file: Option<PathBuf>,
    /// Sign in with the browser instead; an admin's sign-in reaches the whole enterprise
    #[arg(long, conflicts_with = "app_file", requires = "client_file")]
    sign_in: bool,
    /// With --sign-in: the application's file from Box's developer console
    #[arg(long, value_name = "FILE", requires = "sign_in")]
    client_file: Option<PathBuf>,
    /// With --sign-in: only print the address to open
    #[arg(long, requires = "sign_in")]
    no_browser: bool,
    /// File with the addresses of the cloud, for a simulated one; fixed for this connection
    #[arg(long, value_name = "FILE.toml")]
    endpoints: Option<PathBuf>,
}

impl ConnectBox {
    pub(super) async fn connect(self, app: &App, cancel: CancellationToken) -> Result<ConnectionView> {
        let how = authorisation(self.app_file, self.client_file, self.no_browser)?;
        app.connect_box(how, self.endpoints.as_deref(), cancel).await
    }
}

/// The way that was chosen.
pub(super) fn authorisation(
    app_file: Option<PathBuf>,
    client_file: Option<PathBuf>,
    no_browser: bool,
) -> Result<BoxAuthorisation> {
    match (app_file, client_file) {
        (Some(file), _) => Ok(BoxAuthorisation::AppFile { file }),
        (None, Some(client_file)) => {
            let open = show_or_open(no_browser);
            Ok(BoxAuthorisation::SignIn { client_file: Some(client_file), open })
        }
        // The arguments' rules see to it that one of the two ways is complete.
        (None, None) => Err(UserError::of("input.usage", "give --app-file, or --sign-in and --client-file")),
    }
}
