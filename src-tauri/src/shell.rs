//! The state of the program: the app behind the page, and the sample company beside it.

use std::path::{Path, PathBuf};

use holdfast_app::{Desktop, DesktopOptions};
use holdfast_sample::SampleDesk;
use tauri::AppHandle;

/// See the module.
pub struct Shell {
    handle: AppHandle,
    data_dir: PathBuf,
    desktop: Desktop,
    sample: SampleDesk,
}

impl Shell {
    /// Opens nothing yet. Must be called on a runtime.
    pub fn new(handle: AppHandle, options: DesktopOptions) -> Self {
        let data_dir = options.data_dir.clone();
        let sample = SampleDesk::beside(&data_dir, options.redactor.clone());
        Self { handle, data_dir, desktop: Desktop::new(options), sample }
    }

    /// What the page asks, and the tray.
    pub fn desktop(&self) -> &Desktop {
        &self.desktop
    }

    /// The sample company.
    pub fn sample(&self) -> &SampleDesk {
        &self.sample
    }

    /// The person's own data directory.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Ends the program, once what was fetched is durable.
    pub async fn quit(&self) {
        self.close().await;
        self.handle.exit(0);
    }

    /// Ends all work, once what was fetched is durable. Who starts the program meanwhile gets one of their own.
    pub async fn close(&self) {
        let handle = self.handle.clone();
        // The thread that took the place of the one instance is the one that can give it back.
        let given = self.handle.run_on_main_thread(move || tauri_plugin_single_instance::destroy(&handle));
        if let Err(error) = given {
            tracing::warn!(%error, "the next start waits until this program is gone");
        }
        self.desktop.shut_down().await;
        self.sample.stop().await;
    }
}
