//! Settings of the data directory, by key, as JSON.

use rusqlite::params;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Result, Tx, sql};

/// Made when the catalogue is: 32 hexadecimal digits that name this data directory.
pub const DATA_DIR_ID: &str = "data_dir_id";
/// How many people may be protected; absent without a limit.
pub const LICENSE_LIMIT: &str = "license_limit";
/// Bytes a second that downloads may take; absent without a limit.
pub const BANDWIDTH_LIMIT: &str = "bandwidth_limit";
/// Where the Repository is.
pub const REPOSITORY_LOCATION: &str = "repository_location";
/// The Repository's own id, by which it is recognised wherever it is.
pub const REPOSITORY_ID: &str = "repository_id";

/// The value of a key.
///
/// # Errors
/// [`crate::CatalogError::Damaged`] where the value has another shape.
pub fn get<T: DeserializeOwned>(tx: &Tx<'_>, key: &str) -> Result<Option<T>> {
    tx.one("SELECT value FROM settings WHERE key = ?1", [key], |c| c.json())
}

/// Sets the value of a key.
pub fn set(tx: &Tx<'_>, key: &str, value: &impl Serialize) -> Result<()> {
    tx.run(
        "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
        params![key, sql::json(value)?],
    )?;
    Ok(())
}

/// Takes a key out; fine if it is not there.
pub fn clear(tx: &Tx<'_>, key: &str) -> Result<()> {
    tx.run("DELETE FROM settings WHERE key = ?1", [key])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Scratch;

    #[test]
    fn a_setting_is_what_was_set_last_and_keeps_its_shape() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            assert_eq!(get::<u32>(tx, LICENSE_LIMIT)?, None);
            set(tx, LICENSE_LIMIT, &5)?;
            set(tx, LICENSE_LIMIT, &7)?;
            assert_eq!(get::<u32>(tx, LICENSE_LIMIT)?, Some(7));
            assert!(matches!(
                get::<Vec<String>>(tx, LICENSE_LIMIT),
                Err(crate::CatalogError::Damaged { .. })
            ));
            clear(tx, LICENSE_LIMIT)?;
            assert_eq!(get::<u32>(tx, LICENSE_LIMIT)?, None);
            Ok(())
        });
    }

    #[test]
    fn each_data_directory_has_an_id_of_its_own_that_stays() {
        let (one, other) = (Scratch::new(), Scratch::new());
        let id = |scratch: &Scratch| scratch.read(|tx| get::<String>(tx, DATA_DIR_ID)).unwrap();
        assert_eq!(id(&one).len(), 32);
        assert_eq!(id(&one), id(&one.reopened()));
        assert_ne!(id(&one), id(&other));
    }
}
