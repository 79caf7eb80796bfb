//! One open data directory, as the surfaces see it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use holdfast_engine::catalog::{Connection, Tx, connections};
use holdfast_engine::clouds::http::{HttpOptions, QuotaModel};
use holdfast_engine::secrets::SecretsKind;
use holdfast_engine::{Clock, Engine, EngineError, Options, SystemClock};
use holdfast_model::Timestamp;
use zeroize::Zeroizing;

use crate::error::Result;
use crate::runs::Rates;
use crate::{Profile, Redactor, SecretsChoice, UserError, pacing};

/// What it takes to open a data directory.
pub struct Opening {
    /// Holds catalogue, settings and logs.
    pub data_dir: PathBuf,
    /// Where secrets are.
    pub secrets: SecretsChoice,
    /// Opens the secrets file, where there is one.
    pub passphrase: Option<Zeroizing<String>>,
    /// Learns what must not get into the log.
    pub redactor: Redactor,
}

/// How fast clouds are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Under their published quotas, unless the environment says otherwise.
    Published,
    /// Simulated clouds have no quotas to keep to.
    Simulated,
}

/// Everything a person can do. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) engine: Engine,
    pub(crate) redactor: Redactor,
    pub(crate) secrets: SecretsChoice,
    /// False for one that only looks: what the secrets file holds is not known to it.
    pub(crate) has_secrets: bool,
    pub(crate) pace: QuotaModel,
    pub(crate) rates: Rates,
}

impl App {
    /// Opens a data directory, making it where there is none.
    pub async fn open(opening: Opening) -> Result<Self> {
        Self::open_at(opening, Arc::new(SystemClock), Pace::Published).await
    }

    /// Opens a data directory in which it is as late as this clock says, and whose clouds are asked at this pace.
    pub async fn open_at(opening: Opening, clock: Arc<dyn Clock>, pace: Pace) -> Result<Self> {
        let http = match pace {
            Pace::Published => pacing::http_options()?,
            Pace::Simulated => pacing::simulated(),
        };
        Self::open_paced(opening, http, false, clock).await
    }

    /// Opens the data directory of a sample company, whose simulated clouds are asked without a pace.
    pub async fn open_sample(opening: Opening) -> Result<Self> {
        Self::open_paced(opening, pacing::simulated(), false, Arc::new(SystemClock)).await
    }

    /// For the watchdog, which looks also where nobody gives it the passphrase of the secrets file.
    pub async fn open_to_look(opening: Opening) -> Result<Self> {
        Self::open_paced(opening, pacing::http_options()?, true, Arc::new(SystemClock)).await
    }

    async fn open_paced(
        opening: Opening,
        http: HttpOptions,
        is_only_looking: bool,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let Opening { data_dir, secrets, passphrase, redactor } = opening;
        let has_secrets = !is_only_looking || passphrase.is_some() || secrets == SecretsChoice::Keychain;
        let kind = match &secrets {
            // What is read of secrets here is what is read of an empty place.
            SecretsChoice::Age(_) if !has_secrets => SecretsKind::Memory,
            SecretsChoice::Keychain => SecretsKind::Keychain { service: Profile::keychain_name(&data_dir)? },
            SecretsChoice::Age(file) => {
                let passphrase = passphrase.ok_or_else(|| UserError::of("secrets.passphrase_needed", ""))?;
                SecretsKind::Age { file: file.clone(), passphrase }
            }
        };
        let pace = http.pacing.model;
        let options = Options { data_dir, secrets: kind, clock, http };
        let opened = tokio::task::spawn_blocking(move || Engine::open(options)).await;
        let engine = opened.map_err(|error| UserError::of("defect", error.to_string()))??;
        Ok(Self { engine, redactor, secrets, has_secrets, pace, rates: Rates::default() })
    }

    /// The data directory.
    pub fn data_dir(&self) -> &Path {
        self.engine.data_dir().path()
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.engine.now()
    }

    /// How many statements the catalogue was asked through this opening: what a page asks must not grow with the people that it
    /// tells of.
    pub fn statements(&self) -> u64 {
        self.engine.catalog().statements()
    }

    /// The Connection to a Domain by name, tenant or number; the only one where none is named.
    pub(crate) async fn connection(&self, domain: Option<&str>) -> Result<Connection> {
        let domain = domain.map(str::to_owned);
        Ok(self.engine.read(move |tx| find_connection(tx, domain.as_deref())).await?)
    }
}

/// See [`App::connection`].
pub(crate) fn find_connection(
    tx: &Tx<'_>,
    domain: Option<&str>,
) -> std::result::Result<Connection, EngineError> {
    let mut all = connections::list(tx)?;
    match domain {
        Some(domain) => {
            let is_meant = |connection: &Connection| {
                connection.tenant_name.eq_ignore_ascii_case(domain)
                    || connection.tenant_id.as_str() == domain
                    || connection.id.to_string() == domain
            };
            let found = all.into_iter().find(is_meant);
            found.ok_or_else(|| EngineError::NotFound { what: "connected domain", name: domain.to_owned() })
        }
        None if all.len() > 1 => {
            let names: Vec<_> = all.iter().map(|connection| connection.tenant_name.as_str()).collect();
            Err(EngineError::WhichDomain(names.join(", ")))
        }
        None => all.pop().ok_or(EngineError::NotConnected),
    }
}

/// The Connection to a Domain, or all where none is named; an error where there is none at all.
pub(crate) fn find_connections(
    tx: &Tx<'_>,
    domain: Option<&str>,
) -> std::result::Result<Vec<Connection>, EngineError> {
    match domain {
        Some(_) => Ok(vec![find_connection(tx, domain)?]),
        None => {
            let all = connections::list(tx)?;
            if all.is_empty() { Err(EngineError::NotConnected) } else { Ok(all) }
        }
    }
}
