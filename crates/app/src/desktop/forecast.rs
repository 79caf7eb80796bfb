//! What a first copy will take under the Cloud's quotas, as far as it is known, and an honest sentence where it is not.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use holdfast_engine::catalog::{ArchiveFilter, archives};
use holdfast_engine::clouds::http::QuotaModel;
use holdfast_engine::{PlannedUser, free_space};
use holdfast_model::{ConnectionId, Owner, Service, UserId};
use tokio::time::Instant;

use super::Desktop;
use super::seat::Seat;
use crate::error::Result;
use crate::format;
use crate::views::Forecast;

/// Mails that Google hands out a minute from one mailbox: 6,000 units at 60 each, before May 2026 15,000 at 5.
/// <https://developers.google.com/workspace/gmail/api/reference/quota>
const MAILS_A_MINUTE: [(QuotaModel, u64); 2] = [(QuotaModel::New, 100), (QuotaModel::Old, 3_000)];
/// Archives that are copied at the same time.
const AT_ONCE: u64 = 8;
/// Users whose mailboxes the Cloud is asked about at once, and in all.
const ASKED_AT_ONCE: usize = 8;
const MOST_ASKED: usize = 40;
/// The page does not wait longer for the Cloud.
const PATIENCE: Duration = Duration::from_secs(4);
/// An answer of the Cloud is good for so long.
const GOOD_FOR: Duration = Duration::from_secs(30 * 60);
/// A mean over fewer Items says nothing.
const LEAST_FOR_MEAN: u64 = 100;

type Key = (ConnectionId, UserId);

/// How many Items the Cloud said users have, and when.
#[derive(Default)]
pub(super) struct Counts(Mutex<HashMap<Key, (Instant, u64)>>);

impl Counts {
    fn get(&self, key: &Key) -> Option<u64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(at, _)| at.elapsed() < GOOD_FOR).map(|(_, count)| *count)
    }

    fn put(&self, key: Key, count: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (Instant::now(), count));
    }
}

/// What is known of mailboxes to be copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Known {
    /// Users without a first copy.
    users: u64,
    /// Those of them whose mails are counted.
    counted: u64,
    /// Their mails that are still to be fetched.
    mails: u64,
    /// The largest of their mailboxes.
    largest: u64,
    /// The mean size of a mail that is kept already.
    mean: Option<u64>,
    free: Option<u64>,
}

impl Desktop {
    /// What the first copies of these users will take.
    pub(super) async fn forecast(
        &self,
        seat: &Seat,
        connection: ConnectionId,
        users: &[PlannedUser],
    ) -> Result<Forecast> {
        let mut known = Known::default();
        let filter = ArchiveFilter {
            connection: Some(connection),
            service: Some(Service::Gmail),
            ..ArchiveFilter::default()
        };
        let kept = seat.engine.read(move |tx| Ok(archives::list(tx, &filter)?)).await?;
        let (items, bytes) =
            kept.iter().fold((0, 0), |(items, bytes), one| (items + one.items, bytes + one.bytes));
        known.mean = (items >= LEAST_FOR_MEAN).then(|| bytes / items);
        let by_user: HashMap<&UserId, _> = kept
            .iter()
            .filter_map(|archive| match &archive.scope.owner {
                Owner::User(user) => Some((user, archive)),
                Owner::Domain(_) => None,
            })
            .collect();
        let mut unknown = Vec::new();
        for user in users {
            let archive = by_user.get(&user.id);
            if archive.is_some_and(|archive| archive.last_complete_at.is_some()) {
                continue;
            }
            known.users += 1;
            let held = archive.map_or(0, |archive| archive.items);
            let count = archive
                .and_then(|archive| archive.expected_count)
                .or_else(|| self.0.counts.get(&(connection, user.id.clone())));
            match count {
                Some(count) => known.add(count.saturating_sub(held)),
                None => unknown.push(user.id.clone()),
            }
        }
        for count in self.ask_counts(seat, connection, unknown).await {
            known.add(count);
        }
        if let Some(place) = seat.engine.repository_place().await? {
            let looked = tokio::task::spawn_blocking(move || free_space(&place.path)).await;
            known.free = looked.ok().flatten();
        }
        Ok(forecast(known, seat.pace))
    }

    /// Asks the Cloud about some mailboxes, for a moment; what it says later is known the next time.
    async fn ask_counts(&self, seat: &Seat, connection: ConnectionId, users: Vec<UserId>) -> Vec<u64> {
        if users.is_empty() || users.len() > MOST_ASKED {
            return Vec::new();
        }
        let mut asking = tokio::task::JoinSet::new();
        let places = std::sync::Arc::new(tokio::sync::Semaphore::new(ASKED_AT_ONCE));
        for user in users {
            let (desktop, engine) = (self.clone(), seat.engine.clone());
            let places = std::sync::Arc::clone(&places);
            asking.spawn(async move {
                let _place = places.acquire_owned().await;
                // What cannot be counted stays unknown; the Run itself says why.
                let counts = engine.count_expected(connection, user.clone()).await.ok()?;
                let count = counts.into_iter().find(|(service, _)| *service == Service::Gmail)?.1?;
                desktop.0.counts.put((connection, user), count);
                Some(count)
            });
        }
        let mut found = Vec::new();
        let all = async {
            while let Some(counted) = asking.join_next().await {
                found.extend(counted.ok().flatten());
            }
        };
        let _too_slow_for_now = tokio::time::timeout(PATIENCE, all).await;
        found
    }
}

