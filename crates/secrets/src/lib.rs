//! Where tokens, keys and the Repository's password live: the OS keychain; on a machine without one, a file
//! encrypted with a passphrase; for tests, memory. Everything here blocks.

mod age_file;
mod entries;
mod error;
mod lock;
mod secret;
mod slots;
mod store;

pub use age_file::WorkFactor;
pub use error::SecretsError;
pub use lock::{Lock, lock};
pub use secret::Secret;
pub use store::{Secrets, SecretsKind};

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, SecretsError>;
