//! Small and write-protected disks for a flow: mounted in a name space of the flow's own, which ends with it, so that
//! nothing has to be unmounted and nobody else sees them.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Set in the process that may mount.
const INSIDE: &str = "HOLDFAST_OWN_MOUNTS";

/// As root, and as anybody where the system lets everybody have name spaces.
const WAYS: [&[&str]; 2] = [&["--mount"], &["--mount", "--user", "--map-root-user"]];

/// Runs the flow of the test `name` in a process of its own that may mount. Where the system allows that to nobody the
/// flow is skipped, and says so.
pub fn with_own_mounts(name: &str, flow: impl FnOnce() -> Result<()>) -> Result<()> {
    if env::var_os(INSIDE).is_some() {
        return flow();
    }
    let Some(way) = WAYS.into_iter().find(|way| may_mount(way)) else {
        eprintln!("!! SKIPPED: {name} needs a disk of its own, and this system lets us mount none.");
        return Ok(());
    };
    let mut test = Command::new("unshare");
    test.args(way).arg(env::current_exe().context("this test has no path")?);
    test.args([name, "--exact", "--nocapture"]).env(INSIDE, "1");
    let output = test.stderr(Stdio::inherit()).output().context("unshare does not start")?;
    let told = String::from_utf8_lossy(&output.stdout);
    println!("{told}");
    ensure!(output.status.success(), "{name} failed among its own mounts: see above");
    // A program that knows no test of this name has nothing to fail at.
    ensure!(told.contains("1 passed"), "there is no test {name} to run among its own mounts");
    Ok(())
}

fn may_mount(way: &[&str]) -> bool {
    let mut probe = Command::new("unshare");
    probe.args(way).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
    probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

/// Mounts an empty disk of so many bytes over a folder.
pub fn mount_disk(folder: &Path, bytes: u64) -> Result<()> {
    let size = format!("size={bytes}");
    mount(&["-t".as_ref(), "tmpfs".as_ref(), "-o".as_ref(), size.as_ref(), "tmpfs".as_ref(), folder.as_ref()])
}

/// Gives the disk that is mounted over a folder another size.
pub fn resize_disk(folder: &Path, bytes: u64) -> Result<()> {
    let size = format!("remount,size={bytes}");
    mount(&["-o".as_ref(), size.as_ref(), folder.as_ref()])
}

/// Protects a folder and all below it from being written, by root, too.
pub fn write_protect(folder: &Path) -> Result<()> {
    mount(&["--bind".as_ref(), folder.as_ref(), folder.as_ref()])?;
    mount(&["-o".as_ref(), "remount,bind,ro".as_ref(), folder.as_ref()])
}

/// Takes away what was mounted last over a folder.
pub fn unmount(folder: &Path) -> Result<()> {
    succeed(Command::new("umount").arg(folder))
}

fn mount(arguments: &[&OsStr]) -> Result<()> {
    succeed(Command::new("mount").args(arguments))
}

fn succeed(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{command:?} does not start"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}
