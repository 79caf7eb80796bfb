//! What is kept: Archives and what is in them.

use std::fmt;
use std::io::Write;
use std::str::FromStr;

use holdfast_engine::catalog::{Archive, ArchiveFilter, Tx, archives, connections, users};
use holdfast_engine::{EngineError, ItemDetails, ListedItem};
use holdfast_model::{ItemId, Owner, Service, Timestamp};

use crate::error::Result;
use crate::views::{ArchiveView, EntryKind, EntryView};
use crate::{App, UserError};

/// What is typed to name something kept: `USER`, `USER/SERVICE` or `USER/SERVICE/REST`. A shared drive stands for a
/// user: `Marketing/shared_drive/Plan.docx`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPath {
    /// A user's address or a shared drive's name.
    pub whose: String,
    /// The Service, where named.
    pub service: Option<Service>,
    /// What is below it, where named.
    pub rest: Option<String>,
}

impl FromStr for KeptPath {
    type Err = UserError;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || UserError::of("input.item", format!("'{text}' names nothing that is kept"));
        let parts: Vec<&str> = text.split('/').collect();
        // A shared drive's name may hold slashes: the first word that is a Service ends it.
        let service = parts.iter().enumerate().skip(1).find_map(|(at, part)| {
            part.to_lowercase().replace('-', "_").parse::<Service>().ok().map(|service| (at, service))
        });
        let (whose, service, rest) = match service {
            Some((at, service)) => {
                let rest = parts[at + 1..].join("/");
                let rest = rest.trim_matches('/');
                (parts[..at].join("/"), Some(service), (!rest.is_empty()).then(|| rest.to_owned()))
            }
            None => (text.trim_end_matches('/').to_owned(), None, None),
        };
        // An address with something behind it that is no Service is a slip, not a name.
        let is_slip = service.is_none() && whose.split_once('/').is_some_and(|(user, _)| user.contains('@'));
        if whose.is_empty() || is_slip {
            return Err(wrong());
        }
        Ok(Self { whose, service, rest })
    }
}

impl KeptPath {
    /// The names below the Service.
    fn names(&self) -> Vec<String> {
        let rest = self.rest.as_deref().unwrap_or_default();
        rest.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

impl fmt::Display for KeptPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whose)?;
        if let Some(service) = self.service {
            write!(f, "/{service}")?;
        }
        self.rest.as_ref().map_or(Ok(()), |rest| write!(f, "/{rest}"))
    }
}

impl App {
    /// What a place of an Archive holds; for mail all below it.
    pub async fn list(&self, path: &KeptPath, at: Option<Timestamp>) -> Result<Vec<EntryView>> {
        let Some(service) = path.service else { return self.list_services(path).await };
        let names = path.names();
        let listed = self.engine.list_items(&path.whose, service, &names, at).await?;
        Ok(listed.into_iter().map(|item| entry(path, item)).collect())
    }

    async fn list_services(&self, path: &KeptPath) -> Result<Vec<EntryView>> {
        let whose = path.whose.clone();
        let archives = self.archives(None).await?;
        let mine: Vec<_> =
            archives.into_iter().filter(|one| one.owner.eq_ignore_ascii_case(&whose)).collect();
        if mine.is_empty() {
            return Err(EngineError::NotFound { what: "backup of", name: whose }.into());
        }
        let folder = |one: ArchiveView| EntryView {
            kind: EntryKind::Folder,
            name: one.service.as_str().to_owned(),
            path: one.path,
            id: None,
            size: Some(one.bytes),
            time: one.last_complete_at,
            labels: Vec::new(),
            skip: None,
        };
        Ok(mine.into_iter().map(folder).collect())
    }

    /// Writes an Item's content, byte for byte; how many bytes that were. The Item is named by its path or its id.
    pub async fn cat(
        &self,
        path: &KeptPath,
        at: Option<Timestamp>,
        out: impl Write + Send + 'static,
    ) -> Result<u64> {
        let (whose, item) = self.meant(path, at).await?;
        Ok(self.engine.read_item(whose, &item, at, out).await?)
    }

    /// All that is kept of an Item beside its content. A folder is an Item, too.
    pub async fn details(&self, path: &KeptPath, at: Option<Timestamp>) -> Result<ItemDetails> {
        let (whose, item) = self.meant(path, at).await?;
        Ok(self.engine.item_details(whose, &item, at).await?)
    }

