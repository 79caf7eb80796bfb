//! Which file or shared drive a call means, and whether its caller may see it.

use super::file::{File, Role, SharedDrive};
use super::state::State;
use crate::google::{Call, GoogleError};

/// 404, as Drive words it (<https://developers.google.com/workspace/drive/api/guides/handle-errors>).
pub(super) fn file_not_found(id: &str) -> GoogleError {
    GoogleError::new(404, "notFound", format!("File not found: {id}.")).at("parameter", "fileId")
}

pub(super) fn drive_not_found(id: &str) -> GoogleError {
    GoogleError::new(404, "notFound", format!("Shared drive not found: {id}")).at("parameter", "driveId")
}

/// 403 for what a role does not allow.
pub(super) fn not_permitted() -> GoogleError {
    GoogleError::new(
        403,
        "insufficientFilePermissions",
        "The user does not have sufficient permissions for this file.",
    )
}

/// Whether the application says that it knows shared drives; `supportsTeamDrives` is the old name.
pub(super) fn supports_all_drives(call: &Call) -> Result<bool, GoogleError> {
    Ok(call.flag("supportsAllDrives")? || call.flag("supportsTeamDrives")?)
}

/// Whether items of shared drives are wanted in a listing, which only such an application may ask.
pub(super) fn includes_all_drives(call: &Call) -> Result<bool, GoogleError> {
    let includes = call.flag("includeItemsFromAllDrives")? || call.flag("includeTeamDriveItems")?;
    if includes && !supports_all_drives(call)? {
        return Err(GoogleError::new(
            400,
            "invalid",
            "The includeItemsFromAllDrives parameter requires supportsAllDrives to be true.",
        )
        .at("parameter", "includeItemsFromAllDrives"));
    }
    Ok(includes)
}

/// The file that `fileId` names, with the caller's role; `root` is the caller's My Drive. Files in shared drives do not
/// exist for applications that do not support them.
pub(super) fn file<'s>(call: &Call, state: &'s State) -> Result<(&'s File, Role), GoogleError> {
    let id = call.path("fileId");
    let user = call.user()?;
    let (file, role) = file_of(state, user, id)?;
    let needs_support = call.method.query.contains(&"supportsAllDrives");
    if needs_support && file.home.drive().is_some() && !supports_all_drives(call)? {
        return Err(file_not_found(id));
    }
    Ok((file, role))
}

/// The file with this id, with the role that `user` has on it.
pub(super) fn file_of<'s>(state: &'s State, user: &str, id: &str) -> Result<(&'s File, Role), GoogleError> {
    let actual = if id == "root" { state.root_of(user).map_or(id, |id| id) } else { id };
    let file = state.file(actual).ok_or_else(|| file_not_found(id))?;
    let role = state.role(user, file).ok_or_else(|| file_not_found(id))?;
    Ok((file, role))
}

/// The shared drive that the caller names with `driveId`, if any, and is a member of.
pub(super) fn member_drive<'s>(
    call: &Call,
    state: &'s State,
) -> Result<Option<&'s SharedDrive>, GoogleError> {
    let Some(id) = call.query("driveId").or_else(|| call.query("teamDriveId")) else { return Ok(None) };
    let drive = state.drives.get(id).ok_or_else(|| drive_not_found(id))?;
    drive.role_of(call.user()?).ok_or_else(|| drive_not_found(id))?;
    Ok(Some(drive))
}

/// The caller's id, checked to be an admin of the domain where `useDomainAdminAccess` asks for that.
pub(super) fn as_admin(call: &Call) -> Result<bool, GoogleError> {
    if !call.flag("useDomainAdminAccess")? {
        return Ok(false);
    }
    let user = call.user()?;
    if call.world.google.directory.read().user(user).is_some_and(|user| user.is_admin) {
        return Ok(true);
    }
    Err(GoogleError::forbidden("The user does not have administrator privileges on the domain."))
}

/// Whether `spaces` names Drive itself; the application's own data folder is always empty here.
pub(super) fn wants_drive_space(call: &Call) -> bool {
    call.query("spaces").is_none_or(|spaces| spaces.split(',').any(|space| space.trim() == "drive"))
}
