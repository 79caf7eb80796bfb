//! Test programs for Windows, run under Wine: each in one process with all of its tests, since Wine takes longer to start a
//! process than most of them take. Two programs at a time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// How many run beside each other, and how many tests of each.
const AT_ONCE: usize = 2;
const THREADS: usize = 2;
/// One that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(2400);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A program full of tests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestProgram {
    /// `clouds::http`
    name: String,
    path: PathBuf,
    /// Of its package, where it is started.
    folder: PathBuf,
}

/// What became of one.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    passed: u64,
    failed: u64,
    /// Why tests were left out, and how many.
    ignored: BTreeMap<String, u64>,
}

/// The test programs that cargo's messages tell of.
pub fn listed(messages: &str) -> Vec<TestProgram> {
    #[derive(Deserialize)]
    struct Built {
        executable: PathBuf,
        manifest_path: PathBuf,
        target: Target,
        profile: Profile,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    #[derive(Deserialize)]
    struct Profile {
        test: bool,
    }
    // Most messages tell of something else.
    let built = messages.lines().filter_map(|line| serde_json::from_str::<Built>(line).ok());
    let mut found: Vec<TestProgram> = built
        .filter(|built| built.profile.test)
        .filter_map(|built| {
            let folder = built.manifest_path.parent()?.to_owned();
            let name = format!("{}::{}", folder.file_name()?.to_string_lossy(), built.target.name);
            Some(TestProgram { name, path: built.executable, folder })
        })
        .collect();
    found.sort();
    found
}

/// Runs them all, without the tests of these names, each of which has its reason; an error if one fails. `start` makes the
/// command that a program's own words are added to.
pub fn run(
    programs: &[TestProgram],
    without: &[(&str, &str)],
    start: impl Fn(&Path, &Path) -> Command + Sync,
) -> Result<()> {
    let logs = tempfile::tempdir().context("no temporary folder")?;
    let (next, done) = (Mutex::new(programs.iter()), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let program = next.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(program) = program else { return };
            let log = logs.path().join(program.path.file_name().unwrap_or_default());
            let mut command = start(&program.path, &program.folder);
            command.arg(format!("--test-threads={THREADS}"));
            command.args(without.iter().flat_map(|(name, _)| ["--skip", name]));
            let begin = Instant::now();
            let outcome = to_its_end(&mut command, &log);
            let took = begin.elapsed().as_secs_f64();
            match &outcome {
                Ok(outcome) => println!("{took:>7.1} s  {}: {} passed", program.name, outcome.passed),
                Err(error) => println!("{took:>7.1} s  {}: FAILED: {error:#}", program.name),
            }
            done.lock().unwrap_or_else(PoisonError::into_inner).push((program, outcome));
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (mut passed, mut failed, mut ignored) = (0, Vec::new(), BTreeMap::<String, u64>::new());
    for (program, outcome) in done {
        match outcome {
            Ok(outcome) => {
                passed += outcome.passed;
                for (why, count) in outcome.ignored {
                    *ignored.entry(why).or_default() += count;
                }
            }
            Err(error) => failed.push(format!("{}: {error:#}", program.name)),
        }
    }
    for (why, count) in &ignored {
        println!("left out, {count}: {why}");
    }
    for (name, why) in without {
        println!("left out, {name}: {why}");
    }
    println!("{passed} tests passed in {} programs, {} programs failed", programs.len(), failed.len());
    ensure!(passed > 0, "no test ran");
    if failed.is_empty() { Ok(()) } else { bail!("{}", failed.join("\n")) }
}

/// Runs one; an error with all it printed unless every test passed.
fn to_its_end(command: &mut Command, log: &Path) -> Result<Outcome> {
    let file = File::create(log).context("cannot write what a test program prints")?;
    let copy = file.try_clone().context("cannot write what a test program prints")?;
    let mut child =
        command.stdin(Stdio::null()).stdout(file).stderr(copy).spawn().context("Wine does not start")?;
    let begin = Instant::now();
    let ended = loop {
        match child.try_wait()? {
            Some(ended) => break Some(ended),
            None if begin.elapsed() > LIMIT => break None,
            None => thread::sleep(LOOK_EVERY),
        }
    };
    if ended.is_none() {
        child.kill().context("a test program that hangs cannot be ended")?;
        child.wait()?;
    }
    let printed = String::from_utf8_lossy(&fs::read(log)?).into_owned();
    let outcome = understood(&printed);
    match (ended, outcome) {
        (Some(ended), Some(outcome)) if ended.success() && outcome.failed == 0 => Ok(outcome),
        (ended, _) => {
            println!("{printed}");
            bail!("{}", ended.map_or_else(|| "it hangs".to_owned(), |ended| format!("it ended with {ended}")))
        }
    }
}

/// What Rust's test programs print: a line for each test that is left out, and one at the end.
fn understood(printed: &str) -> Option<Outcome> {
    let mut outcome = Outcome::default();
    let mut has_ended = false;
    for line in printed.lines().map(str::trim_end) {
        if let Some((_, why)) = line.split_once(" ... ignored").filter(|_| line.starts_with("test ")) {
            let why = why.trim_start_matches([',', ' ']);
            *outcome.ignored.entry(why.to_owned()).or_default() += 1;
        }
        if let Some(counts) = line.strip_prefix("test result: ") {
            let count = |word: &str| {
                let text = counts.split(['.', ';']).map(str::trim).find_map(|part| part.strip_suffix(word));
                text.and_then(|text| text.trim().parse::<u64>().ok())
            };
            (outcome.passed, outcome.failed) = (count("passed")?, count("failed")?);
            has_ended = true;
        }
    }
    has_ended.then_some(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_told_from_all_else_that_cargo_builds() {
        let line = |name: &str, test: bool| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/c/crates/{name}/Cargo.toml","target":{{"name":"http"}},"profile":{{"test":{test}}},"executable":"/t/{name}.exe"}}"#
            )
        };
        let library = r#"{"reason":"compiler-artifact","manifest_path":"/c/Cargo.toml","target":{"name":"x"},"profile":{"test":false},"executable":null}"#;
        let messages =
            [&line("vault", true), &line("cli", false), library, "no message", &line("clouds", true)];
        let found = listed(&messages.map(|line| format!("{line}\n")).concat());
        let names: Vec<_> = found.iter().map(|program| program.name.as_str()).collect();
        assert_eq!(names, ["clouds::http", "vault::http"]);
        assert_eq!(found[1].folder, Path::new("/c/crates/vault"));
    }

    #[test]
    fn what_a_test_program_prints_is_understood() {
        let printed = "running 4 tests\r\ntest a ... ok\r\ntest b ... ignored, restic judges\r\ntest c ... ignored, restic judges\r\n\
                       test d ... FAILED\r\n\r\ntest result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.1s\r\n";
        let ignored = BTreeMap::from([("restic judges".to_owned(), 2)]);
        assert_eq!(understood(printed), Some(Outcome { passed: 1, failed: 1, ignored }));
        assert_eq!(understood("running 4 tests\ntest a ... ok\n"), None, "it broke off");
    }
}
