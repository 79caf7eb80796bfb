//! The one table of lights: the axes of a User's state give a colour, a sentence and a button. The first row that fits
//! decides; every surface shows what is written here.

use holdfast_engine::WaitingFor;
use holdfast_engine::catalog::ConnectionState;
use holdfast_model::{Account, RunResult, Service, Timestamp};

use crate::format;
use crate::views::{Light, LightAction, LightColor, LightCount, LightState, Protection};

/// Everything that a light depends on.
pub(crate) struct Axes<'a> {
    /// Whether the Cloud can be reached.
    pub(crate) connection: ConnectionState,
    /// Account status; deleted also for who is no longer listed.
    pub(crate) account: Account,
    /// Whether it is backed up.
    pub(crate) protection: Protection,
    /// A person paused it.
    pub(crate) is_paused: bool,
    /// The chosen Services.
    pub(crate) services: &'a [Standing],
    /// Hours between two Runs.
    pub(crate) interval_hours: u8,
    /// So long the Cloud keeps the data of who was deleted there.
    pub(crate) cloud_keeps_until: Option<Timestamp>,
    /// The time now.
    pub(crate) now: Timestamp,
}

/// How one chosen Service stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// How the last Run ended.
    pub(crate) last_result: Option<RunResult>,
    /// The last good copy.
    pub(crate) last_complete_at: Option<Timestamp>,
    /// Items kept, or accounted for by the Run that goes on.
    pub(crate) items: u64,
    /// How many there are, as far as known.
    pub(crate) expected: Option<u64>,
    /// A Run goes on.
    pub(crate) is_running: bool,
    /// Items that will be tried again.
    pub(crate) open: u64,
    /// A Run is due and waits for this.
    pub(crate) waits_for: Option<WaitingFor>,
    /// Which Service it is, where that is switched off for the User in the Cloud: there is nothing to copy.
    pub(crate) left_out: Option<Service>,
}

