//! Hands the contents of one Item to the writer as they arrive, within the budget of memory that all Runs share.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use holdfast_catalog::StagedFile;
use holdfast_clouds::contract::{Body, CloudError, Content};
use holdfast_model::BlobId;

use super::budget::{EACH, Share};
use super::limits::{For, Waited};
use super::run::Run;
use crate::error::{EngineError, Result};

/// A mail up to this size is cut at its MIME parts in memory; larger ones are chunked as they stream.
const MAIL_IN_MEMORY: usize = 16 << 20;

/// A content on its way from the Cloud.
struct Arriving<'a> {
    body: Body,
    waited: &'a Waited,
    begun: &'a AtomicBool,
}

impl Arriving<'_> {
    async fn next(&mut self) -> std::result::Result<Option<Bytes>, CloudError> {
        let chunk = self.waited.during(For::Network, self.body.next()).await.transpose()?;
        self.begun.store(true, Ordering::Release);
        Ok(chunk)
    }
}

/// What was collected of a mail.
enum Collected {
    Whole(Bytes),
    /// Its beginning: it is too large for memory.
    Start(Bytes),
}

impl Run {
    /// Streams one content into the Repository. `begun` is set when its first bytes are there.
    pub(super) async fn store(
        &self,
        content: Content,
        begun: &AtomicBool,
    ) -> Result<std::result::Result<StagedFile, CloudError>> {
        let closed = || EngineError::Defect("the budget of memory is closed".to_owned());
        let mut share = self.budget.share().await.ok_or_else(closed)?;
        let Content { extension, size, modified, body } = content;
        let mut arriving = Arriving { body, waited: &self.waited, begun };
        let writer = self.keeper.writer();
        let mut start = None;
        if self.reach.scope.service.is_mail() {
            match self.collect(&mut arriving, size, &mut share).await {
                Err(error) => return Ok(Err(error)),
                Ok(Collected::Start(bytes)) => start = Some(bytes),
                Ok(Collected::Whole(mail)) => {
                    let stored = self.waited.during(For::Disk, writer.store_mail(mail)).await?;
                    return Ok(Ok(staged(stored, extension, modified)));
                }
            }
        }
        let mut sink = writer.sink();
        if let Some(start) = start {
            self.waited.during(For::Disk, sink.write(start)).await?;
        }
        loop {
            match arriving.next().await {
                Ok(Some(chunk)) => self.waited.during(For::Disk, sink.write(chunk)).await?,
                Ok(None) => break,
                Err(error) => return Ok(Err(error)),
            }
        }
        let stored = self.waited.during(For::Disk, sink.finish()).await?;
        Ok(Ok(staged(stored, extension, modified)))
    }

    /// Collects a mail as far as memory allows.
    async fn collect(
        &self,
        arriving: &mut Arriving<'_>,
        size: Option<u64>,
        share: &mut Share,
    ) -> std::result::Result<Collected, CloudError> {
        // The usual mail comes in one piece and is not copied.
        let mut only = None;
        let mut mail = BytesMut::new();
        while let Some(chunk) = arriving.next().await? {
            if only.is_none() && mail.is_empty() {
                only = Some(chunk);
            } else {
                if let Some(first) = only.take() {
                    mail.extend_from_slice(&first);
                }
                mail.extend_from_slice(&chunk);
            }
            let held = only.as_ref().map_or(mail.len(), Bytes::len);
            let stated = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(held + EACH as usize);
            let needed = stated.clamp(held, MAIL_IN_MEMORY.max(held));
            let fits = held <= MAIL_IN_MEMORY
                && (held <= share.bytes() || self.budget.grow(share, needed - share.bytes()).await);
            if !fits {
                return Ok(Collected::Start(only.unwrap_or_else(|| mail.freeze())));
            }
        }
        Ok(Collected::Whole(only.unwrap_or_else(|| mail.freeze())))
    }
}

fn staged(
    stored: holdfast_vault::Stored,
    extension: String,
    modified: Option<holdfast_model::Timestamp>,
) -> StagedFile {
    StagedFile {
        extension: safe_extension(extension),
        size: stored.size,
        sha256: stored.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
        blobs: stored.blobs.into_iter().map(|blob| BlobId(blob.0)).collect(),
        modified,
    }
}

/// The contract promises `[a-z0-9]{1,8}` or nothing; anything else would become part of a path.
fn safe_extension(extension: String) -> String {
    let is_safe =
        extension.len() <= 8 && extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if is_safe { extension } else { String::new() }
}
