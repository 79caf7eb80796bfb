//! Shows long work while it goes on: bars on a terminal, a line for each thing that ended elsewhere, an event a line
//! for programs. Counters in events are absolute, so a lost one loses nothing.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use holdfast_app::events::{Event, Events, Phase};
use holdfast_app::{Result, format};
use holdfast_model::{Ledger, RunId, RunResult};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::output;

/// Events that may wait for a slow terminal.
const WAITING: usize = 1024;

/// Does long work: shows its events, and lets Ctrl-C cancel it.
pub async fn follow<T, F>(context: &Context, work: impl FnOnce(Events, CancellationToken) -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let (sender, mut events) = mpsc::channel(WAITING);
    let cancel = context.cancel();
    let work = work(Events::from(sender), cancel);
    let show = async {
        let mut display = Display::new(context);
        while let Some(event) = events.recv().await {
            display.show(&event)?;
        }
        display.finish();
        Ok(())
    };
    let (done, shown) = tokio::join!(work, show);
    let done = done?;
    shown.map(|()| done)
}

enum Display {
    Lines,
    Terminal(Bars),
    Plain,
}

impl Display {
    fn new(context: &Context) -> Self {
        if context.json() {
            Self::Lines
        } else if output::is_terminal() {
            Self::Terminal(Bars::default())
        } else {
            Self::Plain
        }
    }

    fn show(&mut self, event: &Event) -> Result<()> {
        match self {
            Self::Lines => output::line(event),
            Self::Terminal(bars) => {
                bars.show(event);
                Ok(())
            }
            Self::Plain => {
                if let Some(text) = told(event) {
                    output::print(&text);
                }
                Ok(())
            }
        }
    }

    fn finish(&self) {
        if let Self::Terminal(bars) = self {
            // A terminal that went away cannot be cleared.
            let _left_as_it_is = bars.all.clear();
        }
    }
}

/// What is worth a line that stays.
fn told(event: &Event) -> Option<String> {
    let text = match event {
        Event::SyncEnded { domain, what, count } => {
            format!("{domain}: {} {}", format::count(*count), what.replace('_', " "))
        }
        Event::RunEnded { title, ledger, result, error, .. } => {
            let why = error.as_ref().map(|(_, text)| format!(" ({text})")).unwrap_or_default();
            format!("{title}: {}{why}; {}", result.title(), counts(ledger, *result))
        }
        Event::Note { text } => text.clone(),
        Event::RunStarted { .. }
        | Event::RunProgress { .. }
        | Event::Committed { .. }
        | Event::NotificationOpened { .. }
        | Event::NotificationClosed { .. }
        | Event::ConnectionChanged { .. }
        | Event::WaitingChanged
        | Event::TidiedUp
        | Event::Verify { .. }
        | Event::Move { .. }
        | Event::Restore { .. } => return None,
    };
    Some(format::one_line(&text))
}

/// A ledger in words, without its zeros.
pub fn counts(ledger: &Ledger, result: RunResult) -> String {
    let parts = [
        (ledger.stored, "stored"),
        (ledger.unchanged, "unchanged"),
        (ledger.removed, "removed"),
        (ledger.skipped, "skipped"),
        (ledger.quarantined, "will be tried again"),
        (ledger.pending, "not reached"),
    ];
    let told: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", format::count(*number)))
        .collect();
    match (told.is_empty(), result) {
        (true, RunResult::Complete) => "nothing changed".to_owned(),
        (true, _) => "nothing stored".to_owned(),
        (false, _) => format!("{}, {}", told.join(", "), format::bytes(ledger.bytes)),
    }
}

#[derive(Default)]
struct Bars {
    all: MultiProgress,
    runs: HashMap<RunId, ProgressBar>,
    other: Option<ProgressBar>,
}

impl Bars {
    fn show(&mut self, event: &Event) {
        match event {
            Event::RunStarted { run, title, .. } => {
                let bar =
                    self.all.add(ProgressBar::new_spinner().with_style(style("{spinner} {prefix:32} {msg}")));
                bar.set_prefix(format::one_line(title));
                bar.enable_steady_tick(Duration::from_millis(120));
                self.runs.insert(*run, bar);
            }
            Event::RunProgress { run, phase, ledger, open, limited_by, .. } => {
                if let Some(bar) = self.runs.get(run) {
                    progress(bar, *phase, ledger, *open, limited_by.as_deref());
                }
            }
            Event::RunEnded { run, .. } => {
                if let Some(bar) = self.runs.remove(run) {
                    bar.finish_and_clear();
                    self.all.remove(&bar);
                }
            }
            Event::Verify { done, total } => {
                let bar = self.other("{prefix} {wide_bar} {percent} %", "verifying");
                bar.set_length(*total);
                bar.set_position(*done);
            }
            Event::Move { done, total } => {
                let bar = self.other("{prefix} {wide_bar} {bytes} of {total_bytes}", "copying");
                bar.set_length(*total);
                bar.set_position(*done);
            }
            Event::Restore { files, bytes } => {
                let bar = self.other("{spinner} {prefix} {msg}", "restoring");
                bar.set_message(format!(
                    "{}, {}",
                    format::counted(*files, "file", "files"),
                    format::bytes(*bytes)
                ));
            }
            Event::SyncEnded { .. }
            | Event::Committed { .. }
            | Event::NotificationOpened { .. }
            | Event::NotificationClosed { .. }
            | Event::ConnectionChanged { .. }
            | Event::WaitingChanged
            | Event::TidiedUp
            | Event::Note { .. } => {}
        }
        if let Some(text) = told(event) {
            // Where the line cannot be shown there is no terminal any more.
            let _nobody_there = self.all.println(text);
        }
    }

    fn other(&mut self, template: &str, prefix: &'static str) -> &ProgressBar {
        let all = &self.all;
        self.other.get_or_insert_with(|| {
            all.add(ProgressBar::new(0).with_style(style(template)).with_prefix(prefix))
        })
    }
}

fn progress(bar: &ProgressBar, phase: Phase, ledger: &Ledger, open: u64, limited_by: Option<&str>) {
    let limited = limited_by.map(|why| format!("  {}", format::one_line(why))).unwrap_or_default();
    match phase {
        Phase::Counting => {
            bar.set_message(format!("counting {}{limited}", format::count(ledger.listed.max(open))))
        }
        Phase::Copying | Phase::Saving => {
            let done = ledger.accounted() - ledger.pending;
            bar.set_style(style("{spinner} {prefix:32} {bar:24} {percent:>3} %  {msg}"));
            bar.set_length(ledger.listed.max(done + open));
            bar.set_position(done);
            let told = format!("{}, {}{limited}", format::count(done), format::bytes(ledger.bytes));
            bar.set_message(told);
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_is_told_without_its_zeros() {
        let none = Ledger::default();
        let some = Ledger { listed: 1_203, stored: 1_200, quarantined: 3, bytes: 5_000_000, ..none };
        assert_eq!(counts(&none, RunResult::Complete), "nothing changed");
        assert_eq!(counts(&none, RunResult::Failed), "nothing stored");
        assert_eq!(counts(&some, RunResult::Partial), "1,200 stored, 3 will be tried again, 5.0 MB");
    }

    #[test]
    fn hostile_titles_cannot_write_to_the_terminal() {
        let event = Event::Note { text: "a\u{1b}[2Jb".into() };
        assert_eq!(told(&event).unwrap(), "a\u{fffd}[2Jb");
    }
}
