//! Opening Items: a file's bytes from the second host, in exactly the version that was asked for.
//! <https://developer.box.com/guides/downloads/file>

use std::sync::Arc;

use holdfast_model::{ContentHash, Timestamp, UserId};
use url::Url;

use super::file::{Entry, Kind};
use super::files::{Files, naming, owner};
use super::{scopes, versions};
use crate::contract::{CloudError, Content, ErrorKind, ItemRef, Opened, Reach};
use crate::http::StatusCode;
use crate::http::header::{LOCATION, RETRY_AFTER};
use crate::http::{Answer, Download, Locate, Request};

/// See [`crate::contract::Cloud::open`].
///
/// A change feed tells all that reading needs, so that most files cost one call: the one for the link. It names the
/// version, whose bytes never change.
pub(super) async fn open(files: &Files, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError> {
    let user = owner(reach)?;
    if let Some((file, version)) = versions::split(&item.id) {
        return versions::open(files, reach, user, (file, version), item.meta.as_ref()).await;
    }
    if let Some(told) = item.meta.as_ref().and_then(|meta| Entry::from_meta(&item.id, meta))
        && told.kind == Kind::File
    {
        match opened(files, reach, user, &told).await {
            // That version went, or the whole file did: what is there now?
            Err(error) if error.kind == ErrorKind::Gone => {}
            opened => return opened,
        }
    }
    let (kind, id) = Kind::split(&item.id);
    let now = files.item(user, kind, id).await?;
    if !now.belongs_to(reach, user) {
        return Err(CloudError::new(ErrorKind::Gone, "notKept", "the backup settings no longer keep it"));
    }
    let now = files.complete(user, now).await?;
    opened(files, reach, user, &now).await
}

async fn opened(files: &Files, reach: &Reach, user: &UserId, entry: &Entry) -> Result<Opened, CloudError> {
    if let Some(reason) = entry.skip(reach) {
        return Err(CloudError::new(ErrorKind::Skip(reason), "skipped", reason.sentence()));
    }
    let contents = match entry.kind {
        Kind::File => vec![content(files, user, Blob::of(entry)).await?],
        Kind::Folder | Kind::WebLink => Vec::new(),
    };
    Ok(Opened { tag: entry.tag(), meta: entry.meta(), content_key: entry.content_key(), contents })
}

/// Bytes that can be downloaded: a file's in one of its versions.
pub(super) struct Blob {
    pub(super) file: String,
    /// The current one where it is not said.
    pub(super) version: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) hash: Option<ContentHash>,
    pub(super) extension: String,
    pub(super) modified: Option<Timestamp>,
}

impl Blob {
    fn of(entry: &Entry) -> Self {
        Self {
            file: entry.id.clone(),
            version: entry.version().map(str::to_owned),
            size: entry.size(),
            hash: entry.hash(),
            extension: entry.extension(),
            modified: entry.modified(),
        }
    }
}

pub(super) async fn content(files: &Files, user: &UserId, blob: Blob) -> Result<Content, CloudError> {
    let Blob { file, version, size, hash, extension, modified } = blob;
    let link = link(files, user, &file, version.as_deref()).await?;
    let locate: Locate = {
        let (files, user, id) = (files.clone(), user.clone(), file);
        Arc::new(move || {
            let (files, user, id, version) = (files.clone(), user.clone(), id.clone(), version.clone());
            Box::pin(async move { Ok(at(self::link(&files, &user, &id, version.as_deref()).await?)) })
        })
    };
    let download = Download {
        request: at(link),
        size,
        // Two halves of two states make a whole only where a hash would notice.
        ranged: hash.is_some(),
        hash,
        locate: Some(locate),
    };
    Ok(Content { extension, size, modified, body: files.session().download(download) })
}

/// A link is its own permission: no token goes with it. Where it is dead, a new one is asked for.
fn at(link: Url) -> Request {
    Request::get(link).uncompressed().reading(&[401, 403, 404, 410])
}

/// Where the bytes are now. A file that is not ready (202) is waited for as long as Box says.
async fn link(files: &Files, user: &UserId, id: &str, version: Option<&str>) -> Result<Url, CloudError> {
    let query: Vec<(&str, &str)> = version.map(|version| ("version", version)).into_iter().collect();
    let request = files.get(Some(user), &["files", id, "content"], &query)?.reading(&[302]);
    let read = files.session().read(&request, |answer: Answer| std::future::ready(location(files, &answer)));
    read.await.map_err(|error| naming(error, scopes::READ))
}

fn location(files: &Files, answer: &Answer) -> Result<Url, CloudError> {
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    match answer.status() {
        StatusCode::FOUND => {
            let link = header(LOCATION).and_then(|link| Url::parse(link).ok());
            link.filter(|link| files.is_content(link)).ok_or_else(|| {
                let detail = "a link to content does not lead to a host that Box's content comes from";
                CloudError::new(ErrorKind::Fatal, "foreignHost", detail)
            })
        }
        StatusCode::ACCEPTED => {
            let after = header(RETRY_AFTER).and_then(|text| text.parse().ok());
            let after = after.map(std::time::Duration::from_secs);
            let detail = "Box has not made the file ready yet";
            Err(CloudError::new(ErrorKind::Retry { after }, "notReady", detail))
        }
        status => {
            let detail = format!("a link to content was asked for, and {status} came");
            Err(CloudError::new(ErrorKind::Fatal, "unexpectedShape", detail))
        }
    }
}
