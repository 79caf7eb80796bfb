//! What can go wrong with secrets, told apart by what a person can do about it.

use std::io;

/// A failure to reach or keep a secret. Never holds one.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The keychain is there and locked; nobody unlocked it.
    #[error("the keychain is locked: {detail}")]
    Locked {
        /// The keychain's own words.
        detail: String,
    },
    /// The passphrase does not open the file.
    #[error("the passphrase does not open the secrets file")]
    WrongPassphrase,
    /// There is no keychain, or it does not answer.
    #[error("the keychain cannot be reached: {detail}")]
    Unavailable {
        /// The keychain's own words.
        detail: String,
    },
    /// What is stored makes no sense; it was left as it is.
    #[error("the stored secrets are damaged: {detail}")]
    Damaged {
        /// What did not fit.
        detail: String,
    },
    /// A secret cannot have this name.
    #[error("a secret cannot be called '{name}': letters, digits, '.', '_' and '-', up to 64")]
    BadName {
        /// The name.
        name: String,
    },
    /// A file could not be read, written or locked.
    #[error("failed to {doing}: {error}")]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// Why it failed.
        #[source]
        error: io::Error,
    },
}

impl SecretsError {
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { doing, error }
    }

    pub(crate) fn damaged(detail: impl ToString) -> Self {
        Self::Damaged { detail: detail.to_string() }
    }
}
