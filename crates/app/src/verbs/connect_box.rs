//! Connections to Box: made and renewed.

use std::path::{Path, PathBuf};

use holdfast_engine::clouds::boxcom::{self, BoxEndpoints, BoxSecret};
use holdfast_engine::clouds::contract::{CloudError, ErrorKind};
use holdfast_engine::{EngineError, Request};
use holdfast_model::{CloudKind, ConnectionId};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::connect::{MOST_BYTES, SIGN_IN_WITHIN, bad_file, noted};
use crate::error::Result;
use crate::verbs::protect::read_whole;
use crate::views::{CheckItem, ConnectionView};
use crate::{App, UserError, pacing};

/// The application that this program was built with, as the JSON of its file.
const BUILT_IN_APP: Option<&str> = option_env!("HOLDFAST_BOX_CLIENT");

/// How a connection to Box is to be authorised. No secret is in here.
pub enum BoxAuthorisation {
    /// Client credentials of the company's application, for the whole enterprise.
    AppFile {
        /// The application's configuration from Box's developer console, in JSON.
        file: PathBuf,
    },
    /// Somebody signs in with the browser; an admin for the whole enterprise.
    SignIn {
        /// The company's application; none for the one that is built in.
        client_file: Option<PathBuf>,
        /// Shows or opens Box's page.
        open: Box<dyn Fn(&str) + Send + Sync>,
    },
}

impl App {
    /// Connects a Box enterprise. `endpoints` is a file with other addresses than Box's own; they are fixed for this
    /// Connection from now on.
    pub async fn connect_box(
        &self,
        how: BoxAuthorisation,
        endpoints: Option<&Path>,
        cancel: CancellationToken,
    ) -> Result<ConnectionView> {
        let (addresses, endpoints_note) = addresses(endpoints)?;
        let secret = authorise(how, addresses, &cancel).await?;
        let secret = secret.to_bytes().map_err(EngineError::from)?;
        let secret_name = self.engine.keep_connection_secret(CloudKind::Box, secret.clone()).await?;
        let request = Request::Connect { cloud: CloudKind::Box, secret_name, endpoints_note };
        self.connected_or_named(CloudKind::Box, secret, request, cancel).await
    }

    /// Renews a connection to Box; another enterprise is refused. Its addresses stay as they are: where they went with its
    /// secret, `endpoints` gives them again, and they must be the same.
    pub async fn reconnect_box(
        &self,
        connection: ConnectionId,
        how: BoxAuthorisation,
        endpoints: Option<&Path>,
        cancel: CancellationToken,
    ) -> Result<ConnectionView> {
        let addresses = match self.engine.connection_secret(connection).await {
            Ok(kept) => BoxSecret::from_bytes(&kept).map_err(EngineError::from)?.endpoints,
            Err(EngineError::ConnectionDisconnected(_)) => {
                let (addresses, note) = addresses(endpoints)?;
                self.same_addresses(connection, note).await?;
                addresses
            }
            Err(error) => return Err(error.into()),
        };
        let secret = authorise(how, addresses, &cancel).await?;
        let secret = secret.to_bytes().map_err(EngineError::from)?;
        let secret_name = self.engine.keep_connection_secret(CloudKind::Box, secret).await?;
        self.connected(Request::Reconnect { connection, secret_name }, cancel).await
    }

    /// Tests an application's authorisation live before anything of it is kept.
    pub async fn check_box(&self, how: BoxAuthorisation, endpoints: Option<&Path>) -> Result<Vec<CheckItem>> {
        let (addresses, _) = addresses(endpoints)?;
        let secret = authorise(how, addresses, &CancellationToken::new()).await?;
        self.test(CloudKind::Box, secret.to_bytes().map_err(EngineError::from)?).await
    }
}

async fn authorise(
    how: BoxAuthorisation,
    addresses: BoxEndpoints,
    cancel: &CancellationToken,
) -> Result<BoxSecret> {
    match how {
        BoxAuthorisation::AppFile { file } => {
            let json = Zeroizing::new(read_whole(&file, MOST_BYTES)?);
            boxcom::secret_from_app_file(&json, addresses)
                .map_err(|error| bad_file("input.key_file", &file, error))
        }
        BoxAuthorisation::SignIn { client_file, open } => {
            let (json, named) = match client_file {
                Some(file) => (Zeroizing::new(read_whole(&file, MOST_BYTES)?), file),
                None => {
                    let built_in = BUILT_IN_APP.ok_or_else(|| UserError::of("sign_in.no_client", ""))?;
                    (Zeroizing::new(built_in.as_bytes().to_vec()), PathBuf::from("the built-in application"))
                }
            };
            let http = pacing::http_options()?;
            let show = move |url: &url::Url| open(url.as_str());
            let signed_in = boxcom::sign_in(&json, addresses, &show, SIGN_IN_WITHIN, &http);
            tokio::select! {
                () = cancel.cancelled() => Err(UserError::of("cancelled", "")),
                signed_in = signed_in => signed_in.map_err(|error| not_signed_in(error, &named)),
            }
        }
    }
}

fn not_signed_in(error: CloudError, named: &Path) -> UserError {
    match error.kind {
        _ if error.reason == "badAppFile" => bad_file("input.key_file", named, error),
        _ if error.reason == "signInTimeout" => UserError::of("sign_in.timeout", error.detail),
        ErrorKind::Retry { .. } => EngineError::from(error).into(),
        _ => UserError::of("sign_in.failed", error.to_string()),
    }
}

/// The addresses in an endpoints file with a note of them, or Box's own.
fn addresses(endpoints: Option<&Path>) -> Result<(BoxEndpoints, Option<String>)> {
    let Some(file) = endpoints else {
        return Ok((BoxEndpoints::real().map_err(EngineError::from)?, None));
    };
    let text = String::from_utf8_lossy(&read_whole(file, MOST_BYTES)?).into_owned();
    let addresses =
        BoxEndpoints::from_toml(&text).map_err(|error| bad_file("input.endpoints", file, error))?;
    let note = noted(addresses.all().into_iter().map(|(_, url)| url));
    Ok((addresses, Some(note)))
}
