//! Waiting for Google: what an admin grants takes effect within minutes, sometimes within a day. It is tested by itself, at
//! the start and then less and less often, and connecting goes on as soon as it can.

use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use holdfast_model::{CloudKind, ConnectionId, Timestamp};
use jiff::SignedDuration;
use tokio::sync::Notify;

use super::kept::{Kept, KeptGuide, Waiting};
use super::{Desktop, Inner, ToNotify, limits};
use crate::App;
use crate::error::Result;
use crate::verbs::Prepared;
use crate::views::{
    AppEvent, AwaitedView, CheckItem, ConnectGoogleKey, ConnectionView, GuideProgress, KeepGuide, ProfileKind,
};

/// Between two tests, the last one for as long as it takes.
const PAUSES: [u64; 9] = [15, 15, 30, 30, 60, 60, 120, 300, 600];
/// After a day, an admin has to look.
const PAUSE_OVERDUE: Duration = Duration::from_secs(3_600);
/// Google says that a change has taken effect by then.
const WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// What is granted this soon needs no notification: the person is there.
const STILL_THERE: SignedDuration = SignedDuration::from_secs(60);

/// What the tests found since the app was started.
#[derive(Default)]
pub(super) struct Probed {
    tests: usize,
    tested_at: Option<Timestamp>,
    next_test: Option<Timestamp>,
    checks: Vec<CheckItem>,
    made: Option<ConnectionView>,
}

impl Desktop {
    /// How far connecting Google is.
    pub async fn guide_progress(&self) -> Result<GuideProgress> {
        let kept = Kept::read(self.own_data_dir());
        let KeptGuide { done, key_file, admin, endpoints } = kept.guide;
        let probed = self.0.probed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Timestamp::now();
        let waiting = kept.waiting.map(|waiting| {
            let until = until(&waiting);
            AwaitedView {
                admin: waiting.admin,
                connection: waiting.connection,
                since: waiting.since,
                until,
                is_overdue: now > until,
                tested_at: probed.tested_at,
                next_test: probed.next_test,
                checks: probed.checks.clone(),
            }
        });
        Ok(GuideProgress { done, key_file, admin, endpoints, waiting, made: probed.made.clone() })
    }

    /// Keeps what a person has done.
    pub async fn keep_guide(&self, input: KeepGuide) -> Result<GuideProgress> {
        let KeepGuide { done, key_file, admin, endpoints } = input;
        limits::words(done.iter())?;
        limits::address(&admin)?;
        std::iter::once(&key_file).chain(&endpoints).try_for_each(|path| limits::typed_path(path))?;
        self.change_kept(move |kept| kept.guide = KeptGuide { done, key_file, admin, endpoints }).await?;
        self.guide_progress().await
    }

    /// Tests what is waited for now.
    pub async fn test_waiting(&self) -> Result<GuideProgress> {
        self.0.probed.lock().unwrap_or_else(PoisonError::into_inner).tests = 0;
        self.probe().await;
        self.0.waiting_changed.notify_one();
        self.guide_progress().await
    }

    /// Waits no longer. The key is forgotten where nothing was connected with it.
    pub async fn stop_waiting(&self) -> Result<GuideProgress> {
        let _no_test_meanwhile = self.0.probing.lock().await;
        self.end_waiting(None).await?;
        self.guide_progress().await
    }

    /// Google lets nobody in yet: the secret is kept until it does.
    pub(super) async fn wait_to_connect(
        &self,
        app: &App,
        prepared: &Prepared,
        input: &ConnectGoogleKey,
    ) -> Result<()> {
        if self.profile().await == ProfileKind::Sample {
            return Ok(());
        }
        let secret = app.engine.keep_waiting_secret(CloudKind::Google, prepared.secret.clone()).await?;
        let waiting = Waiting {
            secret: Some(secret),
            connection: None,
            endpoints_note: prepared.endpoints_note.clone(),
            admin: input.admin.clone(),
            since: app.now(),
            is_told: false,
        };
        let (key_file, admin) = (input.key_file.clone(), input.admin.clone());
        let endpoints = input.endpoints.clone();
        self.change_kept(move |kept| {
            (kept.guide.key_file, kept.guide.admin, kept.guide.endpoints) = (key_file, admin, endpoints);
        })
        .await?;
        self.begin_waiting(waiting).await
    }

