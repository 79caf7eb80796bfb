//! What a check is asked, says on its way, and finds.

use crate::id::{BlobId, FileId, SnapshotId};

/// Problems that are told one by one; the rest is counted.
const TOLD: usize = 1_000;

/// What to check.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheckOptions {
    /// Which packs are read whole.
    pub read_data: ReadData,
}

/// Which packs are read whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadData {
    /// None: what is named is there and has the right length; folders are read.
    #[default]
    Nothing,
    /// One part of the packs, as restic's `--read-data-subset n/t`: after `of` checks with each
    /// number from 1, all were read.
    Part {
        /// From 1 to `of`.
        number: u8,
        /// How many parts there are.
        of: u8,
    },
    /// All.
    Everything,
}

impl ReadData {
    pub(super) fn includes(self, pack: &FileId) -> bool {
        match self {
            Self::Nothing => false,
            Self::Part { number, of } => pack.0[0] % of.max(1) == number.saturating_sub(1),
            Self::Everything => true,
        }
    }
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckProblem {
    /// An index, snapshot or key file that cannot be read.
    #[error("{what}")]
    File {
        /// Which, and why.
        what: String,
    },
    /// A pack that the index names is not there.
    #[error("pack {pack} is missing")]
    MissingPack {
        /// The pack.
        pack: FileId,
    },
    /// A pack is not what was written.
    #[error("pack {pack} is damaged: {what}")]
    DamagedPack {
        /// The pack.
        pack: FileId,
        /// What is wrong with it.
        what: String,
    },
    /// A blob in a pack is not what its id says.
    #[error("blob {blob} in pack {pack} is damaged")]
    DamagedBlob {
        /// The pack.
        pack: FileId,
        /// The blob.
        blob: BlobId,
    },
    /// A folder of a snapshot cannot be read.
    #[error("folder {path} of snapshot {snapshot}: {what}")]
    Folder {
        /// The first snapshot it was found in.
        snapshot: SnapshotId,
        /// Its path.
        path: String,
        /// Why.
        what: String,
    },
    /// A file of a snapshot names a blob that is not there.
    #[error("file {path} of snapshot {snapshot} misses blob {blob}")]
    MissingBlob {
        /// The first snapshot it was found in.
        snapshot: SnapshotId,
        /// Its path.
        path: String,
        /// The blob.
        blob: BlobId,
    },
    /// A file says another size than its blobs have.
    #[error("file {path} of snapshot {snapshot} has another size than its content")]
    WrongSize {
        /// The first snapshot it was found in.
        snapshot: SnapshotId,
        /// Its path.
        path: String,
    },
}

/// How far a check is. Numbers only grow within a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckProgress {
    /// Index files read.
    Index {
        /// So far.
        done: u64,
        /// Of so many.
        total: u64,
    },
    /// Snapshots walked.
    Snapshots {
        /// So far.
        done: u64,
        /// Of so many.
        total: u64,
    },
    /// Packs read whole.
    Packs {
        /// So far.
        done: u64,
        /// Of so many.
        total: u64,
    },
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// What is wrong; at most a thousand are told.
    pub errors: Vec<CheckProblem>,
    /// How many there are.
    pub error_count: u64,
    /// Index files.
    pub indexes: u64,
    /// Packs that the index names.
    pub packs: u64,
    /// Packs that no index names: what an interrupted run left, removed by the next prune.
    pub unused_packs: u64,
    /// Snapshots.
    pub snapshots: u64,
    /// Distinct folders.
    pub folders: u64,
    /// Packs that were read whole, and their bytes.
    pub packs_read: u64,
    /// Bytes of them.
    pub bytes_read: u64,
}

impl CheckReport {
    /// Nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.error_count == 0
    }

    pub(super) fn problem(&mut self, problem: CheckProblem) {
        self.error_count += 1;
        if self.errors.len() < TOLD {
            self.errors.push(problem);
        }
    }
}
