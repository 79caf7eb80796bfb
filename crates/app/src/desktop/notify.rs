//! What the shell shows outside of the window: one notification for each cause, again after a day and after three while
//! nobody fixed it, and the state of the tray icon. Both are of the same causes as Home.

use std::sync::PoisonError;

use holdfast_engine::catalog::{
    Protection, RunFilter, RunState, Schedule, UserFilter, connections, runs, users,
};
use holdfast_engine::{Channel, may_pass};
use holdfast_model::Timestamp;

use super::Desktop;
use super::kept::Kept;
use crate::error::Result;
use crate::language::Language;
use crate::views::{AppEvent, AttentionAction, AttentionView, Severity};

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrayState {
    /// All is well and nothing goes on.
    #[default]
    Idle,
    /// A Run goes on.
    Running,
    /// A person has to do something.
    Attention,
    /// All backups are paused.
    Paused,
}

impl TrayState {
    /// What it says in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Idle => "Holdfast",
            Self::Running => "Backups run",
            Self::Attention => "Something needs your attention",
            Self::Paused => "Backups are paused",
        }
    }
}

impl Desktop {
    /// What is to be shown now. Each is given once, also where another process asks: asking for it is showing it. In the
    /// first minutes after a start and a wake, what may pass by itself is left for later.
    pub async fn next_notifications(&self) -> Result<Vec<ToNotify>> {
        if !self.is_set_up() {
            return Ok(Vec::new());
        }
        let seat = self.seat().await?;
        seat.engine.look(&self.0.hub.events()).await?;
        let is_quiet = self.is_quiet(seat.now());
        self.deliver_later(&seat, is_quiet);
        let mut due = std::mem::take(&mut *self.0.to_show.lock().unwrap_or_else(PoisonError::into_inner));
        if !Kept::read(self.own_data_dir()).notifications {
            return Ok(Vec::new());
        }
        let language = self.language();
        for shown in &mut due {
            shown.title = language.say(&shown.title).into_owned();
            shown.body = language.say(&shown.body).into_owned();
        }
        for alarm in seat.engine.due_alarms(Channel::System, told_when(is_quiet)).await? {
            due.push(to_notify(&seat.alarm_words(&alarm).await?, alarm.times, language));
        }
        Ok(due)
    }

    fn is_quiet(&self, now: Timestamp) -> bool {
        self.0.quiet.lock().unwrap_or_else(PoisonError::into_inner).holds(now)
    }

    /// What the tray icon shows.
    pub async fn standing(&self) -> Result<TrayState> {
        if !self.is_set_up() {
            return Ok(TrayState::Idle);
        }
        let seat = self.seat().await?;
        let causes = seat.causes(&self.0.hub.events()).await?;
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
        let is_paused = is_everyone_paused || seat.paused().await?.is_some();
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
        match seat.known_causes(None).await {
            Ok(causes) => self.tell(AppEvent::Attention { count: causes.len() as u64 }),
            Err(error) => tracing::warn!(code = error.code, %error, "what needs attention could not be read"),
        }
    }
}

/// What is told while it is quiet, and what else.
pub(crate) fn told_when(is_quiet: bool) -> impl Fn(&str) -> bool + Send + Copy + 'static {
    move |cause: &str| !is_quiet || !may_pass(cause)
}

/// As it is shown: once more where it was shown before, which it says.
pub(crate) fn to_notify(cause: &AttentionView, times: usize, language: Language) -> ToNotify {
    let still = if times > 1 { "Still: " } else { "" };
    ToNotify {
        title: language.say(&format!("{still}{}", cause.title)).into_owned(),
        body: format!("{} {}", language.say(&cause.what), language.say(&cause.todo)),
        place: place(cause),
        cause: match &cause.target {
            Some(target) if !matches!(cause.action, AttentionAction::OpenRun) => {
                format!("{} {target}", cause.cause)
            }
            _ => cause.cause.clone(),
        },
    }
}

/// The page that fixes a cause.
pub(crate) fn place(cause: &AttentionView) -> String {
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
        AttentionAction::OpenSettings => "/settings/app".to_owned(),
        AttentionAction::OpenFix => "/help/fix".to_owned(),
        AttentionAction::StartBackup => "/backup/start".to_owned(),
        AttentionAction::RunNow | AttentionAction::Resume => "/".to_owned(),
        AttentionAction::OpenActivity => "/backup/activity".to_owned(),
        AttentionAction::OpenRun => match &cause.target {
            Some(run) => format!("/backup/activity/{run}"),
            None => "/backup/activity".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_again_says_so_and_opens_the_same_place() {
        let cause = AttentionView {
            cause: "cloud.refused".to_owned(),
            severity: Severity::Red,
            title: "acme.example refuses requests".to_owned(),
            what: "It said no.".to_owned(),
            todo: "Check it.".to_owned(),
            since: None,
            action: AttentionAction::OpenRun,
            target: Some("12".to_owned()),
        };
        let (first, again) =
            (to_notify(&cause, 1, Language::English), to_notify(&cause, 2, Language::English));
        assert_eq!(
            (first.title.as_str(), first.body.as_str()),
            (cause.title.as_str(), "It said no. Check it.")
        );
        assert_eq!(again.title, "Still: acme.example refuses requests");
        let german = to_notify(&cause, 2, Language::German);
        assert_eq!(german.title, "Weiterhin: acme.example lehnt Anfragen ab");
        assert_eq!((first.place.as_str(), &first.cause), ("/backup/activity/12", &again.cause));
    }
}