    /// There is a Connection; whether it may do everything is seen.
    pub(super) async fn wait_for_grants(&self, connection: &ConnectionView) -> Result<()> {
        if self.profile().await == ProfileKind::Sample {
            return Ok(());
        }
        let waiting = Waiting {
            secret: None,
            connection: Some(connection.id.0),
            endpoints_note: None,
            admin: connection.signed_in_as.clone(),
            since: Timestamp::now(),
            is_told: false,
        };
        self.change_kept(|kept| kept.guide = KeptGuide::default()).await?;
        self.begin_waiting(waiting).await
    }

    async fn begin_waiting(&self, waiting: Waiting) -> Result<()> {
        let _no_test_meanwhile = self.0.probing.lock().await;
        self.end_waiting(None).await?;
        self.change_kept(move |kept| kept.waiting = Some(waiting)).await?;
        self.0.waiting_changed.notify_one();
        self.tell(AppEvent::Waiting);
        Ok(())
    }

    async fn end_waiting(&self, made: Option<ConnectionView>) -> Result<()> {
        let before = Kept::read(self.own_data_dir()).waiting;
        self.change_kept(|kept| kept.waiting = None).await?;
        *self.0.probed.lock().unwrap_or_else(PoisonError::into_inner) = Probed { made, ..Probed::default() };
        if let Some(secret) = before.and_then(|waiting| waiting.secret) {
            self.own().await?.engine.forget_waiting_secret(secret).await?;
        }
        self.tell(AppEvent::Waiting);
        Ok(())
    }

    /// Tests once, if something is waited for; when to test again.
    async fn probe(&self) -> Option<Duration> {
        let _one_at_a_time = self.0.probing.lock().await;
        let waiting = Kept::read(self.own_data_dir()).waiting?;
        let stopping = self.0.stopping.clone();
        let probed = tokio::select! {
            () = stopping.cancelled() => return None,
            probed = self.probe_for(&waiting) => probed,
        };
        let now = Timestamp::now();
        let is_overdue = now > until(&waiting);
        let found = match probed {
            Ok(None) => return None,
            Ok(Some(found)) => found,
            Err(error) => {
                tracing::info!(cause = error.code, %error, "Google could not be tested");
                Vec::new()
            }
        };
        if is_overdue && !waiting.is_told && found.iter().any(|check| check.ok == Some(false)) {
            self.notify_of(overdue(&found, &waiting));
            let told = self.change_kept(|kept| {
                kept.waiting.iter_mut().for_each(|waiting| waiting.is_told = true);
            });
            if let Err(error) = told.await {
                tracing::warn!(cause = error.code, %error, "that it was told could not be kept");
            }
        }
        let pause = {
            let mut probed = self.0.probed.lock().unwrap_or_else(PoisonError::into_inner);
            let pause = Duration::from_secs(PAUSES[probed.tests.min(PAUSES.len() - 1)]);
            let pause = if is_overdue { PAUSE_OVERDUE } else { pause };
            probed.tests += 1;
            probed.tested_at = Some(now);
            probed.next_test = now.checked_add(pause).ok();
            if !found.is_empty() {
                probed.checks = found;
            }
            pause
        };
        self.tell(AppEvent::Waiting);
        Some(pause)
    }

