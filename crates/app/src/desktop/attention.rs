//! What keeps someone from being protected: the causes that the engine keeps open, and those that are seen from here.

use std::collections::BTreeMap;

use holdfast_engine::catalog::{
    ConnectionState, Notification, Protection, Subject, Tx, UserFilter, archives, connections, notifications,
    runs, users,
};
use holdfast_engine::notifications::{
    ADMIN_LOST, CLOCK_WRONG, ENDING, EXPIRED, LEFT, MASS_CHANGE, MASS_DELETION, NO_LICENSE, NOT_READ,
    QUARANTINED, is_of_storage,
};
use holdfast_engine::{EngineError, RepositoryPlace};
use holdfast_model::{ConnectionId, Timestamp};

use super::Desktop;
use super::seat::Seat;
use crate::error::Result;
use crate::people::Backdrop;
use crate::views::{AttentionAction, AttentionView, LightState, Severity};
use crate::{UserError, format};

/// Good copies that are too old.
pub(super) const STALE: &str = "copies.stale";
/// A Connection that a person ended, with people who are still to be protected.
const DISCONNECTED: &str = "connection.disconnected";
/// The storage is not where it was.
const GONE: &str = "repository.not_found";
/// Names that a cause spells out.
const MOST_NAMES: usize = 3;

type Read<T> = std::result::Result<T, EngineError>;

impl Desktop {
    /// All open causes, the worst first.
    pub(super) async fn causes(&self, seat: &Seat) -> Result<Vec<AttentionView>> {
        let (now, place) = (seat.now(), seat.engine.repository_place().await?);
        let looked = tokio::task::spawn_blocking(move || place.filter(|place| !is_there(place))).await;
        let gone = looked.map_err(|error| UserError::of("defect", error.to_string()))?;
        let mut causes = seat.engine.read(move |tx| read(tx, now)).await?;
        if let Some(place) = gone
            && !causes.iter().any(|one| one.cause.starts_with("repository."))
        {
            let error = UserError::of(GONE, "");
            causes.push(AttentionView {
                cause: GONE.to_owned(),
                severity: Severity::Red,
                title: "The storage cannot be reached".to_owned(),
                what: format!("{} {}", error.what, format::one_line(&place.path.to_string_lossy())),
                todo: error.todo,
                since: None,
                action: AttentionAction::OpenStorage,
                target: None,
            });
        }
        causes.sort_by_key(|one| (one.severity, one.since));
        Ok(causes)
    }
}

/// True where the folder of the Repository is where it was.
pub(super) fn is_there(place: &RepositoryPlace) -> bool {
    place.path.join("config").is_file()
}

/// The open causes of these notifications, each once for a Domain however many it concerns.
pub(super) fn grouped(tx: &Tx<'_>, open: Vec<Notification>) -> Read<Vec<AttentionView>> {
    let mut groups: BTreeMap<(String, Option<ConnectionId>), Vec<Notification>> = BTreeMap::new();
    for open in open {
        groups.entry((open.cause.clone(), open.subject.connection)).or_default().push(open);
    }
    let mut causes = Vec::new();
    for ((cause, _), open) in groups {
        causes.extend(of_group(tx, &cause, &open)?);
    }
    Ok(causes)
}

fn read(tx: &Tx<'_>, now: Timestamp) -> Read<Vec<AttentionView>> {
    let mut causes = grouped(tx, notifications::list_open(tx)?)?;
    for known in connections::list(tx)? {
        let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
        let protected = users::count(tx, known.id, &filter)?;
        if known.state == ConnectionState::Disconnected && protected > 0 {
            let error = UserError::of(DISCONNECTED, format!("{} is disconnected", known.tenant_name));
            causes.push(AttentionView {
                cause: DISCONNECTED.to_owned(),
                severity: Severity::Red,
                title: format!("{} is not connected", format::one_line(&known.tenant_name)),
                what: format!(
                    "{} cannot be backed up.",
                    format::counted(protected, "protected user", "protected users")
                ),
                todo: error.todo,
                since: None,
                action: AttentionAction::OpenConnections,
                target: Some(known.id.to_string()),
            });
        }
        if known.state == ConnectionState::Connected {
            causes.extend(stale(tx, Backdrop::of(tx, known, now)?, now)?);
        }
    }
    Ok(causes)
}

