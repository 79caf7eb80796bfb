//! The conformance suite: one set of promises, by topic, that every provider keeps.
//!
//! A provider's test implements [`Subject`] (a fresh cloud with one Archive to look at, and the ways in which
//! people and networks act on it) and calls [`conformance!`](crate::conformance), which makes a test of each
//! promise. What a provider cannot have at all (a mail is never renamed) it names in
//! [`Subject::impossible`]; nothing is left out in silence.
#![allow(clippy::unwrap_used, clippy::expect_used)] // Here a broken expectation is a failed test.

pub mod delta;
pub mod honesty;
pub mod listing;
pub mod manners;
mod mirror;
pub mod reading;
pub mod sign_in;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use holdfast_model::{GroupId, ItemId, OrgUnitId, SkipReason};

use super::{DirectoryTruth, TruthItem};
use crate::contract::{Change, Cloud, CloudError, Cursor, Reach};

pub use mirror::{Mirror, read_all};

/// A fresh cloud under test, with one Archive of a few Items.
#[async_trait]
pub trait Subject: Send + Sync {
    /// The cloud, as the engine sees it.
    fn cloud(&self) -> &dyn Cloud;

    /// The Archive under test.
    fn reach(&self) -> Reach;

    /// Words of the [`Deed`]s and [`Mishap`]s that do not exist here, each with the reason beside it.
    fn impossible(&self) -> &'static [&'static str];

    /// Does what a person would do; the id of what was made or changed. `None` where it is impossible.
    async fn act(&self, deed: &Deed) -> Option<String>;

    /// Lets something go wrong from now on; false where it is impossible.
    async fn suffer(&self, mishap: &Mishap) -> bool;

    /// Everything that [`Subject::suffer`] did is over.
    async fn heal(&self);

    /// Every Item that the Archive holds now under the Policy of [`Subject::reach`].
    async fn truth(&self) -> Vec<TruthItem>;

    /// The directory as it is now.
    async fn directory(&self) -> DirectoryTruth;

    /// Requests that reached the cloud so far, sign-in not counted.
    async fn requests(&self) -> u64;

    /// How many feeds tell the changes of the Archive: each costs one request when nothing changed.
    fn feeds(&self) -> u64 {
        1
    }

    /// How long the cloud was waited for so far.
    fn waited(&self) -> Duration;

    /// What a missing authorisation is called: a scope's URL.
    fn scope_name(&self) -> String;
}

