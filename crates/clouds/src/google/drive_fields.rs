//! What is asked of each Drive resource, exactly: nothing that changes without anybody changing the file (thumbnails,
//! view times, versions), so that metadata moves only when it should.
//! <https://developers.google.com/workspace/drive/api/guides/fields-parameter>

/// A person, as owners, sharers and last editors are told.
const PERSON: &str = "displayName,emailAddress,permissionId";

/// One permission.
pub(super) const PERMISSION: &str = "id,type,role,emailAddress,domain,displayName,allowFileDiscovery,expirationTime,\
    deleted,pendingOwner,view,permissionDetails,inheritedPermissionsDisabled";

/// A file as it is kept.
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files#File>
pub(super) fn file() -> String {
    format!(
        "id,name,mimeType,parents,description,starred,trashed,explicitlyTrashed,trashedTime,createdTime,modifiedTime,\
         sharedWithMeTime,size,md5Checksum,sha1Checksum,sha256Checksum,headRevisionId,originalFilename,ownedByMe,\
         driveId,webViewLink,resourceKey,folderColorRgb,writersCanShare,copyRequiresWriterPermission,\
         inheritedPermissionsDisabled,hasAugmentedPermissions,shortcutDetails,properties,contentRestrictions,\
         downloadRestrictions,clientEncryptionDetails,linkShareMetadata,capabilities/canDownload,permissionIds,\
         owners({PERSON}),sharingUser({PERSON}),lastModifyingUser({PERSON}),permissions({PERMISSION})"
    )
}

/// A file that is about to be read: the export links lead to exports of any size.
pub(super) fn file_to_read() -> String {
    format!("{},exportLinks", file())
}

/// A page of a listing.
pub(super) fn list() -> String {
    format!("kind,nextPageToken,incompleteSearch,files({})", file())
}

/// A page of a listing that is only counted through.
pub(super) const LIST_IDS: &str = "kind,nextPageToken,incompleteSearch,files(id)";

/// A page of the change feed.
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/changes>
pub(super) fn changes() -> String {
    format!("kind,nextPageToken,newStartPageToken,changes(changeType,removed,fileId,file({}))", file())
}

/// A shared drive as it is kept.
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/drives#Drive>
pub(super) const DRIVE: &str = "id,name,createdTime,hidden,colorRgb,themeId,orgUnitId,restrictions";

/// A page of shared drives.
pub(super) const DRIVES: &str = "kind,nextPageToken,drives(id,name)";
