//! Connections to Box: made and renewed.

use std::path::{Path, PathBuf};

use holdfast_engine::EngineError;
use holdfast_engine::clouds::boxcom::{self, BoxEndpoints, BoxSecret};
use holdfast_model::{CloudKind, ConnectionId};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::connect::{
    MOST_BYTES, Prepared, SIGN_IN_WITHIN, addresses_in, bad_file, client, noted, signed_in,
};
use crate::error::Result;
use crate::verbs::protect::read_whole;
use crate::views::{CheckItem, ConnectionView};
use crate::{App, pacing};

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
        let prepared = Prepared { secret: secret.to_bytes().map_err(EngineError::from)?, endpoints_note };
        self.connect_prepared(CloudKind::Box, &prepared, cancel).await
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
        let kept = |kept: &[u8]| Ok(BoxSecret::from_bytes(kept)?.endpoints);
        let addresses = self.addresses_of(connection, kept, || addresses(endpoints)).await?;
        let secret = authorise(how, addresses, &cancel).await?;
        let secret = secret.to_bytes().map_err(EngineError::from)?;
        self.renewed(CloudKind::Box, connection, secret, cancel).await
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
            let (json, named) = client(client_file, BUILT_IN_APP)?;
            let http = pacing::http_options()?;
            let show = move |url: &url::Url| open(url.as_str());
            let signing_in = boxcom::sign_in(&json, addresses, &show, SIGN_IN_WITHIN, &http);
            signed_in(signing_in, &named, cancel).await
        }
    }
}

/// The addresses in an endpoints file with a note of them, or Box's own.
fn addresses(endpoints: Option<&Path>) -> Result<(BoxEndpoints, Option<String>)> {
    let all = |known: &BoxEndpoints| noted(known.all().into_iter().map(|(_, url)| url));
    addresses_in(endpoints, BoxEndpoints::real, BoxEndpoints::from_toml, all)
}
