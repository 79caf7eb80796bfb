//! `--watchdog`: looks without a window whether the backups are still good. The system starts it by itself.

use holdfast_app::{Profile, Result, UserError, watchdog};

use crate::arguments::Arguments;
use crate::start;

/// Looks once, or every hour.
pub fn run(arguments: &Arguments, stay: bool) -> Result<()> {
    let options = start::options(arguments)?;
    let opening = holdfast_app::Opening {
        secrets: match options.secrets {
            Some(secrets) => secrets,
            None => Profile::read(&options.data_dir)?.secrets.unwrap_or_default(),
        },
        data_dir: options.data_dir,
        passphrase: options.passphrase,
        redactor: options.redactor,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| UserError::of("defect", format!("the runtime does not start: {error}")))?;
    runtime.block_on(watchdog::run(opening, stay, |_| {}))
}
