//! The change feed of a drive, and its full listing.
//!
//! A full listing runs twice: newest first with all metadata, then once more by ids in the order that does not shift
//! while people work. What only the second one tells (a page got lost, a deletion moved the pages) is asked for
//! singly. Drive gives no count, so this is how a listing is known to be whole.
//! <https://developers.google.com/workspace/drive/api/guides/manage-changes>

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use futures::stream::{self, StreamExt, TryStreamExt};
use holdfast_model::{DriveDocuments, ItemId, Owner};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::drive::Drive;
use super::drive_fields;
use super::drive_file::File;
use crate::contract::{Change, CloudError, Cursor, ErrorKind, Listing, Reach};
use crate::http::{Access, Pages};

/// Begins every cursor, so that one of another kind is recognised.
const CURSOR: &str = "drive/1/";
/// Single files that are asked for at once.
const AT_ONCE: usize = 8;
/// Single files that are asked for before what they are is told.
const PER_STEP: usize = 100;

#[derive(Deserialize)]
struct StartPageToken {
    #[serde(rename = "startPageToken")]
    token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileList {
    /// Present in every answer of this kind, so that another document is not taken for an empty page.
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(default)]
    files: Vec<Map<String, Value>>,
    next_page_token: Option<String>,
    #[serde(default)]
    incomplete_search: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangeList {
    #[serde(default)]
    changes: Vec<Told>,
    next_page_token: Option<String>,
    new_start_page_token: Option<String>,
}

/// One entry of the feed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    change_type: Option<String>,
    #[serde(default)]
    removed: bool,
    file_id: Option<String>,
    file: Option<Map<String, Value>>,
}

/// Where a feed is.
enum Step {
    Start,
    List(Box<Walk>),
    /// The second listing, with the ids that the first did not tell.
    Count(Box<Walk>, Vec<ItemId>),
    /// Items that only the second listing told.
    Fill(Cursor, Vec<ItemId>),
    Changes {
        token: String,
        pages: Pages,
    },
    End,
}

