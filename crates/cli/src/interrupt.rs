//! Ctrl-C: the first ends the work cleanly, within two seconds; a second one ends the program at once. So do a request to end
//! on Unix, and on Windows a terminal that is closed, and the end of the session.

use tokio_util::sync::CancellationToken;

use crate::exit::Exit;
use crate::output;

/// A token that Ctrl-C cancels, or whatever else of the above.
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

/// Windows ends a program some seconds after it was told so, whatever it does.
/// <https://learn.microsoft.com/windows/console/handlerroutine>
#[cfg(windows)]
async fn asked_to_end() {
    use tokio::signal::windows::{ctrl_break, ctrl_close, ctrl_shutdown};
    let (Ok(mut stopped), Ok(mut closed), Ok(mut shut_down)) = (ctrl_break(), ctrl_close(), ctrl_shutdown())
    else {
        return wait_for_ctrl_c().await;
    };
    tokio::select! {
        () = wait_for_ctrl_c() => {}
        _ = stopped.recv() => {}
        _ = closed.recv() => {}
        _ = shut_down.recv() => {}
    }
}

async fn wait_for_ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without signals there is no Ctrl-C to wait for.
        std::future::pending::<()>().await;
    }
}
