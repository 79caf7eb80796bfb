//! Cloud Connection Centre: a row for each Cloud, with its accounts and what is to be seen to in time.

use holdfast_engine::catalog::{Connection, ConnectionState, Notification, Tx, connections, notifications};
use holdfast_engine::clouds::contract::{Ending, EndsBecause};
use holdfast_engine::notifications::{ADMIN_LOST, CLOCK_WRONG, ENDING, MASS_DELETION, NOT_READ};
use holdfast_engine::{EngineError, Health, clouds, next_sync};
use holdfast_model::{CloudKind, Service, Timestamp};

use super::directory::users_outcome;
use super::{Desktop, seat::Seat};
use crate::error::Result;
use crate::verbs::connection_view;
use crate::views::{AccountView, AuthorisedBy, CloudStatus, CloudView, HealthItem};
use crate::{UserError, format};

/// Causes that concern one Connection and are shown beside it; that it expired is its state.
const SHOWN: [&str; 5] = [ADMIN_LOST, CLOCK_WRONG, ENDING, MASS_DELETION, NOT_READ];

impl Desktop {
    /// Every Cloud with its accounts.
    pub async fn clouds(&self) -> Result<Vec<CloudView>> {
        let seat = self.seat().await?;
        let now = seat.now();
        let read = seat.engine.read(move |tx| {
            let open = notifications::list_open(tx)?;
            let accounts = connections::list(tx)?.into_iter().map(|known| account(tx, known, &open, now));
            accounts.collect::<std::result::Result<Vec<_>, EngineError>>()
        });
        let mut accounts = read.await?;
        for account in &mut accounts {
            add_health(&seat, account).await;
        }
        let view = |cloud: CloudKind| {
            let (own, others) =
                std::mem::take(&mut accounts).into_iter().partition(|one| one.connection.cloud == cloud);
            accounts = others;
            of_cloud(cloud, own)
        };
        Ok(CloudKind::ALL.into_iter().map(view).collect())
    }
}

fn of_cloud(cloud: CloudKind, accounts: Vec<AccountView>) -> CloudView {
    let is = |one: &AccountView, state: ConnectionState| one.connection.state == state.as_str();
    let needs_attention = |one: &AccountView| {
        is(one, ConnectionState::Expired) || one.health.iter().any(|item| item.is_warning)
    };
    let status = if accounts.is_empty() {
        CloudStatus::None
    } else if accounts.iter().any(needs_attention) {
        CloudStatus::Attention
    } else if accounts.iter().any(|one| is(one, ConnectionState::Connected)) {
        CloudStatus::Connected
    } else {
        CloudStatus::Disconnected
    };
    CloudView {
        cloud,
        name: cloud.title().to_owned(),
        available: clouds::is_built_in(cloud),
        services: Service::ALL.into_iter().filter(|service| service.cloud() == cloud).collect(),
        status,
        accounts,
    }
}

fn account(
    tx: &Tx<'_>,
    known: Connection,
    open: &[Notification],
    now: Timestamp,
) -> std::result::Result<AccountView, EngineError> {
    let mine = open.iter().filter(|one| one.subject.connection == Some(known.id));
    let health = mine.filter(|one| SHOWN.contains(&one.cause.as_str())).map(|one| {
        let words = UserError::of(&one.cause, one.detail.clone().unwrap_or_default());
        HealthItem { id: one.cause.clone(), is_warning: true, title: words.what, text: words.todo }
    });
    Ok(AccountView {
        way: AuthorisedBy::Unknown,
        since: None,
        next_sync: next_sync(tx, &known)?,
        health: health.collect(),
        sync: users_outcome(tx, &known, now)?,
        connection: connection_view(tx, known)?,
    })
}

/// What is kept of the authorisation. A keychain that is locked hides that, and nothing else.
async fn add_health(seat: &Seat, account: &mut AccountView) {
    if account.connection.state == ConnectionState::Disconnected.as_str() {
        return;
    }
    let Health { authorisation, .. } = match seat.engine.health(account.connection.id).await {
        Ok(health) => health,
        Err(error) => {
            tracing::warn!(code = error.code(), %error, "how a connection is authorised could not be read");
            return;
        }
    };
    account.way = authorisation.way.into();
    account.since = authorisation.since;
    account.health.extend(authorisation.ends.and_then(note));
}

/// What is shown of an end that is not certain or far away.
fn note(ends: Ending) -> Option<HealthItem> {
    let date = format::date(ends.at);
    let (id, title, text) = match ends.why {
        EndsBecause::PerhapsTesting => (
            "testing",
            format!("This sign-in may end on {date}."),
            "Google does not tell whether the app's consent screen was left in Testing, where sign-ins end after 7 days. \
             Publish the app, or make it internal, to be sure.",
        ),
        EndsBecause::Unused => (
            "unused",
            format!("Unless it is used, this sign-in ends on {date}."),
            "Each backup and each sync uses it. Leave this computer on at least once in that time.",
        ),
        // Told as a warning once it is near.
        EndsBecause::Limited => return None,
    };
    Some(HealthItem { id: id.to_owned(), is_warning: false, title, text: text.to_owned() })
}
