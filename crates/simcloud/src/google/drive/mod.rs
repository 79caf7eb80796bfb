//! Drive v3: My Drive of every user, and shared drives
//! (<https://developers.google.com/workspace/drive/api/reference/rest/v3>).
//!
//! [`state`] is what there is, [`feed`] how it changed, [`content`] and [`export`] the bytes, [`resource`] what the API
//! shows of it; the other modules answer methods, or control.

mod access;
mod changes;
mod churn;
pub mod content;
mod control;
pub mod export;
pub mod feed;
pub mod file;
mod files;
mod listing;
mod make;
mod media;
mod office;
mod people;
mod permissions;
pub mod query;
pub mod resource;
mod revisions;
mod sample;
mod shared_drives;
pub mod state;
pub mod store;
mod truth;
mod zip;

use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::directory::Directory;
use super::{Api, Call, GoogleError, Method};
use crate::content::corpus::Corpus;
use crate::options::{Options, QuotaModel};
use crate::sync::{read, write};
use crate::world::World;

pub(crate) use churn::CHURN;
pub(crate) use control::{OPS, edit_while_read};
pub(crate) use truth::TRUTH;

use people::People;
use state::State;
use store::Store;

/// The Drive API.
pub static DRIVE: Api = Api { name: "drive", title: "Google Drive API", host: "drive.googleapis.com" };

const METADATA: &[&str] = &[
    "https://www.googleapis.com/auth/drive",
    "https://www.googleapis.com/auth/drive.readonly",
    "https://www.googleapis.com/auth/drive.metadata",
    "https://www.googleapis.com/auth/drive.metadata.readonly",
];
const CONTENT: &[&str] =
    &["https://www.googleapis.com/auth/drive", "https://www.googleapis.com/auth/drive.readonly"];
const DRIVES: &[&str] =
    &["https://www.googleapis.com/auth/drive", "https://www.googleapis.com/auth/drive.readonly"];

const SUPPORT: [&str; 2] = ["supportsAllDrives", "supportsTeamDrives"];

/// Units of the quotas that hold for projects made since May 2026; before, every query counts one
/// (<https://developers.google.com/workspace/drive/api/guides/limits>).
fn cost(call: &Call, new: u64) -> u64 {
    match call.world.google.quota.model() {
        QuotaModel::New => new,
        QuotaModel::Old => 1,
    }
}

fn read_units(call: &Call) -> u64 {
    if call.query("alt") == Some("media") { cost(call, 200) } else { cost(call, 5) }
}

fn list_units(call: &Call) -> u64 {
    cost(call, 100)
}

fn download_units(call: &Call) -> u64 {
    cost(call, 200)
}

fn other_units(call: &Call) -> u64 {
    cost(call, 5)
}

const fn method(
    id: &'static str,
    path: &'static str,
    query: &'static [&'static str],
    run: fn(&Call) -> Result<super::Answer, GoogleError>,
) -> Method {
    Method { api: &DRIVE, id, http: "GET", path, query, scopes: METADATA, units: other_units, run }
}

const EXPORT_LINK: &[&str] = &["id", "exportFormat", "format", "revision", "resourcekey"];

const fn link(path: &'static str) -> Method {
    Method {
        scopes: CONTENT,
        units: download_units,
        ..method("docs.export", path, EXPORT_LINK, media::export_link)
    }
}

