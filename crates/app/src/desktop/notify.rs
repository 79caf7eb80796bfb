//! What the shell shows outside of the window: one notification for each cause, again after a day and after three while
//! nobody fixed it, and the state of the tray icon. What was shown is kept, so that a restart repeats nothing.

use std::collections::BTreeMap;

use holdfast_engine::catalog::{
    Protection, RunFilter, RunState, Schedule, UserFilter, connections, runs, settings, users,
};
use holdfast_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::Desktop;
use super::kept::Kept;
use crate::error::Result;
use crate::views::{AppEvent, AttentionAction, AttentionView, Severity};

/// The setting that keeps what was shown.
const SHOWN: &str = "desktop_notified";
/// A cause is told at once, and again after so many hours.
const AGAIN_AFTER_HOURS: [i64; 3] = [0, 24, 72];

/// A notification to show now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToNotify {
    /// Names the cause, so that a newer one can replace it.
    pub cause: String,
    /// In a few words.
    pub title: String,
    /// What happened and what to do.
    pub body: String,
    /// The page that a click opens.
    pub place: String,
}

/// What the tray icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrayState {
    /// All is well and nothing goes on.
    Idle,
    /// A Run goes on.
    Running,
    /// A person has to do something.
    Attention,
    /// All backups are paused.
    Paused,
}

/// When a cause was first shown, and how often.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Shown {
    first: Timestamp,
    times: usize,
}

impl Desktop {
    /// What is to be shown now. Each is given once: asking for it is showing it.
    pub async fn next_notifications(&self) -> Result<Vec<ToNotify>> {
        if !self.is_set_up() || !Kept::read(self.own_data_dir()).notifications {
            return Ok(Vec::new());
        }
        let seat = self.seat().await?;
        let (causes, now) = (self.causes(&seat).await?, seat.now());
        let read = seat.engine.read(|tx| Ok(settings::get::<BTreeMap<String, Shown>>(tx, SHOWN)?));
        // What cannot be understood is from another version; what is told twice does no harm.
        let known = read.await.unwrap_or_default().unwrap_or_default();
        let (due, shown) = due(&causes, &known, now);
        if shown.len() != known.len() || !due.is_empty() {
            seat.engine.write(move |tx| Ok(settings::set(tx, SHOWN, &shown)?)).await?;
        }
        Ok(due)
    }

    /// What the tray icon shows.
    pub async fn standing(&self) -> Result<TrayState> {
        if !self.is_set_up() {
            return Ok(TrayState::Idle);
        }
        let seat = self.seat().await?;
        let causes = self.causes(&seat).await?;
        let read = seat.engine.read(|tx| {
            let live = runs::list(tx, &RunFilter { live: Some(true), ..RunFilter::default() }, 1_000)?;
            let is_running = live.iter().any(|run| run.state != RunState::Paused);
            let (mut protected, mut paused) = (0, 0);
            for known in connections::list(tx)? {
                let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
                protected += users::count(tx, known.id, &filter)?;
                paused +=
                    users::count(tx, known.id, &UserFilter { schedule: Some(Schedule::Paused), ..filter })?;
            }
            Ok((is_running, protected > 0 && paused == protected))
        });
        let (is_running, is_everyone_paused) = read.await?;
        let is_paused = is_everyone_paused || seat.paused_until().await?.is_some();
        let is_red = causes.iter().any(|one| one.severity == Severity::Red);
        Ok(match (is_red, is_running, is_paused) {
            (true, ..) => TrayState::Attention,
            (_, true, _) => TrayState::Running,
            (_, _, true) => TrayState::Paused,
            _ if causes.is_empty() => TrayState::Idle,
            _ => TrayState::Attention,
        })
    }

    /// Tells the page how many causes are open.
    pub(super) async fn tell_attention(&self) {
        let Ok(seat) = self.seat().await else { return };
        match self.causes(&seat).await {
            Ok(causes) => self.tell(AppEvent::Attention { count: causes.len() as u64 }),
            Err(error) => tracing::warn!(code = error.code, %error, "what needs attention could not be read"),
        }
    }
}

