//! The state of the program: the app behind the page, and the sample company beside it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use holdfast_app::handover::{Handover, start_another};
use holdfast_app::language::Told;
use holdfast_app::{Desktop, DesktopOptions, Result, UserError};
use holdfast_sample::SampleDesk;
use tauri::AppHandle;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long the main thread may take to give the place of the one instance back.
const TO_GIVE_BACK: Duration = Duration::from_secs(5);

/// What the page gets: in the language that a person chose.
pub type Answer<T> = std::result::Result<Told<T>, Told<UserError>>;

/// See the module.
pub struct Shell {
    handle: AppHandle,
    data_dir: PathBuf,
    desktop: Desktop,
    sample: SampleDesk,
    handover: Handover,
}

impl Shell {
    /// Opens nothing yet. Must be called on a runtime.
    pub fn new(handle: AppHandle, options: DesktopOptions) -> Self {
        let data_dir = options.data_dir.clone();
        let sample = SampleDesk::beside(&data_dir, options.redactor.clone());
        Self { handle, data_dir, desktop: Desktop::new(options), sample, handover: Handover::default() }
    }

    /// What the page asks, and the tray.
    pub fn desktop(&self) -> &Desktop {
        &self.desktop
    }

    /// What came of a command, for the page.
    pub fn told<T>(&self, done: Result<T>) -> Answer<T> {
        let language = self.desktop.language();
        done.map(|it| Told::new(it, language)).map_err(|error| Told::new(error, language))
    }

    /// The sample company.
    pub fn sample(&self) -> &SampleDesk {
        &self.sample
    }

    /// The person's own data directory.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Whether those who start the program again are shown this one's window.
    pub fn handover(&self) -> &Handover {
        &self.handover
    }

    /// Ends the program, once what was fetched is durable.
    pub async fn quit(&self) {
        self.close().await;
        if self.handover.takes_over() {
            start_another();
        }
        self.handle.exit(0);
    }

    /// Ends all work, once what was fetched is durable. Who starts the program meanwhile gets one of their own.
    pub async fn close(&self) {
        self.handover.ends();
        let (handle, (gave, given_back)) = (self.handle.clone(), oneshot::channel());
        // The thread that took the place of the one instance is the one that can give it back.
        let given = self.handle.run_on_main_thread(move || {
            tauri_plugin_single_instance::destroy(&handle);
            // Whoever waits for it may have given up.
            let _heard = gave.send(());
        });
        if let Err(error) = given {
            tracing::warn!(%error, "the next start waits until this program is gone");
        }
        self.desktop.shut_down().await;
        // A main thread that is busy for so long keeps nobody from ending the program.
        if !matches!(timeout(TO_GIVE_BACK, given_back).await, Ok(Ok(()))) {
            tracing::debug!("the place of the one instance ends with the program");
        }
        self.sample.stop().await;
    }
}
