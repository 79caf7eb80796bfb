//! A content of any length that arrives in pieces: cut by content as restic does, never whole in
//! memory.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use super::worker::{Job, Worker};
use super::{Stored, Writer};
use crate::chunker::Scan;
use crate::error::VaultError;
use crate::id::BlobId;

/// Pieces are collected to this before they go to a thread.
const HAND_OVER: usize = 512 << 10;

/// Takes the pieces of one content. Dropped unfinished, it leaves blobs that nothing names, which
/// the next prune removes.
pub struct Sink {
    writer: Writer,
    collected: Vec<Bytes>,
    collected_bytes: usize,
    at: Progress,
}

/// Where the state of the content is.
enum Progress {
    Here(Box<State>),
    /// With a thread, which gives it back.
    Away(oneshot::Receiver<Result<Box<State>, VaultError>>),
    Failed(VaultError),
}

/// The content so far.
#[derive(Default)]
pub(super) struct State {
    chunk: Vec<u8>,
    scan: Scan,
    blobs: Vec<BlobId>,
    size: u64,
    added: u64,
    hash: Sha256,
}

/// Pieces on their way to a thread.
pub(super) struct Feed {
    state: Box<State>,
    pieces: Vec<Bytes>,
    last: bool,
    reply: oneshot::Sender<Result<Box<State>, VaultError>>,
}

impl Sink {
    pub(super) fn new(writer: Writer) -> Self {
        Self { writer, collected: Vec::new(), collected_bytes: 0, at: Progress::Here(Box::default()) }
    }

    /// Takes a piece of any length. Where the future is dropped before it is ready, the piece was
    /// not taken.
    pub async fn write(&mut self, piece: Bytes) -> Result<(), VaultError> {
        if self.collected_bytes >= HAND_OVER {
            self.hand_over(false).await?;
        }
        self.collected_bytes += piece.len();
        self.collected.push(piece);
        Ok(())
    }

    /// The blobs of all that was written.
    pub async fn finish(mut self) -> Result<Stored, VaultError> {
        self.hand_over(true).await?;
        let state = std::mem::take(self.state().await?);
        self.writer.inner.packer.shared.stored(state.size);
        Ok(Stored {
            blobs: state.blobs,
            size: state.size,
            sha256: state.hash.finalize().into(),
            added: state.added,
        })
    }

    /// Waits until the state is here.
    async fn state(&mut self) -> Result<&mut State, VaultError> {
        if let Progress::Away(reply) = &mut self.at {
            let back = reply.await;
            self.at = match back {
                Ok(Ok(state)) => Progress::Here(state),
                Ok(Err(error)) => Progress::Failed(error),
                Err(_) => Progress::Failed(self.writer.error()),
            };
        }
        match &mut self.at {
            Progress::Here(state) => Ok(state),
            Progress::Failed(error) => Err(error.clone()),
            Progress::Away(_) => Err(VaultError::Closed),
        }
    }

    /// Gives what was collected to a thread. Everything that waits comes before the first change,
    /// so that a dropped future changes nothing.
    async fn hand_over(&mut self, last: bool) -> Result<(), VaultError> {
        self.state().await?;
        self.writer.inner.packer.shared.check()?;
        let place = self.writer.inner.jobs.clone().reserve_owned().await;
        let place = place.map_err(|_| self.writer.error())?;
        let (reply, back) = oneshot::channel();
        let state = match std::mem::replace(&mut self.at, Progress::Away(back)) {
            Progress::Here(state) => state,
            other => {
                self.at = other;
                return Err(VaultError::Closed);
            }
        };
        self.collected_bytes = 0;
        place.send(Job::Feed(Feed { state, pieces: std::mem::take(&mut self.collected), last, reply }));
        Ok(())
    }
}

impl Feed {
    pub(super) fn work(self, worker: &mut Worker) {
        let Self { mut state, pieces, last, reply } = self;
        let result = state.feed(&pieces, last, worker);
        // Nobody waits where the sink was dropped.
        drop(reply.send(result.map(|()| state)));
    }
}

impl State {
    fn feed(&mut self, pieces: &[Bytes], last: bool, worker: &mut Worker) -> Result<(), VaultError> {
        for piece in pieces {
            self.hash.update(piece);
            self.size += piece.len() as u64;
            self.chunk.extend_from_slice(piece);
        }
        let core = worker.packer.shared.core.clone();
        let mut start = 0;
        while let Some(length) = core.chunker.end(&mut self.scan, &self.chunk[start..]) {
            self.store(start..start + length, worker)?;
            start += length;
        }
        if last && start < self.chunk.len() {
            self.store(start..self.chunk.len(), worker)?;
            start = self.chunk.len();
        }
        self.chunk.drain(..start);
        Ok(())
    }

    fn store(&mut self, part: std::ops::Range<usize>, worker: &mut Worker) -> Result<(), VaultError> {
        let (id, added) = worker.blob(&self.chunk[part])?;
        self.blobs.push(id);
        self.added += added;
        Ok(())
    }
}
