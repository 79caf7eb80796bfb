//! What limits a Run: how long its fetches waited for the Cloud's bytes and for the writer, told as a word for the
//! last while.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use holdfast_clouds::contract::Hold;
use holdfast_model::CloudKind;
use jiff::tz::TimeZone;

/// A hold shorter than this is part of the Cloud's even pace, and is told without an end.
const WORTH_A_TIME: Duration = Duration::from_secs(20);
/// Waits that sum up to less than this share of the time limit nothing.
const LEAST_SHARE: u32 = 4;

/// Where fetches spent their time, added up over all of a Run.
#[derive(Default)]
pub struct Waited {
    network: AtomicU64,
    disk: AtomicU64,
}

/// What fetches wait for.
#[derive(Clone, Copy)]
pub enum For {
    /// The Cloud's answer.
    Network,
    /// The writer.
    Disk,
}

impl Waited {
    /// Does `work` and adds the time it took.
    pub async fn during<T>(&self, what: For, work: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let done = work.await;
        let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        match what {
            For::Network => &self.network,
            For::Disk => &self.disk,
        }
        .fetch_add(nanos, Ordering::Relaxed);
        done
    }

    fn so_far(&self) -> (Duration, Duration) {
        let read = |of: &AtomicU64| Duration::from_nanos(of.load(Ordering::Relaxed));
        (read(&self.network), read(&self.disk))
    }
}

/// Looks at what was waited for since the last look.
pub struct Limits {
    seen: (Duration, Duration),
    /// What the limit on downloads had held back, in all of the process.
    throttled: Duration,
    at: Instant,
}

impl Limits {
    /// Starts to look.
    pub fn new() -> Self {
        Self { seen: (Duration::ZERO, Duration::ZERO), throttled: Duration::ZERO, at: Instant::now() }
    }

    /// In the user's words: what limits the Run since the last look; none where that is not known.
    pub fn look(
        &mut self,
        waited: &Waited,
        throttled: Duration,
        hold: Option<Hold>,
        cloud: CloudKind,
    ) -> Option<String> {
        let (passed, now) = (self.at.elapsed(), waited.so_far());
        let network = now.0.saturating_sub(self.seen.0);
        let disk = now.1.saturating_sub(self.seen.1);
        let held_back = throttled.saturating_sub(self.throttled);
        let is_throttled = !held_back.is_zero() && held_back >= passed / LEAST_SHARE;
        (self.seen, self.at, self.throttled) = (now, Instant::now(), throttled);
        match hold {
            Some(hold) => Some(held(hold, cloud, TimeZone::system())),
            None => match slower(network, disk, passed) {
                Some("disk") => Some("disk".to_owned()),
                // What waited for the network, or still does, waited for our own limit on it.
                _ if is_throttled => Some("your bandwidth limit".to_owned()),
                slower => slower.map(str::to_owned),
            },
        }
    }
}

fn slower(network: Duration, disk: Duration, passed: Duration) -> Option<&'static str> {
    let longer = network.max(disk);
    if longer < passed / LEAST_SHARE || longer.is_zero() {
        None
    } else if disk > network {
        Some("disk")
    } else {
        Some("network")
    }
}

fn held(hold: Hold, cloud: CloudKind, zone: TimeZone) -> String {
    let name = match cloud {
        CloudKind::Google => "Google",
        CloudKind::Box | CloudKind::Microsoft => cloud.title(),
    };
    if hold.wait < WORTH_A_TIME {
        return format!("{name}'s quota");
    }
    format!("waiting for {name} until {}", hold.until.to_zoned(zone).strftime("%H:%M"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_hold_is_told_with_its_end_and_a_short_one_as_the_pace() {
        let until = "2026-03-01T14:20:00Z".parse().unwrap();
        let told = |seconds| {
            held(Hold { until, wait: Duration::from_secs(seconds) }, CloudKind::Google, TimeZone::UTC)
        };
        assert_eq!(told(1200), "waiting for Google until 14:20");
        assert_eq!(told(1), "Google's quota");
    }

    #[test]
    fn our_own_limit_is_told_while_it_holds_something_back() {
        let mut limits = Limits { seen: Default::default(), throttled: Duration::ZERO, at: Instant::now() };
        let told = |limits: &mut Limits, seconds| {
            limits.look(&Waited::default(), Duration::from_secs(seconds), None, CloudKind::Google)
        };
        assert_eq!(told(&mut limits, 3).as_deref(), Some("your bandwidth limit"));
        assert_eq!(told(&mut limits, 3), None, "nothing was held back since");
    }

    #[test]
    fn the_longer_wait_is_the_limit_and_short_ones_are_none() {
        let s = Duration::from_secs;
        let rows = [
            (s(8), s(1), Some("network")),
            (s(1), s(8), Some("disk")),
            (s(0), s(0), None),
            (Duration::from_millis(50), Duration::from_millis(20), None),
        ];
        for (network, disk, expected) in rows {
            assert_eq!(slower(network, disk, s(1)), expected, "{network:?} {disk:?}");
        }
    }
}
