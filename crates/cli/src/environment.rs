//! The passphrase from the environment, taken out of it so that no program that we start inherits it.
#![allow(unsafe_code)] // Removing a variable is only sound while there is one thread, which `main` sees to.

use zeroize::Zeroizing;

/// Holds the passphrase of the secrets file.
pub const PASSPHRASE: &str = "HOLDFAST_PASSPHRASE";

/// The passphrase, which is no longer in the environment afterwards. To be called before any thread is started.
pub fn take_passphrase() -> Option<Zeroizing<String>> {
    let passphrase = std::env::var(PASSPHRASE).ok().map(Zeroizing::new);
    if std::env::var_os(PASSPHRASE).is_some() {
        // SAFETY: `main` calls this first, while the process has a single thread, so nobody reads the environment.
        unsafe { std::env::remove_var(PASSPHRASE) };
    }
    passphrase
}
