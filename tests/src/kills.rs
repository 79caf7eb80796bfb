//! `kill -9` at random points, over and over, and what has to hold after each: the Repository checks clean, the
//! next run ends complete, what restic restores equals the truth, little is fetched again, nothing is doubled.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::{Company, Counters, Holdfast, Programs, Restored, Truth, TruthLine};

/// How often, and what the choice of moments starts from.
#[derive(Clone, Copy, Debug)]
pub struct Kills {
    /// Ends after so many.
    pub kills: u32,
    /// Ends, too, when this much time has passed.
    pub within: Duration,
    /// Every this many kills a new installation makes its first run; those between hit next runs.
    pub first_every: u32,
    /// The moments follow from it.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Survived {
    /// Kills of first runs.
    pub first: u32,
    /// Kills of next runs.
    pub next: u32,
    /// Of both, those that came too late: the run had ended.
    pub too_late: u32,
    /// Most Items that were fetched again after one kill.
    pub most_items_again: u64,
    /// Most bytes that were fetched again after one kill.
    pub most_bytes_again: u64,
}

/// What is fetched again after a kill may not be more.
const MOST_BYTES_AGAIN: u64 = 64 * 1024 * 1024;

/// Of all Items, in per cent. A company must be large enough for that: some hundred Items are on their way at any time.
const MOST_ITEMS_AGAIN: u64 = 5;

/// Changes before each next run.
const CHANGES: u64 = 300;

/// Requests that bring content.
const CONTENT: [&str; 4] =
    ["gmail.users.messages.get", "drive.files.get", "drive.files.export", "docs.export"];

/// A company, one installation, and whom it protects.
struct Ground<'a> {
    programs: &'a Programs,
    folder: PathBuf,
    company: &'a Company,
    users: Vec<String>,
    random: StdRng,
    /// Content and place of each Item that the installation holds.
    kept: BTreeMap<String, (String, String)>,
}

/// Kills and judges; `tell` gets a line after each kill. The company's active users are protected.
pub fn survive(
    programs: &Programs,
    company: &Company,
    folder: &Path,
    kills: Kills,
    tell: &mut dyn FnMut(&str),
) -> Result<Survived> {
    let users = company.active().map(|person| person.address.clone()).collect();
    let random = StdRng::seed_from_u64(kills.seed);
    let mut ground =
        Ground { programs, folder: folder.to_owned(), company, users, random, kept: BTreeMap::new() };
    let mut survived = Survived::default();

    let begin = Instant::now();
    let mut holdfast: Option<Holdfast> = None;
    for number in 0..kills.kills {
        if begin.elapsed() >= kills.within {
            break;
        }
        let is_first = number % kills.first_every == 0 || holdfast.is_none();
        let after = if is_first {
            let fresh = ground.fresh()?;
            ground.kept.clear();
            let after = ground.kill_and_recover(&fresh, true)?;
            holdfast = Some(fresh);
            survived.first += 1;
            after
        } else if let Some(holdfast) = &holdfast {
            company.churn(CHANGES, ground.random.random())?;
            survived.next += 1;
            ground.kill_and_recover(holdfast, false)?
        } else {
            continue;
        };
        survived.too_late += u32::from(after.too_late);
        survived.most_items_again = survived.most_items_again.max(after.items_again);
        survived.most_bytes_again = survived.most_bytes_again.max(after.bytes_again);
        let which = if is_first { "first" } else { "next" };
        let late = if after.too_late { " (it had ended)" } else { "" };
        tell(&format!(
            "kill {}: {which} run {}{late}; {} Items ({:.1} MB) again; {} Items equal the truth",
            number + 1,
            after.moment,
            after.items_again,
            after.bytes_again as f64 / 1e6,
            after.matched,
        ));
    }
    Ok(survived)
}

/// One kill and what came after.
struct After {
    moment: Moment,
    too_late: bool,
    items_again: u64,
    bytes_again: u64,
    matched: u64,
}

