//! How far a restore to this computer is, kept where every page finds it: whoever leaves the page and comes back sees it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdfast_engine::{Event, Events};
use holdfast_model::Timestamp;
use tokio::sync::mpsc;

use crate::error::Result;
use crate::views::{RestoreInput, RestoreState, RestoreView};

/// Events that wait; counters are absolute, so that one that is dropped is made up for by the next.
const WAITING: usize = 16;

/// The restore that goes on, or that ended last, and what the last preview told. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Restoring(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    previewed: Option<(RestoreInput, u64, u64)>,
    state: Option<RestoreState>,
}

impl Restoring {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it stands.
    pub(super) fn state(&self) -> Option<RestoreState> {
        self.kept().state.clone()
    }

    /// A person has seen how it ended. One that goes on stays.
    pub(super) fn forget(&self) {
        let mut kept = self.kept();
        if kept.state.as_ref().is_some_and(|state| state.ended.is_some()) {
            kept.state = None;
        }
    }

    pub(super) fn previewed(&self, input: &RestoreInput, told: &RestoreView) {
        self.kept().previewed = Some((input.clone(), told.files, told.bytes));
    }

    pub(super) fn begin(&self, input: &RestoreInput, whose: String, started: Timestamp) {
        let mut kept = self.kept();
        let told = kept.previewed.take().filter(|(of, ..)| of == input);
        kept.state = Some(RestoreState {
            input: input.clone(),
            whose,
            files: 0,
            bytes: 0,
            of_files: told.as_ref().map(|(_, files, _)| *files),
            of_bytes: told.map(|(.., bytes)| bytes),
            started,
            ended: None,
            result: None,
            error: None,
        });
    }

    /// Where the events of the restore go: its counters are kept, and all of them are handed on.
    pub(super) fn follow(&self, to: Events) -> Events {
        let (into, mut events) = mpsc::channel(WAITING);
        let restoring = self.clone();
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                if let Event::Restore { files, bytes } = &event
                    && let Some(state) = restoring.kept().state.as_mut()
                {
                    (state.files, state.bytes) = (*files, *bytes);
                }
                to.tell(event);
            }
        });
        into.into()
    }

    /// What was refused before it began changes nothing here.
    pub(super) fn end(&self, report: &Result<RestoreView>, at: Option<Timestamp>) {
        let mut kept = self.kept();
        let Some(state) = kept.state.as_mut().filter(|state| state.ended.is_none()) else { return };
        state.ended = Some(at.unwrap_or(state.started));
        match report {
            Ok(did) => {
                (state.files, state.bytes, state.result) = (did.files, did.bytes, Some(did.clone()));
            }
            Err(error) => state.error = Some(error.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UserError;

    fn input(folder: &str) -> RestoreInput {
        let owner = "1/user/u1".to_owned();
        RestoreInput { owner, service: None, at: None, partial_too: false, folder: folder.to_owned() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_goes_on_is_not_forgotten_and_what_ended_is_kept_until_it_was_seen() {
        let restoring = Restoring::default();
        restoring.begin(&input("/a"), "anna@example.com".into(), at(1));
        restoring.forget();
        assert!(restoring.state().is_some_and(|state| state.ended.is_none()));
        restoring.end(&Err(UserError::of("cancelled", "")), Some(at(2)));
        restoring.end(&Err(UserError::of("input.bad", "")), Some(at(3)));
        let ended = restoring.state().unwrap();
        assert_eq!((ended.ended, ended.error.unwrap().code.as_str()), (Some(at(2)), "cancelled"));
        restoring.forget();
        assert_eq!(restoring.state(), None);
    }

    #[tokio::test]
    async fn counters_are_kept_as_they_come_and_reach_whoever_listens() {
        let restoring = Restoring::default();
        restoring.begin(&input("/a"), "anna@example.com".into(), at(1));
        let (to, mut heard) = mpsc::channel(4);
        let events = restoring.follow(to.into());
        events.tell_surely(Event::Restore { files: 3, bytes: 30 }).await;
        assert_eq!(heard.recv().await, Some(Event::Restore { files: 3, bytes: 30 }));
        let state = restoring.state().unwrap();
        assert_eq!((state.files, state.bytes, state.of_files), (3, 30, None));
    }
}
