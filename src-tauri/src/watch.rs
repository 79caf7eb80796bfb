//! `--watchdog`: looks without a window whether the backups are still good. The system starts it by itself.

use holdfast_app::arguments::Arguments;
use holdfast_app::{Result, watchdog};

use crate::start;

/// Looks once, or every hour.
pub fn run(arguments: &Arguments, stay: bool) -> Result<()> {
    let opening = start::options(arguments)?.opening()?;
    tauri::async_runtime::block_on(watchdog::run(opening, stay, |_| {}))
}
