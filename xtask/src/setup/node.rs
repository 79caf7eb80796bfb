//! Node, which builds the page of the desktop app. Distributions bring old ones, so it is asked for, not installed.

use std::process::Command;

use anyhow::{Result, bail};

use crate::step;

/// The oldest that the page's tools run on.
const OLDEST: (u32, u32) = (20, 19);

/// An error that says what to do, unless Node and npm are there and new enough.
pub fn check() -> Result<()> {
    let wanted =
        format!("Node {}.{} or newer, with npm, builds the page of the desktop app", OLDEST.0, OLDEST.1);
    let Ok(said) = step::output(Command::new("node").arg("--version")) else {
        bail!("{wanted}, and there is none here: install it from https://nodejs.org");
    };
    if version(&said).is_none_or(|version| version < OLDEST) {
        bail!("{wanted}; here is {}: install a newer one from https://nodejs.org", said.trim());
    }
    if step::output(Command::new("npm").arg("--version")).is_err() {
        bail!("{wanted}, and npm is not here: it comes with Node from https://nodejs.org");
    }
    Ok(())
}

/// `v20.19.4` is `(20, 19)`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.trim().strip_prefix('v')?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_are_told_from_new_ones() {
        assert_eq!(version("v20.19.4\n"), Some((20, 19)));
        assert!(version("v18.20.4").unwrap() < OLDEST && version("v22.1.0").unwrap() > OLDEST);
        assert_eq!(version("20"), None);
    }
}
