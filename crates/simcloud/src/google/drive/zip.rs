//! A writer for zip archives whose entries are stored, enough for made Office files.

/// The checksum of zip and PNG.
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc = (crc >> 8) ^ TABLE[usize::from((crc as u8) ^ byte)];
    }
    !crc
}

static TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut all = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        all[index] = value;
        index += 1;
    }
    all
}

/// A zip archive of `(name, bytes)`, with `comment` at its end.
#[must_use]
pub fn archive(entries: &[(&str, Vec<u8>)], comment: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.iter().map(|(_, bytes)| bytes.len() + 200).sum());
    let mut directory = Vec::new();
    for (name, bytes) in entries {
        let offset = out.len() as u32;
        let mut shared = Vec::new();
        // Version 2.0, no flags, stored, 1 January 1980.
        for half in [20u16, 0, 0, 0, 0x21] {
            shared.extend_from_slice(&half.to_le_bytes());
        }
        for word in [crc32(bytes), bytes.len() as u32, bytes.len() as u32] {
            shared.extend_from_slice(&word.to_le_bytes());
        }
        shared.extend_from_slice(&(name.len() as u16).to_le_bytes());
        shared.extend_from_slice(&0u16.to_le_bytes());
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&shared);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(bytes);
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&shared);
        // No comment, first disk, no attributes.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let start = out.len() as u32;
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\x00\x00\x00\x00");
    for _ in 0..2 {
        out.extend_from_slice(&(entries.len() as u16).to_le_bytes());
    }
    out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&(comment.len() as u16).to_le_bytes());
    out.extend_from_slice(comment.as_bytes());
    out
}

/// A copy of an archive with another comment, so that its bytes differ while its content does not; `None` when it has
/// one already or ends otherwise than plain archives do.
#[must_use]
pub fn with_comment(archive: &[u8], comment: &str) -> Option<Vec<u8>> {
    let end = archive.len().checked_sub(22)?;
    let record = &archive[end..];
    if !record.starts_with(b"PK\x05\x06") || record[20..] != [0, 0] {
        return None;
    }
    let mut copy = archive[..archive.len() - 2].to_vec();
    copy.extend_from_slice(&(comment.len() as u16).to_le_bytes());
    copy.extend_from_slice(comment.as_bytes());
    Some(copy)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(super::crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_comment_changes_only_the_end() {
        let plain = super::archive(&[("a", b"x".to_vec())], "");
        let marked = super::with_comment(&plain, "hi").expect("plain archive");
        assert_eq!(marked[..plain.len() - 2], plain[..plain.len() - 2]);
        assert!(marked.ends_with(b"\x02\x00hi"));
        assert_eq!(super::with_comment(&marked, "again"), None);
    }
}
