//! What keeps someone from being protected, as people are told it: the causes that the engine keeps open, each once for
//! a Domain however many it concerns. Home, the tray, notifications, e-mails and `Fix a backup` all tell these.

mod table;

use holdfast_engine::catalog::{Notification, Tx, archives, connections, notifications, runs, users};
use holdfast_engine::notifications::is_of_storage;
use holdfast_engine::{Alarm, EngineError, Events, grouped};
use holdfast_model::ConnectionId;

use crate::error::Result;
use crate::views::{AttentionAction, AttentionView};
use crate::{App, UserError, format};
pub use table::{CAUSES, CauseRow};

/// Names that a cause spells out.
const MOST_NAMES: usize = 3;

type Read<T> = std::result::Result<T, EngineError>;

impl App {
    /// All open causes as they are now, the worst first. What can be seen from this computer is looked at again.
    pub async fn causes(&self, events: &Events) -> Result<Vec<AttentionView>> {
        self.engine.look(events).await?;
        self.known_causes(None).await
    }

    /// The causes that are known to be open; those that concern one user, where one is named.
    pub(crate) async fn known_causes(&self, user: Option<&str>) -> Result<Vec<AttentionView>> {
        let user = user.map(str::to_owned);
        let read = self.engine.read(move |tx| {
            let mut open = notifications::list_open(tx)?;
            if let Some(address) = user {
                open = of_user(tx, open, &address)?;
            }
            views(tx, open)
        });
        let mut causes = read.await?;
        causes.sort_by_key(|one| (one.severity, one.since));
        Ok(causes)
    }

    /// An alarm in words.
    pub(crate) async fn alarm_words(&self, alarm: &Alarm) -> Result<AttentionView> {
        let alarm = alarm.clone();
        let read = self.engine.read(move |tx| view(tx, &alarm.cause, alarm.connection, &alarm.notifications));
        Ok(read.await?)
    }
}

/// The open causes of these notifications, each once for a Domain however many it concerns.
pub(crate) fn views(tx: &Tx<'_>, open: Vec<Notification>) -> Read<Vec<AttentionView>> {
    let groups = grouped(open).into_iter();
    groups.map(|((cause, domain), open)| view(tx, &cause, domain, &open)).collect()
}

/// Those that are about this user, or about the Domain's backups as a whole.
fn of_user(tx: &Tx<'_>, open: Vec<Notification>, address: &str) -> Read<Vec<Notification>> {
    let mut own = Vec::new();
    for known in connections::list(tx)? {
        if let Some(user) = users::by_address(tx, known.id, address)? {
            own.push((known.id, user.user.id));
        }
    }
    let concerns = |one: &Notification| match (one.subject.connection, &one.subject.user) {
        (Some(connection), Some(user)) => own.iter().any(|(known, own)| *known == connection && own == user),
        (Some(connection), None) => {
            one.subject.archive.is_none() && own.iter().any(|(known, _)| *known == connection)
        }
        (None, _) => is_of_storage(&one.cause) || one.cause.starts_with("secrets."),
    };
    Ok(open.into_iter().filter(concerns).collect())
}

/// One cause of one Domain, however many it concerns.
fn view(
    tx: &Tx<'_>,
    cause: &str,
    domain: Option<ConnectionId>,
    open: &[Notification],
) -> Read<AttentionView> {
    let row = table::of(cause);
    let detail = open.first().and_then(|one| one.detail.clone()).unwrap_or_default();
    let error = UserError::of(cause, detail.clone());
    let mut titles = Vec::new();
    for archive in open.iter().filter_map(|one| one.subject.archive) {
        if let Some(archive) = archives::get(tx, archive)? {
            titles.push(format!("{} {}", archive.name, archive.scope.service.title()));
        }
    }
    let name = match domain {
        Some(id) => connections::get(tx, id)?.map(|known| known.tenant_name),
        None => None,
    };
    let name = name.map_or_else(|| "the cloud".to_owned(), |name| format::one_line(&name));
    let title = row.title.replace("{domain}", &name);
    let whose = if titles.is_empty() { String::new() } else { format!(" {}.", spelled_out(&titles)) };
    let what = if row.is_told_by_evidence && open.len() <= 1 && !detail.is_empty() {
        format::sentence(&format::one_line(&detail))
    } else {
        format!("{}{whose}", error.what)
    };
    let target = match row.action {
        AttentionAction::OpenRun => match open.first().and_then(|one| one.subject.archive) {
            Some(archive) => runs::last(tx, archive)?.map(|run| run.id.to_string()),
            None => None,
        },
        _ => domain.map(|id| id.to_string()),
    };
    Ok(AttentionView {
        cause: cause.to_owned(),
        severity: row.severity,
        title: capitalised(&title),
        what,
        todo: error.todo,
        since: open.iter().map(|one| one.opened).min(),
        action: row.action,
        target,
    })
}

/// A title begins with a capital letter, unless it begins with a name, which is as its owner writes it.
pub(crate) fn capitalised(title: &str) -> String {
    match title.strip_prefix("the cloud") {
        Some(rest) => format!("The cloud{rest}"),
        None => title.to_owned(),
    }
}

/// `a, b, c and 4 more`.
fn spelled_out(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(MOST_NAMES).map(|name| format::one_line(name)).collect();
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), format::count(more as u64)),
    }
}
