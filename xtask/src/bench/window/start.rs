//! From a click on the icon to the first content, and what the app holds then.

use std::fs;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use holdfast_tests::desktop::{Desktop, FirstLaunch, Window};

use crate::bench::Row;
use crate::bench::field::{TURNS, median};

const COMPANY: &str = "--seed 1 --users 10 --mail-per-user 20 --files-per-user 10";
/// The most, from the program's start to what a person can read.
const MOST_SECONDS: f64 = 1.0;
/// The most that our own process holds; the web view's are the system's.
const MOST_MB: f64 = 150.0;

/// With a company that is backed up.
pub fn rows(desktop: &impl Fn() -> Result<Desktop>) -> Result<Vec<Row>> {
    let desktop = desktop()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    let recovery_key = FirstLaunch::new(&desktop, &window).with_everyone(&company)?;
    window.go("Activity")?;
    window.runs_ended(company.active_ids().len())?;
    desktop.at_rest(&recovery_key)?;
    window.kill()?;

    let (mut first, mut whole, mut held) = (vec![], vec![], vec![]);
    for _ in 0..TURNS {
        let window = desktop.open()?;
        window.is_on_page("Home")?;
        window.settled()?;
        whole.push(age(window.program())?.as_secs_f64());
        first.push(first_content(&window)?);
        held.push(held_mb(window.program())?);
        window.kill()?;
    }
    Ok(vec![
        Row::at_most("window: first content after the start", median(first), MOST_SECONDS, "s"),
        Row::at_most(
            "window: Home with all it tells, driver included",
            median(whole),
            2.0 * MOST_SECONDS,
            "s",
        ),
        Row::at_most(
            "window: memory of our process when idle",
            held.into_iter().fold(0.0, f64::max),
            MOST_MB,
            "MB",
        ),
    ])
}

/// How long after the start of the program the page painted something for the first time, as the web view tells it.
fn first_content(window: &Window) -> Result<f64> {
    let painted: Option<f64> = window.script(
        "return performance.getEntriesByName('first-contentful-paint').map((it) => performance.timeOrigin + it.startTime)[0] ?? null",
        &[],
    )?;
    let painted = painted.context("the web view tells no first paint")? / 1000.0;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs_f64();
    Ok(painted - (now - age(window.program())?.as_secs_f64()))
}

/// How long a process has been running: <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
fn age(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    // The 22nd field, of which the first two stand before the bracket.
    let started: f64 = fields.get(19).context("no time of start")?.parse()?;
    let ticks = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK)?.context("no clock")?;
    let uptime = fs::read_to_string("/proc/uptime")?;
    let now: f64 = uptime.split_whitespace().next().context("no uptime")?.parse()?;
    Ok(Duration::from_secs_f64(now - started / ticks as f64))
}

/// The process's share of memory: what it has alone, and its part of what it has with others. Most of what is resident are
/// pages of the web view's libraries, which the web view's own processes use as well.
/// <https://docs.kernel.org/filesystems/proc.html>
fn held_mb(process: u32) -> Result<f64> {
    let mapped = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = mapped.lines().find_map(|line| line.strip_prefix("Pss:")).context("no memory is told")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024.0 / 1e6)
}
