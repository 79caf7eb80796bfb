//! Box's rate limit: 1,000 calls a minute for each user.
//! <https://developer.box.com/guides/api-calls/permissions-and-errors/rate-limits>

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use super::error::BoxError;
use crate::options::Quotas;
use crate::sync::lock;
use crate::world::World;

const WINDOW_MS: u64 = 60_000;

/// The calls of the last minute, by user.
pub struct Rate(Mutex<(usize, HashMap<String, VecDeque<u64>>)>);

impl Default for Rate {
    fn default() -> Self {
        Self(Mutex::new((1_000, HashMap::new())))
    }
}

impl Rate {
    /// Sets how many calls a user may make in a minute.
    pub fn set(&self, calls: usize) {
        *lock(&self.0) = (calls, HashMap::new());
    }

    /// Counts a call, or refuses it with the seconds until there is room.
    pub(super) fn charge(&self, world: &World, user: &str) -> Result<(), BoxError> {
        if world.options.quotas == Quotas::Off {
            return Ok(());
        }
        let now = world.clock.quota_ms();
        let mut inner = lock(&self.0);
        let most = inner.0;
        let calls = inner.1.entry(user.to_owned()).or_default();
        while calls.front().is_some_and(|at| at + WINDOW_MS <= now) {
            calls.pop_front();
        }
        if calls.len() < most {
            calls.push_back(now);
            return Ok(());
        }
        let wait_ms = calls.front().map_or(WINDOW_MS, |at| at + WINDOW_MS - now) as f64;
        Err(BoxError::rate_limited(((wait_ms / 1000.0 / world.clock.time_scale()).ceil() as u64).max(1)))
    }
}
