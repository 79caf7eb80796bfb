//! Changes: what moved is told, what did not costs nothing, and no Checkpoint is given for half a story.

use bytes::Bytes;
use holdfast_model::ItemId;

use super::listing::furnish;
use super::{Deed, Mirror, Mishap, Subject, act, add, checkpoint, feed, partial_feed, suffer};
use crate::contract::{Change, Cursor};

/// What a feed says of one Item.
fn about<'a>(told: &'a [Change], id: &ItemId) -> Vec<&'a Change> {
    let names = |change: &&Change| match change {
        Change::Upsert(upsert) => upsert.id == *id,
        Change::Removed(removed) => removed == id,
        Change::Below { prefix, exist } => id.0.starts_with(prefix) && !exist.contains(id),
        Change::Reset | Change::Checkpoint(_) => false,
    };
    told.iter().filter(names).collect()
}

/// Where nothing happened, there is nothing to tell.
pub async fn nothing_changed_is_one_checkpoint(subject: &dyn Subject) {
    let mut mirror = Mirror::filled(subject).await;
    if subject.cloud().capabilities().delta {
        let told = mirror.follow(subject).await;
        assert!(matches!(told.as_slice(), [Change::Checkpoint(_)]), "{told:?}");
    }
    mirror.assert_true(subject).await;
}

/// A new Item is told and can be fetched.
pub async fn a_new_item_appears(subject: &dyn Subject) {
    let mut mirror = Mirror::filled(subject).await;
    let id = add(subject, "new").await;
    let told = mirror.follow(subject).await;
    assert!(!about(&told, &id).is_empty(), "{told:?}");
    assert_eq!(mirror.fetch(subject).await, [id]);
    mirror.assert_true(subject).await;
}

/// New bytes have a new tag, and only they are fetched.
pub async fn an_edit_moves_the_tag(subject: &dyn Subject) {
    let id = add(subject, "draft").await;
    let mut mirror = Mirror::filled(subject).await;
    if act(subject, Deed::Edit(id.clone(), Bytes::from_static(b"quite another text"))).await.is_none() {
        return;
    }
    mirror.follow(subject).await;
    assert_eq!(mirror.fetch(subject).await, [id]);
    mirror.assert_true(subject).await;
}

/// A name is metadata.
pub async fn a_new_name_costs_no_fetch(subject: &dyn Subject) {
    let id = add(subject, "named").await;
    let mut mirror = Mirror::filled(subject).await;
    if act(subject, Deed::Rename(id.clone(), "renamed.txt".to_owned())).await.is_none() {
        return;
    }
    let told = mirror.follow(subject).await;
    assert!(!about(&told, &id).is_empty(), "{told:?}");
    assert_eq!(mirror.fetch(subject).await, []);
    mirror.assert_true(subject).await;
}

/// A place is metadata.
pub async fn a_move_costs_no_fetch(subject: &dyn Subject) {
    let id = add(subject, "moved").await;
    let Some(folder) = act(subject, Deed::AddFolder { name: "a folder".to_owned() }).await.map(ItemId) else {
        return;
    };
    let mut mirror = Mirror::filled(subject).await;
    act(subject, Deed::Move(id.clone(), folder.clone())).await.expect("where there are folders, files move");
    mirror.follow(subject).await;
    assert_eq!(mirror.fetch(subject).await, []);
    assert_eq!(mirror.meta(&id).map(|meta| meta.parents.clone()), Some(vec![folder.0]));
    mirror.assert_true(subject).await;
}

/// A label is metadata.
pub async fn a_label_costs_no_fetch(subject: &dyn Subject) {
    let id = add(subject, "labelled").await;
    let mut mirror = Mirror::filled(subject).await;
    let before = mirror.meta(&id).map(|meta| meta.labels.clone());
    if act(subject, Deed::Relabel(id.clone())).await.is_none() {
        return;
    }
    mirror.follow(subject).await;
    assert_eq!(mirror.fetch(subject).await, []);
    assert_ne!(mirror.meta(&id).map(|meta| meta.labels.clone()), before);
    mirror.assert_true(subject).await;
}

/// What is deleted is told so.
pub async fn a_deletion_is_told(subject: &dyn Subject) {
    let id = add(subject, "doomed").await;
    let mut mirror = Mirror::filled(subject).await;
    act(subject, Deed::Remove(id.clone())).await.expect("everything can be deleted");
    mirror.follow(subject).await;
    assert!(!mirror.tags().contains_key(&id));
    mirror.assert_true(subject).await;
}

/// Whatever the order in which a feed tells things, its end is the truth.
pub async fn many_changes_of_one_item_end_in_its_last_state(subject: &dyn Subject) {
    let mut mirror = Mirror::filled(subject).await;
    let fleeting = add(subject, "fleeting").await;
    let lasting = add(subject, "lasting").await;
    for text in ["second state", "third state"] {
        act(subject, Deed::Edit(lasting.clone(), Bytes::from(text))).await;
        act(subject, Deed::Relabel(lasting.clone())).await;
        act(subject, Deed::Rename(lasting.clone(), format!("{text}.txt"))).await;
    }
    act(subject, Deed::Remove(fleeting.clone())).await;
    mirror.follow(subject).await;
    mirror.fetch(subject).await;
    assert!(!mirror.tags().contains_key(&fleeting));
    mirror.assert_true(subject).await;
}

