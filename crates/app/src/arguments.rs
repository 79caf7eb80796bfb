//! What may be typed behind the desktop app's name; all of it optional.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::{SecretsChoice, UserError, places};

/// Holds catalogue, settings and logs where `--data-dir` does not say; the command line knows it too.
const DATA_DIR: &str = "HOLDFAST_DATA_DIR";

/// Ends the one that runs.
pub const QUIT: &str = "--quit";

/// Typed by nobody: how often the program was started anew in the place of itself. See [`crate::start_again`].
pub(crate) const STARTS: &str = "--starts";

/// What `--help` prints.
pub const HELP: &str = "\
Usage: holdfast-desktop [OPTIONS]

  --data-dir DIR          Holds catalogue, settings and logs; by default HOLDFAST_DATA_DIR, or the system's place
  --secrets PLACE         Where secrets are kept: `keychain`, or `age:FILE` for an encrypted file
  --passphrase-file FILE  File with the passphrase of the secrets file
  --hidden                Start in the tray, without a window
  --sample                Start with the sample company
  --watchdog              Look once whether the backups are still good, tell what is not, and end
  --stay                  With --watchdog: go on, and look every hour
  --quit                  End the one that runs; installers ask for it
  --version, --help";

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// Absolute.
    pub data_dir: PathBuf,
    /// True unless `data_dir` is the one that is used when nobody says otherwise.
    pub is_elsewhere: bool,
    /// Where secrets are; as remembered in the data directory where not typed.
    pub secrets: Option<SecretsChoice>,
    /// Opens the secrets file.
    pub passphrase_file: Option<PathBuf>,
    /// No window at the start.
    pub hidden: bool,
    /// The sample company at the start.
    pub sample: bool,
    /// Only end the one that runs.
    pub quit: bool,
    /// How often it was started anew while another one was ending.
    pub starts: u32,
}

impl Arguments {
    /// A short name for the data directory, the same at each start.
    pub fn fingerprint(&self) -> String {
        places::fingerprint(&self.data_dir)
    }
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Print this and end.
    Print(String),
    /// Start.
    Start(Arguments),
    /// Look once, or every hour with `stay`, without a window.
    Watch {
        /// For this data directory.
        arguments: Arguments,
        /// Goes on.
        stay: bool,
    },
}

/// Reads the words behind the program's name.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Typed, UserError> {
    let mut words = words.into_iter();
    let (mut data_dir, mut secrets, mut passphrase_file) = (None, None, None);
    let (mut hidden, mut sample, mut watchdog, mut stay, mut quit) = (false, false, false, false, false);
    let mut starts = 0;
    while let Some(word) = words.next() {
        let text = word.to_string_lossy().into_owned();
        let mut value = || words.next().ok_or_else(|| wrong(format!("{text} needs a value")));
        match text.as_str() {
            "--data-dir" => data_dir = Some(PathBuf::from(value()?)),
            "--secrets" => secrets = Some(value()?.to_string_lossy().parse()?),
            "--passphrase-file" => passphrase_file = Some(PathBuf::from(value()?)),
            "--hidden" => hidden = true,
            "--sample" => sample = true,
            "--watchdog" => watchdog = true,
            "--stay" => stay = true,
            QUIT => quit = true,
            STARTS => {
                let typed = value()?;
                starts = typed
                    .to_str()
                    .and_then(|typed| typed.parse().ok())
                    .ok_or_else(|| wrong(format!("{STARTS} is no number: {}", typed.to_string_lossy())))?;
            }
            "--help" | "-h" => return Ok(Typed::Print(HELP.to_owned())),
            "--version" | "-V" => {
                return Ok(Typed::Print(format!("holdfast-desktop {}", env!("CARGO_PKG_VERSION"))));
            }
            _ => return Err(wrong(format!("{text} is not known; --help shows what is"))),
        }
    }
    let usual = places::data_dir()?;
    let named = data_dir.or_else(|| std::env::var_os(DATA_DIR).map(PathBuf::from));
    let data_dir = named.map_or_else(|| Ok(usual.clone()), |named| absolute(&named))?;
    let is_elsewhere = data_dir != usual;
    let arguments =
        Arguments { data_dir, is_elsewhere, secrets, passphrase_file, hidden, sample, quit, starts };
    Ok(if watchdog { Typed::Watch { arguments, stay } } else { Typed::Start(arguments) })
}

fn absolute(path: &Path) -> Result<PathBuf, UserError> {
    std::path::absolute(path).map_err(|error| wrong(format!("{}: {error}", path.display())))
}

fn wrong(why: String) -> UserError {
    UserError::of("input.bad", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_words(line: &str) -> Result<Typed, UserError> {
        read(line.split_whitespace().map(OsString::from))
    }

    /// On Windows a path is absolute only with its drive.
    fn on_this_drive(path: &str) -> PathBuf {
        absolute(Path::new(path)).unwrap()
    }

    #[test]
    fn each_option_is_understood() {
        let typed =
            read_words("--data-dir /d --secrets age:/s --passphrase-file /p --hidden --sample --starts 3")
                .unwrap();
        let expected = Arguments {
            data_dir: on_this_drive("/d"),
            is_elsewhere: true,
            secrets: Some(SecretsChoice::Age("/s".into())),
            passphrase_file: Some("/p".into()),
            hidden: true,
            sample: true,
            quit: false,
            starts: 3,
        };
        assert_eq!(typed, Typed::Start(expected));
        assert!(matches!(read_words("--data-dir relative").unwrap(),
            Typed::Start(arguments) if arguments.data_dir.is_absolute()));
    }

    #[test]
    fn each_data_directory_is_a_program_of_its_own() {
        let name = |line: &str| match read_words(line).unwrap() {
            Typed::Start(arguments) => arguments.fingerprint(),
            other => panic!("{other:?}"),
        };
        assert_eq!(name("--data-dir /a"), name("--hidden --data-dir /a"));
        assert_ne!(name("--data-dir /a"), name("--data-dir /b"));
    }

    #[test]
    fn a_look_needs_no_window() {
        for (line, expected) in
            [("--watchdog --data-dir /d", false), ("--stay --watchdog --data-dir /d", true)]
        {
            let Typed::Watch { arguments, stay } = read_words(line).unwrap() else { panic!("{line}") };
            assert_eq!((arguments.data_dir, stay), (on_this_drive("/d"), expected));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for line in ["--hiden", "--data-dir", "--secrets file", "--starts x", "stray"] {
            let error = read_words(line).unwrap_err();
            assert!(error.is_wrong_usage(), "{line}: {error}");
        }
    }
}