impl Known {
    fn add(&mut self, mails: u64) {
        self.counted += 1;
        self.mails = self.mails.saturating_add(mails);
        self.largest = self.largest.max(mails);
    }
}

fn forecast(known: Known, model: QuotaModel) -> Forecast {
    let Known { users, counted, mails, largest, mean, free } = known;
    let is_all = users == counted;
    let a_minute = MAILS_A_MINUTE.iter().find(|(of, _)| *of == model).map(|(_, mails)| *mails);
    // Each mailbox has a limit of its own; several are copied at once, and the largest alone sets the least.
    let seconds = a_minute.filter(|_| is_all && counted > 0).map(|a_minute| {
        let least = (largest.max(mails.div_ceil(AT_ONCE))).saturating_mul(60) / a_minute;
        (least, least.saturating_mul(3) / 2 + 120)
    });
    let bytes = mean.filter(|_| is_all && counted > 0).map(|mean| mean.saturating_mul(mails));
    let fits = bytes.zip(free).map(|(bytes, free)| bytes < free);
    let mut sentence = match (users, is_all) {
        (0, _) => "Nothing has to be copied for the first time.".to_owned(),
        (_, true) => format!("{} in {}", format::counted(mails, "mail", "mails"), mailboxes(users)),
        (_, false) if counted == 0 => format!("{}; how much is in them is counted first", mailboxes(users)),
        (_, false) => format!(
            "{}; in {} of them are {}, the others are counted first",
            mailboxes(users),
            format::count(counted),
            format::counted(mails, "mail", "mails")
        ),
    };
    if users > 0 {
        match (seconds, a_minute) {
            (Some((low, high)), _) => sentence.push_str(&format!(": {}, newest first", between(low, high))),
            (None, Some(a_minute)) => {
                let hours = 50_000 / a_minute / 60;
                let hours = if hours == 0 {
                    "20 minutes".to_owned()
                } else {
                    format::counted(hours, "hour", "hours")
                };
                sentence.push_str(&format!("; 50,000 mails take about {hours} a mailbox, newest first"));
            }
            (None, None) => {}
        }
        sentence.push_str(". Files come on top.");
        if let Some(free) = free {
            sentence.push_str(&format!(" {} are free.", format::bytes(free)));
        }
        if fits == Some(false) {
            sentence.push_str(" That will not be enough.");
        }
    }
    let items = (is_all && users > 0).then_some(mails);
    let (seconds_low, seconds_high) = seconds.unzip();
    Forecast { items, bytes, seconds_low, seconds_high, free, fits, sentence }
}

fn mailboxes(count: u64) -> String {
    format::counted(count, "mailbox", "mailboxes")
}

/// `about 5 to 8 hours`.
fn between(low: u64, high: u64) -> String {
    match high {
        0..7_200 => format!("about {} to {} minutes", low / 60, high.div_ceil(60)),
        7_200..172_800 => format!("about {} to {} hours", low / 3_600, high.div_ceil(3_600)),
        _ => format!("about {} to {} days", low / 86_400, high.div_ceil(86_400)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_thousand_mails_take_about_eight_hours_a_mailbox() {
        let known = Known { users: 1, counted: 1, mails: 50_000, largest: 50_000, ..Known::default() };
        let told = forecast(known, QuotaModel::New);
        assert_eq!(told.items, Some(50_000));
        assert!((8 * 3600..9 * 3600).contains(&told.seconds_low.unwrap()), "{told:?}");
        assert!(told.seconds_high > told.seconds_low);
        assert_eq!(
            told.sentence,
            "50,000 mails in 1 mailbox: about 8 to 13 hours, newest first. Files come on top."
        );
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        let none = forecast(Known { users: 3, ..Known::default() }, QuotaModel::New);
        assert_eq!((none.items, none.bytes, none.seconds_low, none.fits), (None, None, None, None));
        assert!(none.sentence.contains("50,000 mails take about 8 hours a mailbox"), "{}", none.sentence);
        let some = forecast(
            Known { users: 3, counted: 1, mails: 7, largest: 7, mean: Some(9), ..Known::default() },
            QuotaModel::New,
        );
        assert_eq!((some.items, some.bytes, some.seconds_low), (None, None, None));
        assert!(some.sentence.contains("in 1 of them are 7 mails"), "{}", some.sentence);
        let nobody = forecast(Known::default(), QuotaModel::New);
        assert_eq!(nobody.sentence, "Nothing has to be copied for the first time.");
        let without_quotas = Known { users: 1, counted: 1, mails: 7, largest: 7, ..Known::default() };
        assert_eq!(forecast(without_quotas, QuotaModel::Off).seconds_low, None);
    }

    #[test]
    fn a_disk_that_is_too_small_is_told_before() {
        let known =
            Known { users: 1, counted: 1, mails: 10, largest: 10, mean: Some(1_000), free: Some(9_000) };
        let told = forecast(known, QuotaModel::New);
        assert_eq!((told.bytes, told.fits), (Some(10_000), Some(false)));
        assert!(told.sentence.ends_with("That will not be enough."));
        assert_eq!(forecast(Known { free: Some(10_001), ..known }, QuotaModel::New).fits, Some(true));
    }
}
