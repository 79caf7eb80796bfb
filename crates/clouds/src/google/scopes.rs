//! The read-only scopes, and which of them a request needs.

/// The Directory: users, groups with members, org units, the customer.
pub(super) const DIRECTORY: [&str; 4] = [
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.orgunit.readonly",
    "https://www.googleapis.com/auth/admin.directory.customer.readonly",
];
/// Mail.
pub(super) const GMAIL: &str = "https://www.googleapis.com/auth/gmail.readonly";
/// Files.
pub(super) const DRIVE: &str = "https://www.googleapis.com/auth/drive.readonly";

/// Calendars and their events.
pub(super) const CALENDAR: &str = "https://www.googleapis.com/auth/calendar.readonly";
/// Contacts and their groups.
pub(super) const CONTACTS: &str = "https://www.googleapis.com/auth/contacts.readonly";
/// Task lists.
pub(super) const TASKS: &str = "https://www.googleapis.com/auth/tasks.readonly";
/// All of a user's data.
const DATA: [&str; 5] = [GMAIL, DRIVE, CALENDAR, CONTACTS, TASKS];

/// Every scope that a backup needs, in the order in which they are shown.
pub fn all() -> Vec<&'static str> {
    DIRECTORY.into_iter().chain(DATA).collect()
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    Directory,
    Mail,
    Files,
    Calendar,
    Contacts,
    Tasks,
}

impl Audience {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Mail => "mail",
            Self::Files => "files",
            Self::Calendar => "calendar",
            Self::Contacts => "contacts",
            Self::Tasks => "tasks",
        }
    }

    pub(super) fn of(word: &str) -> Self {
        match word {
            "mail" => Self::Mail,
            "files" => Self::Files,
            "calendar" => Self::Calendar,
            "contacts" => Self::Contacts,
            "tasks" => Self::Tasks,
            _ => Self::Directory,
        }
    }

    /// One token serves all of a user's data.
    pub(super) const fn is_shared(self) -> bool {
        !matches!(self, Self::Directory)
    }

    pub(super) const fn shared_word(self) -> &'static str {
        if self.is_shared() { "data" } else { self.word() }
    }

    pub(super) fn scopes(self) -> String {
        match self {
            Self::Directory => DIRECTORY.join(" "),
            Self::Mail => GMAIL.to_owned(),
            Self::Files => DRIVE.to_owned(),
            Self::Calendar => CALENDAR.to_owned(),
            Self::Contacts => CONTACTS.to_owned(),
            Self::Tasks => TASKS.to_owned(),
        }
    }

    pub(super) fn shared_scopes(self) -> String {
        if self.is_shared() { DATA.join(" ") } else { self.scopes() }
    }
}
