//! What the engine tells while it works. Counters are absolute, so a lost event loses nothing.

use holdfast_catalog::{NotificationId, RunState};
use holdfast_model::{ArchiveId, ConnectionId, Ledger, RunId, RunResult, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A Directory sync ended.
    SyncEnded {
        /// The Domain's name.
        domain: String,
        /// Users, groups or org units.
        what: String,
        /// How many there are now.
        count: u64,
    },
    /// A Run began.
    RunStarted {
        /// The Run.
        run: RunId,
        /// Its Archive.
        archive: ArchiveId,
        /// `anna@example.com Gmail`.
        title: String,
    },
    /// A Run's counters, at most five times a second.
    RunProgress {
        /// The Run.
        run: RunId,
        /// Its Archive.
        archive: ArchiveId,
        /// Queued, running or paused.
        state: RunState,
        /// Counting, copying or saving.
        phase: Phase,
        /// Counters so far.
        ledger: Ledger,
        /// Items known to be still open.
        open: u64,
        /// How many Items the Cloud said there are, where this is the first Run.
        expected: Option<u64>,
        /// What limits it now, in the user's words.
        limited_by: Option<String>,
    },
    /// A Run ended.
    RunEnded {
        /// The Run.
        run: RunId,
        /// Its Archive.
        archive: ArchiveId,
        /// `anna@example.com Gmail`.
        title: String,
        /// Final counters.
        ledger: Ledger,
        /// The result that follows from them.
        result: RunResult,
        /// The error's code and text, where one ended it.
        error: Option<(String, String)>,
    },
    /// A restic snapshot is durable.
    Committed {
        /// Its id.
        snapshot: String,
        /// When.
        at: Timestamp,
    },
    /// Verify goes on.
    Verify {
        /// Bytes or packs done.
        done: u64,
        /// Of how many.
        total: u64,
    },
    /// The Repository is copied to another place.
    Move {
        /// Bytes that are there.
        done: u64,
        /// Of how many.
        total: u64,
    },
    /// A restore goes on.
    Restore {
        /// Files written.
        files: u64,
        /// Bytes written.
        bytes: u64,
    },
    /// A cause that keeps someone from being protected was found.
    NotificationOpened {
        /// Its row.
        notification: NotificationId,
        /// The stable code, one of the errors'.
        cause: String,
        /// The Connection that it concerns.
        connection: Option<ConnectionId>,
        /// The User.
        user: Option<UserId>,
        /// The Archive.
        archive: Option<ArchiveId>,
        /// The evidence.
        detail: Option<String>,
    },
    /// A cause is fixed.
    NotificationClosed {
        /// Its row.
        notification: NotificationId,
        /// The stable code.
        cause: String,
    },
    /// A Connection's state changed.
    ConnectionChanged {
        /// Which.
        connection: ConnectionId,
    },
    /// What due backups wait for changed.
    WaitingChanged,
    /// The Repository was put in order, or what stands in the way of that changed.
    TidiedUp,
    /// Something a person should read.
    Note {
        /// The words.
        text: String,
    },
}

/// The phases of a Run on the screen, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Asking the Cloud what there is.
    Counting,
    /// Fetching.
    Copying,
    /// Making the last of it durable.
    Saving,
}

impl Phase {
    /// The word in the catalogue and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counting => "counting",
            Self::Copying => "copying",
            Self::Saving => "saving",
        }
    }
}

/// Where events go. A slow or absent listener never holds up work: what does not fit is dropped, since every
/// counter is absolute.
#[derive(Clone, Debug, Default)]
pub struct Events(Option<mpsc::Sender<Event>>);

impl Events {
    /// Nobody listens.
    pub const fn nobody() -> Self {
        Self(None)
    }

    /// The same listener, without keeping it alive; none where nobody listens.
    pub(crate) fn quiet(&self) -> Option<QuietEvents> {
        self.0.as_ref().map(|listener| QuietEvents(Some(listener.downgrade())))
    }

    /// Progress, which may be dropped when the listener is slow.
    pub fn tell(&self, event: Event) {
        if let Some(listener) = &self.0 {
            // Full or closed: counters are absolute, the next event says it again.
            let _dropped_when_full = listener.try_send(event);
        }
    }

    /// An end or a beginning, which the listener must see.
    pub async fn tell_surely(&self, event: Event) {
        if let Some(listener) = &self.0 {
            // Closed: the listener went away by itself.
            let _listener_left = listener.send(event).await;
        }
    }
}

impl From<mpsc::Sender<Event>> for Events {
    fn from(listener: mpsc::Sender<Event>) -> Self {
        Self(Some(listener))
    }
}

/// Where events go while somebody else keeps the listener.
#[derive(Clone, Debug, Default)]
pub(crate) struct QuietEvents(Option<mpsc::WeakSender<Event>>);

impl QuietEvents {
    /// The listener, or nobody where it is gone.
    pub(crate) fn events(&self) -> Events {
        Events(self.0.as_ref().and_then(mpsc::WeakSender::upgrade))
    }
}
