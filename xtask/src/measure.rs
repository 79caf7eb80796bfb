//! What a command costs: wall time, CPU time and peak memory. The system tells the last two of all children of a
//! process together, so each command is started by a small process of its own, which is this program again.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde::{Deserialize, Serialize};

/// What one command cost.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Cost {
    /// Wall time.
    pub wall_seconds: f64,
    /// CPU time in user mode, all threads.
    pub user_seconds: f64,
    /// CPU time in the kernel, all threads.
    pub system_seconds: f64,
    /// Most memory held at once.
    pub peak_bytes: u64,
}

/// Runs a command, which has to end well, and says what it cost. Its output goes to `log`.
pub fn cost(command: &Command, log: &Path) -> Result<Cost> {
    let place = tempfile::NamedTempFile::new().context("no temporary file")?;
    let output = fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut starter = Command::new(std::env::current_exe().context("this program has no path")?);
    starter.arg("measure").arg(place.path()).arg("--").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => starter.env(name, value),
            None => starter.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        starter.current_dir(folder);
    }
    let complaints = output.try_clone().context("cannot share the log")?;
    let status = starter.stdin(Stdio::null()).stdout(output).stderr(complaints).status();
    let status = status.context("this program does not start itself")?;
    let told = || fs::read_to_string(log).unwrap_or_default();
    ensure!(status.success(), "{} ended with {status}: {}", command.get_program().display(), told().trim());
    serde_json::from_slice(&fs::read(place.path())?).context("the cost is unreadable")
}

/// The other side: runs the command, writes its cost to `place`, and ends as it ended.
pub fn run(place: &Path, command: &[OsString]) -> Result<()> {
    let (program, arguments) = command.split_first().context("no command to measure")?;
    let begin = Instant::now();
    let status = Command::new(program).args(arguments).status().context("the command does not start")?;
    let wall_seconds = begin.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("the system tells no usage")?;
    let cost = Cost {
        wall_seconds,
        user_seconds: seconds(usage.user_time()),
        system_seconds: seconds(usage.system_time()),
        // Linux counts in KiB.
        peak_bytes: u64::try_from(usage.max_rss()).context("negative memory")? * 1024,
    };
    fs::write(place, serde_json::to_vec(&cost)?).context("cannot write the cost")?;
    ensure!(status.success(), "the command ended with {status}");
    Ok(())
}

fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}
