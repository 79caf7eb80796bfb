//! One quota of one user or tenant.
//!
//! A cloud counts the units of the last minute, and counts a request at some moment between our sending it and
//! the first byte of its answer. A bucket therefore lets a request go only while everything under way, and
//! everything answered within the last minute, leaves room for it: whatever the delays, the cloud's own sum stays
//! within its limit. Within the minute governor spreads requests evenly.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::nanos::Nanos;
use governor::{Quota, RateLimiter};

use super::clock::Clock;

/// Even spreading goes this much faster than the limit, so that the limit is reached.
const HASTE: f64 = 1.04;
/// What a rate answer leaves of the limit, what each quiet window gives back, and the least that is left.
const SLOWER: f64 = 0.75;
const FASTER: f64 = 0.05;
const SLOWEST: f64 = 0.05;
/// Answers closer together than this part of the window are remembered as one.
const GRAIN: u32 = 2048;

/// Lets governor tell the time by our clock.
struct Watch(Arc<dyn Clock>);

impl governor::clock::Clock for Watch {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        Nanos::from(self.0.now())
    }
}

type Spread = RateLimiter<
    governor::state::direct::NotKeyed,
    governor::state::InMemoryState,
    Watch,
    governor::middleware::NoOpMiddleware<Nanos>,
>;

/// Whether a request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// Now; its units are set aside.
    Go,
    /// Not before this much time has passed.
    Wait(Duration),
    /// Not before one that is under way is answered.
    WaitForAnswer,
    /// The cloud asked everyone to wait this long.
    Closed(Duration),
}

/// The units spent by one user or tenant.
pub(super) struct Bucket {
    clock: Arc<dyn Clock>,
    limit: u64,
    window: Duration,
    spread: Spread,
    burst: u32,
    answered: VecDeque<(Duration, u64)>,
    answered_units: u64,
    under_way: u64,
    closed_until: Duration,
    /// Share of the limit that is used, and when it last changed.
    share: f64,
    share_since: Duration,
    pub(super) last_used: Duration,
}

impl Bucket {
    pub(super) fn new(limit: u64, window: Duration, clock: Arc<dyn Clock>) -> Self {
        let limit = limit.max(1);
        let (spread, burst) = spread(limit, window, &clock);
        let now = clock.now();
        Self {
            clock,
            limit,
            window,
            spread,
            burst,
            answered: VecDeque::new(),
            answered_units: 0,
            under_way: 0,
            closed_until: Duration::ZERO,
            share: 1.0,
            share_since: now,
            last_used: now,
        }
    }

    /// Sets `units` aside, or says what to wait for.
    pub(super) fn admit(&mut self, units: u32) -> Admission {
        let now = self.clock.now();
        self.last_used = now;
        if now < self.closed_until {
            return Admission::Closed(self.closed_until - now);
        }
        self.speed_up(now);
        self.forget(now);
        let units = u64::from(units);
        let spent = self.answered_units + self.under_way;
        if spent > 0 && spent + units > self.allowed() {
            return match self.answered.front() {
                Some((at, _)) => Admission::Wait((*at + self.window).saturating_sub(now)),
                None => Admission::WaitForAnswer,
            };
        }
        if let Some(cells) = NonZeroU32::new(u32::try_from(units).unwrap_or(u32::MAX).min(self.burst))
            && let Ok(Err(early)) = self.spread.check_n(cells)
        {
            return Admission::Wait(early.wait_time_from(Watch(Arc::clone(&self.clock)).now()));
        }
        self.under_way += units;
        Admission::Go
    }

    /// The answer began, or will never come.
    pub(super) fn answered(&mut self, units: u32) {
        let now = self.clock.now();
        let units = u64::from(units);
        self.under_way = self.under_way.saturating_sub(units);
        self.answered_units += units;
        match self.answered.back_mut() {
            Some((at, more)) if now.saturating_sub(*at) < self.window / GRAIN => *more += units,
            _ => self.answered.push_back((now, units)),
        }
    }

    /// The cloud said that it is too much: nobody goes for `wait`, and then more slowly.
    pub(super) fn slow_down(&mut self, wait: Duration) {
        let now = self.clock.now();
        // Requests that were under way together get their rate answers together: they count once.
        if self.closed_until <= now {
            self.set_share((self.share * SLOWER).max(SLOWEST), now);
        }
        self.closed_until = self.closed_until.max(now + wait);
    }

    /// True where dropping the bucket forgets nothing.
    pub(super) fn is_idle(&self, now: Duration) -> bool {
        let quiet = now.saturating_sub(self.last_used) > self.window;
        quiet && self.under_way == 0 && self.share >= 1.0 && self.closed_until <= now
    }

    fn speed_up(&mut self, now: Duration) {
        if self.share < 1.0 && now.saturating_sub(self.share_since) >= self.window {
            self.set_share((self.share + FASTER).min(1.0), now);
        }
    }

    fn set_share(&mut self, share: f64, now: Duration) {
        self.share = share;
        self.share_since = now;
        (self.spread, self.burst) = spread(self.allowed(), self.window, &self.clock);
    }

    fn allowed(&self) -> u64 {
        ((self.limit as f64 * self.share) as u64).max(1)
    }

    fn forget(&mut self, now: Duration) {
        while let Some((at, units)) = self.answered.front().copied()
            && at + self.window <= now
        {
            self.answered_units -= units;
            self.answered.pop_front();
        }
    }
}

fn spread(units: u64, window: Duration, clock: &Arc<dyn Clock>) -> (Spread, u32) {
    let burst = u32::try_from((units / 50).max(1)).unwrap_or(u32::MAX);
    let each = window.div_f64(units as f64 * HASTE).max(Duration::from_nanos(1));
    let burst_cells = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    let quota = match Quota::with_period(each) {
        Some(quota) => quota.allow_burst(burst_cells),
        None => Quota::per_second(NonZeroU32::MAX),
    };
    (RateLimiter::direct_with_clock(quota, Watch(Arc::clone(clock))), burst)
}
