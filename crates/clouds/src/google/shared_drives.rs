//! Shared drives: which there are, and as whom each is read.
//!
//! An admin sees every shared drive of the domain but reads none; its members do. A drive is therefore read as the
//! member with the highest role whose account works, found by trying, kept in memory, and chosen again when it no
//! longer does.
//! <https://developers.google.com/workspace/drive/api/guides/manage-shareddrives#manage-administrators>

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use holdfast_model::{DriveId, Owner, Scope, Service};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::drive::{Drive, access, concerns_the_reader};
use super::drive_fields;
use crate::contract::{CloudError, Document, DomainScope, ErrorKind};
use crate::http::{Access, Pages};

/// Roles by what they may do; who may do most sees most (permissions, abusive files).
/// <https://developers.google.com/workspace/drive/api/guides/ref-roles>
const ROLES: [&str; 5] = ["organizer", "fileOrganizer", "writer", "commenter", "reader"];

/// What is known of the Domain's shared drives.
pub(super) struct SharedDrives {
    admin: Access,
    readers: Mutex<HashMap<DriveId, Access>>,
}

impl SharedDrives {
    pub(super) fn new(admin: Access) -> Self {
        Self { admin, readers: Mutex::default() }
    }

    fn remembered(&self, drive: &DriveId) -> Option<Access> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).get(drive).cloned()
    }

    fn remember(&self, drive: &DriveId, reader: &Access) {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).insert(drive.clone(), reader.clone());
    }

    /// Forgets this reader, unless another one was chosen meanwhile.
    fn forget(&self, drive: &DriveId, reader: &Access) {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.get(drive) == Some(reader) {
            readers.remove(drive);
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DriveList {
    /// Present in every answer of this kind, so that another document is not taken for an empty list.
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(default)]
    drives: Vec<NamedDrive>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct NamedDrive {
    id: DriveId,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PermissionList {
    #[serde(default)]
    permissions: Vec<Value>,
    next_page_token: Option<String>,
}

impl Drive {
    /// Every shared drive of the domain.
    pub(super) async fn domain_scopes(&self) -> Result<Vec<DomainScope>, CloudError> {
        let (mut found, mut pages, mut token) = (Vec::new(), Pages::new(), None::<String>);
        loop {
            let mut query =
                vec![("useDomainAdminAccess", "true"), ("pageSize", "100"), ("fields", drive_fields::DRIVES)];
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page: DriveList =
                self.json(&self.shared().admin, &["drives"], &query, self.prices().file).await?;
            found.extend(page.drives.into_iter().map(|drive| DomainScope {
                scope: Scope { owner: Owner::Domain(drive.id), service: Service::SharedDrive },
                name: drive.name,
            }));
            token = pages.next(page.next_page_token)?;
            if token.is_none() {
                // A drive that is made meanwhile may come twice.
                found.sort_by(|a, b| a.scope.cmp(&b.scope));
                found.dedup_by(|a, b| a.scope == b.scope);
                return Ok(found);
            }
        }
    }

    /// Every permission of a file, or of a shared drive as the admin sees it, by id.
    pub(super) async fn permissions(
        &self,
        access: &Access,
        id: &str,
        as_admin: bool,
    ) -> Result<Vec<Value>, CloudError> {
        let fields = format!("nextPageToken,permissions({})", drive_fields::PERMISSION);
        let (mut found, mut pages, mut token) = (Vec::new(), Pages::new(), None::<String>);
        loop {
            let mut query =
                vec![("supportsAllDrives", "true"), ("pageSize", "100"), ("fields", fields.as_str())];
            query.extend(as_admin.then_some(("useDomainAdminAccess", "true")));
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page: PermissionList =
                self.json(access, &["files", id, "permissions"], &query, self.prices().file).await?;
            found.extend(page.permissions);
            token = pages.next(page.next_page_token)?;
            if token.is_none() {
                found.sort_by_key(|permission| text(permission, "id").to_owned());
                return Ok(found);
            }
        }
    }

    /// Someone who can read the drive now.
    pub(super) async fn reader(&self, drive: &DriveId) -> Result<Access, CloudError> {
        if let Some(reader) = self.shared().remembered(drive) {
            return Ok(reader);
        }
        let members = match self.permissions(&self.shared().admin, drive.as_str(), true).await {
            Err(error) if error.status == Some(404) => {
                let detail = format!("there is no shared drive {drive} any more");
                return Err(CloudError { detail, ..error });
            }
            members => members?,
        };
        let mut refusals = Vec::new();
        for address in candidates(&members) {
            let reader = access(address);
            match self.see(drive, &reader).await {
                Ok(()) => {
                    self.shared().remember(drive, &reader);
                    return Ok(reader);
                }
                Err(error) if concerns_the_reader(&error) => refusals.push(error.reason),
                Err(error) => return Err(error),
            }
        }
        refusals.dedup();
        let tried =
            if refusals.is_empty() { "it has no user as a member".to_owned() } else { refusals.join(", ") };
        let detail = format!(
            "none of the members of the shared drive {drive} can be used to read it ({tried}). In the Google \
             Admin console (Apps, Google Workspace, Drive and Docs, Manage shared drives) make an active user of \
             the company its manager"
        );
        Err(CloudError::new(ErrorKind::Forbidden, "noReader", detail))
    }

    /// Whether an error means that the reader lost the drive, rather than that something is wrong with one file. If so
    /// the reader is forgotten.
    pub(super) async fn is_lost(
        &self,
        drive: &DriveId,
        reader: &Access,
        error: &CloudError,
    ) -> Result<bool, CloudError> {
        if !concerns_the_reader(error) {
            return Ok(false);
        }
        match self.see(drive, reader).await {
            Ok(()) => Ok(false),
            Err(error) if concerns_the_reader(&error) => {
                tracing::info!(%drive, reason = error.reason, "the reader of a shared drive lost it");
                self.shared().forget(drive, reader);
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    /// Succeeds where this user sees the drive as a member.
    async fn see(&self, drive: &DriveId, reader: &Access) -> Result<(), CloudError> {
        let path = ["drives", drive.as_str()];
        self.json::<Map<String, Value>>(reader, &path, &[("fields", "id")], self.prices().file)
            .await
            .map(|_| ())
    }

    /// The drive's own settings, and its members.
    pub(super) async fn shared_documents(&self, drive: &DriveId) -> Result<Vec<Document>, CloudError> {
        let query = [("useDomainAdminAccess", "true"), ("fields", drive_fields::DRIVE)];
        let admin = &self.shared().admin;
        let own: Value = self.json(admin, &["drives", drive.as_str()], &query, self.prices().file).await?;
        let members = self.permissions(admin, drive.as_str(), true).await?;
        Ok(vec![Document { name: "drive", json: own }, Document { name: "members", json: json!(members) }])
    }
}

/// Addresses to try, those who may do most first.
fn candidates(members: &[Value]) -> Vec<&str> {
    let rank = |member: &Value| ROLES.iter().position(|role| *role == text(member, "role"));
    let usable = |member: &&Value| {
        text(member, "type") == "user"
            && member.get("deleted") != Some(&Value::Bool(true))
            && text(member, "emailAddress").contains('@')
    };
    let mut users: Vec<_> = members
        .iter()
        .filter(usable)
        .filter_map(|member| Some((rank(member)?, text(member, "emailAddress"))))
        .collect();
    users.sort_unstable();
    users.into_iter().map(|(_, address)| address).collect()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managers_are_tried_first_and_outsiders_without_an_address_never() {
        let member = |role: &str, kind: &str, address: &str, deleted: bool| json!({ "role": role, "type": kind, "emailAddress": address, "deleted": deleted });
        let members = [
            member("reader", "user", "r@x.test", false),
            member("organizer", "user", "gone@x.test", true),
            member("organizer", "group", "all@x.test", false),
            member("fileOrganizer", "user", "f@x.test", false),
            member("organizer", "user", "b@x.test", false),
            member("organizer", "user", "a@x.test", false),
            member("publishedReader", "user", "p@x.test", false),
            member("organizer", "user", "", false),
        ];
        assert_eq!(candidates(&members), ["a@x.test", "b@x.test", "f@x.test", "r@x.test"]);
    }
}
