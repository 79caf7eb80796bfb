//! Names inside the Repository. They are made from ids, never from what people call things, so that
//! no name from a Cloud can escape its folder or collide on any file system.

use sha2::{Digest, Sha256};

/// A folder or file stem for a provider's id: the id itself where it is `[a-z0-9]{1,64}`, else `h-` and
/// 32 hexadecimal digits of its SHA-256 (some ids differ only by case, some hold slashes).
pub fn file_stem(id: &str) -> String {
    let plain =
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if plain && !is_reserved(id) { id.to_owned() } else { format!("h-{}", &hex(id)[..32]) }
}

/// The hash digits by which an Item is sharded into folders, most significant first.
pub fn folder_name(id: &str, level: usize) -> Option<char> {
    hex(id).chars().nth(level)
}

fn hex(id: &str) -> String {
    Sha256::digest(id.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Device names that Windows refuses as file names, with any extension.
/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
fn is_reserved(stem: &str) -> bool {
    matches!(stem, "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4
            && (stem.starts_with("com") || stem.starts_with("lpt"))
            && stem.as_bytes()[3].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_ids_stay_readable_and_all_others_become_hashes() {
        assert_eq!(file_stem("18c2f0a9b7d3e451"), "18c2f0a9b7d3e451");
        for id in ["", "A", "../../x", "CON", "con", "com1", "a b", "a-b", &"a".repeat(65), "é"] {
            let stem = file_stem(id);
            assert!(stem.starts_with("h-") && stem.len() == 34, "{id} became {stem}");
        }
        assert_ne!(file_stem("aB"), file_stem("Ab"));
    }
}
