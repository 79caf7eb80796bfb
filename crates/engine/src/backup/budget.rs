//! How much of all Runs' contents may be in memory at once: one budget for everything that is fetched and not yet
//! handed to the writer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// All Runs of one worker share this many bytes.
pub const MOST_IN_MEMORY: usize = 128 << 20;
/// Every fetch starts with so many: what a stream and most mails need.
pub const EACH: u32 = 256 << 10;

/// How long a fetch that holds some waits for more. Not for ever: those that wait for each other would never end.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes that may be in memory.
pub struct Budget {
    free: Arc<Semaphore>,
    patience: Duration,
}

/// Bytes of one fetch, given back when it is dropped.
pub struct Share(OwnedSemaphorePermit);

impl Budget {
    /// So many bytes for all.
    pub fn new(bytes: usize, patience: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(bytes)), patience }
    }

    /// Waits for the first bytes of a fetch.
    pub async fn share(&self) -> Option<Share> {
        // Nobody closes it.
        Arc::clone(&self.free).acquire_many_owned(EACH).await.ok().map(Share)
    }

    /// More for a fetch that needs more; false where there is none even after a while.
    pub async fn grow(&self, share: &mut Share, bytes: usize) -> bool {
        let Ok(bytes) = u32::try_from(bytes) else { return false };
        let more = Arc::clone(&self.free).acquire_many_owned(bytes);
        match tokio::time::timeout(self.patience, more).await {
            Ok(Ok(more)) => {
                share.0.merge(more);
                true
            }
            Ok(Err(_)) | Err(_) => false,
        }
    }
}

impl Share {
    /// How many bytes it is.
    pub fn bytes(&self) -> usize {
        self.0.num_permits()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn all_fetches_together_hold_no_more_than_the_budget() {
        let budget = Budget::new(3 * EACH as usize, Duration::ZERO);
        let mut one = budget.share().await.unwrap();
        assert!(budget.grow(&mut one, EACH as usize).await);
        let other = budget.share().await.unwrap();
        assert!(budget.share().now_or_never().is_none(), "a third waits");
        assert!(!budget.grow(&mut one, 1).await, "who holds some does not wait for ever");
        assert_eq!(one.bytes() + other.bytes(), 3 * EACH as usize);
        drop(other);
        assert!(budget.share().now_or_never().flatten().is_some());
    }
}
