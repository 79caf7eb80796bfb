//! Reading: the right bytes of one state, or an error.

use bytes::Bytes;
use holdfast_model::{ItemId, SkipReason};
use sha2::{Digest, Sha256};

use super::{Deed, Mirror, Mishap, Subject, act, add, read_all, suffer};
use crate::contract::{Change, CloudError, ErrorKind, ItemRef, Opened};
use crate::testkit::blob::hex;

async fn open(subject: &dyn Subject, id: &ItemId) -> Result<Opened, CloudError> {
    subject.cloud().open(&subject.reach(), &ItemRef { id: id.clone(), meta: None }).await
}

/// The bytes of an Item's first content.
async fn read(subject: &dyn Subject, id: &ItemId) -> Result<Bytes, CloudError> {
    let content = open(subject, id).await?.contents.into_iter().next().expect("it has content");
    read_all(content.body).await
}

/// The hash of the Item's first content, as the truth has it: what people give is all of a file, and a part of an event.
async fn stated(subject: &dyn Subject, id: &ItemId) -> String {
    let item = subject.truth().await.into_iter().find(|item| item.id == *id).expect("it exists");
    item.contents.first().and_then(|content| content.sha256.clone()).expect("a content with a hash")
}

fn hash(bytes: &Bytes) -> String {
    hex(&Sha256::digest(bytes))
}

/// Names, places, labels and every byte.
pub async fn everything_reads_back_as_it_is(subject: &dyn Subject) {
    Mirror::filled(subject).await.assert_true(subject).await;
}

/// Nothing is also content.
pub async fn an_empty_file_reads_as_empty(subject: &dyn Subject) {
    let deed = Deed::Add { name: "empty".to_owned(), bytes: Bytes::new() };
    let Some(id) = act(subject, deed).await.map(ItemId) else { return };
    let bytes = read(subject, &id).await.expect("it reads");
    assert_eq!(hash(&bytes), stated(subject, &id).await);
    Mirror::filled(subject).await.assert_true(subject).await;
}

/// Reading changes nothing, and the tag names the state.
pub async fn reading_twice_gives_the_same(subject: &dyn Subject) {
    let id = add(subject, "read twice").await;
    let first = open(subject, &id).await.expect("it opens");
    let second = open(subject, &id).await.expect("it opens again");
    assert_eq!(first.tag, second.tag);
    assert_eq!(first.meta, second.meta);
    assert_eq!(first.content_key, second.content_key);
    assert_eq!(read(subject, &id).await, read(subject, &id).await);
}

/// Where the cloud states a hash, other bytes are never content.
pub async fn wrong_bytes_are_an_error(subject: &dyn Subject) {
    if subject.cloud().capabilities().content_hash {
        broken_body(subject, Mishap::BodyWrong).await;
    }
}

/// Fewer bytes than stated are never content.
pub async fn a_short_body_is_an_error(subject: &dyn Subject) {
    if subject.cloud().capabilities().stable_size {
        broken_body(subject, Mishap::BodyShort).await;
    }
}

async fn broken_body(subject: &dyn Subject, mishap: Mishap) {
    let id = add(subject, &"to be read whole ".repeat(400)).await;
    if !suffer(subject, mishap).await {
        return;
    }
    let error = read(subject, &id).await.expect_err("a broken body");
    assert!(error.is_passing(), "it may well succeed later: {error:?}");
    subject.heal().await;
    Mirror::filled(subject).await.assert_true(subject).await;
}

/// Who reads does not notice that a transfer broke.
pub async fn a_broken_transfer_is_made_whole(subject: &dyn Subject) {
    let text = "resumed in the middle ".repeat(4_000);
    let deed = Deed::Add { name: "long.txt".to_owned(), bytes: Bytes::from(text) };
    let id = ItemId(act(subject, deed).await.expect("a new Item"));
    let whole = read(subject, &id).await.expect("it reads");
    if suffer(subject, Mishap::BodyBreaks).await {
        assert_eq!(read(subject, &id).await, Ok(whole));
    }
}

/// Between opening and reading someone edits: the old bytes or an error, never new bytes under the old tag.
pub async fn an_edit_before_reading_never_mixes_states(subject: &dyn Subject) {
    let (old, new) = (Bytes::from("the old state ".repeat(50)), Bytes::from("THE NEW STATE ".repeat(60)));
    let id = act(subject, Deed::Add { name: "edited.txt".to_owned(), bytes: old }).await;
    let id = ItemId(id.expect("a new Item"));
    let opened = open(subject, &id).await.expect("it opens");
    let old = stated(subject, &id).await;
    if act(subject, Deed::Edit(id.clone(), new)).await.is_none() {
        return;
    }
    let content = opened.contents.into_iter().next().expect("it has content");
    match read_all(content.body).await {
        Ok(bytes) => assert_eq!(hash(&bytes), old, "other bytes than the tag names"),
        Err(error) => assert!(error.is_passing(), "it can be opened again: {error:?}"),
    }
    let again = open(subject, &id).await.expect("it opens again");
    assert_ne!(again.tag, opened.tag);
    let bytes = read(subject, &id).await.expect("it reads again");
    assert_eq!(hash(&bytes), stated(subject, &id).await);
    assert_ne!(hash(&bytes), old);
}

/// What was deleted is gone, whether before or after it was opened.
pub async fn what_is_gone_says_gone(subject: &dyn Subject) {
    let id = add(subject, "soon gone").await;
    let opened = open(subject, &id).await.expect("it opens");
    act(subject, Deed::Remove(id.clone())).await.expect("everything can be deleted");
    let error = open(subject, &id).await.err().expect("it is gone");
    assert_eq!(error.kind, ErrorKind::Gone, "{error:?}");
    let content = opened.contents.into_iter().next().expect("it has content");
    if let Err(error) = read_all(content.body).await {
        assert_eq!(error.kind, ErrorKind::Gone, "{error:?}");
    }
}

/// A documented, permanent reason is told by the feed, or at the latest when it is opened.
pub async fn what_can_never_be_read_says_why(subject: &dyn Subject) {
    for reason in [SkipReason::NotExportable, SkipReason::DownloadForbidden, SkipReason::Abusive] {
        let Some(id) = act(subject, Deed::AddUnreadable(reason)).await.map(ItemId) else { continue };
        let error = open(subject, &id).await.err();
        let read = match error {
            Some(error) => Err(error),
            None => read(subject, &id).await,
        };
        let error = read.expect_err("it can never be read");
        assert_eq!(error.kind, ErrorKind::Skip(reason), "{error:?}");
    }
    let told = super::feed(subject, None).await.expect("a listing");
    for change in told {
        if let Change::Upsert(upsert) = change {
            assert!(
                upsert.skip != Some(SkipReason::ExcludedByPolicy),
                "the Policy leaves nothing out: {upsert:?}"
            );
        }
    }
}
