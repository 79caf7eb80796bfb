//! macOS slows down the timers and the network of a program whose windows nobody sees. While something is backed up, it is
//! told not to: <https://developer.apple.com/documentation/foundation/processinfo/performactivity(options:reason:using:)>

/// Keeps the system from slowing this process down while it lives. Only macOS does.
pub(crate) struct NoNap {
    #[cfg(target_os = "macos")]
    _until_dropped: std::sync::mpsc::Sender<()>,
}

#[cfg(target_os = "macos")]
impl NoNap {
    /// From now on. The computer may go to sleep all the same.
    pub(crate) fn hold() -> Self {
        use objc2_foundation::{NSActivityOptions, NSProcessInfo, NSString};

        let (until_dropped, dropped) = std::sync::mpsc::channel::<()>();
        // The activity lasts as long as its block runs.
        std::thread::spawn(move || {
            let wait = block2::RcBlock::new(move || {
                // Nothing is ever sent: it ends when the sender is gone.
                let _gone = dropped.recv();
            });
            NSProcessInfo::processInfo().performActivityWithOptions_reason_usingBlock(
                NSActivityOptions::UserInitiatedAllowingIdleSystemSleep,
                &NSString::from_str("A backup is running"),
                &wait,
            );
        });
        Self { _until_dropped: until_dropped }
    }
}

#[cfg(not(target_os = "macos"))]
impl NoNap {
    /// Other systems slow no program down.
    pub(crate) fn hold() -> Self {
        Self {}
    }
}
