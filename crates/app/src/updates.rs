//! New versions: which one is taken, and when. The shell asks for them and installs them; what it may do is decided here.

use holdfast_model::Timestamp;
use jiff::SignedDuration;
use semver::Version;

use crate::error::Result;
use crate::{UserError, format};

/// How often the newest version is asked for, where a person wants that.
const LOOK_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Where new versions are told of, and the key that they are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateSource {
    /// The public key, as `tauri signer generate` writes it.
    pub key: String,
    /// The address of `latest.json`.
    pub from: String,
}

/// What this build was given: none where whoever built it named no key, and then it never asks. A debug build, which nobody
/// installs, takes it from its environment as well, so that tests can publish.
pub fn source() -> Option<UpdateSource> {
    let given = |built: Option<&str>, name: &str| {
        let told = if cfg!(debug_assertions) { std::env::var(name).ok() } else { None };
        told.or(built.map(str::to_owned)).filter(|given| !given.is_empty())
    };
    let key = given(option_env!("HOLDFAST_UPDATE_KEY"), "HOLDFAST_UPDATE_KEY")?;
    Some(UpdateSource { key, from: given(option_env!("HOLDFAST_UPDATE_FROM"), "HOLDFAST_UPDATE_FROM")? })
}

/// True where `offered` is a later version than `current`, and no trial version where `current` is none. What is not
/// understood is never newer.
pub fn is_newer(current: &str, offered: &str) -> bool {
    let (Ok(current), Ok(offered)) = (Version::parse(current), Version::parse(offered)) else { return false };
    let is_on_trial = !offered.pre.is_empty() && current.pre.is_empty();
    // Two builds of one version are the same version.
    offered.cmp_precedence(&current).is_gt() && !is_on_trial
}

/// True when it is time to ask again. A clock that was set back makes no difference.
pub fn is_due(looks: bool, looked_at: Option<Timestamp>, now: Timestamp) -> bool {
    looks && looked_at.is_none_or(|at| now.duration_since(at).abs() >= LOOK_EVERY)
}

/// Whether a version may be put in the place of this one now.
pub fn may_install(current: &str, offered: &str, runs: u64) -> Result<()> {
    if !is_newer(current, offered) {
        let why = format!("version {offered} is not newer than {current}, which is installed");
        return Err(UserError::of("update.not_newer", why));
    }
    if runs > 0 {
        let runs = format::counted(runs, "backup, restore or check goes", "backups, restores or checks go");
        return Err(UserError::of("update.run", format!("{runs} on")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_later_version_is_newer() {
        for (current, offered) in [
            ("0.1.0", "0.1.1"),
            ("0.9.0", "0.10.0"),
            ("1.0.0", "2.0.0"),
            ("1.0.0-beta.1", "1.0.0-beta.2"),
            ("1.0.0-beta.2", "1.0.0"),
        ] {
            assert!(is_newer(current, offered), "{current} {offered}");
            assert!(!is_newer(offered, current), "{offered} {current}");
        }
        for (current, offered) in [
            ("0.1.0", "0.1.0"),
            ("0.1.0", "0.1.0+build.7"),
            ("1.0.0", "1.1.0-beta.1"),
            ("1.0.0", "latest"),
            ("1.0.0", ""),
            ("1.0.0", "v2.0.0"),
        ] {
            assert!(!is_newer(current, offered), "{current} {offered}");
        }
    }

    #[test]
    fn nothing_is_asked_unless_a_person_wants_it_and_then_once_a_day() {
        let now: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
        let ago = |hours: i64| Some(now - SignedDuration::from_hours(hours));
        assert!(!is_due(false, None, now) && !is_due(false, ago(1000), now));
        assert!(is_due(true, None, now) && is_due(true, ago(24), now));
        assert!(!is_due(true, ago(23), now));
        assert!(is_due(true, ago(-48), now), "a time that never was");
    }

    #[test]
    fn nothing_older_and_nothing_during_a_backup_is_installed() {
        assert!(may_install("0.1.0", "0.2.0", 0).is_ok());
        assert_eq!(may_install("0.2.0", "0.1.0", 0).unwrap_err().code, "update.not_newer");
        assert_eq!(may_install("0.2.0", "0.2.0", 0).unwrap_err().code, "update.not_newer");
        let error = may_install("0.1.0", "0.2.0", 2).unwrap_err();
        assert_eq!(error.code, "update.run");
        assert!(error.what.contains("2 backups, restores or checks go on"), "{error}");
    }
}