/// The same feed applied again changes nothing: after a crash it is.
pub async fn replays_are_harmless(subject: &dyn Subject) {
    let mut mirror = Mirror::filled(subject).await;
    let from = mirror.cursor.clone();
    let id = add(subject, "told twice").await;
    act(subject, Deed::Relabel(id.clone())).await;
    let gone = add(subject, "gone again").await;
    act(subject, Deed::Remove(gone)).await;
    mirror.follow(subject).await;
    mirror.fetch(subject).await;
    mirror.cursor = from;
    mirror.follow(subject).await;
    assert_eq!(mirror.fetch(subject).await, []);
    mirror.assert_true(subject).await;
}

/// A cursor that expired is no error: everything is told again, and what vanished meanwhile is seen.
pub async fn a_dead_cursor_starts_with_reset_and_lists_everything(subject: &dyn Subject) {
    let gone = add(subject, "gone meanwhile").await;
    let stays = add(subject, "stays").await;
    let mut mirror = Mirror::filled(subject).await;
    act(subject, Deed::Remove(gone.clone())).await;
    act(subject, Deed::Relabel(stays)).await;
    if !suffer(subject, Mishap::CursorDies).await {
        return;
    }
    let told = mirror.follow(subject).await;
    subject.heal().await;
    assert_eq!(told.first(), Some(&Change::Reset));
    assert_eq!(mirror.fetch(subject).await, [], "content that is held is not fetched again");
    mirror.assert_true(subject).await;
}

/// A cursor that this cloud never gave is dead or refused, but nothing breaks.
pub async fn a_cursor_that_never_was_is_no_crash(subject: &dyn Subject) {
    for nonsense in ["", "never", "-1", "99999999999999999999999", "a\r\nb: c"] {
        let cursor = Cursor(nonsense.to_owned());
        if let Ok(told) = feed(subject, Some(&cursor)).await {
            assert_eq!(told.first(), Some(&Change::Reset), "{nonsense:?} was taken for a cursor");
            let mut mirror = Mirror::default();
            mirror.apply(&told);
            mirror.fetch(subject).await;
            mirror.assert_true(subject).await;
        }
    }
}

/// The cursor is taken before the listing, so nothing falls between.
pub async fn what_happens_during_a_listing_is_told_after_it(subject: &dyn Subject) {
    furnish(subject).await;
    let reach = subject.reach();
    let mut told = Vec::new();
    let late = {
        let mut changes = subject.cloud().changes(&reach, None);
        let first =
            futures::StreamExt::next(&mut changes).await.expect("a first change").expect("without error");
        told.push(first);
        let late = add(subject, "while it was listed").await;
        while let Some(change) = futures::StreamExt::next(&mut changes).await {
            told.push(change.expect("without error"));
        }
        late
    };
    let mut mirror = Mirror::default();
    mirror.apply(&told);
    if subject.cloud().capabilities().delta {
        let told = mirror.follow(subject).await;
        assert!(!about(&told, &late).is_empty(), "{told:?}");
    }
    mirror.fetch(subject).await;
    mirror.assert_true(subject).await;
}

/// Half a listing is no listing.
pub async fn no_checkpoint_when_a_page_fails(subject: &dyn Subject) {
    broken_pages(subject, Mishap::PageFails).await;
}

/// Pages that go in a circle end in an error.
pub async fn no_checkpoint_when_pages_go_in_a_circle(subject: &dyn Subject) {
    broken_pages(subject, Mishap::PageLoops).await;
}

async fn broken_pages(subject: &dyn Subject, mishap: Mishap) {
    furnish(subject).await;
    let cursor = checkpoint(&feed(subject, None).await.expect("a listing"));
    add(subject, "after the listing").await;
    if !suffer(subject, mishap).await {
        return;
    }
    for from in [None, Some(&cursor)] {
        let (told, error) = partial_feed(subject, from).await;
        assert!(error.is_some(), "no error from {from:?}: {told:?}");
        assert!(!told.iter().any(|change| matches!(change, Change::Checkpoint(_))), "{told:?}");
    }
    subject.heal().await;
    Mirror::filled(subject).await.assert_true(subject).await;
}

/// A page whose entries never came must show: an error, a count that is higher, or the provider looked again and
/// told everything after all. A Checkpoint after less would be a lie that nobody finds.
pub async fn a_lost_page_shows(subject: &dyn Subject) {
    furnish(subject).await;
    let all = subject.truth().await.len() as u64;
    if !suffer(subject, Mishap::PageLost).await {
        return;
    }
    let (told, error) = partial_feed(subject, None).await;
    subject.heal().await;
    let listed = told.iter().filter(|change| matches!(change, Change::Upsert(_))).count() as u64;
    let count = subject.cloud().expected_count(&subject.reach()).await.expect("a count or none");
    let shows = error.is_some() || listed >= all || count.is_some_and(|count| count > listed);
    assert!(shows, "{listed} of {all} were listed, the count is {count:?} and nothing shows it");
    Mirror::filled(subject).await.assert_true(subject).await;
}