/// What is due, and what is kept of it. A cause that is gone is forgotten: when it returns it is a new one.
fn due(
    causes: &[AttentionView],
    known: &BTreeMap<String, Shown>,
    now: Timestamp,
) -> (Vec<ToNotify>, BTreeMap<String, Shown>) {
    let (mut due, mut shown) = (Vec::new(), BTreeMap::new());
    for cause in causes {
        let key = name(cause);
        let mut before = known.get(&key).copied().unwrap_or(Shown { first: now, times: 0 });
        let hours = (now.as_second() - before.first.as_second()) / 3600;
        if AGAIN_AFTER_HOURS.get(before.times).is_some_and(|after| hours >= *after) {
            // After a long sleep of the computer one notification is enough.
            before.times = AGAIN_AFTER_HOURS.iter().filter(|after| hours >= **after).count();
            due.push(ToNotify {
                title: cause.title.clone(),
                body: format!("{} {}", cause.what, cause.todo),
                place: place(cause),
                cause: key.clone(),
            });
        }
        shown.insert(key, before);
    }
    (due, shown)
}

/// One cause of one Domain, however many Runs it spoils.
fn name(cause: &AttentionView) -> String {
    match (&cause.action, &cause.target) {
        (AttentionAction::Reconnect | AttentionAction::OpenConnections, Some(connection)) => {
            format!("{} {connection}", cause.cause)
        }
        _ => cause.cause.clone(),
    }
}

/// The page that fixes a cause.
fn place(cause: &AttentionView) -> String {
    match cause.action {
        AttentionAction::Reconnect | AttentionAction::OpenConnections | AttentionAction::SyncUsers => {
            match &cause.target {
                Some(connection) => format!("/settings/clouds/{connection}"),
                None => "/settings/clouds".to_owned(),
            }
        }
        AttentionAction::OpenStorage => "/settings/storage".to_owned(),
        AttentionAction::OpenLicenses => "/settings/licenses".to_owned(),
        AttentionAction::OpenBackupSettings => "/settings/backup".to_owned(),
        AttentionAction::StartBackup => "/backup/start".to_owned(),
        AttentionAction::RunNow | AttentionAction::Resume => "/".to_owned(),
        AttentionAction::OpenRun | AttentionAction::OpenActivity => match &cause.target {
            Some(run) => format!("/backup/activity/{run}"),
            None => "/backup/activity".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(code: &str, action: AttentionAction, target: Option<&str>) -> AttentionView {
        AttentionView {
            cause: code.to_owned(),
            severity: Severity::Red,
            title: "t".to_owned(),
            what: "w.".to_owned(),
            todo: "d.".to_owned(),
            since: None,
            action,
            target: target.map(str::to_owned),
        }
    }

    fn hour(hours: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + hours * 3600).unwrap()
    }

    #[test]
    fn a_cause_is_told_at_once_after_a_day_after_three_and_never_again() {
        let open = [cause("cloud.forbidden", AttentionAction::OpenRun, Some("12"))];
        let (mut known, mut told) = (BTreeMap::new(), Vec::new());
        for now in 0..200 {
            let (due, shown) = due(&open, &known, hour(now));
            // As after a restart: only what is kept is known.
            known = serde_json::from_value(serde_json::to_value(shown).unwrap()).unwrap();
            told.extend(due.into_iter().map(|one| (now, one.place)));
        }
        let place = "/backup/activity/12".to_owned();
        assert_eq!(told, [(0, place.clone()), (24, place.clone()), (72, place)]);
    }

    #[test]
    fn a_cause_that_returns_is_told_anew_and_another_run_of_the_same_cause_is_not() {
        let first = [cause("cloud.forbidden", AttentionAction::OpenRun, Some("12"))];
        let (told, known) = due(&first, &BTreeMap::new(), hour(0));
        assert_eq!(told.len(), 1);
        let next_run = [cause("cloud.forbidden", AttentionAction::OpenRun, Some("13"))];
        let (told, known) = due(&next_run, &known, hour(1));
        assert_eq!(told, []);
        let (told, known) = due(&[], &known, hour(2));
        assert_eq!((told.len(), known.len()), (0, 0));
        assert_eq!(due(&first, &known, hour(3)).0.len(), 1);
    }

    #[test]
    fn two_domains_are_two_causes_and_a_long_sleep_is_one_notification() {
        let both = [
            cause("connection.expired", AttentionAction::Reconnect, Some("1")),
            cause("connection.expired", AttentionAction::Reconnect, Some("2")),
        ];
        let (told, known) = due(&both, &BTreeMap::new(), hour(0));
        assert_eq!(told.len(), 2);
        let (told, known) = due(&both, &known, hour(500));
        assert_eq!(told.len(), 2);
        assert_eq!(due(&both, &known, hour(501)).0, []);
    }
}
