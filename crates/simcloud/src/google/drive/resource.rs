//! Files, permissions, revisions and shared drives as the API shows them to one user
//! (<https://developers.google.com/workspace/drive/api/reference/rest/v3/files>).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::content::mix_text;
use super::export::Editor;
use super::file::{File, Grantee, Id, Kind, Revision, Role, SharedDrive};
use super::people::People;
use super::state::State;
use super::store::Store;
use crate::clock::rfc3339;
use crate::google::Fields;

/// What an application sees of a file when it names no `fields`.
pub const FILE_DEFAULT: &str = "kind,id,name,mimeType,driveId,teamDriveId,resourceKey";

/// Everything that the view of a file depends on.
pub struct View<'v> {
    /// The drives.
    pub state: &'v State,
    /// Names and addresses.
    pub people: &'v People<'v>,
    /// Bytes and checksums.
    pub store: &'v Store,
    /// Who looks.
    pub user: &'v str,
    /// The address of the docs host, for export links.
    pub docs: &'v str,
}

/// Collects the members that are wanted.
struct Members<'f> {
    fields: &'f Fields,
    found: Map<String, Value>,
}

impl Members<'_> {
    fn add(&mut self, name: &str, value: impl FnOnce() -> Value) {
        if self.fields.wants(name) {
            self.found.insert(name.to_owned(), value());
        }
    }

    fn maybe(&mut self, name: &str, value: impl FnOnce() -> Option<Value>) {
        if self.fields.wants(name)
            && let Some(value) = value()
        {
            self.found.insert(name.to_owned(), value);
        }
    }
}

