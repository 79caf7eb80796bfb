//! `--watchdog`: looks without a window whether the backups are still good. The system starts it by itself.

use holdfast_app::{Result, UserError, watchdog};

use crate::arguments::Arguments;
use crate::start;

/// Looks once, or every hour.
pub fn run(arguments: &Arguments, stay: bool) -> Result<()> {
    let opening = start::options(arguments)?.opening()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| UserError::of("defect", format!("the runtime does not start: {error}")))?;
    runtime.block_on(watchdog::run(opening, stay, |_| {}))
}