impl Ground<'_> {
    /// A new installation that is connected and knows the Directory.
    fn fresh(&self) -> Result<Holdfast> {
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)
                .with_context(|| format!("cannot empty {}", self.folder.display()))?;
        }
        let holdfast = Holdfast::new(self.programs, &self.folder)?;
        holdfast.set_up(self.company)?;
        holdfast.ok(&["sync"])?;
        Ok(holdfast)
    }

    fn arguments(&self, is_first: bool) -> Vec<&str> {
        if !is_first {
            return vec!["run", "--now", "--wait"];
        }
        let users = self.users.iter().flat_map(|user| ["--user", user.as_str()]);
        ["start"].into_iter().chain(users).chain(["--wait"]).collect()
    }

    /// Exit code 0 says that every Run was complete.
    fn run(&self, holdfast: &Holdfast, is_first: bool) -> Result<()> {
        holdfast.ok(&self.arguments(is_first)).map(drop)
    }

    /// What has to be asked for to come from what is held to this truth, which is held from then on.
    fn needed(&mut self, truth: &Truth) -> Fetched {
        let mut needed = Fetched::default();
        let kept = std::mem::take(&mut self.kept);
        // Events, contacts and tasks come with their listing and are not asked for.
        let asked_for =
            |line: &&TruthLine| !matches!(line.service.as_str(), "calendar" | "contacts" | "tasks");
        for line in truth.lines.iter().filter(asked_for) {
            let (content, place) = (line.content(), line.place());
            let known = kept.get(&line.id);
            let is_new = known.is_none_or(|(known, _)| *known != content);
            let is_moved = known.is_none_or(|(_, known)| *known != place);
            // A file is asked for twice: what it is now, and its bytes.
            let requests = match (line.service.as_str(), content.is_empty()) {
                ("gmail", _) => u64::from(is_new),
                (_, true) => u64::from(is_new || is_moved),
                (_, false) => u64::from(is_new || is_moved) + u64::from(is_new),
            };
            needed.items += requests;
            needed.bytes += if is_new { line.wire_bytes() } else { 0 };
            self.kept.insert(line.id.clone(), (content, place));
        }
        needed
    }

    /// A random moment of a run that may have so much to ask for: mostly while it fetches, else soon after, when it
    /// saves.
    fn moment(&mut self, needed: u64) -> Moment {
        // Not every change has to be asked for, and a moment that never comes is no kill.
        let most = needed * 3 / 4;
        let is_later = self.random.random_ratio(1, 4);
        let asked = if is_later { most } else { self.random.random_range(0..=most) };
        let later = Duration::from_millis(self.random.random_range(0..if is_later { 500 } else { 10 }));
        Moment { asked, needed, later }
    }

    fn kill_and_recover(&mut self, holdfast: &Holdfast, is_first: bool) -> Result<After> {
        let truth = self.company.truth(None)?.kept_by_default().of_users(&self.company.active_ids());
        let needed = self.needed(&truth);
        let moment = self.moment(needed.items);
        self.company.forget_counters()?;
        let mut child = holdfast.spawn(&self.arguments(is_first))?;
        while fetched(&self.company.counters()?).items < moment.asked && child.try_wait()?.is_none() {
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(moment.later);
        let too_late = child.try_wait()?.is_some();
        child.kill().context("a run cannot be killed")?;
        child.wait()?;

        let restic = holdfast.restic()?;
        restic.check_unlocked().context("after the kill")?;
        self.run(holdfast, is_first).context("the run after the kill")?;
        let Fetched { items, bytes } = fetched(&self.company.counters()?);

        restic.check(false).context("after the run that followed the kill")?;
        let target = self.folder.join("restored");
        restic.restore(&target)?;
        let comparison = truth.compare(&Restored::by_restic(&target)?);
        comparison.must_match().context("after the run that followed the kill")?;

        let items_again = items.saturating_sub(needed.items);
        let bytes_again = bytes.saturating_sub(needed.bytes);
        ensure!(bytes_again <= MOST_BYTES_AGAIN, "{bytes_again} bytes were fetched again after a kill");
        let matched = comparison.matched;
        ensure!(
            items_again * 100 <= matched * MOST_ITEMS_AGAIN,
            "{items_again} of {matched} Items were fetched again after a kill"
        );
        Ok(After { moment, too_late, items_again, bytes_again, matched })
    }
}

/// When a run is killed: so long after it has asked for so much of what it needs.
#[derive(Clone, Copy, Debug)]
struct Moment {
    asked: u64,
    needed: u64,
    later: Duration,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asked, needed, later } = self;
        write!(f, "{} ms after {asked} of {needed} requests", later.as_millis())
    }
}

/// Requests that bring Items, and the bytes of their answers.
#[derive(Clone, Copy, Debug, Default)]
struct Fetched {
    items: u64,
    bytes: u64,
}

fn fetched(counters: &Counters) -> Fetched {
    let of = |counts: &BTreeMap<String, u64>| CONTENT.iter().filter_map(|method| counts.get(*method)).sum();
    Fetched { items: of(&counters.requests), bytes: of(&counters.bytes_sent) }
}