/// Good copies of a Domain that are too old, whatever the reason: also a schedule that died is seen so.
fn stale(tx: &Tx<'_>, backdrop: Backdrop, now: Timestamp) -> Read<Option<AttentionView>> {
    let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
    let (mut names, mut oldest) = (Vec::new(), None::<Timestamp>);
    for known in users::list(tx, backdrop.connection.id, &filter)? {
        let row = backdrop.row(tx, known)?;
        if row.light.state == LightState::Stale {
            oldest = oldest.into_iter().chain(row.last_good_copy()).min();
            names.push(row.address);
        }
    }
    if names.is_empty() {
        return Ok(None);
    }
    let error = UserError::of(STALE, "");
    let age =
        oldest.map_or_else(String::new, |at| format!(", the oldest good copy {}", format::ago(at, now)));
    Ok(Some(AttentionView {
        cause: STALE.to_owned(),
        severity: Severity::Amber,
        title: format!("{} out of date", format::counted(names.len() as u64, "backup is", "backups are")),
        what: format!("{}{age}.", spelled_out(&names)),
        todo: error.todo,
        since: oldest,
        action: AttentionAction::RunNow,
        target: Some(backdrop.connection.id.to_string()),
    }))
}

/// One cause of one Domain, however many it concerns.
fn of_group(tx: &Tx<'_>, cause: &str, open: &[Notification]) -> Read<Option<AttentionView>> {
    let Some(first) = open.first() else { return Ok(None) };
    let detail = first.detail.clone().unwrap_or_default();
    let error = UserError::of(cause, detail.clone());
    let mut titles = Vec::new();
    for one in open {
        if let Some(archive) = one.subject.archive
            && let Some(archive) = archives::get(tx, archive)?
        {
            titles.push(format!("{} {}", archive.name, archive.scope.service.title()));
        }
    }
    let domain = match first.subject.connection {
        Some(id) => connections::get(tx, id)?.map(|known| known.tenant_name).unwrap_or_default(),
        None => String::new(),
    };
    let run = match first.subject.archive {
        Some(archive) => runs::last(tx, archive)?.map(|run| run.id.to_string()),
        None => None,
    };
    let connection = first.subject.connection.map(|id| id.to_string());
    let domain = format::one_line(&domain);
    let (severity, title, action, target) = match cause {
        EXPIRED => {
            let title = format!("{domain} has to be connected again");
            (Severity::Red, title, AttentionAction::Reconnect, connection)
        }
        ENDING => {
            let title = format!("The sign-in to {domain} ends soon");
            (Severity::Amber, title, AttentionAction::Reconnect, connection)
        }
        ADMIN_LOST => {
            let title = format!("The admin who connected {domain} may no longer do so");
            (Severity::Amber, title, AttentionAction::Reconnect, connection)
        }
        CLOCK_WRONG => {
            let title = "The clock of this computer is wrong".to_owned();
            (Severity::Amber, title, AttentionAction::OpenConnections, connection)
        }
        MASS_DELETION => {
            let title = format!("Most users of {domain} are gone from its directory");
            (Severity::Amber, title, AttentionAction::OpenConnections, connection)
        }
        NOT_READ => {
            let title = format!("The directory of {domain} could not be brought in");
            (Severity::Amber, title, AttentionAction::OpenConnections, connection)
        }
        NO_LICENSE => {
            let title = "More licenses are needed".to_owned();
            (Severity::Amber, title, AttentionAction::OpenLicenses, None)
        }
        QUARANTINED => {
            let title = "Items could not be read".to_owned();
            (Severity::Amber, title, AttentionAction::OpenRun, run)
        }
        MASS_CHANGE => {
            let title = "A backup changed far more than is normal".to_owned();
            (Severity::Red, title, AttentionAction::OpenBackupSettings, connection)
        }
        LEFT => {
            let title = match open.len() {
                1 => "An account was deleted in the cloud".to_owned(),
                many => format!("{} accounts were deleted in the cloud", format::count(many as u64)),
            };
            (Severity::Amber, title, AttentionAction::OpenActivity, None)
        }
        code if is_of_storage(code) => {
            let title = "The storage cannot be used".to_owned();
            (Severity::Red, title, AttentionAction::OpenStorage, None)
        }
        _ if first.subject == Subject::default() => {
            (Severity::Red, "Backups do not run".to_owned(), AttentionAction::OpenActivity, None)
        }
        _ => {
            let count = titles.len().max(1) as u64;
            let title = format!("{} not run", format::counted(count, "backup does", "backups do"));
            (Severity::Red, title, AttentionAction::OpenRun, run)
        }
    };
    let whose = if titles.is_empty() { String::new() } else { format!(" {}.", spelled_out(&titles)) };
    let since = open.iter().map(|one| one.opened).min();
    let what = match cause {
        QUARANTINED | MASS_CHANGE | LEFT if open.len() == 1 => format::sentence(&format::one_line(&detail)),
        _ => format!("{}{whose}", error.what),
    };
    Ok(Some(AttentionView {
        cause: cause.to_owned(),
        severity,
        title,
        what,
        todo: error.todo,
        since,
        action,
        target,
    }))
}

/// `a, b, c and 4 more`.
fn spelled_out(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(MOST_NAMES).map(|name| format::one_line(name)).collect();
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), format::count(more as u64)),
    }
}