    async fn meant<'p>(
        &self,
        path: &'p KeptPath,
        at: Option<Timestamp>,
    ) -> Result<(Option<&'p str>, ItemId)> {
        Ok(match path.service {
            // One word alone is an Item's id.
            None => (None, ItemId(path.whose.clone())),
            Some(_) => (Some(path.whose.as_str()), self.item(path, at).await?),
        })
    }

    /// The Item that a path names: by the names of its folders, or by its id. A folder where no other Item has that name.
    async fn item(&self, path: &KeptPath, at: Option<Timestamp>) -> Result<ItemId> {
        let (mut names, Some(service)) = (path.names(), path.service) else { return Err(no_item(path)) };
        let Some(last) = names.pop() else { return Err(no_item(path)) };
        if service.is_mail() {
            return Ok(ItemId(last));
        }
        match self.engine.list_items(&path.whose, service, &names, at).await {
            Ok(listed) => {
                let named = listed.into_iter().filter(|item| item.name == last);
                match named.min_by_key(|item| item.is_folder) {
                    Some(item) => Ok(item.id),
                    None if names.is_empty() => Ok(ItemId(last)),
                    None => Err(no_item(path)),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Every Item that a path means: the Item itself, or all in a folder and below it. Empty for a whole Archive.
    pub(super) async fn items(&self, path: &KeptPath, at: Option<Timestamp>) -> Result<Vec<ItemId>> {
        let (names, Some(service)) = (path.names(), path.service) else { return Ok(Vec::new()) };
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut items = Vec::new();
        let mut folders = vec![names];
        let mut is_top = true;
        while let Some(names) = folders.pop() {
            match self.engine.list_items(&path.whose, service, &names, at).await {
                Ok(listed) => {
                    for item in listed {
                        if item.is_folder {
                            folders.push(names.iter().cloned().chain([item.name]).collect());
                        }
                        items.push(item.id);
                    }
                }
                Err(EngineError::NotFound { what: "folder", .. }) if is_top => {
                    return Ok(vec![self.item(path, at).await?]);
                }
                Err(error) => return Err(error.into()),
            }
            if is_top && items.is_empty() {
                return Ok(vec![self.item(path, at).await?]);
            }
            is_top = false;
        }
        Ok(items)
    }

    /// The Archives that hold something or have been tried, by owner.
    pub async fn archives(&self, text: Option<String>) -> Result<Vec<ArchiveView>> {
        let read = self.engine.read(move |tx| {
            let text = text.map(|text| text.to_lowercase());
            let mut views = Vec::new();
            for archive in archives::list(tx, &ArchiveFilter::default())? {
                if archive.items == 0 && archive.last_result.is_none() {
                    continue;
                }
                let view = archive_view(tx, archive)?;
                if text.as_ref().is_none_or(|text| view.owner.to_lowercase().contains(text)) {
                    views.push(view);
                }
            }
            Ok(views)
        });
        Ok(read.await?)
    }
}

fn no_item(path: &KeptPath) -> UserError {
    EngineError::NotFound { what: "item", name: path.to_string() }.into()
}

fn entry(path: &KeptPath, item: ListedItem) -> EntryView {
    // A mail has no name; its id is what it is found by.
    let last = if path.service.is_some_and(Service::is_mail) { item.id.as_str() } else { &item.name };
    let below = KeptPath {
        rest: Some(path.rest.as_ref().map_or_else(|| last.to_owned(), |rest| format!("{rest}/{last}"))),
        ..path.clone()
    };
    EntryView {
        kind: if item.is_folder { EntryKind::Folder } else { EntryKind::Item },
        path: below.to_string(),
        name: item.name,
        id: Some(item.id.0),
        size: (!item.is_folder).then_some(item.size),
        time: item.time,
        labels: item.labels,
        skip: item.skip,
    }
}

fn archive_view(tx: &Tx<'_>, archive: Archive) -> std::result::Result<ArchiveView, EngineError> {
    let domain =
        connections::get(tx, archive.connection)?.map_or_else(String::new, |known| known.tenant_name);
    let user = match &archive.scope.owner {
        Owner::User(user) => users::by_id(tx, archive.connection, user)?,
        Owner::Domain(_) => None,
    };
    let owner = user.as_ref().map_or_else(|| archive.name.clone(), |known| known.user.address.clone());
    Ok(ArchiveView {
        id: archive.id,
        path: format!("{owner}/{}", archive.scope.service),
        owner,
        domain,
        service: archive.scope.service,
        account: user.map(|known| known.user.account.as_str().to_owned()),
        items: archive.items,
        bytes: archive.bytes,
        skipped: archive.skipped,
        expected: archive.expected_count,
        last_result: archive.last_result,
        last_complete_at: archive.last_complete_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_things_are_named_by_owner_service_and_path() {
        let rows = [
            ("a@x.com", "a@x.com", None, None),
            ("a@x.com/", "a@x.com", None, None),
            ("a@x.com/gmail", "a@x.com", Some(Service::Gmail), None),
            ("a@x.com/Drive/Plans/2024.docx", "a@x.com", Some(Service::Drive), Some("Plans/2024.docx")),
            ("a@x.com/drive/drive/x", "a@x.com", Some(Service::Drive), Some("drive/x")),
            ("R/D/shared-drive/x", "R/D", Some(Service::SharedDrive), Some("x")),
            ("drive", "drive", None, None),
        ];
        for (text, whose, service, rest) in rows {
            let path: KeptPath = text.parse().unwrap();
            assert_eq!(
                (path.whose.as_str(), path.service, path.rest.as_deref()),
                (whose, service, rest),
                "{text}"
            );
            assert_eq!(path.to_string().parse::<KeptPath>().unwrap(), path);
        }
        for text in ["", "/", "a@x.com/gmial", "a@x.com/gmial/x"] {
            assert_eq!(text.parse::<KeptPath>().unwrap_err().code, "input.item", "{text}");
        }
    }
}
