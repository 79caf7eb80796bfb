//! Home and Storage: how everything stands, at a glance.

use std::collections::BTreeMap;
use std::time::Instant;

use holdfast_engine::catalog::{
    Archive, Protection, RunFilter, Tx, UserFilter, archives, connections, runs, snapshots, users,
};
use holdfast_engine::{EngineError, RepositoryPlace, VerifyReport, free_space, total_space};
use holdfast_model::{Account, Service, Timestamp};

use super::Desktop;
use super::seat::Seat;
use crate::error::Result;
use crate::people::Backdrop;
use crate::runs::{Names, Rates};
use crate::views::{
    AppEvent, GrowthPoint, HomeView, LicensesView, Light, RunView, Schedule, ServiceSummary, StorageView,
    VerifyView,
};
use crate::{UserError, light};

/// Points of the growth chart.
const MOST_POINTS: u32 = 500;
/// Runs that are listed on Home.
const MOST_RUNS: u32 = 50;
/// What has still to be removed is listed up to so many.
const MOST_CHORES: usize = 20;
/// Growth is reckoned over so many days.
const PACE_DAYS: i64 = 28;

type Read<T> = std::result::Result<T, EngineError>;

/// What Home reads from the catalogue at once.
struct Glance {
    protected: u64,
    unprotected: u64,
    paused: u64,
    waiting: u64,
    users: u64,
    lights: Vec<Light>,
    services: BTreeMap<Service, ServiceSummary>,
    running: Vec<RunView>,
    last_run: Option<RunView>,
}

impl Desktop {
    /// How everything stands.
    pub async fn home(&self) -> Result<HomeView> {
        let seat = self.seat().await?;
        let (now, rates) = (seat.now(), seat.rates.clone());
        let glance = seat.engine.read(move |tx| glance(tx, now, rates)).await?;
        let storage = match seat.engine.repository_place().await? {
            Some(_) => Some(self.storage_of(&seat).await?),
            None => None,
        };
        Ok(HomeView {
            protected: glance.protected,
            unprotected: glance.unprotected,
            paused: glance.paused,
            waiting: glance.waiting,
            schedule: seat.schedule().await?,
            users: glance.users,
            lights: light::counted(glance.lights.iter()),
            services: glance.services.into_values().collect(),
            growth: storage.as_ref().map(|storage| storage.growth.clone()).unwrap_or_default(),
            attention: seat.causes(&self.0.hub.events()).await?,
            running: glance.running,
            last_run: glance.last_run,
            // A second copy cannot be set up yet: there is one.
            only_one_copy: storage.is_some(),
            storage,
            licenses: seat.licenses().await?,
        })
    }

    /// The storage: where, how full, how it grows, when it was verified.
    pub async fn storage(&self) -> Result<StorageView> {
        let seat = self.seat().await?;
        self.storage_of(&seat).await
    }

    pub(super) async fn storage_of(&self, seat: &Seat) -> Result<StorageView> {
        let place =
            seat.engine.repository_place().await?.ok_or_else(|| UserError::of("repository.none", ""))?;
        let (content_bytes, items, growth) = seat
            .engine
            .read(|tx| {
                Ok((
                    archives::total_bytes(tx)?,
                    archives::total_items(tx)?,
                    snapshots::growth(tx, MOST_POINTS)?,
                ))
            })
            .await?;
        let last = seat.engine.last_verification().await?;
        let looked = place.clone();
        let (reachable, free, total) = tokio::task::spawn_blocking(move || {
            let reachable = is_there(&looked);
            let space =
                |of: fn(&std::path::Path) -> Option<u64>| reachable.then(|| of(&looked.path)).flatten();
            (reachable, space(free_space), space(total_space))
        })
        .await
        .map_err(|error| UserError::of("defect", error.to_string()))?;
        let growth: Vec<GrowthPoint> = growth
            .into_iter()
            .map(|one| GrowthPoint {
                at: one.at,
                content_bytes: one.content_bytes,
                stored_bytes: one.stored_bytes,
            })
            .collect();
        let path = place.path.to_string_lossy().into_owned();
        let bandwidth_limit = seat.bandwidth_limit().await?;
        let mut chores = seat.chores().await?;
        let more_chores = chores.len().saturating_sub(MOST_CHORES) as u64;
        chores.truncate(MOST_CHORES);
        Ok(StorageView {
            chores,
            more_chores,
            bandwidth_limit,
            restic_commands: restic_commands(&path),
            path,
            id: place.id,
            reachable,
            free,
            total,
            content_bytes,
            stored_bytes: growth.last().map(|one| one.stored_bytes),
            items,
            days_until_full: free.and_then(|free| days_until_full(&growth, free)),
            growth,
            // The sample's storage stays where it is.
            moving: self.0.sample.lock().await.is_none().then(|| self.moving()).flatten(),
            last_verified_at: last.as_ref().map(|last| last.at),
            last_verify_ok: last.as_ref().map(|last| last.ok),
            last_verify_sentence: last.map(|last| last.sentence),
        })
    }

