//! What can go wrong in a verb. Each has a stable code; the words for people live in `app`.

use holdfast_catalog::CatalogError;
use holdfast_clouds::contract::{CloudError, ErrorKind};
use holdfast_clouds::{Cause, cause};
use holdfast_secrets::SecretsError;
use holdfast_vault::VaultError;

/// A listing of users in which most are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortListing {
    /// Of which Domain.
    pub domain: String,
    /// How many known users it has.
    pub listed: u64,
    /// How many were known.
    pub known: u64,
}

impl std::fmt::Display for ShortListing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the listing of {} has {} of {} known users", self.domain, self.listed, self.known)
    }
}

/// A failed verb.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A Cloud refused or did not answer.
    #[error("{0}")]
    Cloud(#[from] CloudError),
    /// The Repository.
    #[error("{0}")]
    Vault(#[from] VaultError),
    /// The catalogue.
    #[error("{0}")]
    Catalog(#[from] CatalogError),
    /// The keychain or secrets file.
    #[error("{0}")]
    Secrets(#[from] SecretsError),
    /// A local file or folder.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// `init` has not been done.
    #[error("no repository has been set up")]
    NoRepository,
    /// `init` was done already.
    #[error("a repository is already set up at {0}")]
    RepositoryAlreadySetUp(String),
    /// The data directory lies on a network share.
    #[error("{0} is on a network share")]
    DataDirOnNetwork(String),
    /// Nothing is connected yet.
    #[error("no cloud is connected")]
    NotConnected,
    /// There are several Connections and none was named.
    #[error("several domains are connected: {0}")]
    WhichDomain(String),
    /// The Connection's authorisation lapsed.
    #[error("the connection to {0} has expired")]
    ConnectionExpired(String),
    /// The Connection was taken away by a person.
    #[error("{0} is disconnected")]
    ConnectionDisconnected(String),
    /// A reconnect reached another tenant.
    #[error("signed in to {found}, but this connection is to {expected}")]
    OtherTenant {
        /// The Connection's tenant.
        expected: String,
        /// The one that was reached.
        found: String,
    },
    /// The tenant is connected already.
    #[error("{0} is already connected")]
    AlreadyConnected(String),
    /// The Directory has never been synced.
    #[error("the directory of {0} has not been synced yet")]
    NotSynced(String),
    /// Syncs would mark more than a third of the users of these Domains deleted.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    MassDeletion(Vec<ShortListing>),
    /// No such user, group, org unit, Archive, Item or point in time.
    #[error("there is no {what} '{name}'")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// By which name.
        name: String,
    },
    /// More licenses are needed than are free.
    #[error("{needed} licenses are needed and {free} are free")]
    Licenses {
        /// Distinct active, unprotected users of the selection.
        needed: u64,
        /// Licenses free.
        free: u64,
    },
    /// Runs go on, and what was asked needs the Repository for itself.
    #[error("backups go on")]
    RunsGoOn,
    /// What was to be undone has begun and cannot be undone any more.
    #[error("the archive of {0} is being erased already")]
    TooLate(String),
    /// A selection, path or setting that makes no sense.
    #[error("{0}")]
    BadInput(String),
    /// The disk of the Repository has too little space left.
    #[error("{free} bytes are free where {needed} are needed")]
    NoSpace {
        /// Bytes needed to go on.
        needed: u64,
        /// Bytes free.
        free: u64,
    },
    /// Another process of this data directory does the work and did not answer.
    #[error("the process that does the work did not take the request")]
    WorkerSilent,
    /// The process that did the work ended before it answered.
    #[error("the process that did the work ended")]
    WorkerGone,
    /// The worker answered with an error of this code.
    #[error("{detail}")]
    Remote {
        /// The code of the error there.
        code: String,
        /// Its text.
        detail: String,
    },
    /// A person cancelled it.
    #[error("cancelled")]
    Cancelled,
    /// A defect of ours: something that must hold does not.
    #[error("internal error: {0}")]
    Defect(String),
}

impl EngineError {
    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Cloud(error) => cloud_code(error),
            Self::Vault(error) => vault_code(error),
            Self::Catalog(error) => match error {
                CatalogError::NewerVersion { .. } => "catalogue.newer",
                CatalogError::Damaged { .. } => "catalogue.damaged",
                CatalogError::NoSpace => "disk.full",
                CatalogError::ReadOnly => "disk.read_only",
                _ => "catalogue.failed",
            },
            Self::Secrets(error) => match error {
                SecretsError::Locked { .. } => "secrets.locked",
                SecretsError::WrongPassphrase => "secrets.wrong_passphrase",
                SecretsError::Damaged { .. } => "secrets.damaged",
                _ => "secrets.unavailable",
            },
            Self::Io { source, .. } => match source.kind() {
                std::io::ErrorKind::StorageFull => "disk.full",
                std::io::ErrorKind::ReadOnlyFilesystem => "disk.read_only",
                _ => "file.failed",
            },
            Self::NoRepository => "repository.none",
            Self::RepositoryAlreadySetUp(_) => "repository.already_set_up",
            Self::DataDirOnNetwork(_) => "data_dir.on_network",
            Self::NotConnected => "connection.none",
            Self::WhichDomain(_) => "connection.which",
            Self::ConnectionExpired(_) => "connection.expired",
            Self::ConnectionDisconnected(_) => "connection.disconnected",
            Self::OtherTenant { .. } => "connection.other_tenant",
            Self::AlreadyConnected(_) => "connection.already",
            Self::NotSynced(_) => "directory.not_synced",
            Self::MassDeletion(_) => "directory.mass_deletion",
            Self::NotFound { .. } => "input.not_found",
            Self::Licenses { .. } => "licenses.too_few",
            Self::RunsGoOn => "repository.busy",
            Self::TooLate(_) => "archive.erasing",
            Self::BadInput(_) => "input.bad",
            Self::NoSpace { .. } => "disk.full",
            Self::WorkerSilent => "worker.silent",
            Self::WorkerGone => "worker.gone",
            Self::Remote { code, .. } => code,
            Self::Cancelled => "cancelled",
            Self::Defect(_) => "defect",
        }
    }

    /// An I/O error with what was attempted.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

/// The provider's own words decide where they tell what is to be mended, else the kind.
fn cloud_code(error: &CloudError) -> &'static str {
    match (cause(error), error.kind) {
        (Some(Cause::ApiDisabled), _) => "cloud.api_disabled",
        (Some(Cause::AccessMissing), _) => "cloud.access_missing",
        (Some(Cause::AppBlocked), _) => "cloud.app_blocked",
        (Some(Cause::ServiceOff), _) => "cloud.service_off",
        (Some(Cause::AccountClosed), _) => "cloud.account_closed",
        (Some(Cause::Throttled), _) => "cloud.throttled",
        (Some(Cause::ClockWrong), _) => "clock.wrong",
        (None, ErrorKind::Retry { .. }) => "cloud.unreachable",
        (None, ErrorKind::SignInAgain) => "connection.expired",
        (None, ErrorKind::Forbidden) => "cloud.forbidden",
        (None, ErrorKind::Gone) => "cloud.gone",
        (None, ErrorKind::Skip(_)) => "cloud.skipped",
        (None, ErrorKind::Fatal) => "cloud.refused",
    }
}

fn vault_code(error: &VaultError) -> &'static str {
    match error {
        VaultError::WrongPassword => "repository.wrong_password",
        VaultError::NotFound { .. } => "repository.not_found",
        VaultError::NotARepository { .. } => "repository.not_a_repository",
        VaultError::AlreadyExists { .. } => "repository.already_exists",
        VaultError::NotEmpty { .. } => "repository.not_empty",
        VaultError::TooNew { .. } => "repository.too_new",
        VaultError::OtherRepository { .. } => "repository.other",
        VaultError::ReadOnly { .. } => "disk.read_only",
        VaultError::NoSpace { .. } => "disk.full",
        VaultError::Locked { .. } => "repository.locked",
        VaultError::Damaged { .. } => "repository.damaged",
        _ => "repository.failed",
    }
}

/// The result of a verb.
pub type Result<T> = std::result::Result<T, EngineError>;
