//! Opening Drive's Items: bytes with their hash, Google's documents as exports.
//! <https://developers.google.com/workspace/drive/api/guides/manage-downloads>

use bytes::Bytes;
use futures::stream::{self, StreamExt};
use holdfast_model::{ContentHash, ItemId, Owner, SkipReason};
use url::Url;

use super::drive::{Drive, access, concerns_the_reader};
use super::drive_export::Export;
use super::drive_fields;
use super::drive_file::{File, Kind};
use crate::contract::{Body, CloudError, Content, ContentTag, ErrorKind, ItemRef, Opened, Reach};
use crate::http::{Access, Answer, Download, Request};

impl Drive {
    /// See [`crate::contract::Cloud::open`].
    pub(super) async fn open(&self, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError> {
        let file = self.file(reach, &item.id, &drive_fields::file_to_read()).await?;
        if !file.belongs_to(reach) {
            let detail = "the backup settings no longer keep it";
            return Err(CloudError::new(ErrorKind::Gone, "notKept", detail));
        }
        if let Some(reason) = file.skip(reach) {
            return Err(skip(reason, None));
        }
        let contents = match file.kind(reach) {
            Kind::Nothing => Vec::new(),
            Kind::Blob => vec![self.blob(reach, &file)],
            Kind::Document(exports) => {
                let content = |export| self.export(reach, &file, export);
                exports.into_iter().map(content).collect::<Result<_, _>>()?
            }
        };
        Ok(Opened {
            tag: file.tag(reach),
            meta: file.meta(reach),
            content_key: file.content_key(reach),
            contents,
        })
    }

    fn blob(&self, reach: &Reach, file: &File) -> Content {
        let transfer = Transfer {
            target: Target::new(self, reach, file),
            size: file.size(),
            hash: file.hash(),
            may_acknowledge: file.may_acknowledge_abuse(),
            acknowledges: false,
            begun: None,
        };
        Content {
            extension: file.extension(),
            size: file.size(),
            modified: file.modified(),
            body: stream::try_unfold(transfer, |mut transfer| async move {
                Ok(transfer.next().await?.map(|chunk| (chunk, transfer)))
            })
            .boxed(),
        }
    }

    fn export(&self, reach: &Reach, file: &File, export: Export) -> Result<Content, CloudError> {
        let link = file.export_link(export.media_type).map(|link| self.link(link)).transpose()?;
        let exporting = Exporting {
            target: Target::new(self, reach, file),
            media_type: export.media_type,
            link,
            answer: None,
        };
        Ok(Content {
            extension: export.extension.to_owned(),
            size: None,
            modified: file.modified(),
            body: stream::try_unfold(exporting, |mut exporting| async move {
                Ok(exporting.next().await?.map(|chunk| (chunk, exporting)))
            })
            .boxed(),
        })
    }

    /// An export link, which gets the token of the user and therefore leads to the docs host or nowhere.
    fn link(&self, link: &str) -> Result<Url, CloudError> {
        let url = Url::parse(link).ok().filter(|url| url.origin() == self.docs().origin());
        url.ok_or_else(|| {
            let detail = "an export link does not lead to the host of Google's documents";
            CloudError::new(ErrorKind::Fatal, "foreignHost", detail)
        })
    }
}

/// What is read, by whom, and in which state.
struct Target {
    drive: Drive,
    reach: Reach,
    id: ItemId,
    tag: ContentTag,
    reader: Option<Access>,
}

impl Target {
    fn new(drive: &Drive, reach: &Reach, file: &File) -> Self {
        Self {
            drive: drive.clone(),
            reach: reach.clone(),
            id: file.id.clone(),
            tag: file.tag(reach),
            reader: None,
        }
    }

    /// As whom it is read from here on.
    async fn choose_reader(&mut self) -> Result<Access, CloudError> {
        let reader = self.reader_now().await?;
        Ok(self.reader.insert(reader).clone())
    }

    async fn reader_now(&self) -> Result<Access, CloudError> {
        match &self.reach.scope.owner {
            Owner::User(_) => Ok(access(&self.reach.address)),
            Owner::Domain(drive) => self.drive.reader(drive).await,
        }
    }

