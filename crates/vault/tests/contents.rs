//! Bytes come back as they went in, however they came and however they are read.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::support;

use std::io::Read;
use std::sync::OnceLock;

use holdfast_vault::*;
use proptest::prelude::*;
use support::*;

fn vault() -> &'static (Place, Vault, Writer) {
    static VAULT: OnceLock<(Place, Vault, Writer)> = OnceLock::new();
    VAULT.get_or_init(|| {
        let place = Place::new();
        let vault = place.init();
        let writer = vault.writer(&WriterOptions::default()).unwrap();
        (place, vault, writer)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn pieces_of_any_size_come_back_whole(
        seed in any::<u64>(),
        length in prop_oneof![0..3_000usize, 500_000..3_000_000usize],
        piece in prop_oneof![1_000..5_000usize, 100_000..2_000_000usize],
        repeats in any::<bool>(),
    ) {
        let (_, vault, writer) = vault();
        let mut content = noise(seed, length);
        if repeats {
            content.extend_from_within(..);
        }
        let stored = stream(writer, &content, piece);
        prop_assert_eq!(stored.size, content.len() as u64);
        prop_assert_eq!(stored.sha256, wait(writer.store_mail(content.clone().into())).unwrap().sha256);
        wait(writer.flush()).unwrap();
        let mut back = Vec::new();
        let mut reader = vault.open_blobs(&stored.blobs).unwrap();
        reader.read_to_end(&mut back).unwrap();
        prop_assert!(back == content);
        let mut pieces = Vec::new();
        let mut reader = vault.open_blobs(&stored.blobs).unwrap();
        while let Some(piece) = reader.next_piece().unwrap() {
            pieces.extend_from_slice(&piece);
        }
        prop_assert!(pieces == content);
        for (offset, length) in [(0, 0), (0, 10), (content.len() / 2, 1_000_000), (content.len(), 9)] {
            let end = content.len().min(offset + length);
            prop_assert!(reader.read_at(offset as u64, length).unwrap() == content[offset..end]);
        }
    }
}

#[test]
fn the_hash_is_that_of_the_whole() {
    let (_, _, writer) = vault();
    // echo -n abc | sha256sum
    let expected: BlobId =
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".parse().unwrap();
    assert_eq!(BlobId(store(writer, b"abc").sha256), expected);
    assert_eq!(BlobId(stream(writer, b"abc", 1).sha256), expected);
    let empty = store(writer, b"");
    assert_eq!((empty.size, empty.blobs.len()), (0, 0));
    assert_eq!(empty, stream(writer, b"", 1));
}

#[test]
fn a_mail_over_150_mb_is_for_a_sink() {
    let (_, _, writer) = vault();
    let refused = wait(writer.store_mail(vec![0; (150 << 20) + 1].into()));
    assert!(matches!(refused, Err(VaultError::TooLarge { .. })));
}

#[test]
fn looking_into_a_snapshot_says_what_is_not_there() {
    let (_, vault, writer) = vault();
    let stored = store(writer, &mail(1, 5_000));
    let edits = vec![put("a/b", vec![file("f", &stored)])];
    let done = commit(vault, writer, None, edits).unwrap();
    let view = vault.tree(done.snapshot).unwrap();
    assert_eq!(view.entry(&["a", "x"]).unwrap(), None);
    assert_eq!(view.entry(&["a", "b", "f", "g"]).unwrap(), None);
    assert_eq!(view.entry::<&str>(&[]).unwrap(), None);
    let entry = view.entry(&["a", "b", "f"]).unwrap().unwrap();
    assert_eq!(entry.modified.unwrap().to_string(), "2024-05-06T07:08:09.123456789Z");
    assert_eq!(view.entry(&["a", "b"]).unwrap().unwrap().kind, EntryKind::Folder);
    assert_eq!(view.read_small(&["a", "b"], 9).unwrap(), None);
    assert_eq!(view.read_small(&["a", "b", "f"], 5_000).unwrap(), Some(mail(1, 5_000)));
    let small = view.read_small(&["a", "b", "f"], 4_999);
    assert!(matches!(small, Err(VaultError::TooLarge { limit: 4_999, .. })));
    assert!(matches!(view.list(&["a", "c"]), Err(VaultError::Missing { what }) if what == "/a/c"));
    assert!(matches!(view.walk(&["f"]), Err(VaultError::Missing { .. })));
    assert!(matches!(vault.open_blobs(&[BlobId([5; 32])]), Err(VaultError::Missing { .. })));
    assert!(matches!(vault.tree(SnapshotId([5; 32])), Err(VaultError::Missing { .. })));
    let walked = view.walk(&["a"]).unwrap().map(|entry| entry.unwrap().entry.name);
    assert_eq!(walked.collect::<Vec<_>>(), ["b", "f"]);
}
