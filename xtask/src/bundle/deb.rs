//! A package for Debian and Ubuntu, by Debian's own `dpkg-deb`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{copy, notices, version};
use crate::paths;
use crate::step::run;

/// The identity of the app on a desktop.
const ID: &str = "dev.holdfast.desktop";

/// What the programs are linked to, and the keychain that they ask.
const DEPENDS: &str =
    "libc6, libgcc-s1, libwebkit2gtk-4.1-0, libgtk-3-0 | libgtk-3-0t64, libayatana-appindicator3-1";

/// How a package is compressed.
#[derive(Clone, Copy)]
pub enum Packing {
    /// As small as can be, for people.
    Small,
    /// For tests, which read it once.
    Quick,
}

/// Makes it of the programs in a folder; its path.
pub fn make(programs: &Path, out: &Path, packing: Packing) -> Result<PathBuf> {
    let place = tempfile::tempdir().context("no temporary folder")?;
    let root = place.path().join("root");
    for name in ["holdfast", "holdfast-desktop"] {
        let program = root.join("usr/bin").join(name);
        copy(&programs.join(name), &program)?;
        run(Command::new("strip").arg(&program))?;
        mode(&program, 0o755)?;
    }
    let checkout = paths::checkout();
    let share = root.join("usr/share");
    let entry = format!("{ID}.desktop");
    copy(&checkout.join("packaging/linux").join(&entry), &share.join("applications").join(&entry))?;
    for size in [32, 64, 128, 256, 512] {
        let icon = checkout.join("icons").join(format!("{size}x{size}.png"));
        copy(&icon, &share.join(format!("icons/hicolor/{size}x{size}/apps/{ID}.png")))?;
    }
    let doc = share.join("doc/holdfast");
    for name in ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md"] {
        copy(&checkout.join(name), &doc.join(name))?;
    }
    notices::write(&doc.join("NOTICES.txt"))?;
    fs::write(doc.join("copyright"), COPYRIGHT).context("cannot write a file of the package")?;
    open_to_all(&root)?;

    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    let control = root.join("DEBIAN/control");
    fs::create_dir_all(root.join("DEBIAN")).context("cannot make a folder of the package")?;
    let text = format!(
        "Package: holdfast\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: Holdfast <noreply@holdfast.invalid>\n\
         Section: admin\nPriority: optional\nDepends: {DEPENDS}\nRecommends: gnome-keyring | kwalletmanager\n\
         Description: backs up a company's cloud accounts to storage that the company owns\n \
         The desktop app holdfast-desktop, and the command line holdfast. What they store is a\n \
         repository in restic's format.\n",
        version = version(),
    );
    fs::write(&control, text).context("cannot write the package's description")?;
    let file = out.join(format!("holdfast_{}_{architecture}.deb", version()));
    let packing = match packing {
        Packing::Small => "-Zxz",
        Packing::Quick => "-Znone",
    };
    run(Command::new("dpkg-deb").args(["--root-owner-group", packing, "--build"]).arg(&root).arg(&file))?;
    Ok(file)
}

const COPYRIGHT: &str = "\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Holdfast

Files: *
Copyright: the Holdfast authors
License: MIT or Apache-2.0
 See LICENSE-MIT and LICENSE-APACHE in this folder; NOTICES.txt has the licences of all that is linked in.
";

/// Everyone may read what is installed, whatever the mask of who builds it.
fn open_to_all(folder: &Path) -> Result<()> {
    mode(folder, 0o755)?;
    for entry in fs::read_dir(folder).context("cannot read the package's folder")? {
        let path = entry?.path();
        if path.is_dir() {
            open_to_all(&path)?;
        } else if path.parent().is_none_or(|parent| !parent.ends_with("usr/bin")) {
            mode(&path, 0o644)?;
        }
    }
    Ok(())
}

fn mode(path: &Path, mode: u32) -> Result<()> {
    let set = fs::set_permissions(path, fs::Permissions::from_mode(mode));
    set.with_context(|| format!("cannot set who may read {}", path.display()))
}
