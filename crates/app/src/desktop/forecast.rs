//! What a first copy will take under the Cloud's quotas, as far as it is known, and an honest sentence where it is not:
//! mails by their number, files by their size.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use holdfast_engine::catalog::{Archive, ArchiveFilter, archives, connections};
use holdfast_engine::clouds::http::QuotaModel;
use holdfast_engine::{PlannedUser, domain_policy, free_space};
use holdfast_model::{ConnectionId, Owner, Service, UserId};
use tokio::time::Instant;

use super::Desktop;
use super::forecast_words::sentence;
use super::seat::Seat;
use crate::error::Result;
use crate::views::Forecast;

/// Mails that Google hands out a minute from one mailbox: 6,000 units at 60 each, before May 2026 15,000 at 5.
/// <https://developers.google.com/workspace/gmail/api/reference/quota>
const MAILS_A_MINUTE: [(QuotaModel, u64); 2] = [(QuotaModel::New, 100), (QuotaModel::Old, 3_000)];
/// Archives that are copied at the same time.
const AT_ONCE: u64 = 8;
/// Users whose mailboxes and drives the Cloud is asked about at once, and in all.
const ASKED_AT_ONCE: usize = 8;
const MOST_ASKED: usize = 80;
/// The page does not wait longer for the Cloud.
const PATIENCE: Duration = Duration::from_secs(4);
/// An answer of the Cloud is good for so long.
const GOOD_FOR: Duration = Duration::from_secs(30 * 60);
/// A mean over fewer Items says nothing.
const LEAST_FOR_MEAN: u64 = 100;
/// Services whose size the Cloud tells beforehand. What the others hold is small.
const TOLD: [Service; 3] = [Service::Gmail, Service::Drive, Service::BoxFiles];

type Key = (ConnectionId, UserId, Service);

/// How much the Cloud said users have, and when: mails, or bytes of files.
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

/// What is known of one Service of the users to be copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// Users without a first copy.
    pub(super) users: u64,
    /// Those of them of whom it is known how much they have.
    pub(super) counted: u64,
    /// Mails or bytes that are still to be fetched.
    pub(super) sum: u64,
    /// The most that one of them has.
    pub(super) largest: u64,
}

impl Part {
    fn add(&mut self, much: u64) {
        self.counted += 1;
        self.sum = self.sum.saturating_add(much);
        self.largest = self.largest.max(much);
    }

    pub(super) fn is_all(&self) -> bool {
        self.users == self.counted
    }
}

/// What is known of all that is to be copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) mailboxes: Part,
    pub(super) drives: Part,
    /// What comes on top and is not counted.
    pub(super) on_top: Vec<&'static str>,
    /// The mean size of a mail that is kept already.
    pub(super) mean: Option<u64>,
    pub(super) free: Option<u64>,
}

impl Desktop {
    /// What the first copies of these users will take.
    pub(super) async fn forecast(
        &self,
        seat: &Seat,
        connection: ConnectionId,
        users: &[PlannedUser],
    ) -> Result<Forecast> {
        let read = seat.engine.read(move |tx| {
            let cloud = connections::get(tx, connection)?.map(|known| known.cloud);
            let mut services = domain_policy(tx, connection)?.services;
            services.retain(|service| Some(service.cloud()) == cloud && !service.is_of_domain());
            let mut kept = Vec::new();
            for service in TOLD.into_iter().filter(|service| services.contains(service)) {
                let filter = ArchiveFilter {
                    connection: Some(connection),
                    service: Some(service),
                    ..Default::default()
                };
                kept.push((service, archives::list(tx, &filter)?));
            }
            Ok((services, kept))
        });
        let (services, kept) = read.await?;
        let mut known = Known { on_top: on_top(services.into_iter()), ..Known::default() };
        let mut unknown = Vec::new();
        for (service, archives) in kept {
            if service == Service::Gmail {
                known.mean = mean(&archives);
            }
            let part = known.part(service);
            let by_user: HashMap<&UserId, &Archive> = archives
                .iter()
                .filter_map(|archive| match &archive.scope.owner {
                    Owner::User(user) => Some((user, archive)),
                    Owner::Domain(_) => None,
                })
                .collect();
            for user in users {
                let archive = by_user.get(&user.id);
                if archive.is_some_and(|archive| archive.last_complete_at.is_some()) {
                    continue;
                }
                part.users += 1;
                let (held, expected) = match service {
                    Service::Gmail => archive.map_or((0, None), |it| (it.items, it.expected_count)),
                    _ => (archive.map_or(0, |it| it.bytes), None),
                };
                let key = (connection, user.id.clone(), service);
                match expected.or_else(|| self.0.counts.get(&key)) {
                    Some(much) => part.add(much.saturating_sub(held)),
                    None => unknown.push(key),
                }
            }
        }
        for (service, much) in self.ask_counts(seat, unknown).await {
            known.part(service).add(much);
        }
        if let Some(place) = seat.engine.repository_place().await? {
            let looked = tokio::task::spawn_blocking(move || free_space(&place.path)).await;
            known.free = looked.ok().flatten();
        }
        Ok(forecast(&known, seat.pace))
    }