/// What people do.
#[derive(Clone, Debug)]
pub enum Deed {
    /// A new Item with this name (where Items have names) and these bytes.
    Add {
        /// Its name.
        name: String,
        /// Its bytes.
        bytes: Bytes,
    },
    /// A new folder.
    AddFolder {
        /// Its name.
        name: String,
    },
    /// A new Item that can never be read, for this reason.
    AddUnreadable(SkipReason),
    /// New bytes for an Item.
    Edit(ItemId, Bytes),
    /// A new name for an Item.
    Rename(ItemId, String),
    /// Moves an Item into a folder.
    Move(ItemId, ItemId),
    /// Adds a label to an Item, or takes it away again.
    Relabel(ItemId),
    /// Deletes an Item for good.
    Remove(ItemId),
    /// A new user with this name.
    Hire {
        /// Local part of the address.
        account: String,
        /// Display name.
        name: String,
    },
    /// A new group.
    Found {
        /// Local part of the address.
        account: String,
    },
    /// Puts the second group into the first.
    Nest(GroupId, GroupId),
    /// A new org unit below one, or below the root.
    AddUnit {
        /// The unit above.
        parent: Option<OrgUnitId>,
        /// Its name.
        name: String,
    },
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum Mishap {
    /// The next request of the change feed or listing is refused once with 429 and this `Retry-After`.
    Busy(Duration),
    /// The next request is refused once with the reason word of an exhausted rate (Google: HTTP 403).
    RateReason,
    /// Every request is refused with the reason word of a right that is missing (Google: HTTP 403).
    RightMissing,
    /// The token is refused for a scope that nobody authorised.
    ScopeMissing,
    /// The authorisation was taken back.
    Revoked,
    /// The next request fails once inside the cloud (5xx).
    Hiccup,
    /// Every page of the listing and the feed fails inside the cloud.
    PageFails,
    /// A page's next page is itself.
    PageLoops,
    /// A page comes without its entries, which are never told.
    PageLost,
    /// A legal page without entries; they come with the next page.
    PageEmpty,
    /// Every cursor handed out so far is dead.
    CursorDies,
    /// The next transfer of content breaks in the middle.
    BodyBreaks,
    /// Every transfer of content ends too early, as if it were whole.
    BodyShort,
    /// Every transfer of content has the right length and other bytes.
    BodyWrong,
}

/// Names that break programs which trust names.
pub const HOSTILE_NAMES: [&str; 14] = [
    "../../x",
    "CON",
    "a/b\\c:d*e?f",
    "-rf ~",
    "=cmd|' /C calc'!A0",
    "\u{202e}gnp.exe",
    "🦀👩‍👩‍👧‍👦.txt",
    "nul\u{0}byte",
    "line\r\nbreak: yes",
    "<script>alert(1)</script>",
    "  spaces around  ",
    "Twin.txt",
    "twin.TXT",
    "e\u{301} is not \u{e9}",
];

/// Does a deed, or says that there is no such thing here and the test has nothing to show.
pub(crate) async fn act(subject: &dyn Subject, deed: Deed) -> Option<String> {
    let done = subject.act(&deed).await;
    if done.is_none() {
        let word = word(&deed);
        assert!(subject.impossible().contains(&word.as_str()), "{word} was not done and is not impossible");
    }
    done
}

/// Lets something go wrong, or says that it cannot go wrong here.
pub(crate) async fn suffer(subject: &dyn Subject, mishap: Mishap) -> bool {
    let possible = subject.suffer(&mishap).await;
    if !possible {
        let word = word(&mishap);
        assert!(subject.impossible().contains(&word.as_str()), "{word} did not happen and is not impossible");
    }
    possible
}

fn word(of: &impl std::fmt::Debug) -> String {
    format!("{of:?}").chars().take_while(|c| c.is_alphanumeric()).collect()
}

/// A new small Item with this text.
pub(crate) async fn add(subject: &dyn Subject, text: &str) -> ItemId {
    let deed = Deed::Add { name: format!("{text}.txt"), bytes: Bytes::from(text.to_owned()) };
    ItemId(subject.act(&deed).await.expect("every Archive can get a new Item"))
}

/// The whole feed from a cursor, or its error.
pub(crate) async fn feed(subject: &dyn Subject, cursor: Option<&Cursor>) -> Result<Vec<Change>, CloudError> {
    let (told, error) = partial_feed(subject, cursor).await;
    match error {
        Some(error) => Err(error),
        None => Ok(told),
    }
}

/// What a feed told before its error, and the error.
pub(crate) async fn partial_feed(
    subject: &dyn Subject,
    cursor: Option<&Cursor>,
) -> (Vec<Change>, Option<CloudError>) {
    let reach = subject.reach();
    let mut changes = subject.cloud().changes(&reach, cursor);
    let mut told = Vec::new();
    while let Some(change) = changes.next().await {
        match change {
            Ok(change) => told.push(change),
            Err(error) => {
                assert!(changes.next().await.is_none(), "something followed an error: what is it worth?");
                return (told, Some(error));
            }
        }
    }
    (told, None)
}

/// The cursor of a feed that ended well.
pub(crate) fn checkpoint(told: &[Change]) -> Cursor {
    match told.last() {
        Some(Change::Checkpoint(cursor)) => cursor.clone(),
        other => panic!("the feed did not end with a Checkpoint but with {other:?}"),
    }
}

/// Makes a test of every promise for one [`Subject`](crate::testkit::suite::Subject): a module name, and an
/// async function without arguments that returns a fresh one.
#[macro_export]
macro_rules! conformance {
    ($module:ident, $fresh:path) => {
        mod $module {
            use super::*;
            $crate::conformance! { @tests $fresh;
                listing: no_item_comes_twice_in_a_quiet_listing;
                listing: hostile_names_survive;
                listing: same_names_in_one_folder_stay_two_items;
                listing: an_empty_page_is_not_the_end;
                listing: no_user_comes_twice_and_names_survive;
                listing: groups_may_nest_in_a_circle;
                listing: a_unit_comes_after_the_one_above_it;
                listing: the_scope_under_test_is_offered;
                delta: nothing_changed_is_one_checkpoint;
                delta: a_new_item_appears;
                delta: an_edit_moves_the_tag;
                delta: a_new_name_costs_no_fetch;
                delta: a_move_costs_no_fetch;
                delta: a_label_costs_no_fetch;
                delta: a_deletion_is_told;
                delta: many_changes_of_one_item_end_in_its_last_state;
                delta: replays_are_harmless;
                delta: a_dead_cursor_starts_with_reset_and_lists_everything;
                delta: a_cursor_that_never_was_is_no_crash;
                delta: what_happens_during_a_listing_is_told_after_it;
                delta: no_checkpoint_when_a_page_fails;
                delta: no_checkpoint_when_pages_go_in_a_circle;
                delta: a_lost_page_shows;
                reading: everything_reads_back_as_it_is;
                reading: an_empty_file_reads_as_empty;
                reading: reading_twice_gives_the_same;
                reading: wrong_bytes_are_an_error;
                reading: a_short_body_is_an_error;
                reading: a_broken_transfer_is_made_whole;
                reading: an_edit_before_reading_never_mixes_states;
                reading: what_is_gone_says_gone;
                reading: what_can_never_be_read_says_why;
                manners: retry_after_is_obeyed;
                manners: a_used_up_rate_is_waited_for;
                manners: a_missing_right_is_reported_at_once;
                manners: a_hiccup_of_the_cloud_goes_unnoticed;
                manners: nothing_changed_costs_one_request_a_feed;
                sign_in: a_revoked_authorisation_asks_to_sign_in_again;
                sign_in: a_missing_scope_is_named;
                sign_in: the_live_tests_see_what_is_wrong;
                honesty: what_it_says_it_can_do_works;
                honesty: the_count_it_gives_is_right;
                honesty: the_sizes_it_lists_are_right;
                honesty: documents_have_plain_names;
            }
        }
    };
    (@tests $fresh:path; $($topic:ident: $promise:ident;)*) => {$(
        #[tokio::test]
        async fn $promise() {
            let subject = $fresh().await;
            $crate::testkit::suite::$topic::$promise(&subject).await;
        }
    )*};
}
