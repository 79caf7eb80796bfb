//! Opening Items of a [`MemoryCloud`]: bodies in pieces, resumed where the transfer broke, checked against
//! length and hash as they pass.

use bytes::Bytes;
use futures::stream::{self, StreamExt};
use holdfast_model::{ItemId, Scope};
use sha2::{Digest, Sha256};

use super::{MemoryCloud, Op, Stored, Trouble, World};
use crate::contract::{Body, CloudError, Content, ErrorKind, ItemRef, Opened, Reach};
use crate::testkit::Blob;
use crate::testkit::blob::hex;

/// How often one body is asked for before its reader is told.
const TRIES: u32 = 5;

impl MemoryCloud {
    /// See [`crate::contract::Cloud::open`].
    pub(super) async fn read(&self, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError> {
        let scope = &reach.scope;
        let opened = self.request(Op::Open, Some(scope), Some(&item.id), |world| {
            let sizes = world.capabilities.stable_size;
            let stored = world.item(scope, &item.id)?;
            let skip = stored.kept(scope.service, &reach.policy).ok_or_else(|| gone(&item.id))?;
            if let Some(reason) = skip {
                return Err(CloudError::new(ErrorKind::Skip(reason), reason.as_str(), reason.sentence()));
            }
            Ok((stored.clone(), sizes))
        });
        let ((stored, sizes), _) = opened.await?;
        let content = |(index, (extension, blob)): (usize, &(String, Blob))| Content {
            extension: extension.clone(),
            size: sizes.then(|| blob.size()),
            modified: stored.meta.modified,
            body: self.body(scope, &item.id, index, &stored),
        };
        Ok(Opened {
            tag: stored.tag(),
            content_key: stored.content_key(),
            contents: stored.contents.iter().enumerate().map(content).collect(),
            meta: stored.told_meta(),
        })
    }

    fn body(&self, scope: &Scope, id: &ItemId, index: usize, stored: &Stored) -> Body {
        let transfer = Transfer {
            cloud: self.clone(),
            scope: scope.clone(),
            id: id.clone(),
            index,
            revision: stored.revision,
            offset: 0,
            tries: 0,
            hash: Sha256::new(),
            leg: None,
        };
        stream::try_unfold(Some(transfer), |transfer| async move {
            let Some(mut transfer) = transfer else { return Ok(None) };
            Ok(transfer.next().await?.map(|chunk| (chunk, Some(transfer))))
        })
        .boxed()
    }
}

/// One body on its way.
struct Transfer {
    cloud: MemoryCloud,
    scope: Scope,
    id: ItemId,
    index: usize,
    revision: u64,
    offset: u64,
    tries: u32,
    hash: Sha256,
    leg: Option<Leg>,
}

/// One request's part of a body.
struct Leg {
    blob: Blob,
    /// Where this request's bytes end.
    end: u64,
    /// The connection breaks there, rather than ending well.
    breaks: bool,
    corrupt: bool,
}

impl Transfer {
    async fn next(&mut self) -> Result<Option<Bytes>, CloudError> {
        loop {
            let Some(leg) = &mut self.leg else {
                self.leg = Some(self.ask().await?);
                continue;
            };
            let most = self.cloud.world().chunk_size.min((leg.end - self.offset) as usize);
            if most > 0 {
                let mut chunk = leg.blob.chunk(self.offset, most);
                if std::mem::take(&mut leg.corrupt) {
                    chunk = chunk.iter().map(|byte| byte ^ 0x55).collect();
                }
                self.offset += chunk.len() as u64;
                self.hash.update(&chunk);
                return Ok(Some(chunk));
            }
            if leg.breaks {
                self.leg = None;
                if !self.cloud.world().capabilities.ranged_reads || self.tries >= TRIES {
                    return Err(passing("connection_lost", "the transfer broke"));
                }
                continue;
            }
            let blob = leg.blob.clone();
            return self.check(&blob).map(|()| None);
        }
    }

    async fn ask(&mut self) -> Result<Leg, CloudError> {
        self.tries += 1;
        let (scope, id) = (&self.scope, &self.id);
        let answer = self.cloud.request(Op::Read, Some(scope), Some(id), |world| {
            let stored = world.item(scope, id)?;
            if stored.revision != self.revision {
                return Err(passing("changed_while_reading", "someone edited it meanwhile"));
            }
            stored.contents.get(self.index).map(|(_, blob)| blob.clone()).ok_or_else(|| gone(id))
        });
        let (blob, trouble) = answer.await?;
        let size = blob.size();
        let half = self.offset + (size - self.offset.min(size)) / 2;
        let (end, breaks) = match trouble {
            Some(Trouble::Cuts(after)) if self.offset.saturating_add(after) < size => {
                (self.offset + after, true)
            }
            Some(Trouble::Shortens) => (half, false),
            _ => (size, false),
        };
        Ok(Leg { blob, end, breaks, corrupt: matches!(trouble, Some(Trouble::Corrupts)) })
    }

    /// The end of the body: its length and hash must be those that the cloud states.
    fn check(&mut self, blob: &Blob) -> Result<(), CloudError> {
        let capabilities = self.cloud.world().capabilities;
        if capabilities.stable_size && self.offset != blob.size() {
            let detail = format!("{} of {} bytes came", self.offset, blob.size());
            return Err(passing("wrong_length", detail));
        }
        let hash = std::mem::take(&mut self.hash);
        if capabilities.content_hash && hex(&hash.finalize()) != blob.sha256() {
            return Err(passing("wrong_hash", "the bytes that came have another SHA-256"));
        }
        Ok(())
    }
}

impl World {
    fn item(&self, scope: &Scope, id: &ItemId) -> Result<&Stored, CloudError> {
        self.archive(scope)?.items.get(id).ok_or_else(|| gone(id))
    }
}

fn gone(id: &ItemId) -> CloudError {
    CloudError { status: Some(404), ..CloudError::new(ErrorKind::Gone, "notFound", format!("no item {id}")) }
}

fn passing(reason: &str, detail: impl Into<String>) -> CloudError {
    CloudError::new(ErrorKind::Retry { after: None }, reason, detail)
}