    /// Asks the Cloud about some users, for a moment; what it says later is known the next time.
    async fn ask_counts(&self, seat: &Seat, unknown: Vec<Key>) -> Vec<(Service, u64)> {
        if unknown.is_empty() || unknown.len() > MOST_ASKED {
            return Vec::new();
        }
        let mut asking = tokio::task::JoinSet::new();
        let places = std::sync::Arc::new(tokio::sync::Semaphore::new(ASKED_AT_ONCE));
        for key in unknown {
            let (desktop, engine) = (self.clone(), seat.engine.clone());
            let places = std::sync::Arc::clone(&places);
            asking.spawn(async move {
                let _place = places.acquire_owned().await;
                let (connection, user, service) = key.clone();
                // What cannot be counted stays unknown; the Run itself says why.
                let expected = engine.expect(connection, user, service).await.ok()?;
                // Who does not have the Service has nothing to copy.
                let much = match expected {
                    None => 0,
                    Some(expected) => expected.items.or(expected.bytes)?,
                };
                desktop.0.counts.put(key, much);
                Some((service, much))
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
    fn part(&mut self, service: Service) -> &mut Part {
        if service == Service::Gmail { &mut self.mailboxes } else { &mut self.drives }
    }
}

fn mean(archives: &[Archive]) -> Option<u64> {
    let (items, bytes) =
        archives.iter().fold((0, 0), |(items, bytes), one| (items + one.items, bytes + one.bytes));
    (items >= LEAST_FOR_MEAN).then(|| bytes / items)
}

/// What nobody counts beforehand.
fn on_top(services: impl Iterator<Item = Service>) -> Vec<&'static str> {
    services
        .filter_map(|service| match service {
            // The Cloud's editors tell no size.
            Service::Drive => Some("Google documents"),
            Service::Calendar => Some("calendars"),
            Service::Contacts => Some("contacts"),
            Service::Tasks => Some("tasks"),
            Service::Gmail | Service::SharedDrive | Service::BoxFiles => None,
        })
        .collect()
}

fn forecast(known: &Known, model: QuotaModel) -> Forecast {
    let Known { mailboxes, drives, mean, free, .. } = known;
    let a_minute = MAILS_A_MINUTE.iter().find(|(of, _)| *of == model).map(|(_, mails)| *mails);
    // Each mailbox has a limit of its own; several are copied at once, and the largest alone sets the least.
    let seconds = a_minute.filter(|_| mailboxes.is_all() && mailboxes.counted > 0).map(|a_minute| {
        let least = mailboxes.largest.max(mailboxes.sum.div_ceil(AT_ONCE)).saturating_mul(60) / a_minute;
        (least, least.saturating_mul(3) / 2 + 120)
    });
    let of_mails = match mailboxes.counted {
        0 => Some(0),
        _ => mean.map(|mean| mean.saturating_mul(mailboxes.sum)),
    };
    // What is known is the least that comes; it is all of it where nothing is unknown.
    let least = of_mails.unwrap_or(0).saturating_add(drives.sum);
    let is_all = mailboxes.is_all() && drives.is_all() && of_mails.is_some();
    let bytes = (is_all && mailboxes.users + drives.users > 0).then_some(least);
    let fits = free.and_then(|free| match least < free {
        false => Some(false),
        true => bytes.map(|_| true),
    });
    let items = (mailboxes.is_all() && mailboxes.users > 0).then_some(mailboxes.sum);
    let sentence = sentence(known, seconds, a_minute, fits);
    let (seconds_low, seconds_high) = seconds.unzip();
    Forecast { items, bytes, seconds_low, seconds_high, free: *free, fits, sentence }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(users: u64, counted: u64, sum: u64) -> Part {
        Part { users, counted, sum, largest: sum }
    }

    #[test]
    fn fifty_thousand_mails_take_about_eight_hours_a_mailbox() {
        let known = Known { mailboxes: part(1, 1, 50_000), ..Known::default() };
        let told = forecast(&known, QuotaModel::New);
        assert_eq!(told.items, Some(50_000));
        assert!((8 * 3600..9 * 3600).contains(&told.seconds_low.unwrap()), "{told:?}");
        assert!(told.seconds_high > told.seconds_low);
        assert_eq!(told.sentence, "50,000 mails in 1 mailbox: about 8 to 13 hours, newest first.");
    }

    #[test]
    fn files_are_told_by_their_size_and_what_is_not_counted_by_name() {
        let known = Known {
            mailboxes: part(2, 2, 100),
            drives: part(2, 2, 4_000_000_000),
            on_top: vec!["Google documents", "calendars", "contacts"],
            mean: Some(10_000_000),
            free: Some(812_000_000_000),
        };
        let told = forecast(&known, QuotaModel::New);
        assert_eq!((told.bytes, told.fits), (Some(5_000_000_000), Some(true)));
        assert_eq!(
            told.sentence,
            "100 mails in 2 mailboxes: about 1 to 4 minutes, newest first. 4.0 GB of files in 2 drives: how long they take \
             depends on your connection. Google documents, calendars and contacts come on top. 812 GB are free."
        );
        let files_alone = Known { drives: part(3, 1, 70), ..Known::default() };
        let told = forecast(&files_alone, QuotaModel::New);
        assert_eq!((told.items, told.bytes, told.seconds_low), (None, None, None));
        assert!(told.sentence.starts_with("70 bytes of files in 1 of 3 drives, "), "{}", told.sentence);
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        let none = Known { mailboxes: part(3, 0, 0), drives: part(3, 0, 0), ..Known::default() };
        let none = forecast(&none, QuotaModel::New);
        assert_eq!((none.items, none.bytes, none.seconds_low, none.fits), (None, None, None, None));
        assert!(none.sentence.contains("50,000 mails take about 8 hours a mailbox"), "{}", none.sentence);
        assert!(
            none.sentence.contains("3 drives; how much is in them is not known yet"),
            "{}",
            none.sentence
        );
        let some = Known { mailboxes: part(3, 1, 7), mean: Some(9), ..Known::default() };
        let some = forecast(&some, QuotaModel::New);
        assert_eq!((some.items, some.bytes, some.seconds_low), (None, None, None));
        assert!(some.sentence.contains("in 1 of them are 7 mails"), "{}", some.sentence);
        let nobody = forecast(&Known::default(), QuotaModel::New);
        assert_eq!(nobody.sentence, "Nothing has to be copied for the first time.");
        let without_quotas = Known { mailboxes: part(1, 1, 7), ..Known::default() };
        assert_eq!(forecast(&without_quotas, QuotaModel::Off).seconds_low, None);
    }

    #[test]
    fn a_disk_that_is_too_small_is_told_before() {
        let known =
            Known { mailboxes: part(1, 1, 10), mean: Some(1_000), free: Some(9_000), ..Known::default() };
        let told = forecast(&known, QuotaModel::New);
        assert_eq!((told.bytes, told.fits), (Some(10_000), Some(false)));
        assert!(told.sentence.ends_with("That will not be enough."));
        assert_eq!(forecast(&Known { free: Some(10_001), ..known }, QuotaModel::New).fits, Some(true));
        // What is known alone is too much, whatever the rest is.
        let partly = Known { drives: part(9, 1, 10_000), free: Some(9_000), ..Known::default() };
        assert_eq!(forecast(&partly, QuotaModel::New).fits, Some(false));
    }
}
