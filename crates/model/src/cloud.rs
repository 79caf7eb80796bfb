//! Which Clouds there are and which Services each has. A new one is a row here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum CloudKind {
    /// Google Workspace.
    Google,
    /// Box.
    Box,
    /// Microsoft 365.
    Microsoft,
}

impl CloudKind {
    /// Every Cloud, in the order of the screens.
    pub const ALL: [Self; 3] = [Self::Google, Self::Box, Self::Microsoft];

    /// The word in paths, in SQL and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Box => "box",
            Self::Microsoft => "microsoft",
        }
    }

    /// The name on the screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Google => "Google Workspace",
            Self::Box => "Box",
            Self::Microsoft => "Microsoft 365",
        }
    }
}

/// One kind of data that is backed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// A Google mailbox.
    Gmail,
    /// A user's My Drive.
    Drive,
    /// A shared drive: a Service of the Domain, stored once.
    SharedDrive,
    /// A user's Google calendars.
    Calendar,
    /// A user's Google contacts.
    Contacts,
    /// A user's Google task lists.
    Tasks,
    /// A user's Box files.
    BoxFiles,
}

impl Service {
    /// Every Service of every Cloud.
    pub const ALL: [Self; 7] = [
        Self::Gmail,
        Self::Drive,
        Self::SharedDrive,
        Self::Calendar,
        Self::Contacts,
        Self::Tasks,
        Self::BoxFiles,
    ];

    /// The word in paths, in SQL and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gmail => "gmail",
            Self::Drive => "drive",
            Self::SharedDrive => "shared_drive",
            Self::Calendar => "calendar",
            Self::Contacts => "contacts",
            Self::Tasks => "tasks",
            Self::BoxFiles => "box_files",
        }
    }

    /// The name on the screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Gmail => "Gmail",
            Self::Drive => "Drive",
            Self::SharedDrive => "Shared drive",
            Self::Calendar => "Calendar",
            Self::Contacts => "Contacts",
            Self::Tasks => "Tasks",
            Self::BoxFiles => "Box files",
        }
    }

    /// The Cloud that has this Service.
    pub const fn cloud(self) -> CloudKind {
        match self {
            Self::Gmail | Self::Drive | Self::SharedDrive | Self::Calendar | Self::Contacts | Self::Tasks => {
                CloudKind::Google
            }
            Self::BoxFiles => CloudKind::Box,
        }
    }

    /// True where an Item is one message, stored by the day it was received.
    pub const fn is_mail(self) -> bool {
        match self {
            Self::Gmail => true,
            Self::Drive
            | Self::SharedDrive
            | Self::Calendar
            | Self::Contacts
            | Self::Tasks
            | Self::BoxFiles => false,
        }
    }

    /// True where the Archive belongs to the Domain instead of a User, and takes no license.
    pub const fn is_of_domain(self) -> bool {
        match self {
            Self::SharedDrive => true,
            Self::Gmail | Self::Drive | Self::Calendar | Self::Contacts | Self::Tasks | Self::BoxFiles => {
                false
            }
        }
    }
}

/// The word names no Cloud or Service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} '{word}'")]
pub struct UnknownWord {
    what: &'static str,
    word: String,
}

macro_rules! words {
    ($type:ty, $what:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl FromStr for $type {
            type Err = UnknownWord;
            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL
                    .into_iter()
                    .find(|known| known.as_str() == word)
                    .ok_or_else(|| UnknownWord { what: $what, word: word.to_owned() })
            }
        }
    };
}
words!(CloudKind, "cloud");
words!(Service, "service");
