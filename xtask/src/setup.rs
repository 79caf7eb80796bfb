//! `cargo xtask setup`: whatever the other commands need and cargo does not bring. Quick, and in need of no
//! network, where all of it is there already.

mod node;
mod office;
mod system;
mod tools;

use anyhow::Result;

pub use node::check as node;
pub use office::files as office_files;
pub use tools::Tools;

/// Installs what is missing for all that needs no window, and returns the tools.
pub fn run() -> Result<Tools> {
    system::install_missing(&[system::TERMINAL])?;
    tools::install_missing()
}

/// Installs what is missing for measurements, which have peers.
pub fn for_bench() -> Result<Tools> {
    system::install_missing(&[system::TERMINAL, system::PEERS])?;
    tools::install_missing()
}

/// Installs what programs for Windows are built with and run in.
pub fn cross_packages() -> Result<()> {
    system::install_missing(&[system::CROSS])
}

/// Installs what is missing for the desktop app and its tests, too.
pub fn everything() -> Result<Tools> {
    system::install_missing(&[system::TERMINAL, system::PEERS, system::WINDOW])?;
    node()?;
    tools::install_missing()
}