/// What Drive answers.
pub(crate) static METHODS: &[Method] = &[
    method("drive.about.get", "drive/v3/about", &[], files::about),
    method(
        "drive.changes.getStartPageToken",
        "drive/v3/changes/startPageToken",
        &["driveId", "teamDriveId", SUPPORT[0], SUPPORT[1]],
        changes::start_page_token,
    ),
    method(
        "drive.changes.list",
        "drive/v3/changes",
        &[
            "driveId",
            "includeCorpusRemovals",
            "includeItemsFromAllDrives",
            "includeLabels",
            "includePermissionsForView",
            "includeRemoved",
            "includeTeamDriveItems",
            "pageSize",
            "pageToken",
            "restrictToMyDrive",
            "spaces",
            SUPPORT[0],
            SUPPORT[1],
            "teamDriveId",
        ],
        changes::list,
    ),
    Method {
        units: list_units,
        ..method(
            "drive.files.list",
            "drive/v3/files",
            &[
                "corpora",
                "corpus",
                "driveId",
                "includeItemsFromAllDrives",
                "includeLabels",
                "includePermissionsForView",
                "includeTeamDriveItems",
                "orderBy",
                "pageSize",
                "pageToken",
                "q",
                "spaces",
                SUPPORT[0],
                SUPPORT[1],
                "teamDriveId",
            ],
            listing::list,
        )
    },
    Method {
        units: read_units,
        ..method(
            "drive.files.get",
            "drive/v3/files/{fileId}",
            &["acknowledgeAbuse", "includeLabels", "includePermissionsForView", SUPPORT[0], SUPPORT[1]],
            files::get,
        )
    },
    Method {
        units: download_units,
        scopes: CONTENT,
        ..method("drive.files.export", "drive/v3/files/{fileId}/export", &["mimeType"], media::export)
    },
    method(
        "drive.revisions.list",
        "drive/v3/files/{fileId}/revisions",
        &["pageSize", "pageToken"],
        revisions::list,
    ),
    Method {
        units: read_units,
        ..method(
            "drive.revisions.get",
            "drive/v3/files/{fileId}/revisions/{revisionId}",
            &["acknowledgeAbuse"],
            revisions::get,
        )
    },
    method(
        "drive.permissions.list",
        "drive/v3/files/{fileId}/permissions",
        &[
            "includePermissionsForView",
            "pageSize",
            "pageToken",
            SUPPORT[0],
            SUPPORT[1],
            "useDomainAdminAccess",
        ],
        permissions::list,
    ),
    method(
        "drive.permissions.get",
        "drive/v3/files/{fileId}/permissions/{permissionId}",
        &[SUPPORT[0], SUPPORT[1], "useDomainAdminAccess"],
        permissions::get,
    ),
    Method {
        scopes: DRIVES,
        ..method(
            "drive.drives.list",
            "drive/v3/drives",
            &["pageSize", "pageToken", "q", "useDomainAdminAccess"],
            shared_drives::list,
        )
    },
    Method {
        scopes: DRIVES,
        ..method(
            "drive.drives.get",
            "drive/v3/drives/{driveId}",
            &["useDomainAdminAccess"],
            shared_drives::get,
        )
    },
    link("feeds/download/documents/export/Export"),
    link("feeds/download/presentations/Export"),
    link("feeds/download/drawings/Export"),
    link("feeds/download/scripts/Export"),
    link("spreadsheets/export"),
];

/// All drives of a company.
pub struct Drives {
    state: RwLock<State>,
    store: Store,
}

impl Drives {
    /// Fills the drives of the company's users.
    #[must_use]
    pub fn new(options: &Options, directory: &Directory, corpus: &Corpus) -> Self {
        let (state, store) = sample::company(options, directory, corpus);
        Self { state: RwLock::new(state), store }
    }

    /// What there is.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        read(&self.state)
    }

    /// What there is, to change it.
    pub fn write(&self) -> RwLockWriteGuard<'_, State> {
        write(&self.state)
    }

    /// Bytes and checksums.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn people<'w>(&self, world: &'w World) -> People<'w> {
        People::new(&world.google.directory)
    }

    /// Where export links lead: the docs host for those who come through Google's host names, else this server.
    fn docs(&self, call: &Call) -> String {
        let host =
            call.headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
        if super::routes::is_google(host) {
            "https://docs.google.com".to_owned()
        } else {
            call.world.base_url.clone()
        }
    }
}

/// `pageSize`: a larger one counts as the largest.
fn page_size(call: &Call, default: u64, largest: u64) -> Result<usize, GoogleError> {
    let size = call.number("pageSize", 1..=u64::from(u32::MAX), default)?.min(largest);
    Ok(usize::try_from(size).unwrap_or(usize::MAX))
}

/// The position in a list that a page token of ours holds.
fn offset(position: Option<String>) -> Result<usize, GoogleError> {
    let refused = || GoogleError::invalid("Invalid Value").at("parameter", "pageToken");
    position.map_or(Ok(0), |position| position.parse().map_err(|_| refused()))
}
