//! Where things are: the checkout, the cache outside it, the programs that cargo builds.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// The top folder of the checkout.
pub fn checkout() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}

/// The cache that outlives a checkout: `$XDG_CACHE_HOME/holdfast`, else `~/.cache/holdfast`.
pub fn cache() -> Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = match set("XDG_CACHE_HOME").filter(|path| path.is_absolute()) {
        Some(base) => base,
        None => {
            set("HOME").context("neither XDG_CACHE_HOME nor HOME says where a cache may be")?.join(".cache")
        }
    };
    Ok(base.join("holdfast"))
}

/// The folder of the programs that cargo builds under a profile: `debug` or `release`.
pub fn programs(profile: &str) -> PathBuf {
    target().join(profile)
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| checkout().join("target"), PathBuf::from);
    // A relative one is meant from where cargo is started, which is the checkout for all that we start.
    checkout().join(target)
}