    /// Checks the Repository; with `read_data` every byte of it.
    pub async fn verify(&self, read_data: bool) -> Result<VerifyView> {
        let seat = self.seat().await?;
        let cancel = Self::claim(&self.0.verifying, "verify.busy")?;
        let began = Instant::now();
        let report = seat.app.verify(read_data, self.0.hub.events(), cancel).await;
        Self::release(&self.0.verifying);
        self.tell(AppEvent::Storage);
        let report = report?;
        let ok = report.is_sound();
        let VerifyReport { packs, bytes_read, problems, .. } = report;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(VerifyView { ok, packs, bytes: bytes_read, problems, took_ms })
    }

    /// Ends a verify that goes on.
    pub async fn cancel_verify(&self) -> Result<()> {
        Self::cancel(&self.0.verifying);
        Ok(())
    }

    /// Places for protected users.
    pub async fn licenses(&self) -> Result<LicensesView> {
        self.seat().await?.licenses().await
    }

    /// Caps how many users are protected; none for no limit.
    pub async fn set_licenses(&self, limit: Option<u64>) -> Result<LicensesView> {
        let licenses = self.seat().await?.set_licenses(limit).await;
        self.tell(AppEvent::Settings);
        licenses
    }
}

/// True where the folder of the Repository is where it was.
pub(super) fn is_there(place: &RepositoryPlace) -> bool {
    place.path.join("config").is_file()
}

fn glance(tx: &Tx<'_>, now: Timestamp, rates: Rates) -> Read<Glance> {
    let mut glance = Glance {
        protected: 0,
        unprotected: 0,
        paused: 0,
        waiting: 0,
        users: 0,
        lights: Vec::new(),
        services: BTreeMap::new(),
        running: Vec::new(),
        last_run: None,
    };
    for known in connections::list(tx)? {
        let is = |protection| UserFilter { protection: Some(protection), ..UserFilter::default() };
        let active = UserFilter { account: Some(Account::Active), ..is(Protection::Unprotected) };
        glance.unprotected += users::count(tx, known.id, &active)?;
        glance.users += users::count(tx, known.id, &UserFilter::default())?;
        let protected = users::list(tx, known.id, &is(Protection::Protected))?;
        glance.protected += protected.len() as u64;
        let backdrop = Backdrop::of(tx, known, now)?;
        for user in protected {
            let policy = backdrop.policy_of(&user);
            for archive in backdrop.archives_of(&user.user.id) {
                let is_chosen = policy.services.contains(&archive.scope.service);
                if is_chosen && !backdrop.is_left_out(archive) {
                    add(&mut glance.services, archive, policy.frequency_hours, now);
                }
            }
            let row = backdrop.row_under(&policy, user);
            glance.paused += u64::from(row.schedule == Schedule::Paused);
            glance.waiting += u64::from(row.schedule == Schedule::Waiting);
            glance.lights.push(row.light);
        }
        let is_backed_up = |archive: &&Archive| {
            archive.last_result.is_some() && backdrop.policy.services.contains(&archive.scope.service)
        };
        for archive in backdrop.of_domain.iter().filter(is_backed_up) {
            add(&mut glance.services, archive, backdrop.policy.frequency_hours, now);
        }
    }
    let mut names = Names::new(tx, rates);
    for run in runs::list(tx, &RunFilter { live: Some(true), ..RunFilter::default() }, MOST_RUNS)? {
        glance.running.push(names.view(run)?);
    }
    let ended = runs::list(tx, &RunFilter { live: Some(false), ..RunFilter::default() }, 1)?.pop();
    glance.last_run = ended.map(|run| names.view(run)).transpose()?;
    Ok(glance)
}