    /// What an error in the middle of a transfer really means.
    async fn explain(&self, error: CloudError) -> CloudError {
        if let Some(reason) = permanent(&error.reason) {
            return skip(reason, Some(error));
        }
        let concerns_state = matches!(error.reason.as_str(), "wrongHash" | "wrongLength" | "wrongRange")
            || matches!(error.status, Some(416 | 404));
        if !concerns_state && !concerns_the_reader(&error) {
            return error;
        }
        // Asks as whoever can read it now; a reader who lost a shared drive is replaced on the way.
        match self.drive.file(&self.reach, &self.id, &drive_fields::file()).await {
            Ok(file) if file.tag(&self.reach) != self.tag => {
                passing("changedWhileRead", "someone edited it while it was read")
            }
            Ok(_) if self.reader.is_some() && self.reader_now().await.ok() != self.reader => {
                passing("readerLost", "the member of the shared drive as whom it was read lost it")
            }
            Ok(_) => error,
            Err(now) => now,
        }
    }
}

/// A blob on its way.
struct Transfer {
    target: Target,
    size: Option<u64>,
    hash: Option<ContentHash>,
    may_acknowledge: bool,
    acknowledges: bool,
    begun: Option<Body>,
}

impl Transfer {
    async fn next(&mut self) -> Result<Option<Bytes>, CloudError> {
        loop {
            let body = match &mut self.begun {
                Some(body) => body,
                None => {
                    let download = self.download().await?;
                    self.begun.insert(self.target.drive.session().download(download))
                }
            };
            let error = match body.next().await {
                None => return Ok(None),
                Some(Ok(chunk)) => return Ok(Some(chunk)),
                Some(Err(error)) => error,
            };
            // Its owner gets even malware, who says to know what it is.
            if error.reason == ABUSIVE && self.may_acknowledge && !self.acknowledges {
                self.acknowledges = true;
                self.begun = None;
                continue;
            }
            return Err(self.target.explain(error).await);
        }
    }

    async fn download(&mut self) -> Result<Download, CloudError> {
        let access = self.target.choose_reader().await?;
        let mut query = vec![("alt", "media"), ("supportsAllDrives", "true")];
        query.extend(self.acknowledges.then_some(("acknowledgeAbuse", "true")));
        let path = ["files", self.target.id.as_str()];
        let request = self
            .target
            .drive
            .get(&access, &path, &query, self.target.drive.prices().download)?
            .uncompressed();
        // Two halves of two states make a whole only where a hash would notice.
        let ranged = self.hash.is_some();
        Ok(Download { request, size: self.size, hash: self.hash.clone(), ranged, locate: None })
    }
}

/// An export on its way. It has no length, no hash and no ranges.
struct Exporting {
    target: Target,
    media_type: &'static str,
    link: Option<Url>,
    answer: Option<Answer>,
}

impl Exporting {
    async fn next(&mut self) -> Result<Option<Bytes>, CloudError> {
        let answer = match &mut self.answer {
            Some(answer) => answer,
            None => match self.begin().await {
                Ok(answer) => self.answer.insert(answer),
                Err(error) => return Err(self.target.explain(error).await),
            },
        };
        answer.chunk().await
    }

    async fn begin(&mut self) -> Result<Answer, CloudError> {
        let access = self.target.choose_reader().await?;
        let Target { drive, id, .. } = &self.target;
        let (path, price) = (["files", id.as_str(), "export"], drive.prices().download);
        let request = drive.get(&access, &path, &[("mimeType", self.media_type)], price)?.uncompressed();
        let answer = match (drive.session().begin(&request).await, &self.link) {
            (Err(error), Some(link)) if error.reason == "exportSizeLimitExceeded" => {
                let request = Request::get(link.clone()).with_access(&access).priced(price);
                drive.session().begin(&request.uncompressed()).await?
            }
            // This kind of document does not go into this format.
            (Err(error), _) if error.status == Some(400) => {
                return Err(skip(SkipReason::NotExportable, Some(error)));
            }
            (answer, _) => answer?,
        };
        if answer.is_html() {
            return Err(passing("notTheExport", "a web page came where an export was expected"));
        }
        Ok(answer)
    }
}

/// Google's word for malware.
const ABUSIVE: &str = "cannotDownloadAbusiveFile";

/// Reasons that do not pass. <https://developers.google.com/workspace/drive/api/guides/handle-errors>
fn permanent(reason: &str) -> Option<SkipReason> {
    match reason {
        ABUSIVE => Some(SkipReason::Abusive),
        "cannotDownloadFile" | "cannotExportFile" | "cannotDownload" => Some(SkipReason::DownloadForbidden),
        "fileNotExportable" | "fileNotDownloadable" => Some(SkipReason::NotExportable),
        // Too large to export, and there is no link.
        "exportSizeLimitExceeded" => Some(SkipReason::TooLarge),
        _ => None,
    }
}

fn skip(reason: SkipReason, said: Option<CloudError>) -> CloudError {
    match said {
        Some(error) => CloudError { kind: ErrorKind::Skip(reason), ..error },
        None => CloudError::new(ErrorKind::Skip(reason), reason.as_str(), reason.sentence()),
    }
}

fn passing(reason: &str, detail: &str) -> CloudError {
    CloudError::new(ErrorKind::Retry { after: None }, reason, detail)
}
