//! The package for Debian, tried: installed under a root of its own, started on a desktop of its own, and removed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use nix::unistd::Uid;

use super::deb::{self, Packing};
use crate::setup::Tools;
use crate::step::{output, run};
use crate::{paths, window};

/// What must be where, below the root.
const INSTALLED: [&str; 6] = [
    "usr/bin/holdfast",
    "usr/bin/holdfast-desktop",
    "usr/share/applications/dev.holdfast.desktop.desktop",
    "usr/share/icons/hicolor/128x128/apps/dev.holdfast.desktop.png",
    "usr/share/doc/holdfast/NOTICES.txt",
    "usr/share/doc/holdfast/copyright",
];

/// The flow that starts it.
const STARTS: &str = "package(holdfast-tests) and binary(=desktop_window) and test(=tray::it_starts_hidden_and_another_data_directory_is_another_program)";

/// Makes a package of the programs that the tests use, and tries it.
pub fn try_it(tools: &Tools) -> Result<()> {
    if Command::new("dpkg-deb").arg("--version").output().is_err() {
        println!("!! NOT CHECKED: the package for Debian, since there is no dpkg-deb here.");
        return Ok(());
    }
    let place = tempfile::tempdir().context("no temporary folder")?;
    let package = deb::make(&paths::programs("debug"), place.path(), Packing::Quick)?;
    let root = place.path().join("root");
    install(&package, &root)?;
    for name in INSTALLED {
        ensure!(root.join(name).is_file(), "the package left {name} out");
    }
    let programs = root.join("usr/bin");
    let told = output(Command::new(programs.join("holdfast")).arg("--version"))?;
    ensure!(told.contains(env!("CARGO_PKG_VERSION")), "the installed program says it is {told}");

    // One flow of the window shows that it starts, has its tray icon and its window, and ends; it wants a simcloud beside it.
    let simcloud = programs.join("simcloud");
    symlink(paths::programs("debug").join("simcloud"), &simcloud).context("cannot link simcloud")?;
    window::flows_of(tools, STARTS, &programs)?;
    fs::remove_file(&simcloud).context("cannot remove a link")?;

    if Uid::effective().is_root() {
        run(dpkg(&root).args(["--purge", "holdfast"]))?;
        for name in INSTALLED {
            ensure!(!root.join(name).exists(), "the package left {name} behind");
        }
    }
    Ok(())
}

/// Installs it as `dpkg` does, with records of its own; who is not root can only unpack it.
fn install(package: &Path, root: &Path) -> Result<()> {
    let records = root.join("var/lib/dpkg");
    for folder in ["info", "updates"] {
        fs::create_dir_all(records.join(folder)).context("cannot make dpkg's folders")?;
    }
    fs::write(records.join("status"), "").context("cannot write dpkg's records")?;
    if Uid::effective().is_root() {
        // What it depends on is installed outside that root.
        return run(dpkg(root).args(["--force-depends", "--install"]).arg(package));
    }
    println!("unpacked only: dpkg installs for root alone");
    run(Command::new("dpkg-deb").arg("--extract").arg(package).arg(root))
}

fn dpkg(root: &Path) -> Command {
    let mut command = Command::new("dpkg");
    command.arg("--root").arg(root);
    command
}
