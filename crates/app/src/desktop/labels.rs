//! The labels that the company's people made in Gmail, by name, for settings that leave mail out by them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holdfast_engine::catalog::{Protection, UserFilter, users};
use holdfast_model::{Account, ConnectionId, UserId};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Desktop, directory};
use crate::error::Result;
use crate::views::LabelView;

/// People who are asked at once, and in all; those who are protected first.
const ASKED_AT_ONCE: usize = 8;
const MOST_ASKED: usize = 40;
/// The page does not wait longer for the Cloud.
const PATIENCE: Duration = Duration::from_secs(4);
/// An answer is good for so long.
const GOOD_FOR: Duration = Duration::from_secs(10 * 60);
/// Labels that are offered; any other can be typed.
const MOST: usize = 500;

/// What was told, and when.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<ConnectionId, (Instant, Vec<LabelView>)>>);

impl Desktop {
    /// Labels of the company's own, those of most people first. Asks some of the people's mailboxes, for a moment.
    pub async fn labels(&self, connection: i64) -> Result<Vec<LabelView>> {
        let seat = self.seat().await?;
        let read = seat.engine.read(move |tx| {
            let known = directory::find(tx, connection)?;
            let mut asked = Vec::new();
            for protection in [Protection::Protected, Protection::Unprotected] {
                let filter = UserFilter { protection: Some(protection), ..UserFilter::default() };
                let active = users::list(tx, known.id, &filter)?.into_iter();
                let active =
                    active.filter(|user| user.user.account == Account::Active && user.vanished_at.is_none());
                asked.extend(active.map(|user| user.user.id).take(MOST_ASKED - asked.len()));
            }
            Ok((known.id, asked))
        });
        let (id, asked) = read.await?;
        let is_fresh = |at: &Instant| at.elapsed() < GOOD_FOR;
        let known = self.0.labels.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some((_, labels)) = known.filter(|(at, _)| is_fresh(at)) {
            return Ok(labels);
        }
        let (labels, has_all) = self.ask_labels(&seat.engine, id, asked).await;
        let labels = counted(labels);
        // Not everybody may have answered in time: that is asked again when the page opens next.
        if has_all {
            let kept = (Instant::now(), labels.clone());
            self.0.labels.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, kept);
        }
        Ok(labels)
    }

    /// The labels of each who answered in time, and whether nobody was too late.
    async fn ask_labels(
        &self,
        engine: &holdfast_engine::Engine,
        connection: ConnectionId,
        asked: Vec<UserId>,
    ) -> (Vec<Vec<String>>, bool) {
        let mut asking = JoinSet::new();
        let places = Arc::new(Semaphore::new(ASKED_AT_ONCE));
        for user in asked {
            let (engine, places) = (engine.clone(), Arc::clone(&places));
            asking.spawn(async move {
                let _place = places.acquire_owned().await;
                // Who cannot be asked only misses in what is offered: any label can be typed.
                engine.label_names(connection, user).await.ok()
            });
        }
        let mut found = Vec::new();
        let all = async {
            while let Some(labels) = asking.join_next().await {
                found.extend(labels.ok().flatten());
            }
        };
        let has_all = tokio::time::timeout(PATIENCE, all).await.is_ok();
        (found, has_all)
    }
}

/// Each name once, however it is written, with how many have it.
fn counted(labels: Vec<Vec<String>>) -> Vec<LabelView> {
    let mut all: BTreeMap<String, LabelView> = BTreeMap::new();
    for name in labels.into_iter().flatten() {
        let view = all.entry(name.to_lowercase()).or_insert(LabelView { name, users: 0 });
        view.users += 1;
    }
    let mut all: Vec<LabelView> = all.into_values().collect();
    all.sort_by_key(|label| std::cmp::Reverse(label.users));
    all.truncate(MOST);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_many_come_first_and_each_comes_once() {
        let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let told = counted(vec![of(&["Invoices", "A"]), of(&["invoices"]), of(&["B"])]);
        let told: Vec<_> = told.iter().map(|label| (label.name.as_str(), label.users)).collect();
        assert_eq!(told, [("Invoices", 2), ("A", 1), ("B", 1)]);
    }
}
