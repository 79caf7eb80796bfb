//! The installer for Windows, by NSIS: for one person, without an administrator.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{copy, notices, version};
use crate::paths;
use crate::step::run;

/// The programs, and the library that opens the web view.
pub const PROGRAMS: [&str; 3] = ["holdfast-desktop.exe", "holdfast.exe", "WebView2Loader.dll"];

/// Makes it of the programs in a folder; its path.
pub fn make(programs: &Path, out: &Path) -> Result<PathBuf> {
    let place = tempfile::tempdir().context("no temporary folder")?;
    for name in PROGRAMS {
        let path = place.path().join(name);
        copy(&programs.join(name), &path)?;
        if Path::new(name).extension().is_some_and(|end| end == "exe") {
            run(Command::new("x86_64-w64-mingw32-strip").arg(&path))?;
        }
    }
    let checkout = paths::checkout();
    for (from, to) in [
        ("LICENSE-MIT", "LICENSE-MIT.txt"),
        ("LICENSE-APACHE", "LICENSE-APACHE.txt"),
        ("icons/icon.ico", "icon.ico"),
    ] {
        copy(&checkout.join(from), &place.path().join(to))?;
    }
    notices::write(&place.path().join("NOTICES.txt"))?;
    let installer = out.join(format!("Holdfast-{}-setup.exe", version()));
    let mut makensis = Command::new("makensis");
    makensis.args(["-V2", "-WX", "-DTARGET=amd64-unicode"]);
    makensis.arg(format!("-DVERSION={}", version()));
    makensis.arg(format!("-DFOLDER={}", place.path().display()));
    makensis.arg(format!("-DOUT={}", installer.display()));
    run(makensis.arg(checkout.join("packaging/windows/holdfast.nsi")))?;
    let size = installer.metadata().context("NSIS made no installer")?.len();
    ensure!(size > 1 << 20, "the installer has {size} bytes only");
    Ok(installer)
}
