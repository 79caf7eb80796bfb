//! What the app tells while it works. An event says what to ask for again; it carries no state.

use crate::language::words;
use serde::Serialize;
use ts_rs::TS;

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AppEvent {
    /// A Run changed; at most five a second for each.
    Run {
        /// Which.
        run: i64,
    },
    /// A Run began or ended.
    Runs,
    /// Users, groups, org units or protection changed.
    Directory {
        /// Of this Connection.
        connection: i64,
    },
    /// Connections changed.
    Connections,
    /// The storage changed.
    Storage,
    /// Settings, Policies or licenses changed.
    Settings,
    /// What due backups wait for changed.
    Schedule,
    /// The Runs have ended that went on while Fix a backup tested: it is to test again.
    Checks,
    /// A sign-in goes on in the browser.
    SignIn {
        /// How far it is.
        stage: SignInStage,
        /// The address to open by hand.
        url: Option<String>,
    },
    /// What is waited for at Google was tested, or is no longer waited for.
    Waiting,
    /// The sample company is being started.
    Sample {
        /// How far it is.
        phase: SamplePhase,
    },
    /// A rebuild goes on.
    Rebuild {
        /// What it does now.
        #[serde(serialize_with = "words")]
        sentence: String,
    },
    /// A verify goes on.
    Verify {
        /// Done so far.
        done: u64,
        /// Of how many.
        total: u64,
    },
    /// A restore to this computer goes on.
    Restore {
        /// Files written.
        files: u64,
        /// Bytes written.
        bytes: u64,
    },
    /// A page is to be opened: from the tray, from a notification.
    Open {
        /// The page's route.
        place: String,
    },
    /// Files were dropped on the window, where the shell hears of that and the page does not.
    Dropped {
        /// Pixels from the page's left.
        x: i32,
        /// Pixels from its top.
        y: i32,
    },
    /// How many causes are open.
    Attention {
        /// So many.
        count: u64,
    },
}

/// How far a sign-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInStage {
    /// The browser was asked to open the page.
    BrowserOpened,
    /// The page was answered.
    Answered,
}

/// How far the start of the sample company is, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SamplePhase {
    /// The company is founded, or opens again.
    Founding,
    /// Its storage is made, or opened.
    Storage,
    /// Google Workspace is connected.
    Google,
    /// Box is connected.
    Box,
    /// Who works there comes in.
    People,
}
