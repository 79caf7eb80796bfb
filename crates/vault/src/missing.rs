//! What is not there where the index says, or not in the index: another process may have packed it anew, which a look at
//! the index files shows. On a network share such a look takes long, and a damaged Repository may lack very much: what
//! was looked for in vain is not looked for again at once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::VaultError;
use crate::id::FileId;
use crate::vault::Core;

/// How long what was looked for in vain is taken to be gone.
const GONE_FOR: Duration = Duration::from_secs(1);

/// What was missing: a pack, or, without one, blobs that are not in the index.
pub(crate) type Lost = Option<FileId>;

/// What was looked for in vain, and when.
#[derive(Default)]
pub(crate) struct InVain(Mutex<HashMap<Lost, Instant>>);

impl InVain {
    fn is_recent(&self, lost: Lost) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&lost).is_some_and(|looked| looked.elapsed() < GONE_FOR)
    }

    fn note(&self, lost: Lost, looked: Instant) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, looked| looked.elapsed() < GONE_FOR);
        all.insert(lost, looked);
    }
}

impl Core {
    /// Reads. Where something is not there any more: once more, with the index as it is now. `read` notes from which pack
    /// it reads.
    pub fn once_more<T>(
        &self,
        mut read: impl FnMut(&mut Lost) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let mut lost = None;
        match read(&mut lost) {
            Err(VaultError::Missing { .. }) => {}
            done => return done,
        }
        let looked = if self.in_vain.is_recent(lost) {
            None
        } else {
            let now = Instant::now();
            self.refresh()?;
            Some(now)
        };
        lost = None;
        let done = read(&mut lost);
        if let (Err(VaultError::Missing { .. }), Some(looked)) = (&done, looked) {
            self.in_vain.note(lost, looked);
        }
        done
    }
}