impl View<'_> {
    /// A file; members that are not wanted are not worked out.
    #[must_use]
    pub fn file(&self, file: &File, fields: &Fields) -> Value {
        let role = self.state.role(self.user, file).unwrap_or(Role::Reader);
        let mut members = Members { fields, found: Map::new() };
        self.identity(file, &mut members);
        self.times(file, &mut members);
        self.content(file, role, &mut members);
        self.ownership(file, role, &mut members);
        Value::Object(members.found)
    }

    fn identity(&self, file: &File, members: &mut Members<'_>) {
        members.add("kind", || json!("drive#file"));
        members.add("id", || json!(*file.id));
        members.add("name", || json!(file.name));
        members.add("mimeType", || json!(file.mime));
        members.maybe("description", || file.description.as_ref().map(|text| json!(text)));
        members.add("starred", || {
            json!(file.is_starred && file.home.owner().is_some_and(|id| **id == *self.user))
        });
        members.add("trashed", || json!(self.state.is_trashed(file)));
        members.add("explicitlyTrashed", || json!(file.trashed_ms.is_some()));
        members.add("spaces", || json!(["drive"]));
        members.add("version", || json!(file.version.to_string()));
        members.add("isAppAuthorized", || json!(true));
        members.add("viewedByMe", || json!(false));
        members.add("hasThumbnail", || json!(false));
        members.add("thumbnailVersion", || json!("0"));
        members.add("iconLink", || {
            json!(format!("https://drive-thirdparty.googleusercontent.com/16/type/{}", file.mime))
        });
        members.add("webViewLink", || {
            json!(format!("https://drive.google.com/file/d/{}/view?usp=drivesdk", file.id))
        });
        members.maybe("parents", || {
            let parent = self.state.file(file.parent.as_ref()?)?;
            let is_visible = file.home.drive().is_some() || self.state.is_listed_for(self.user, parent);
            is_visible.then(|| json!([*parent.id]))
        });
        members.maybe("shortcutDetails", || match &file.kind {
            Kind::Shortcut(target) => {
                let mime = self.state.file(target).map(|target| target.mime.clone());
                let mut details = json!({"targetId": **target});
                details["targetMimeType"] =
                    json!(mime.unwrap_or_else(|| "application/octet-stream".to_owned()));
                Some(details)
            }
            _ => None,
        });
        members.maybe("folderColorRgb", || file.is_folder().then(|| json!("#8f8f8f")));
        for name in ["driveId", "teamDriveId"] {
            members.maybe(name, || file.home.drive().map(|id| json!(**id)));
        }
    }

    fn times(&self, file: &File, members: &mut Members<'_>) {
        members.add("createdTime", || json!(rfc3339(file.created_ms)));
        members.add("modifiedTime", || json!(rfc3339(file.modified_ms)));
        members.maybe("trashedTime", || file.trashed_ms.map(|at| json!(rfc3339(at))));
        members.maybe("sharedWithMeTime", || {
            file.share_with(self.user).map(|share| json!(rfc3339(share.at_ms)))
        });
        members.add("modifiedByMe", || json!(file.home.owner().is_some_and(|id| **id == *self.user)));
        members.maybe("modifiedByMeTime", || {
            file.home.owner().filter(|id| ***id == *self.user).map(|_| json!(rfc3339(file.modified_ms)))
        });
    }

    fn content(&self, file: &File, role: Role, members: &mut Members<'_>) {
        let head = file.head();
        members.maybe("size", || head.map(|revision| json!(revision.content.size().to_string())));
        members
            .add("quotaBytesUsed", || json!(head.map_or(0, |revision| revision.content.size()).to_string()));
        members.maybe("exportLinks", || match file.kind {
            Kind::Editor(editor) if !editor.formats().is_empty() && self.may_download(file, role) => {
                Some(self.export_links(editor, &file.id, None))
            }
            _ => None,
        });
        if file.kind != Kind::Blob {
            return;
        }
        let Some(head) = head else { return };
        members.add("headRevisionId", || json!(head.id));
        members.add("originalFilename", || json!(file.name));
        let extension = || file.name.rsplit_once('.').map_or("", |(_, extension)| extension).to_owned();
        members.add("fileExtension", || json!(extension()));
        members.add("fullFileExtension", || json!(extension()));
        members.add("webContentLink", || {
            json!(format!("https://drive.google.com/uc?id={}&export=download", file.id))
        });
        // A checksum costs a pass over the content: only where one is asked for.
        if ["md5Checksum", "sha1Checksum", "sha256Checksum"].iter().any(|name| members.fields.wants(name))
            && let Ok(hashes) = self.store.hashes(&head.content)
        {
            members.add("md5Checksum", || json!(hashes.md5));
            members.add("sha1Checksum", || json!(hashes.sha1));
            members.add("sha256Checksum", || json!(hashes.sha256));
        }
    }

    fn ownership(&self, file: &File, role: Role, members: &mut Members<'_>) {
        let is_mine = file.home.owner().is_some_and(|id| **id == *self.user);
        members.maybe("owners", || file.home.owner().map(|id| json!([self.people.user(id, self.user)])));
        members.maybe("ownedByMe", || file.home.owner().map(|_| json!(is_mine)));
        let last = file.home.owner().cloned().or_else(|| self.manager_of(file));
        members.maybe("lastModifyingUser", || last.as_ref().map(|id| self.people.user(id, self.user)));
        members.maybe("sharingUser", || {
            file.share_with(self.user)?;
            file.home.owner().map(|id| self.people.user(id, self.user))
        });
        members.add("shared", || {
            json!(file.home.drive().is_some() || self.state.lineage(file).any(|f| !f.shares.is_empty()))
        });
        members.add("writersCanShare", || json!(true));
        members.add("copyRequiresWriterPermission", || json!(file.is_locked_for_readers));
        members.add("viewersCanCopyContent", || json!(!file.is_locked_for_readers));
        members.add("inheritedPermissionsDisabled", || json!(false));
        members.add("capabilities", || self.file_capabilities(file, role));
        members
            .maybe("hasAugmentedPermissions", || file.home.drive().map(|_| json!(!file.shares.is_empty())));
        let is_given = role >= Role::Writer && file.home.owner().is_some();
        members.maybe("permissions", || is_given.then(|| json!(self.permissions(file))));
        members.maybe("permissionIds", || {
            let ids = || self.permissions(file).iter().map(|p| p["id"].clone()).collect::<Vec<_>>();
            (role >= Role::Writer).then(|| json!(ids()))
        });
    }

    fn manager_of(&self, file: &File) -> Option<Id> {
        let drive = self.state.drives.get(file.home.drive()?)?;
        drive.members.iter().max_by_key(|(_, role)| *role).map(|(id, _)| id.clone())
    }

    /// Whether this role is enough to read the content.
    #[must_use]
    pub fn may_download(&self, file: &File, role: Role) -> bool {
        !file.is_locked_for_readers || role >= Role::Writer
    }

    fn file_capabilities(&self, file: &File, role: Role) -> Value {
        let (writes, owns) = (role >= Role::Writer, role >= Role::FileOrganizer);
        let downloads = self.may_download(file, role) && !file.is_folder();
        json!({
            "canAddChildren": file.is_folder() && writes,
            "canComment": role >= Role::Commenter,
            "canCopy": downloads,
            "canDelete": owns && file.parent.is_some(),
            "canDownload": downloads,
            "canEdit": writes,
            "canListChildren": file.is_folder(),
            "canModifyContent": writes,
            "canReadRevisions": writes && !file.revisions.is_empty(),
            "canRename": writes,
            "canShare": writes,
            "canTrash": owns && file.parent.is_some(),
            "canUntrash": owns,
        })
    }

    /// Links under which each format of a Docs editors file, of any size, can be had.
    #[must_use]
    pub fn export_links(&self, editor: Editor, id: &str, revision: Option<&str>) -> Value {
        let links = editor.formats().iter().map(|format| {
            let mut link = format!("{}{}?id={id}", self.docs, editor.link_path());
            if let Some(revision) = revision {
                link.push_str(&format!("&revision={revision}"));
            }
            link.push_str(&format!("&exportFormat={}", format.short));
            (format.mime.to_owned(), Value::String(link))
        });
        Value::Object(links.collect())
    }

    /// All permissions on a file, given on it or inherited from folders and the shared drive.
    #[must_use]
    pub fn permissions(&self, file: &File) -> Vec<Value> {
        if let Some(drive) = file.home.drive().and_then(|id| self.state.drives.get(id)) {
            return self.drive_permissions(file, drive);
        }
        let mut all: Vec<Value> = file
            .home
            .owner()
            .map(|id| self.permission(&Grantee::User(id.clone()), Role::Owner))
            .into_iter()
            .collect();
        for (grantee, role) in self.granted(file) {
            all.push(self.permission(&grantee, role));
        }
        all
    }

    fn granted(&self, file: &File) -> Vec<(Grantee, Role)> {
        let mut granted: Vec<(Grantee, Role)> = Vec::new();
        for share in self.state.lineage(file).flat_map(|file| &file.shares) {
            match granted.iter_mut().find(|(with, _)| *with == share.with) {
                Some((_, role)) => *role = (*role).max(share.role),
                None => granted.push((share.with.clone(), share.role)),
            }
        }
        granted
    }

    fn drive_permissions(&self, file: &File, drive: &SharedDrive) -> Vec<Value> {
        let mut all = BTreeMap::new();
        for (member, role) in &drive.members {
            let mut permission = self.permission(&Grantee::User(member.clone()), *role);
            let is_top = file.parent.is_none();
            let mut detail = json!({"permissionType": "member", "role": role.name(), "inherited": !is_top});
            if !is_top {
                detail["inheritedFrom"] = json!(*drive.id);
            }
            permission["permissionDetails"] = json!([detail]);
            all.insert(member.clone(), permission);
        }
        let mut found: Vec<Value> = Vec::new();
        for (grantee, role) in self.granted(file) {
            let detail = json!({"permissionType": "file", "role": role.name(), "inherited": false});
            match &grantee {
                Grantee::User(id) if all.contains_key(id) => {}
                _ => {
                    let mut permission = self.permission(&grantee, role);
                    permission["permissionDetails"] = json!([detail]);
                    found.push(permission);
                }
            }
        }
        all.into_values().chain(found).collect()
    }

    fn permission(&self, grantee: &Grantee, role: Role) -> Value {
        let mut permission = json!({"kind": "drive#permission", "role": role.name()});
        match grantee {
            Grantee::User(id) => {
                permission["id"] = json!(permission_id(id));
                permission["type"] = json!("user");
                permission["deleted"] = json!(!self.people.is_known(id));
                permission["pendingOwner"] = json!(false);
                if let Some(person) = self.people.person(id) {
                    permission["emailAddress"] = json!(person.address);
                    permission["displayName"] = json!(person.name);
                }
            }
            Grantee::Domain => {
                permission["id"] = json!(format!("{}k", permission_id(self.people.domain())));
                permission["type"] = json!("domain");
                permission["domain"] = json!(self.people.domain());
                permission["displayName"] = json!(self.people.domain());
                permission["allowFileDiscovery"] = json!(false);
            }
            Grantee::Anyone => {
                permission["id"] = json!("anyoneWithLink");
                permission["type"] = json!("anyone");
                permission["allowFileDiscovery"] = json!(false);
            }
        }
        permission
    }

    /// One revision.
    #[must_use]
    pub fn revision(&self, file: &File, revision: &Revision, fields: &Fields) -> Value {
        let mut members = Members { fields, found: Map::new() };
        members.add("kind", || json!("drive#revision"));
        members.add("id", || json!(revision.id));
        members.add("mimeType", || json!(file.mime));
        members.add("modifiedTime", || json!(rfc3339(revision.modified_ms)));
        members.add("published", || json!(false));
        let last = file.home.owner().cloned().or_else(|| self.manager_of(file));
        members.maybe("lastModifyingUser", || last.map(|id| self.people.user(&id, self.user)));
        match file.kind {
            Kind::Editor(editor) => {
                members.add("exportLinks", || self.export_links(editor, &file.id, Some(&revision.id)));
            }
            _ => {
                members.add("keepForever", || json!(false));
                members.add("originalFilename", || json!(file.name));
                members.add("size", || json!(revision.content.size().to_string()));
                members.maybe("md5Checksum", || {
                    self.store.hashes(&revision.content).ok().map(|hashes| json!(hashes.md5))
                });
            }
        }
        Value::Object(members.found)
    }

    /// One shared drive, as `role` sees it; an admin of the domain sees it with none.
    #[must_use]
    pub fn drive(&self, drive: &SharedDrive, role: Option<Role>) -> Value {
        let manages = role == Some(Role::Organizer);
        let writes = role.is_some_and(|role| role >= Role::Writer);
        let reads = role.is_some();
        json!({
            "kind": "drive#drive",
            "id": *drive.id,
            "name": drive.name,
            "colorRgb": "#0f9d58",
            "createdTime": rfc3339(drive.created_ms),
            "hidden": false,
            "capabilities": {
                "canAddChildren": writes,
                "canComment": role.is_some_and(|role| role >= Role::Commenter),
                "canCopy": reads,
                "canDeleteChildren": manages,
                "canDeleteDrive": manages,
                "canDownload": reads,
                "canEdit": writes,
                "canListChildren": reads,
                "canManageMembers": manages,
                "canReadRevisions": writes,
                "canRename": writes,
                "canRenameDrive": manages,
                "canShare": writes,
                "canTrashChildren": role.is_some_and(|role| role >= Role::FileOrganizer),
            },
            "restrictions": {
                "adminManagedRestrictions": false,
                "copyRequiresWriterPermission": false,
                "domainUsersOnly": false,
                "driveMembersOnly": false,
            },
        })
    }
}

/// A user's id in permissions: twenty digits that are not the user's id.
#[must_use]
pub fn permission_id(id: &str) -> String {
    format!("{:020}", mix_text(0x0064_7269_7665, id))
}