/// A listing on its way.
struct Walk {
    cursor: Cursor,
    token: Option<String>,
    pages: Pages,
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl Walk {
    fn see(&mut self, id: &str) -> bool {
        self.seen.insert(self.hasher.hash_one(id))
    }
}

type Next = (Vec<Change>, Step);

impl Drive {
    /// See [`crate::contract::Cloud::changes`].
    pub(super) fn changes<'a>(&'a self, reach: &'a Reach, cursor: Option<&'a Cursor>) -> Listing<'a, Change> {
        let steps = stream::try_unfold(Step::Start, move |step| async move {
            Ok(match step {
                Step::Start => Some(self.start(reach, cursor).await?),
                Step::List(walk) => Some(self.list(reach, walk).await?),
                Step::Count(walk, missing) => Some(self.count(reach, walk, missing).await?),
                Step::Fill(cursor, missing) => Some(self.fill(reach, cursor, missing).await?),
                Step::Changes { token, pages } => Some(self.follow(reach, token, pages).await?),
                Step::End => None,
            })
        });
        steps.map_ok(|told: Vec<Change>| stream::iter(told.into_iter().map(Ok))).try_flatten().boxed()
    }

    async fn start(&self, reach: &Reach, cursor: Option<&Cursor>) -> Result<Next, CloudError> {
        if let Some(token) = cursor.and_then(|cursor| cursor.0.strip_prefix(CURSOR)) {
            match self.follow(reach, token.to_owned(), Pages::new()).await {
                // "The page token doesn't expire", but one may be refused, and then there is no other way.
                Err(CloudError { status: Some(400 | 410), reason, .. }) => {
                    tracing::info!(reason, "a drive's cursor is dead");
                }
                next => return next,
            }
        }
        let token = self.start_token(reach).await?;
        let walk = Walk {
            cursor: Cursor(format!("{CURSOR}{token}")),
            token: None,
            pages: Pages::new(),
            seen: HashSet::new(),
            hasher: RandomState::new(),
        };
        let reset = cursor.map(|_| Change::Reset);
        Ok((reset.into_iter().collect(), Step::List(Box::new(walk))))
    }

    async fn start_token(&self, reach: &Reach) -> Result<String, CloudError> {
        let told: StartPageToken = self
            .as_reader(reach, |access| async move {
                let mut query = vec![("supportsAllDrives", "true"), ("fields", "startPageToken")];
                query.extend(drive_id(reach));
                self.json(&access, &["changes", "startPageToken"], &query, self.prices().file).await
            })
            .await?;
        Ok(told.token)
    }

    async fn list(&self, reach: &Reach, mut walk: Box<Walk>) -> Result<Next, CloudError> {
        let fields = drive_fields::list();
        let page = self.page(reach, &walk, &[("orderBy", "modifiedTime desc"), ("fields", &fields)]).await?;
        let files = page.files.into_iter().map(File::from_json).collect::<Result<Vec<_>, _>>()?;
        for file in &files {
            walk.see(file.id.as_str());
        }
        let told = self.upserts(reach, files).await?;
        walk.token = walk.pages.next(page.next_page_token)?;
        if walk.token.is_some() {
            return Ok((told, Step::List(walk)));
        }
        walk.pages = Pages::new();
        Ok((told, Step::Count(walk, Vec::new())))
    }

    async fn count(
        &self,
        reach: &Reach,
        mut walk: Box<Walk>,
        mut missing: Vec<ItemId>,
    ) -> Result<Next, CloudError> {
        let page = self.page(reach, &walk, &[("fields", drive_fields::LIST_IDS)]).await?;
        for file in page.files {
            let id = file.get("id").and_then(Value::as_str).unwrap_or_default();
            if !id.is_empty() && walk.see(id) {
                missing.push(ItemId::from(id));
            }
        }
        walk.token = walk.pages.next(page.next_page_token)?;
        if walk.token.is_some() {
            return Ok((Vec::new(), Step::Count(walk, missing)));
        }
        if !missing.is_empty() {
            tracing::warn!(missing = missing.len(), "a drive's listing was not whole; the rest is asked for");
        }
        Ok((Vec::new(), Step::Fill(walk.cursor, missing)))
    }

    async fn fill(
        &self,
        reach: &Reach,
        cursor: Cursor,
        mut missing: Vec<ItemId>,
    ) -> Result<Next, CloudError> {
        if missing.is_empty() {
            return Ok((vec![Change::Checkpoint(cursor)], Step::End));
        }
        let rest = missing.split_off(missing.len().min(PER_STEP));
        let asked = missing.into_iter().map(|id| async move {
            match self.file(reach, &id, &drive_fields::file()).await {
                Ok(file) => Ok(file.upsert(reach).map(Change::Upsert)),
                Err(CloudError { kind: ErrorKind::Gone, .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        let told: Vec<Option<Change>> = stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
        Ok((told.into_iter().flatten().collect(), Step::Fill(cursor, rest)))
    }

    async fn page(&self, reach: &Reach, walk: &Walk, more: &[(&str, &str)]) -> Result<FileList, CloudError> {
        let terms = terms(reach);
        let token = walk.token.as_deref();
        let page: Result<FileList, _> = self
            .as_reader(reach, |access| {
                let mut query =
                    vec![("supportsAllDrives", "true"), ("spaces", "drive"), ("pageSize", "1000")];
                query.extend_from_slice(more);
                match drive_id(reach) {
                    Some(drive) => {
                        query.extend([drive, ("corpora", "drive"), ("includeItemsFromAllDrives", "true")]);
                    }
                    None => query.push(("corpora", "user")),
                }
                query.extend((!terms.is_empty()).then_some(("q", terms.as_str())));
                query.extend(token.map(|token| ("pageToken", token)));
                async move { self.json(&access, &["files"], &query, self.prices().files).await }
            })
            .await;
        match page {
            Ok(page) if page.incomplete_search => {
                let detail = "Drive says that it did not search everything";
                Err(CloudError::new(ErrorKind::Retry { after: None }, "incompleteSearch", detail))
            }
            // "If the token is rejected for any reason, it should be discarded, and pagination should be restarted":
            // a new listing does.
            Err(error) if error.status == Some(400) && token.is_some() => {
                Err(CloudError { kind: ErrorKind::Retry { after: None }, ..error })
            }
            page => page,
        }
    }

    async fn follow(&self, reach: &Reach, token: String, mut pages: Pages) -> Result<Next, CloudError> {
        let fields = drive_fields::changes();
        let (fields, token) = (fields.as_str(), token.as_str());
        let page: ChangeList = self
            .as_reader(reach, |access| async move {
                let shared = drive_id(reach);
                let includes = if shared.is_some() { "true" } else { "false" };
                let mut query = vec![
                    ("supportsAllDrives", "true"),
                    ("spaces", "drive"),
                    ("pageSize", "1000"),
                    ("includeRemoved", "true"),
                    ("includeItemsFromAllDrives", includes),
                    ("fields", fields),
                    ("pageToken", token),
                ];
                query.extend(shared);
                self.json(&access, &["changes"], &query, self.prices().files).await
            })
            .await?;
        let mut told = self.told(reach, page.changes).await?;
        if let Some(token) = pages.next(page.next_page_token)? {
            return Ok((told, Step::Changes { token, pages }));
        }
        // "Present only if the end of the current changes list has been reached": without it this is not the end.
        let Some(token) = page.new_start_page_token.filter(|token| !token.is_empty()) else {
            let detail = "a page of changes has neither a next page nor a new start";
            return Err(CloudError::new(ErrorKind::Fatal, "unexpectedShape", detail));
        };
        told.push(Change::Checkpoint(Cursor(format!("{CURSOR}{token}"))));
        Ok((told, Step::End))
    }

    /// What entries of the feed mean for the Archive. An entry tells the file as it is now.
    async fn told(&self, reach: &Reach, entries: Vec<Told>) -> Result<Vec<Change>, CloudError> {
        let mut told = Vec::with_capacity(entries.len());
        let mut files = Vec::new();
        for entry in entries {
            // Changes of the drive itself are no Items.
            if entry.change_type.as_deref().is_some_and(|kind| kind != "file") {
                continue;
            }
            match (entry.file.filter(|_| !entry.removed).map(File::from_json).transpose()?, entry.file_id) {
                (Some(file), _) if file.belongs_to(reach) => files.push(file),
                (Some(file), _) => told.push(Change::Removed(file.id)),
                (None, Some(id)) => told.push(Change::Removed(ItemId(id))),
                (None, None) => {
                    let detail = "a change came that names no file";
                    return Err(CloudError::new(ErrorKind::Fatal, "unexpectedShape", detail));
                }
            }
        }
        told.extend(self.upserts(reach, files).await?);
        Ok(told)
    }

    async fn upserts(&self, reach: &Reach, files: Vec<File>) -> Result<Vec<Change>, CloudError> {
        let files: Vec<File> = if files.iter().any(File::lacks_permissions) {
            let complete = |access: Access| {
                let files = files.clone();
                async move {
                    let asked = files.into_iter().map(|file| self.complete(&access, file));
                    stream::iter(asked).buffered(AT_ONCE).try_collect().await
                }
            };
            self.as_reader(reach, complete).await?
        } else {
            files
        };
        Ok(files.iter().filter_map(|file| file.upsert(reach)).map(Change::Upsert).collect())
    }
}

fn drive_id(reach: &Reach) -> Option<(&'static str, &str)> {
    match &reach.scope.owner {
        Owner::Domain(drive) => Some(("driveId", drive.as_str())),
        Owner::User(_) => None,
    }
}

/// The search that lists what the Archive keeps.
/// <https://developers.google.com/workspace/drive/api/guides/ref-search-terms>
fn terms(reach: &Reach) -> String {
    let own =
        matches!(reach.scope.owner, Owner::User(_)) && reach.policy.drive_documents == DriveDocuments::Own;
    let mut terms = Vec::new();
    terms.extend(own.then_some("'me' in owners"));
    terms.extend((!reach.policy.drive_trash).then_some("trashed = false"));
    terms.join(" and ")
}
