//! A program that finds another one in its place: where that is ending, it starts anew a moment later; where that does not
//! answer, it ends with what to tell.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::alerts::system;
#[cfg(unix)]
use crate::arguments;
use crate::desktop::Kept;
use crate::language::Language;
use crate::{UserError, places};

/// Another program that is there takes this long to answer at the very most, on a computer that is busy.
pub const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// One that was killed is gone after milliseconds, one that makes durable what it fetched after a few seconds.
#[cfg(unix)]
const MOST_STARTS: u32 = 25;
#[cfg(unix)]
const PAUSE: Duration = Duration::from_millis(200);

/// Another program, if there is one, is about to be asked for its window.
pub struct Asking(Receiver<()>);

/// To be dropped as soon as it has answered, or is known not to be there.
pub struct Answered(Sender<()>);

/// Both ends of a question that the system asks in our name, and never gives up.
pub fn asking() -> (Asking, Answered) {
    let (answered, asking) = channel();
    (Asking(asking), Answered(answered))
}

impl Asking {
    /// From now on the other one has so long to answer; else this program gives up with what to tell.
    pub fn begin(self, within: Duration, give_up: impl FnOnce(UserError) + Send + 'static) {
        let waits = thread::Builder::new().name("asking".to_owned()).spawn(move || {
            if self.0.recv_timeout(within) == Err(RecvTimeoutError::Timeout) {
                let seconds = within.as_secs();
                give_up(UserError::of("app.ending", format!("it did not answer for {seconds} seconds")));
            }
        });
        if let Err(error) = waits {
            tracing::warn!(%error, "another program that hangs would be waited for without end");
        }
    }
}

impl Answered {
    /// The question is settled.
    pub fn settle(self) {
        drop(self.0);
    }
}

/// Shows a person who started the program by its icon why it has ended, in the language of the window. Reads a small file.
pub async fn tell(error: &UserError) {
    let choice = places::data_dir().map(|data_dir| Kept::read(&data_dir).language).unwrap_or_default();
    let (title, body) = not_started(error, choice.on(Language::of_system()));
    if let Err(unseen) = system::show(&title, &body).await {
        tracing::debug!(%unseen, "nobody saw why the program ended");
    }
}

fn not_started(error: &UserError, language: Language) -> (String, String) {
    let (what, todo, _) = error.told(language);
    (language.say("Holdfast did not start").into_owned(), format!("{what} {todo}"))
}

/// Waits for a moment, then starts this program anew in the place of this process, with the same words and environment. Comes
/// back only with what to tell: it was tried often enough (`starts` times), or the system does not start it. Blocks.
#[cfg(unix)]
pub fn while_another_ends(why: &str, starts: u32) -> UserError {
    use std::os::unix::process::CommandExt as _;

    if starts >= MOST_STARTS {
        return UserError::of("app.ending", why);
    }
    thread::sleep(PAUSE);
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return UserError::of("app.ending", error.to_string()),
    };
    let mut words = std::env::args_os();
    let mut command = std::process::Command::new(program);
    if let Some(name) = words.next() {
        command.arg0(name);
    }
    let error = command.args(next_words(words, starts)).exec();
    UserError::of("app.ending", error.to_string())
}

/// What to tell: here no process takes another one's place, and the system asks only one that is really there.
#[cfg(not(unix))]
pub fn while_another_ends(why: &str, _starts: u32) -> UserError {
    UserError::of("app.ending", why)
}

/// The words of the next start. They, and not the environment, say how often it was: no program that is started later
/// inherits them.
#[cfg(unix)]
fn next_words(words: impl Iterator<Item = std::ffi::OsString>, starts: u32) -> Vec<std::ffi::OsString> {
    let mut next: Vec<_> = words.collect();
    if let Some(at) = next.iter().position(|word| word == arguments::STARTS) {
        next.drain(at..(at + 2).min(next.len()));
    }
    next.extend([arguments::STARTS.into(), (starts + 1).to_string().into()]);
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_it_did_not_start_is_told_in_the_language_of_the_window() {
        let error = UserError::of("app.ending", "it did not answer for 10 seconds");
        let (title, body) = not_started(&error, Language::English);
        assert_eq!((title.as_str(), body), ("Holdfast did not start", error.to_string()));
        let (title, body) = not_started(&error, Language::German);
        assert_eq!(title, "Holdfast ist nicht gestartet");
        assert!(!body.contains(&error.what) && !body.contains(&error.todo), "{body}");
    }

    #[test]
    fn one_that_does_not_answer_is_given_up_and_one_that_does_is_not() {
        for answers in [true, false] {
            let (asking, answered) = asking();
            let (gave_up, told) = channel();
            let within = if answers { Duration::from_secs(3600) } else { Duration::ZERO };
            asking.begin(within, move |error| gave_up.send(error.code).unwrap());
            if answers {
                answered.settle();
                assert!(told.recv().is_err(), "it was given up");
            } else {
                assert_eq!(told.recv().unwrap(), "app.ending");
                answered.settle();
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_next_start_knows_how_many_there_were_and_all_other_words() {
        let words = |line: &str| line.split(' ').map(std::ffi::OsString::from).collect::<Vec<_>>();
        let first = next_words(words("--hidden --data-dir /d").into_iter(), 0);
        assert_eq!(first, words("--hidden --data-dir /d --starts 1"));
        assert_eq!(next_words(first.into_iter(), 1), words("--hidden --data-dir /d --starts 2"));
    }
}
