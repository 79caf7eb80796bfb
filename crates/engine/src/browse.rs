//! Looks into Archives: the Items of one as they were.

use std::collections::HashMap;

use holdfast_catalog::{Archive, ArchiveFilter, Tx, archives, connections, users};
use holdfast_model::{ItemId, Owner, Service, Timestamp};
use holdfast_vault::SnapshotView;
use serde::{Deserialize, Serialize};

use crate::backup::layout::ItemLine;
use crate::contents::for_each_folder;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::restore::snapshot_at;
use crate::restore_places::is_cloud_folder;

/// One Item in a listing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedItem {
    /// The provider's id.
    pub id: ItemId,
    /// Its name; a mail has none and shows when it was received.
    pub name: String,
    /// True where it holds other Items.
    pub is_folder: bool,
    /// Bytes kept.
    pub size: u64,
    /// When it was received or last changed.
    pub time: Option<Timestamp>,
    /// Label ids.
    pub labels: Vec<String>,
    /// Why its content is not kept.
    pub skip: Option<String>,
}

impl Engine {
    /// The Items of an Archive at a point in time. `path` is a folder by its names in the Cloud, or `YYYY[/MM[/DD]]` for
    /// mail; empty for the top.
    pub async fn list_items(
        &self,
        whose: &str,
        service: Service,
        path: &[String],
        at: Option<Timestamp>,
    ) -> Result<Vec<ListedItem>> {
        let listed = self.look_into(whose, service, path, at).await;
        self.audit_view(&format!("{whose}/{service}"), &listed).await;
        listed
    }

    async fn look_into(
        &self,
        whose: &str,
        service: Service,
        path: &[String],
        at: Option<Timestamp>,
    ) -> Result<Vec<ListedItem>> {
        let (whose, path) = (whose.to_owned(), path.to_vec());
        let vault = self.vault().await?;
        let (archive, snapshot) = self
            .read(move |tx| {
                let archive = find_archive(tx, &whose, service)?;
                let missing = || EngineError::NotFound { what: "snapshot of", name: whose.clone() };
                let snapshot = snapshot_at(tx, &archive, at)?.ok_or_else(missing)?;
                Ok((archive, snapshot))
            })
            .await?;
        blocking(move || {
            let id = snapshot.id.parse().map_err(|_| EngineError::Defect("a snapshot's id".to_owned()))?;
            let view = vault.tree(id)?;
            if service.is_mail() {
                list_mail(&view, &archive, &path)
            } else {
                list_files(&view, &archive, &path)
            }
        })
        .await
    }
}

pub(crate) fn owner_is(tx: &Tx<'_>, archive: &Archive, whose: &str) -> Result<bool> {
    Ok(match &archive.scope.owner {
        Owner::User(user) => {
            user.as_str() == whose
                || users::by_address(tx, archive.connection, whose)?
                    .is_some_and(|named| named.user.id == *user)
        }
        Owner::Domain(drive) => drive.as_str() == whose || archive.name.eq_ignore_ascii_case(whose),
    })
}

fn find_archive(tx: &Tx<'_>, whose: &str, service: Service) -> Result<Archive> {
    for known in connections::list(tx)? {
        let filter =
            ArchiveFilter { connection: Some(known.id), service: Some(service), ..ArchiveFilter::default() };
        for archive in archives::list(tx, &filter)? {
            if owner_is(tx, &archive, whose)? {
                return Ok(archive);
            }
        }
    }
    Err(EngineError::NotFound { what: "archive", name: format!("{whose}/{service}") })
}

fn list_mail(view: &SnapshotView, archive: &Archive, path: &[String]) -> Result<Vec<ListedItem>> {
    let prefix = path.join("/");
    let mut listed = Vec::new();
    for_each_folder(view, &archive.folder, |folder| {
        let is_inside = prefix.is_empty()
            || folder.relative == prefix
            || folder.relative.strip_prefix(&prefix).is_some_and(|rest| rest.starts_with('/'));
        if is_inside {
            listed.extend(folder.lines.into_iter().map(|line| {
                let name = line.meta.created.map_or_else(|| "undated".to_owned(), |at| at.to_string());
                entry(line, name)
            }));
        }
        Ok(())
    })?;
    listed.sort_by_key(|item| std::cmp::Reverse(item.time));
    Ok(listed)
}

fn list_files(view: &SnapshotView, archive: &Archive, path: &[String]) -> Result<Vec<ListedItem>> {
    let mut lines = Vec::new();
    for_each_folder(view, &archive.folder, |folder| {
        lines.extend(folder.lines);
        Ok(())
    })?;
    let folders: HashMap<String, String> = lines
        .iter()
        .filter(|line| is_cloud_folder(line))
        .map(|line| (line.id.0.clone(), line.meta.name.clone().unwrap_or_default()))
        .collect();
    // At the top are Items whose parent is not among them: the root folder itself is no Item.
    let parent_of =
        |line: &ItemLine| line.meta.parents.first().filter(|parent| folders.contains_key(*parent)).cloned();
    let mut here: Option<String> = None;
    for name in path {
        let next = lines.iter().find(|line| {
            is_cloud_folder(line) && parent_of(line) == here && line.meta.name.as_deref() == Some(name)
        });
        let next = next.ok_or_else(|| EngineError::NotFound { what: "folder", name: path.join("/") })?;
        here = Some(next.id.0.clone());
    }
    let mut listed: Vec<ListedItem> = lines
        .into_iter()
        .filter(|line| {
            line.meta.parents.first().filter(|parent| folders.contains_key(*parent)).cloned() == here
        })
        .map(|line| {
            let name = line.meta.name.clone().unwrap_or_else(|| line.id.0.clone());
            entry(line, name)
        })
        .collect();
    listed.sort_by(|one, other| (!one.is_folder, &one.name).cmp(&(!other.is_folder, &other.name)));
    Ok(listed)
}

fn entry(line: ItemLine, name: String) -> ListedItem {
    ListedItem {
        is_folder: is_cloud_folder(&line),
        name,
        size: line.files.iter().map(|file| file.size).sum(),
        time: line.meta.modified.or(line.meta.created),
        labels: line.meta.labels,
        skip: line.skip.map(|reason| reason.sentence().to_owned()),
        id: line.id,
    }
}
