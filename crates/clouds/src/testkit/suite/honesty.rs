//! Honesty: what a cloud says of itself is so.

use futures::TryStreamExt;
use holdfast_model::MetaUpdate;

use super::{Mirror, Mishap, Subject, add, feed, suffer};
use crate::contract::Change;

/// Each capability that is true works, each that is false says so.
pub async fn what_it_says_it_can_do_works(subject: &dyn Subject) {
    let cloud = subject.cloud();
    let says = cloud.capabilities();
    assert!(says.parallelism >= 1, "at least one Item at a time");
    let groups: Vec<_> = cloud.groups().try_collect().await.expect("the groups");
    assert!(says.groups || groups.is_empty(), "it has no groups, and lists {}", groups.len());
    let units: Vec<_> = cloud.org_units().try_collect().await.expect("the org units");
    assert_eq!(says.org_units, !units.is_empty(), "the root at least, or none");
    let tenant = cloud.tenant().await.expect("the tenant");
    assert!(!tenant.id.as_str().is_empty() && !tenant.name.is_empty() && tenant.signed_in_as.contains('@'));

    let mut mirror = Mirror::filled(subject).await;
    let id = add(subject, "the only change").await;
    let told = mirror.follow(subject).await;
    let upserts = told.iter().filter(|change| matches!(change, Change::Upsert(_))).count();
    if says.delta {
        assert!(upserts <= 2, "{upserts} told for one change of {id}");
    } else {
        assert_eq!(told.first(), Some(&Change::Reset), "without a feed every listing is full");
    }
    if says.ranged_reads && suffer(subject, Mishap::BodyBreaks).await {
        mirror.fetch(subject).await;
        mirror.assert_true(subject).await;
    }
}

/// The count that a run is compared with.
pub async fn the_count_it_gives_is_right(subject: &dyn Subject) {
    let before = subject.cloud().expected_count(&subject.reach()).await.expect("a count or none");
    add(subject, "one more").await;
    let after = subject.cloud().expected_count(&subject.reach()).await.expect("a count or none");
    assert_eq!(before.is_some(), after.is_some());
    if let (Some(before), Some(after)) = (before, after) {
        assert_eq!(after, before + 1);
        assert_eq!(after, subject.truth().await.len() as u64);
    }
}

/// A listed size is the number of bytes that come, where the cloud says so.
pub async fn the_sizes_it_lists_are_right(subject: &dyn Subject) {
    add(subject, "twenty-two bytes long").await;
    let stable = subject.cloud().capabilities().stable_size;
    let truth = subject.truth().await;
    for change in feed(subject, None).await.expect("a listing") {
        let Change::Upsert(upsert) = change else { continue };
        let item = truth.iter().find(|item| item.id == upsert.id).expect("what is listed exists");
        assert!(upsert.newness != 0 || !matches!(upsert.meta, MetaUpdate::Full(_)), "it has a time");
        if let (true, Some(listed), [content]) = (stable, upsert.size, item.contents.as_slice())
            && let Some(size) = content.size
        {
            assert_eq!(listed, size, "size of {}", upsert.id);
        }
    }
}

/// Documents become files, so their names are plain and each comes once.
pub async fn documents_have_plain_names(subject: &dyn Subject) {
    let documents = subject.cloud().documents(&subject.reach()).await.expect("the documents");
    let mut names: Vec<_> = documents.iter().map(|document| document.name).collect();
    names.sort_unstable();
    for name in &names {
        let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        assert!(plain && (1..=32).contains(&name.len()), "{name:?} is no document name");
    }
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "a document came twice");
}
