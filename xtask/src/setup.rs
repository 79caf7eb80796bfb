//! `cargo xtask setup`: whatever the other commands need and cargo does not bring. Quick, and in need of no
//! network, where all of it is there already.

mod system;
mod tools;

use anyhow::Result;

pub use tools::Tools;

/// Installs what is missing and returns the tools.
pub fn run() -> Result<Tools> {
    system::install_missing()?;
    tools::install_missing()
}
