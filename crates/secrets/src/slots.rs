//! Values of any size over entries of limited size. A small value is in its entry; a large one is in chunks
//! under a name of their own, a generation, to which the entry points. A new generation is written whole before
//! the entry is turned to it, and the entry remembers what is to be cleared away: whoever dies at any point leaves
//! the old value or the new one, and no rest that is not found again.

use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::entries::{Entries, LIMIT};
use crate::{Result, SecretsError};

/// Room for the head of an entry that holds a value.
const HEAD_ROOM: usize = 512;
/// The largest value that is in its entry.
const INLINE: usize = LIMIT - HEAD_ROOM;
/// The most chunks of a value: 1 MiB in all.
const MOST_CHUNKS: u32 = 512;
/// A reader that meets a writer starts again.
const ATTEMPTS: u32 = 5;

/// What an entry says before the value.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Head {
    content: Content,
    /// Generations that nothing points to: being written, or to be cleared away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rest: Vec<Chunks>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Content {
    /// There is no value.
    #[default]
    None,
    /// The value follows the head.
    Here,
    /// The value is in chunks.
    There { chunks: Chunks, sha256: String },
}

#[derive(Clone, Serialize, Deserialize)]
struct Chunks {
    generation: String,
    count: u32,
}

impl Chunks {
    fn name(&self, name: &str, number: u32) -> String {
        format!("{name}/{}/{number}", self.generation)
    }
}

/// An entry as it is read.
#[derive(Default)]
struct Entry {
    head: Head,
    value: Zeroizing<Vec<u8>>,
}

fn read(entries: &dyn Entries, name: &str) -> Result<Option<Entry>> {
    let Some(bytes) = entries.get(name)? else { return Ok(None) };
    let unfit = || SecretsError::damaged(format!("the entry '{name}' was not written by this program"));
    let (length, rest) = bytes.split_first_chunk::<2>().ok_or_else(unfit)?;
    let (head, value) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length))).ok_or_else(unfit)?;
    let head: Head = serde_json::from_slice(head).map_err(|_| unfit())?;
    Ok(Some(Entry { head, value: Zeroizing::new(value.to_vec()) }))
}

fn write(entries: &dyn Entries, name: &str, head: &Head, value: &[u8]) -> Result<()> {
    let head = serde_json::to_vec(head).map_err(SecretsError::damaged)?;
    let length = u16::try_from(head.len()).map_err(SecretsError::damaged)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 + head.len() + value.len()));
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(value);
    entries.set(name, &bytes)
}

/// The value of a name.
pub(crate) fn get(entries: &dyn Entries, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
    for _ in 0..ATTEMPTS {
        let Some(entry) = read(entries, name)? else { return Ok(None) };
        match entry.head.content {
            Content::None => return Ok(None),
            Content::Here => return Ok(Some(entry.value)),
            Content::There { chunks, sha256 } => {
                if let Some(value) = gather(entries, name, &chunks)?
                    && hex(&value) == sha256
                {
                    return Ok(Some(value));
                }
            }
        }
    }
    Err(SecretsError::damaged(format!("parts of '{name}' are missing")))
}

fn gather(entries: &dyn Entries, name: &str, chunks: &Chunks) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let count = chunks.count.min(MOST_CHUNKS);
    let mut value = Zeroizing::new(Vec::with_capacity(count as usize * LIMIT));
    for number in 0..count {
        match entries.get(&chunks.name(name, number))? {
            Some(chunk) => value.extend_from_slice(&chunk),
            None => return Ok(None),
        }
    }
    Ok(Some(value))
}

