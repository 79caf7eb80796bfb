//! A Run's right to go on: a place among the Runs that work at the same time, and nobody who paused it. A Run that
//! rests gives its place to another.

use std::sync::Arc;
use std::sync::{Mutex, PoisonError};

use holdfast_catalog::RunState;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Shared by a Run and who pauses it.
pub struct Turn {
    places: Arc<Semaphore>,
    place: Mutex<Option<OwnedSemaphorePermit>>,
    standing: watch::Sender<RunState>,
}

impl Turn {
    /// Waits for one of these places.
    pub fn new(places: Arc<Semaphore>) -> Self {
        Self { places, place: Mutex::default(), standing: watch::Sender::new(RunState::Queued) }
    }

    /// Queued, running, paused, or ended.
    pub fn standing(&self) -> RunState {
        *self.standing.borrow()
    }

    /// True where it does not rest.
    pub fn is_going(&self) -> bool {
        self.standing() == RunState::Running
    }

    /// Waits until it may go on.
    pub async fn come(&self) {
        let mut standing = self.standing.subscribe();
        loop {
            let now = *standing.borrow_and_update();
            match now {
                RunState::Running | RunState::Saving | RunState::Ended => return,
                RunState::Queued => {
                    let place = tokio::select! {
                        place = Arc::clone(&self.places).acquire_owned() => place,
                        // Paused meanwhile, or another part of the same Run has the place already.
                        changed = standing.changed() => match changed {
                            Ok(()) => continue,
                            Err(_) => return,
                        },
                    };
                    self.standing.send_if_modified(|standing| {
                        let is_wanted = *standing == RunState::Queued;
                        if is_wanted {
                            // A semaphore that nobody closes always has places to wait for.
                            *self.place.lock().unwrap_or_else(PoisonError::into_inner) = place.ok();
                            *standing = RunState::Running;
                        }
                        is_wanted
                    });
                }
                RunState::Paused => {
                    if standing.changed().await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Waits until it is to rest.
    pub async fn rests(&self) {
        let mut standing = self.standing.subscribe();
        // The sender lives as long as this: the wait ends only with what is waited for.
        let _sender_lives = standing.wait_for(|standing| *standing == RunState::Paused).await;
    }

    /// Lets it rest; false where it rests already or has ended.
    pub fn pause(&self) -> bool {
        self.change(|standing| matches!(standing, RunState::Queued | RunState::Running), RunState::Paused)
    }

    /// Lets it go on as soon as a place is free; false where it did not rest.
    pub fn resume(&self) -> bool {
        self.change(|standing| standing == RunState::Paused, RunState::Queued)
    }

    /// All that was under way is done: another Run may have the place while this one rests.
    pub fn give_place(&self) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The Run is over.
    pub fn end(&self) {
        self.give_place();
        self.change(|_| true, RunState::Ended);
    }

    fn change(&self, from: impl Fn(RunState) -> bool, to: RunState) -> bool {
        self.standing.send_if_modified(|standing| {
            let is_allowed = from(*standing);
            if is_allowed {
                *standing = to;
            }
            is_allowed
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn who_rests_gives_the_place_away_and_gets_one_again() {
        let places = Arc::new(Semaphore::new(1));
        let (one, other) = (Turn::new(Arc::clone(&places)), Turn::new(places));
        one.come().await;
        assert!(other.come().now_or_never().is_none());
        assert_eq!((one.standing(), other.standing()), (RunState::Running, RunState::Queued));
        assert!(one.pause() && !one.pause());
        assert!(one.come().now_or_never().is_none());
        one.give_place();
        other.come().await;
        assert!(one.resume() && !one.resume());
        assert!(one.come().now_or_never().is_none(), "the place is taken");
        other.end();
        one.come().await;
        assert!(one.is_going());
        assert!(!other.pause(), "what ended does not rest");
    }
}
