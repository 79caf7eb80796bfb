//! `holdfast`: everything the app does, on the command line, with the same engine, catalogue and keychain.
//!
//! [`arguments`] says what can be typed, `commands` has a file per group of commands, and [`output`] and [`progress`]
//! are the only places that print results.

mod arguments;
mod background;
mod browser;
mod commands;
mod context;
mod environment;
mod exit;
mod interrupt;
mod output;
mod progress;
mod prompt;
mod table;
mod usage;

use std::process::ExitCode;

use context::Context;
use exit::Exit;

fn main() -> ExitCode {
    // Before any thread is started: see `environment`.
    let passphrase = environment::take_passphrase();
    let arguments = match usage::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(exit) => return exit.into(),
    };
    let json = arguments.common.json;
    let done = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        holdfast_app::UserError::of("defect", format!("the runtime does not start: {error}"))
    });
    let ended = done.and_then(|runtime| {
        let ended = runtime.block_on(async {
            let context = Context::new(arguments.common, passphrase);
            commands::run(arguments.command, &context).await
        });
        // Blocking work that was cancelled may take a moment; nobody waits for it.
        runtime.shutdown_timeout(std::time::Duration::from_millis(500));
        ended
    });
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::complain(&error, json);
            Exit::from(&error).into()
        }
    }
}