/// One row: when it applies and what is shown then.
struct Row {
    when: fn(&Axes<'_>) -> bool,
    color: LightColor,
    state: LightState,
    sentence: fn(&Axes<'_>) -> String,
    action: Option<LightAction>,
}

const fn row(
    color: LightColor,
    state: LightState,
    action: Option<LightAction>,
    when: fn(&Axes<'_>) -> bool,
    sentence: fn(&Axes<'_>) -> String,
) -> Row {
    Row { when, color, state, sentence, action }
}

use LightAction as Do;
use LightColor::{Amber, Blue, Green, Grey, Red};
use LightState as Is;

const ROWS: &[Row] = &[
    // Who is not backed up.
    row(Grey, Is::Excluded, None, |a| a.protection == Protection::Excluded, |_| "Left out by choice".into()),
    row(Grey, Is::Retained, None, |a| a.protection == Protection::Retained, left),
    row(
        Grey,
        Is::AccountDeleted,
        None,
        |a| a.protection == Protection::Unprotected && a.account == Account::Deleted,
        |_| "Deleted in the cloud".into(),
    ),
    row(
        Grey,
        Is::AccountSuspended,
        None,
        |a| a.protection == Protection::Unprotected && a.account == Account::Suspended,
        |_| "Suspended in the cloud".into(),
    ),
    row(
        Grey,
        Is::AccountSuspended,
        None,
        |a| a.protection == Protection::Unprotected && a.account == Account::Archived,
        |_| "Archived in the cloud".into(),
    ),
    row(
        Grey,
        Is::Unprotected,
        Some(Do::StartBackup),
        |a| a.protection == Protection::Unprotected,
        |_| "Not protected".into(),
    ),
    // Who is protected, and something stands in the way.
    row(
        Red,
        Is::NotConnected,
        Some(Do::Reconnect),
        |a| a.connection == ConnectionState::Expired,
        |a| with_copy("The connection has expired", a),
    ),
    row(
        Red,
        Is::NotConnected,
        Some(Do::Reconnect),
        |a| a.connection == ConnectionState::Disconnected,
        |a| with_copy("Not connected", a),
    ),
    row(
        Amber,
        Is::AccountDeleted,
        None,
        |a| a.account == Account::Deleted,
        |a| with_copy("Deleted in the cloud", a),
    ),
    row(
        Amber,
        Is::AccountSuspended,
        Some(Do::SyncUsers),
        |a| a.account == Account::Suspended,
        |a| with_copy("Suspended in the cloud", a),
    ),
    row(
        Amber,
        Is::AccountSuspended,
        Some(Do::SyncUsers),
        |a| a.account == Account::Archived,
        |a| with_copy("Archived in the cloud", a),
    ),
    row(Grey, Is::Paused, Some(Do::Resume), |a| a.is_paused, |a| with_copy("Paused", a)),
    // What goes on.
    row(Blue, Is::FirstCopy, None, |a| is_running(a) && !has_copy(a), first_copy),
    row(Blue, Is::Running, None, is_running, |a| with_copy("Backing up now", a)),
    // How the last Runs ended.
    row(
        Red,
        Is::Failed,
        Some(Do::OpenRun),
        |a| !a.services.is_empty() && counting(a).next().is_none(),
        |_| "Every chosen service is switched off in the cloud".into(),
    ),
    row(
        Red,
        Is::Failed,
        Some(Do::OpenRun),
        |a| counting(a).any(|one| one.last_result == Some(RunResult::Failed)),
        |a| with_copy("The last run failed", a),
    ),
    row(
        Amber,
        Is::Partial,
        Some(Do::OpenRun),
        |a| counting(a).any(|one| one.last_result == Some(RunResult::Partial)),
        partial,
    ),
    row(
        Amber,
        Is::FirstCopy,
        Some(Do::RunNow),
        |a| counting(a).any(|one| one.last_complete_at.is_none() && one.last_result.is_some()),
        first_copy,
    ),
    // What is due waits for this computer.
    row(
        Blue,
        Is::Waiting,
        Some(Do::RunNow),
        |a| waits(a) && !has_copy(a),
        |a| format!("{}, no copy yet", waiting(a)),
    ),
    row(Amber, Is::Stale, Some(Do::RunNow), |a| waits(a) && !is_fresh(a), |a| with_copy(&waiting(a), a)),
    row(Blue, Is::Waiting, Some(Do::RunNow), waits, |a| with_copy(&waiting(a), a)),
    row(Blue, Is::Waiting, Some(Do::RunNow), |a| !has_copy(a), |_| "Waiting for the first copy".into()),
    row(Amber, Is::Stale, Some(Do::RunNow), |a| !is_fresh(a), |a| with_copy("Out of date", a)),
    row(Green, Is::Protected, None, |_| true, |a| with_copy("Protected", a)),
];

/// The Services that count: what is switched off in the Cloud is told as left out, and holds no light back.
fn counting<'a>(axes: &'a Axes<'_>) -> impl Iterator<Item = &'a Standing> {
    axes.services.iter().filter(|one| one.left_out.is_none())
}

/// What is shown for this state.
pub(crate) fn light(axes: &Axes<'_>) -> Light {
    // The last row always fits.
    let row = ROWS.iter().find(|row| (row.when)(axes)).unwrap_or(&ROWS[ROWS.len() - 1]);
    let sentence = match row.state {
        Is::Protected | Is::Stale | Is::Partial => with_left_out((row.sentence)(axes), axes),
        _ => (row.sentence)(axes),
    };
    Light { color: row.color, state: row.state, sentence, action: row.action }
}

/// True for a copy that counts as recent where Runs are so many hours apart.
pub(crate) fn is_fresh_copy(at: Timestamp, interval_hours: u8, now: Timestamp) -> bool {
    holdfast_engine::is_fresh(at, interval_hours, now)
}

/// How many lights have each colour, the most serious first; colours that do not occur are left out.
pub(crate) fn counted<'a>(lights: impl Iterator<Item = &'a Light>) -> Vec<LightCount> {
    let mut counts = [Red, Amber, Blue, Green, Grey].map(|color| LightCount { color, count: 0 });
    for light in lights {
        for count in counts.iter_mut().filter(|count| count.color == light.color) {
            count.count += 1;
        }
    }
    counts.into_iter().filter(|count| count.count > 0).collect()
}

/// What due Runs wait for, where they do.
pub(crate) fn waits_for(services: &[Standing]) -> Option<WaitingFor> {
    services.iter().find_map(|one| one.waits_for)
}

fn waits(axes: &Axes<'_>) -> bool {
    waits_for(axes.services).is_some()
}

fn waiting(axes: &Axes<'_>) -> String {
    let what = waits_for(axes.services).map(WaitingFor::words);
    format!("Waiting for {}", what.unwrap_or("its turn"))
}

fn is_running(axes: &Axes<'_>) -> bool {
    axes.services.iter().any(|one| one.is_running)
}

/// Every chosen Service has a good copy.
fn has_copy(axes: &Axes<'_>) -> bool {
    oldest_copy(axes).is_some()
}

/// The oldest of the last good copies; none while a Service has none.
fn oldest_copy(axes: &Axes<'_>) -> Option<Timestamp> {
    counting(axes).map(|one| one.last_complete_at).min().flatten()
}

fn is_fresh(axes: &Axes<'_>) -> bool {
    oldest_copy(axes).is_some_and(|at| is_fresh_copy(at, axes.interval_hours, axes.now))
}

/// The words, and how old the last good copy is, where there is one.
fn with_copy(words: &str, axes: &Axes<'_>) -> String {
    match oldest_copy(axes) {
        Some(at) => format!("{words}, last good copy {}", format::ago(at, axes.now)),
        None => words.to_owned(),
    }
}

/// Who left, with what the Cloud itself still has.
fn left(axes: &Axes<'_>) -> String {
    let left = with_copy("Left the company", axes);
    let Some(until) = axes.cloud_keeps_until else { return left };
    match u64::try_from(until.as_second() - axes.now.as_second()) {
        Err(_) | Ok(0) => format!("{left}; the cloud keeps nothing any more"),
        Ok(seconds) => {
            let days = format::counted(seconds.div_ceil(86_400), "day", "days");
            format!("{left}; the cloud keeps the data for at most {days} more")
        }
    }
}

/// What is left out is said beside what is kept.
fn with_left_out(words: String, axes: &Axes<'_>) -> String {
    let names: Vec<&str> = axes.services.iter().filter_map(|one| one.left_out.map(Service::title)).collect();
    match names.as_slice() {
        [] => words,
        names => format!("{words}; without {}, switched off in the cloud", names.join(", ")),
    }
}

fn partial(axes: &Axes<'_>) -> String {
    match counting(axes).map(|one| one.open).sum() {
        0 => with_copy("The last run did not reach everything", axes),
        open => with_copy(&format!("{} will be tried again", format::counted(open, "item", "items")), axes),
    }
}

/// `First copy 12 %`, where it can be known. All of the Items is not yet a good copy: 100 % is never shown.
fn first_copy(axes: &Axes<'_>) -> String {
    let missing = counting(axes).filter(|one| one.last_complete_at.is_none());
    let (mut done, mut all) = (0_u64, 0_u64);
    for one in missing {
        match one.expected.filter(|expected| *expected > 0) {
            Some(expected) => {
                done = done.saturating_add(one.items.min(expected));
                all = all.saturating_add(expected);
            }
            None if one.items == 0 && !one.is_running => {}
            None => return "First copy".to_owned(),
        }
    }
    match all {
        0 => "First copy".to_owned(),
        all => format!("First copy {} %", (u128::from(done) * 100 / u128::from(all)).min(99)),
    }
}

#[cfg(test)]
mod tests;