fn add(
    services: &mut BTreeMap<Service, ServiceSummary>,
    archive: &Archive,
    interval_hours: u8,
    now: Timestamp,
) {
    let at = archive.last_complete_at;
    let sum = services.entry(archive.scope.service).or_insert(ServiceSummary {
        service: archive.scope.service,
        archives: 0,
        complete: 0,
        oldest_good_copy: at,
        newest_good_copy: None,
        items: 0,
        bytes: 0,
    });
    sum.archives += 1;
    sum.complete += u64::from(at.is_some_and(|at| light::is_fresh_copy(at, interval_hours, now)));
    // None is older than any: an Archive without a good copy is not hidden by the others.
    sum.oldest_good_copy = sum.oldest_good_copy.min(at);
    sum.newest_good_copy = sum.newest_good_copy.max(at);
    sum.items += archive.items;
    sum.bytes += archive.bytes;
}

/// How stock restic reads the storage; it asks for the recovery key as its password.
fn restic_commands(path: &str) -> Vec<String> {
    let quoted =
        if cfg!(windows) { format!("\"{path}\"") } else { format!("'{}'", path.replace('\'', "'\\''")) };
    ["snapshots", "check", "restore latest --target restored"]
        .map(|words| format!("restic -r {quoted} {words}"))
        .to_vec()
}

/// At the pace of the last weeks; none while that is less than a day, or it does not grow.
fn days_until_full(growth: &[GrowthPoint], free: u64) -> Option<u64> {
    let last = growth.last()?;
    let from = last.at.as_second() - PACE_DAYS * 86_400;
    let first = growth.iter().find(|one| one.at.as_second() >= from)?;
    let seconds = u64::try_from(last.at.as_second() - first.at.as_second())
        .ok()
        .filter(|seconds| *seconds >= 86_400)?;
    let grown = last.stored_bytes.checked_sub(first.stored_bytes).filter(|grown| *grown > 0)?;
    let days = u128::from(free) * u128::from(seconds) / u128::from(grown) / 86_400;
    u64::try_from(days).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(day: i64, stored_bytes: u64) -> GrowthPoint {
        GrowthPoint { at: Timestamp::from_second(day * 86_400).unwrap(), content_bytes: 0, stored_bytes }
    }

    #[test]
    fn a_storage_is_full_at_the_pace_of_the_last_weeks() {
        let rows = [
            (vec![], None),
            (vec![point(0, 5)], None),
            (vec![point(0, 100), point(10, 100)], None),
            (vec![point(0, 100), point(10, 50)], None),
            (vec![point(0, 100), point(10, 200)], Some(100)),
            // The first copy, long ago, says nothing about the pace of today.
            (vec![point(0, 0), point(100, 9_000), point(110, 9_100)], Some(100)),
        ];
        for (growth, expected) in rows {
            assert_eq!(days_until_full(&growth, 1_000), expected, "{growth:?}");
        }
    }

    #[cfg(not(windows))]
    #[test]
    fn a_command_can_be_pasted_whatever_the_path() {
        assert_eq!(restic_commands("/a b/it's")[0], r"restic -r '/a b/it'\''s' snapshots");
    }
}
