//! What asks a program to end from outside.

/// Waits until the system ends the session, or a person presses Ctrl-C where the program was started.
#[cfg(unix)]
pub async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::warn!("requests to end are not heard");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Waits until a person presses Ctrl-C where the program was started.
#[cfg(not(unix))]
pub async fn told_to_end() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "requests to end are not heard");
        std::future::pending().await
    }
}
