//! Who starts the program while it runs is brought to its window; who starts it while it ends gets one of their own, even
//! where the ending one was still asked in its place.

use std::ffi::OsString;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::arguments::{QUIT, STARTS};

/// What a program does for those who start it again.
#[derive(Default)]
pub struct Handover(Mutex<State>);

#[derive(Clone, Copy, Default, PartialEq)]
enum State {
    #[default]
    Here,
    Ending,
    EndingAndWanted,
    /// Another one was started, or is about to be.
    Followed,
}

impl Handover {
    /// Somebody started the program again and was sent here: true if this one shows them its window. One that is ending
    /// does not, since that window would be gone in a moment: it remembers that somebody waits for one.
    pub fn shows_its_window(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Ending {
            *state = State::EndingAndWanted;
        }
        *state == State::Here
    }

    /// From now on this program ends.
    pub fn ends(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Here {
            *state = State::Ending;
        }
    }

    /// Whether somebody waits for a window: to the first who asks, who has to start another program for them. To be asked
    /// when nobody is sent here any more.
    pub fn takes_over(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_wanted = *state == State::EndingAndWanted;
        if is_wanted {
            *state = State::Followed;
        }
        is_wanted
    }
}

/// Starts this program once more beside this process, which is about to end, with a window for whoever waits for one.
pub fn start_another() {
    let started = std::env::current_exe()
        .and_then(|program| Command::new(program).args(for_a_window(std::env::args_os().skip(1))).spawn());
    if let Err(error) = started {
        tracing::error!(%error, "who started the program while it ended has no window");
    }
}

/// The words of this start, but for those with which no window opens and those that count starts.
fn for_a_window(mut words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        if word == STARTS {
            words.next();
        } else if word != "--hidden" && word != QUIT {
            kept.push(word);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_while_it_ends_is_remembered_and_who_came_before_was_shown_the_window() {
        let handover = Handover::default();
        assert!(handover.shows_its_window());
        handover.ends();
        assert!(!handover.takes_over(), "the one who came before has seen the window");
        assert!(!handover.shows_its_window(), "that window would be gone in a moment");
        handover.ends();
        assert!(handover.takes_over(), "to end twice is to end");
        assert!(
            !handover.shows_its_window() && !handover.takes_over(),
            "one follows, however many end this one"
        );
    }

    #[test]
    fn the_other_start_opens_a_window_on_the_same_data() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let other = for_a_window(words("--hidden --data-dir /d --starts 3 --sample --quit").into_iter());
        assert_eq!(other, words("--data-dir /d --sample"));
    }
}