    /// What was found; none where nothing is missing any more and the waiting is over.
    async fn probe_for(&self, waiting: &Waiting) -> Result<Option<Vec<CheckItem>>> {
        let seat = self.own().await?;
        let is_prompt = Timestamp::now().duration_since(waiting.since) < STILL_THERE;
        let (connection, checks) = match (waiting.connection, &waiting.secret) {
            (Some(connection), _) => {
                let known = seat.connections().await?.into_iter().find(|known| known.id.0 == connection);
                let Some(known) = known.filter(|known| known.state == "connected") else {
                    // It was disconnected, or has lapsed, which is told elsewhere.
                    return self.end_waiting(None).await.map(|()| None);
                };
                let checks = seat.check_connection(ConnectionId(connection)).await?;
                if checks.iter().any(|check| check.ok != Some(true)) {
                    return Ok(Some(checks));
                }
                (known, checks)
            }
            (None, Some(secret)) => {
                let Some(secret) = seat.engine.waiting_secret(secret).await? else {
                    return self.end_waiting(None).await.map(|()| None);
                };
                let prepared = Prepared { secret, endpoints_note: waiting.endpoints_note.clone() };
                let cancel = self.0.stopping.child_token();
                match seat.connect_prepared(CloudKind::Google, &prepared, cancel).await {
                    Ok(connection) => (self.connected(connection).await?, Vec::new()),
                    Err(error) if error.code == "connection.already" => {
                        return self.end_waiting(None).await.map(|()| None);
                    }
                    Err(_) => return seat.test(CloudKind::Google, prepared.secret).await.map(Some),
                }
            }
            (None, None) => return self.end_waiting(None).await.map(|()| None),
        };
        self.end_waiting(Some(connection.clone())).await?;
        if !is_prompt {
            self.notify_of(granted(&connection, checks.is_empty()));
        }
        if checks.is_empty() {
            // The Directory is open; whether the rest is, is seen next.
            let next = Waiting {
                secret: None,
                connection: Some(connection.id.0),
                since: waiting.since,
                is_told: waiting.is_told,
                admin: waiting.admin.clone(),
                endpoints_note: None,
            };
            self.change_kept(move |kept| (kept.waiting, kept.guide) = (Some(next), KeptGuide::default()))
                .await?;
            self.0.waiting_changed.notify_one();
        }
        Ok(None)
    }

    fn notify_of(&self, shown: ToNotify) {
        self.0.to_show.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
    }
}

/// Tests as long as the app runs, at once when something begins to be waited for.
pub(super) async fn keep_probing(desktop: Weak<Inner>, changed: Arc<Notify>) {
    loop {
        let Some(inner) = desktop.upgrade() else { return };
        if inner.stopping.is_cancelled() {
            return;
        }
        match Desktop(inner).probe().await {
            Some(pause) => tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = changed.notified() => {}
            },
            None => changed.notified().await,
        }
    }
}

fn until(waiting: &Waiting) -> Timestamp {
    waiting.since.checked_add(WITHIN).unwrap_or(waiting.since)
}

fn granted(connection: &ConnectionView, is_new: bool) -> ToNotify {
    let domain = &connection.domain;
    let (title, body) = if is_new {
        (format!("{domain} is connected"), "Google lets Holdfast in. The set-up can go on.".to_owned())
    } else {
        let body = format!("Every scope and API that backups of {domain} need works now.");
        ("Google has granted everything".to_owned(), body)
    };
    ToNotify { cause: "waiting.granted".to_owned(), title, body, place: place(Some(connection.id.0)) }
}

fn overdue(found: &[CheckItem], waiting: &Waiting) -> ToNotify {
    let missing: Vec<&str> =
        found.iter().filter(|check| check.ok == Some(false)).map(|check| check.title.as_str()).collect();
    ToNotify {
        cause: "waiting.overdue".to_owned(),
        title: "Google still does not let Holdfast in".to_owned(),
        body: format!(
            "After 24 hours this is missing: {}. Open Holdfast to see what to do.",
            missing.join(", ")
        ),
        place: place(waiting.connection),
    }
}

fn place(connection: Option<i64>) -> String {
    connection.map_or_else(|| "/settings/clouds".to_owned(), |id| format!("/settings/clouds/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_after_a_day_is_named() {
        let check = |title: &str, ok| CheckItem {
            id: title.to_owned(),
            title: title.to_owned(),
            ok,
            sentence: String::new(),
            todo: None,
            copy: None,
            link: None,
        };
        let waiting = Waiting {
            secret: None,
            connection: Some(3),
            endpoints_note: None,
            admin: "a@acme.example".to_owned(),
            since: Timestamp::UNIX_EPOCH,
            is_told: false,
        };
        let found = [check("Gmail data access", Some(false)), check("Drive data access", Some(true))];
        let told = overdue(&found, &waiting);
        assert!(told.body.contains("missing: Gmail data access."), "{}", told.body);
        assert_eq!(told.place, "/settings/clouds/3");
        assert_eq!(until(&waiting).to_string(), "1970-01-02T00:00:00Z");
    }
}
