//! Google's published quotas, and what each request costs. The only place with these numbers.
//!
//! Google changed its model on 1 May 2026: a project that used an API between November 2025 and April 2026 keeps
//! the old limits, any other has the new ones.

use crate::http::{Price, Quota, QuotaModel};

static GMAIL_NEW: Quota = Quota {
    name: "gmail",
    user: Some(6_000),
    tenant: Some(1_200_000),
    // Google names no number; batches above 50 "are likely to trigger rate limiting".
    // https://developers.google.com/workspace/gmail/api/guides/handle-errors
    concurrent: Some(40),
    source: "https://developers.google.com/workspace/gmail/api/reference/quota",
};
static GMAIL_OLD: Quota = Quota {
    name: "gmail",
    user: Some(15_000),
    tenant: Some(1_200_000),
    concurrent: Some(40),
    source: "https://developers.google.com/gmail/api/v1/reference/quota",
};
static DRIVE_NEW: Quota = Quota {
    name: "drive",
    user: Some(325_000),
    tenant: Some(1_000_000),
    concurrent: None,
    source: "https://developers.google.com/workspace/drive/api/guides/limits",
};
static DRIVE_OLD: Quota = Quota {
    name: "drive",
    user: Some(12_000),
    tenant: Some(12_000),
    concurrent: None,
    source: "https://developers.google.com/drive/api/guides/limits",
};
static DIRECTORY: Quota = Quota {
    name: "directory",
    user: Some(2_400),
    tenant: None,
    concurrent: None,
    source: "https://developers.google.com/workspace/admin/directory/v1/limits",
};

static CALENDAR: Quota = Quota {
    name: "calendar",
    user: Some(600),
    tenant: Some(10_000),
    concurrent: None,
    source: "https://developers.google.com/workspace/calendar/api/guides/quota",
};
/// The numbers stand in the Cloud console only; "the first page of a full sync request has an additional quota".
static PEOPLE: Quota = Quota {
    name: "people",
    user: None,
    tenant: None,
    concurrent: None,
    source: "https://developers.google.com/people/api/rest/v1/people.connections/list",
};
/// Nothing by the minute is published.
static TASKS: Quota = Quota {
    name: "tasks",
    user: None,
    tenant: None,
    concurrent: None,
    source: "https://developers.google.com/workspace/tasks/limits",
};

/// What each kind of request costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices {
    /// `users.getProfile`.
    pub(super) profile: Price,
    /// `history.list`.
    pub(super) history: Price,
    /// `labels.list`, `labels.get`.
    pub(super) labels: Price,
    /// `messages.list`.
    pub(super) messages: Price,
    /// `messages.get` with `format=raw`.
    pub(super) raw_message: Price,
    /// `drafts.list`.
    pub(super) drafts: Price,
    /// Any read of one thing in Drive.
    pub(super) file: Price,
    /// Any listing in Drive: files, changes, revisions.
    pub(super) files: Price,
    /// Content or an export from Drive.
    pub(super) download: Price,
    /// Any request to the Directory.
    pub(super) directory: Price,
    /// Any request to Calendar.
    pub(super) calendar: Price,
    /// Any request to People.
    pub(super) people: Price,
    /// Any request to Tasks.
    pub(super) tasks: Price,
}

impl Prices {
    /// The prices of a model.
    pub(super) const fn of(model: QuotaModel) -> Self {
        const fn of(quota: &'static Quota, units: u32) -> Price {
            Price { quota, units }
        }
        let directory = of(&DIRECTORY, 1);
        let (calendar, people, tasks) = (of(&CALENDAR, 1), of(&PEOPLE, 1), of(&TASKS, 1));
        match model {
            QuotaModel::New | QuotaModel::Off => Self {
                profile: of(&GMAIL_NEW, 1),
                history: of(&GMAIL_NEW, 2),
                labels: of(&GMAIL_NEW, 1),
                messages: of(&GMAIL_NEW, 5),
                raw_message: of(&GMAIL_NEW, 60),
                drafts: of(&GMAIL_NEW, 5),
                file: of(&DRIVE_NEW, 5),
                files: of(&DRIVE_NEW, 100),
                download: of(&DRIVE_NEW, 200),
                directory,
                calendar,
                people,
                tasks,
            },
            QuotaModel::Old => Self {
                profile: of(&GMAIL_OLD, 1),
                history: of(&GMAIL_OLD, 2),
                labels: of(&GMAIL_OLD, 1),
                messages: of(&GMAIL_OLD, 5),
                raw_message: of(&GMAIL_OLD, 5),
                drafts: of(&GMAIL_OLD, 5),
                file: of(&DRIVE_OLD, 1),
                files: of(&DRIVE_OLD, 1),
                download: of(&DRIVE_OLD, 1),
                directory,
                calendar,
                people,
                tasks,
            },
        }
    }
}
