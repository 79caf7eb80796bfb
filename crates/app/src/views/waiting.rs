//! Connecting Google while something is still missing: what a person has done, and what Holdfast waits for.

use holdfast_model::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::views::{CheckItem, ConnectionView};

/// How far connecting Google is. Kept over a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct GuideProgress {
    /// Steps of the guide that a person ticked.
    pub done: Vec<String>,
    /// The key file that was chosen last; empty for none.
    pub key_file: String,
    /// The admin that was typed last; empty for none.
    pub admin: String,
    /// The file with other addresses than Google's own.
    pub endpoints: Option<String>,
    /// What Holdfast waits for, while it does.
    pub waiting: Option<AwaitedView>,
    /// The Connection that the last waiting ended with.
    pub made: Option<ConnectionView>,
}

/// What a person has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
pub struct KeepGuide {
    /// Steps of the guide that are ticked.
    pub done: Vec<String>,
    /// The key file that is chosen; empty for none.
    pub key_file: String,
    /// The admin that is typed; empty for none.
    pub admin: String,
    /// The file with other addresses than Google's own.
    pub endpoints: Option<String>,
}

/// Google lets nobody in yet, or not to everything: it is tested again by itself.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AwaitedView {
    /// The admin as whom the Directory is to be read.
    pub admin: String,
    /// The Connection, where there is one already and only a part is missing.
    pub connection: Option<i64>,
    /// Since when.
    pub since: Timestamp,
    /// A change in Google's consoles has taken effect by then.
    pub until: Timestamp,
    /// True after that.
    pub is_overdue: bool,
    /// When it was last tested; none before the first test.
    pub tested_at: Option<Timestamp>,
    /// When it is tested next.
    pub next_test: Option<Timestamp>,
    /// What the last test found, each API and scope by name.
    pub checks: Vec<CheckItem>,
}
