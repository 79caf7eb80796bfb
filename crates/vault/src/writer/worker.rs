//! The threads that cut, hash, compress and seal.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::Stored;
use super::packer::{Packer, lock};
use super::seal::Sealer;
use super::sink::Feed;
use crate::error::VaultError;
use crate::id::BlobId;
use crate::index::BlobKind;
use crate::mime_cut;

/// A piece of work. Its reply may find nobody waiting: then the caller was cancelled, and what was
/// stored stays stored.
pub(super) enum Job {
    Mail { mail: Bytes, reply: oneshot::Sender<Result<Stored, VaultError>>, room: OwnedSemaphorePermit },
    Feed(Feed),
    Flush { reply: oneshot::Sender<Result<(), VaultError>> },
}

/// Starts the threads. They end when the last writer is gone.
pub(super) fn start(
    threads: usize,
    queue: mpsc::Receiver<Job>,
    packer: &Arc<Packer>,
    compression: i32,
) -> Result<(), VaultError> {
    let queue = Arc::new(Mutex::new(queue));
    for number in 0..threads {
        let mut worker = Worker { packer: packer.clone(), sealer: Sealer::new(compression)? };
        let queue = queue.clone();
        std::thread::Builder::new()
            .name(format!("vault-{number}"))
            .spawn(move || {
                loop {
                    let job = lock(&queue).blocking_recv();
                    match job {
                        Some(job) => worker.work(job),
                        None => return,
                    }
                }
            })
            .map_err(|error| VaultError::io("starting a thread", error))?;
    }
    Ok(())
}

/// One thread's tools.
pub(super) struct Worker {
    pub packer: Arc<Packer>,
    pub sealer: Sealer,
}

impl Worker {
    fn work(&mut self, job: Job) {
        // Replies that nobody waits for any more are dropped: see `Job`.
        match job {
            Job::Mail { mail, reply, room } => {
                let stored = self.mail(&mail);
                drop(room);
                drop(reply.send(stored));
            }
            Job::Feed(feed) => feed.work(self),
            Job::Flush { reply } => {
                drop(reply.send(self.packer.flush()));
            }
        }
    }

    /// Stores a blob whose hash is not known yet; gives its id and the new sealed bytes.
    pub fn blob(&mut self, raw: &[u8]) -> Result<(BlobId, u64), VaultError> {
        let id = BlobId(self.packer.shared.hash(raw));
        let put = self.packer.put(&mut self.sealer, BlobKind::Data, id, raw)?;
        Ok((put.id, put.added))
    }

    fn mail(&mut self, mail: &[u8]) -> Result<Stored, VaultError> {
        let shared = self.packer.shared.clone();
        let cuts = mime_cut::cut(mail, &shared.core.chunker);
        let mut stored = Stored {
            blobs: Vec::with_capacity(cuts.len()),
            size: mail.len() as u64,
            sha256: [0; 32],
            added: 0,
        };
        let mut rest = mail;
        for length in cuts {
            let (part, after) = rest.split_at(length);
            rest = after;
            let (id, added) = self.blob(part)?;
            stored.blobs.push(id);
            stored.added += added;
        }
        stored.sha256 = match stored.blobs[..] {
            [only] => only.0,
            _ => crate::format::sha256(mail),
        };
        shared.stored(stored.size);
        Ok(stored)
    }
}
