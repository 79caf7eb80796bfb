//! Holds requests back so that each cloud's quotas are used up but never exceeded: one [`Bucket`] for each
//! quota and user, one for each quota and the whole tenant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::bucket::{Admission, Bucket};
use super::clock::Clock;
use super::holds::Holds;
use super::options::{Pacing, QuotaModel};
use super::quota::{Price, Quota};
use super::verdict::Whose;
use crate::contract::{CloudError, ErrorKind};

/// Buckets above which idle ones are dropped.
const MANY: usize = 1024;
/// The window of a quota, and how much longer ours is, against rounding of the cloud's clock.
const WINDOW: Duration = Duration::from_secs(60);
const CAUTION: f64 = 1.001;

type Key = (&'static str, Option<Arc<str>>);

/// All buckets of a Connection.
pub(super) struct Pacer {
    clock: Arc<dyn Clock>,
    pacing: Pacing,
    /// A cloud that asks for a longer wait than this is not waited for.
    longest_wait: Duration,
    holds: Arc<Holds>,
    queues: Mutex<HashMap<Key, Arc<Queue>>>,
}

/// Those who wait for one bucket, first come first served.
struct Queue {
    turn: Semaphore,
    places: Option<Arc<Semaphore>>,
    bucket: Mutex<Bucket>,
    answered: Notify,
}

/// A request's right to be under way. Its units count as spent from the answer's beginning, or from when this is
/// dropped; its place among the user's concurrent requests is free when this is dropped.
#[derive(Default)]
pub(super) struct Place {
    queues: Vec<Arc<Queue>>,
    units: u32,
    concurrent: Option<OwnedSemaphorePermit>,
}

impl Pacer {
    pub(super) fn new(
        pacing: Pacing,
        longest_wait: Duration,
        clock: Arc<dyn Clock>,
        holds: Arc<Holds>,
    ) -> Self {
        Self { clock, pacing, longest_wait, holds, queues: Mutex::default() }
    }

    /// Waits until the request may go.
    pub(super) async fn enter(&self, price: Option<Price>, user: &Arc<str>) -> Result<Place, CloudError> {
        let Some(Price { quota, units }) = price else { return Ok(Place::default()) };
        let mut place = Place { queues: Vec::with_capacity(2), units, concurrent: None };
        let who = user;
        for (user, limit) in [(Some(user), quota.user), (None, quota.tenant)] {
            let Some(queue) = self.queue(quota, user, limit) else { continue };
            if let Some(places) = &queue.places {
                // A semaphore that nobody closes always has places to wait for.
                place.concurrent = Arc::clone(places).acquire_owned().await.ok();
            }
            self.wait(&queue, quota, units, who).await?;
            place.queues.push(queue);
        }
        Ok(place)
    }

    async fn wait(&self, queue: &Queue, quota: &Quota, units: u32, who: &Arc<str>) -> Result<(), CloudError> {
        let _turn = queue.turn.acquire().await;
        loop {
            let answered = queue.answered.notified();
            let admission = lock(&queue.bucket).admit(units);
            match admission {
                Admission::Go => return Ok(()),
                Admission::Closed(wait) if wait > self.longest_wait => {
                    let detail = format!("{} asked everyone to wait {} s", quota.name, wait.as_secs());
                    return Err(CloudError::new(ErrorKind::Retry { after: Some(wait) }, "waiting", detail));
                }
                Admission::Closed(wait) => {
                    self.holds.note(who, wait);
                    self.clock.sleep(wait).await;
                }
                Admission::Wait(wait) => {
                    self.holds.note(who, wait);
                    // Rounded up to the timer's grain: waking early would only mean asking again.
                    self.clock.sleep(wait.max(Duration::from_micros(100))).await;
                }
                Admission::WaitForAnswer => answered.await,
            }
        }
    }

    /// The cloud said that the quota is used up.
    pub(super) fn slow_down(&self, price: Option<Price>, user: &Arc<str>, whose: Whose, wait: Duration) {
        let Some(Price { quota, .. }) = price else { return };
        let (user, limit) = match whose {
            Whose::User => (Some(user), quota.user),
            Whose::Tenant => (None, quota.tenant),
        };
        // Where the table has no limit of this kind, the cloud has just shown that there is one.
        if let Some(queue) = self.queue(quota, user, limit.or(Some(u64::from(u32::MAX)))) {
            lock(&queue.bucket).slow_down(wait);
        }
    }

    fn queue(
        &self,
        quota: &'static Quota,
        user: Option<&Arc<str>>,
        published: Option<u64>,
    ) -> Option<Arc<Queue>> {
        let key: Key = (quota.name, user.cloned());
        let mut queues = lock(&self.queues);
        if let Some(queue) = queues.get(&key) {
            return Some(Arc::clone(queue));
        }
        let own = self.pacing.limits.get(quota.name).copied().unwrap_or_default();
        let limit = match self.pacing.model {
            QuotaModel::Off => u64::from(u32::MAX),
            QuotaModel::New | QuotaModel::Old => {
                (if user.is_some() { own.user } else { own.tenant }).or(published)?
            }
        };
        if queues.len() >= MANY {
            let now = self.clock.now();
            queues.retain(|_, queue| Arc::strong_count(queue) > 1 || !lock(&queue.bucket).is_idle(now));
        }
        let window = WINDOW.div_f64(self.pacing.time_scale.max(0.001)).mul_f64(CAUTION);
        let places = user.and(quota.concurrent).map(|most| Arc::new(Semaphore::new(most)));
        let queue = Arc::new(Queue {
            turn: Semaphore::new(1),
            places,
            bucket: Mutex::new(Bucket::new(limit, window, Arc::clone(&self.clock))),
            answered: Notify::new(),
        });
        queues.insert(key, Arc::clone(&queue));
        Some(queue)
    }
}

impl Place {
    /// The answer began.
    pub(super) fn answered(&mut self) {
        for queue in self.queues.drain(..) {
            lock(&queue.bucket).answered(self.units);
            queue.answered.notify_one();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.answered();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::super::clock::SystemClock;
    use super::super::options::Limits;
    use super::*;

    static MAIL: Quota =
        Quota { name: "mail", user: Some(6_000), tenant: None, concurrent: None, source: "test" };

    /// What was charged within the window, its sum, and the sum since counting began.
    #[derive(Default)]
    struct Charged {
        recent: VecDeque<(Duration, u64)>,
        sum: u64,
        counted: u64,
    }

    /// A cloud that refuses what exceeds `limit` units within a sliding window.
    struct Cloud {
        limit: u64,
        window: Duration,
        charged: Mutex<Charged>,
        counted_from: Duration,
        refused: std::sync::atomic::AtomicU64,
        clock: Arc<dyn Clock>,
    }

    impl Cloud {
        fn with(limit: u64, window: Duration, counted_from: Duration) -> Arc<Self> {
            let (charged, refused) = Default::default();
            let clock = Arc::new(SystemClock::new());
            Arc::new(Self { limit, window, charged, counted_from, refused, clock })
        }

        fn counted(&self) -> u64 {
            lock(&self.charged).counted
        }

        fn refusals(&self) -> u64 {
            self.refused.load(std::sync::atomic::Ordering::SeqCst)
        }

        fn charge(&self, units: u64) -> bool {
            let now = self.clock.now();
            let Charged { recent, sum, counted } = &mut *lock(&self.charged);
            while recent.front().is_some_and(|(at, _)| *at + self.window <= now) {
                *sum -= recent.pop_front().map_or(0, |(_, units)| units);
            }
            if *sum + units > self.limit {
                self.refused.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                return false;
            }
            recent.push_back((now, units));
            *sum += units;
            *counted += if now >= self.counted_from { units } else { 0 };
            true
        }
    }

    /// Ten workers ask for mails of 60 units for `time`; each request reaches the cloud after an uneven delay.
    async fn work(cloud: &Arc<Cloud>, pacing: Pacing, time: Duration) {
        let clock = Arc::clone(&cloud.clock);
        let holds = Arc::new(Holds::new(Arc::clone(&clock)));
        let pacer = Arc::new(Pacer::new(pacing, Duration::MAX, Arc::clone(&clock), holds));
        let user: Arc<str> = Arc::from("ada");
        let price = Some(Price { quota: &MAIL, units: 60 });
        let mut workers = tokio::task::JoinSet::new();
        for worker in 0..10u64 {
            let (cloud, clock, pacer, user) =
                (Arc::clone(cloud), Arc::clone(&clock), Arc::clone(&pacer), Arc::clone(&user));
            workers.spawn(async move {
                let mut turn = worker;
                while clock.now() < time {
                    let Ok(mut place) = pacer.enter(price, &user).await else { return };
                    turn =
                        turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    clock.sleep(Duration::from_millis(turn >> 33 & 63)).await;
                    let fits = cloud.charge(60);
                    clock.sleep(Duration::from_millis(turn >> 43 & 63)).await;
                    place.answered();
                    if !fits {
                        pacer.slow_down(price, &user, Whose::User, Duration::from_secs(1));
                    }
                }
            });
        }
        while workers.join_next().await.is_some() {}
    }

    #[tokio::test(start_paused = true)]
    async fn the_quota_is_used_up_and_never_exceeded() {
        for (scale, limit) in [(1.0, 6_000), (10.0, 6_000), (10.0, 60_000)] {
            let window = Duration::from_secs(60).div_f64(scale);
            let cloud = Cloud::with(limit, window, window * 2);
            let limits = [("mail".to_owned(), Limits { user: Some(limit), tenant: None })].into();
            let pacing = Pacing { limits, time_scale: scale, ..Pacing::default() };
            work(&cloud, pacing, window * 7).await;
            let (reached, refused) = (cloud.counted() as f64 / (limit * 5) as f64, cloud.refusals());
            assert_eq!(refused, 0, "scale {scale}, limit {limit}");
            assert!(reached >= 0.95, "scale {scale}, limit {limit}: only {reached} of the quota is used");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_cloud_that_allows_less_than_published_is_not_stormed() {
        let minute = Duration::from_secs(60);
        let cloud = Cloud::with(3_000, minute, minute * 10);
        work(&cloud, Pacing::default(), minute * 30).await;
        let reached = cloud.counted() as f64 / (3_000.0 * 20.0);
        assert!(reached > 0.6, "{reached}");
        assert!(cloud.refusals() < 120, "{} rate answers in 30 minutes", cloud.refusals());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_held_back_can_tell_until_when() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let holds = Arc::new(Holds::new(Arc::clone(&clock)));
        let pacer = Pacer::new(Pacing::default(), Duration::MAX, Arc::clone(&clock), Arc::clone(&holds));
        let (user, price) = (Arc::from("ada"), Some(Price { quota: &MAIL, units: 60 }));
        let twenty_minutes = Duration::from_secs(1200);
        pacer.slow_down(price, &user, Whose::User, twenty_minutes);
        tokio::select! {
            biased;
            _ = pacer.enter(price, &user) => panic!("it went through"),
            () = std::future::ready(()) => {}
        }
        let told = holds.of("ada").unwrap();
        assert!(told.wait <= twenty_minutes && told.wait > twenty_minutes / 2, "{told:?}");
        assert_eq!(holds.of("bob"), None);
        pacer.enter(price, &user).await.unwrap();
        assert_eq!(holds.of("ada"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn speed_comes_back_after_a_quiet_while() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let mut bucket = Bucket::new(6_000, Duration::from_secs(60), Arc::clone(&clock));
        bucket.slow_down(Duration::from_secs(1));
        assert_eq!(bucket.admit(60), Admission::Closed(Duration::from_secs(1)));
        let mut gone = 0;
        for _ in 0..15 {
            gone = 0;
            let end = clock.now() + Duration::from_secs(60);
            while clock.now() < end {
                match bucket.admit(60) {
                    Admission::Go => {
                        bucket.answered(60);
                        gone += 1;
                    }
                    Admission::Wait(wait) | Admission::Closed(wait) => clock.sleep(wait).await,
                    Admission::WaitForAnswer => unreachable!("everything was answered"),
                }
            }
        }
        assert!((98..=104).contains(&gone), "{gone} mails in the last minute");
    }
}
