//! Ctrl-C: the first ends the work cleanly, within two seconds; a second one ends the program at once.

use tokio_util::sync::CancellationToken;

use crate::exit::Exit;
use crate::output;

/// A token that Ctrl-C (or, on Unix, a request to end) cancels.
pub fn cancelled_by_person() -> CancellationToken {
    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        asked_to_end().await;
        output::note("Cancelling…");
        cancel.cancel();
        asked_to_end().await;
        std::process::exit(i32::from(Exit::Cancelled.code()));
    });
    token
}

#[cfg(unix)]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return wait_for_ctrl_c().await;
    };
    tokio::select! {
        () = wait_for_ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    wait_for_ctrl_c().await;
}

async fn wait_for_ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without signals there is no Ctrl-C to wait for.
        std::future::pending::<()>().await;
    }
}
