//! What a data directory remembers outside its catalogue, so that it can be opened at all: where its secrets are. No
//! secret is in here.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UserError;

/// The file in a data directory.
const FILE: &str = "profile.json";

/// The operating system's keychain, or an encrypted file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretsChoice {
    /// Keychain, Credential Manager or Secret Service.
    #[default]
    Keychain,
    /// A file that a passphrase encrypts.
    Age(PathBuf),
}

impl FromStr for SecretsChoice {
    type Err = UserError;

    fn from_str(text: &str) -> Result<Self, UserError> {
        match text.split_once(':') {
            None if text == "keychain" => Ok(Self::Keychain),
            Some(("age", file)) if !file.is_empty() => Ok(Self::Age(PathBuf::from(file))),
            _ => Err(UserError::of("input.secrets", format!("'{text}' is no place for secrets"))),
        }
    }
}

impl fmt::Display for SecretsChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keychain => f.write_str("keychain"),
            Self::Age(file) => write!(f, "age:{}", file.display()),
        }
    }
}

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Where secrets are.
    pub secrets: Option<SecretsChoice>,
    /// The name under which the keychain files this data directory's secrets.
    pub keychain: Option<String>,
}

impl Profile {
    /// What this data directory remembers; nothing where it is new.
    pub fn read(data_dir: &Path) -> Result<Self, UserError> {
        let path = data_dir.join(FILE);
        let failed = |error: &dyn fmt::Display| {
            UserError::of("file.failed", format!("{} cannot be read: {error}", path.display()))
        };
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| failed(&error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(failed(&error)),
        }
    }

    /// The name under which the keychain files the secrets, made and kept when first asked for, so that two data
    /// directories never meet there, and one that moves finds its own again.
    pub(crate) fn keychain_name(data_dir: &Path) -> Result<String, UserError> {
        let known = Self::read(data_dir)?;
        if let Some(name) = known.keychain {
            return Ok(name);
        }
        let name = format!("holdfast-{:016x}", rand::random::<u64>());
        crate::log::make_private(data_dir)
            .map_err(|error| UserError::of("file.failed", format!("{}: {error}", data_dir.display())))?;
        Self { keychain: Some(name.clone()), ..known }.write(data_dir)?;
        Ok(name)
    }

    /// Keeps it, whole or not at all. Paths become absolute: later commands may be run from another folder.
    pub fn write(&self, data_dir: &Path) -> Result<(), UserError> {
        let failed = |error: io::Error| {
            UserError::of(
                "file.failed",
                format!("{} cannot be written: {error}", data_dir.join(FILE).display()),
            )
        };
        let secrets = match &self.secrets {
            Some(SecretsChoice::Age(file)) => {
                Some(SecretsChoice::Age(std::path::absolute(file).map_err(failed)?))
            }
            other => other.clone(),
        };
        let json = serde_json::to_vec_pretty(&Self { secrets, keychain: self.keychain.clone() })
            .map_err(|error| UserError::of("defect", error.to_string()))?;
        let mut file = tempfile::NamedTempFile::new_in(data_dir).map_err(failed)?;
        file.write_all(&json).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist(data_dir.join(FILE)).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_directory_remembers_where_its_secrets_are() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Profile::read(folder.path()).unwrap(), Profile::default());
        let profile = Profile {
            secrets: Some(SecretsChoice::Age(folder.path().join("x.age"))),
            keychain: Some("holdfast-1".into()),
        };
        profile.write(folder.path()).unwrap();
        assert_eq!(Profile::read(folder.path()).unwrap(), profile);
        fs::write(folder.path().join(FILE), b"{ torn").unwrap();
        assert_eq!(Profile::read(folder.path()).unwrap_err().code, "file.failed");
    }

    #[test]
    fn what_is_no_place_for_secrets_is_refused() {
        for text in ["", "age", "age:", "file:/x", "Keychain", "keychain:x"] {
            let error = text.parse::<SecretsChoice>().unwrap_err();
            assert_eq!(error.code, "input.secrets", "{text}");
        }
        for text in ["keychain", "age:x"] {
            assert_eq!(text.parse::<SecretsChoice>().unwrap().to_string(), text);
        }
    }
}