fn hex(value: &[u8]) -> String {
    Sha256::digest(value).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sets the value of a name. One writer at a time: a second one would take the chunks of the first for a rest.
pub(crate) fn set(entries: &dyn Entries, name: &str, value: &[u8]) -> Result<()> {
    let before = read_or_replace(entries, name)?;
    clear(entries, name, &before.head.rest)?;
    let old = match &before.head.content {
        Content::There { chunks, .. } => vec![chunks.clone()],
        Content::None | Content::Here => Vec::new(),
    };
    if value.len() <= INLINE {
        let head = Head { content: Content::Here, rest: old };
        write(entries, name, &head, value)?;
        return settle(entries, name, head, value);
    }
    let count = u32::try_from(value.len().div_ceil(LIMIT)).unwrap_or(u32::MAX);
    if count > MOST_CHUNKS {
        return Err(SecretsError::Unavailable {
            detail: "a secret of more than a megabyte is refused".into(),
        });
    }
    let chunks = Chunks { generation: generation(), count };
    let intent = Head { content: before.head.content, rest: vec![chunks.clone()] };
    write(entries, name, &intent, &before.value)?;
    for (number, chunk) in (0..).zip(value.chunks(LIMIT)) {
        entries.set(&chunks.name(name, number), chunk)?;
    }
    let head = Head { content: Content::There { chunks, sha256: hex(value) }, rest: old };
    write(entries, name, &head, &[])?;
    settle(entries, name, head, &[])
}

/// Takes the value of a name out; fine if there is none.
pub(crate) fn delete(entries: &dyn Entries, name: &str) -> Result<()> {
    let before = read_or_replace(entries, name)?;
    let mut rest = before.head.rest;
    if let Content::There { chunks, .. } = before.head.content {
        rest.push(chunks);
    }
    if !rest.is_empty() {
        write(entries, name, &Head { content: Content::None, rest: rest.clone() }, &[])?;
        clear(entries, name, &rest)?;
    }
    entries.delete(name)
}

/// The entry to write over. One that is not ours is written over too: a person who sets a secret anew wants it set.
fn read_or_replace(entries: &dyn Entries, name: &str) -> Result<Entry> {
    match read(entries, name) {
        Ok(entry) => Ok(entry.unwrap_or_default()),
        Err(SecretsError::Damaged { .. }) => Ok(Entry::default()),
        Err(error) => Err(error),
    }
}

/// Clears away what is left over and forgets it.
fn settle(entries: &dyn Entries, name: &str, head: Head, value: &[u8]) -> Result<()> {
    if head.rest.is_empty() {
        return Ok(());
    }
    clear(entries, name, &head.rest)?;
    write(entries, name, &Head { rest: Vec::new(), ..head }, value)
}

fn clear(entries: &dyn Entries, name: &str, rest: &[Chunks]) -> Result<()> {
    for chunks in rest {
        for number in 0..chunks.count.min(MOST_CHUNKS) {
            entries.delete(&chunks.name(name, number))?;
        }
    }
    Ok(())
}

/// A reader of the old value never meets a chunk of the new one.
fn generation() -> String {
    format!("{:016x}", rand::rng().next_u64())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::entries::Memory;

    /// Entries whose process dies after so many changes.
    struct Dying<'m> {
        memory: &'m Memory,
        changes_left: AtomicU32,
    }

    impl Dying<'_> {
        fn change(&self) -> Result<()> {
            let left = self.changes_left.load(Ordering::SeqCst);
            if left == 0 {
                return Err(SecretsError::Unavailable { detail: "dead".into() });
            }
            self.changes_left.store(left - 1, Ordering::SeqCst);
            Ok(())
        }
    }

    impl Entries for Dying<'_> {
        fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
            self.memory.get(name)
        }
        fn set(&self, name: &str, value: &[u8]) -> Result<()> {
            self.change()?;
            self.memory.set(name, value)
        }
        fn delete(&self, name: &str) -> Result<()> {
            self.change()?;
            self.memory.delete(name)
        }
    }

    fn value(size: usize, fill: u8) -> Vec<u8> {
        (0..size).map(|n| fill ^ n as u8).collect()
    }

    fn held(memory: &Memory) -> Option<Vec<u8>> {
        get(memory, "k").unwrap().map(|value| value.to_vec())
    }

    const SIZES: [usize; 8] = [0, 1, INLINE, INLINE + 1, LIMIT, LIMIT + 1, 3 * LIMIT, 20_000];

    #[test]
    fn values_of_every_size_are_kept_whole() {
        let memory = Memory::default();
        for (fill, size) in (0..).zip(SIZES.into_iter().chain(SIZES.into_iter().rev())) {
            set(&memory, "k", &value(size, fill)).unwrap();
            assert_eq!(held(&memory), Some(value(size, fill)), "{size}");
            let chunks = if size <= INLINE { 0 } else { size.div_ceil(LIMIT) };
            assert_eq!(memory.names().len(), 1 + chunks, "{size}: {:?}", memory.names());
        }
        delete(&memory, "k").unwrap();
        assert_eq!((held(&memory), memory.names().len()), (None, 0));
        delete(&memory, "k").unwrap();
        assert!(set(&memory, "k", &value(2 << 20, 1)).is_err());
    }

    #[test]
    fn who_dies_at_any_point_leaves_the_old_or_the_new_value_and_the_next_clears_up() {
        for before in [None, Some(5), Some(LIMIT + 5), Some(4 * LIMIT)] {
            for after in [None, Some(7), Some(LIMIT + 7), Some(3 * LIMIT)] {
                for changes in 0.. {
                    let memory = Memory::default();
                    if let Some(size) = before {
                        set(&memory, "k", &value(size, 1)).unwrap();
                    }
                    let dying = Dying { memory: &memory, changes_left: AtomicU32::new(changes) };
                    let lived = match after {
                        Some(size) => set(&dying, "k", &value(size, 2)),
                        None => delete(&dying, "k"),
                    };
                    let (old, new) = (before.map(|size| value(size, 1)), after.map(|size| value(size, 2)));
                    let found = held(&memory);
                    assert!(found == old || found == new, "{before:?} to {after:?} after {changes}");
                    assert!(lived.is_err() || found == new);
                    set(&memory, "k", &value(LIMIT + 9, 3)).unwrap();
                    assert_eq!(held(&memory), Some(value(LIMIT + 9, 3)));
                    assert_eq!(memory.names().len(), 3, "{:?}", memory.names());
                    delete(&memory, "k").unwrap();
                    assert_eq!(memory.names(), [] as [&str; 0]);
                    if lived.is_ok() {
                        break;
                    }
                }
            }
        }
    }

    #[test]
    fn a_missing_or_changed_part_is_damage_and_can_be_set_anew() {
        let spoilers: [fn(&Memory, &str); 3] = [
            |memory, chunk| memory.delete(chunk).unwrap(),
            |memory, chunk| memory.set(chunk, b"other").unwrap(),
            |memory, _| memory.set("k", b"\xff\xffnot ours").unwrap(),
        ];
        for spoil in spoilers {
            let memory = Memory::default();
            set(&memory, "k", &value(2 * LIMIT, 1)).unwrap();
            let chunk = memory.names().into_iter().find(|name| name != "k").unwrap();
            spoil(&memory, &chunk);
            assert!(matches!(get(&memory, "k"), Err(SecretsError::Damaged { .. })));
            set(&memory, "k", b"new").unwrap();
            assert_eq!(held(&memory).as_deref(), Some(&b"new"[..]));
        }
    }

    #[test]
    fn readers_beside_a_writer_never_see_a_mixture() {
        let memory = Memory::default();
        set(&memory, "k", &value(3 * LIMIT, 0)).unwrap();
        std::thread::scope(|threads| {
            threads.spawn(|| {
                for fill in [1, 2].repeat(100) {
                    set(&memory, "k", &value(3 * LIMIT, fill)).unwrap();
                }
            });
            for _ in 0..200 {
                // A reader that is overtaken again and again gives up with an error, never with a wrong value.
                if let Ok(Some(found)) = get(&memory, "k") {
                    assert!((0..3).any(|fill| *found == value(3 * LIMIT, fill)));
                }
            }
        });
    }
}
