//! `holdfast agent`: what was due while no program ran is made up for without a window, and whoever dies is followed by
//! another.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use anyhow::{Context as _, Result, ensure};
use holdfast_tests::desktop::{PATIENCE, until};
use holdfast_tests::{Holdfast, Stage};
use serde_json::{Value, json};

/// An agent that is killed at the latest with the test.
struct Agent {
    child: Child,
    told: Receiver<Value>,
}

impl Agent {
    fn start(holdfast: &Holdfast) -> Result<Self> {
        let mut command = holdfast.command(&["agent", "--json"]);
        let mut child = command.stdout(Stdio::piped()).spawn().context("the agent does not start")?;
        let lines = BufReader::new(child.stdout.take().context("the agent says nothing")?).lines();
        let (tell, told) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok()) {
                // The test ends when it has heard enough.
                let _nobody_hears = tell.send(line);
            }
        });
        Ok(Self { child, told })
    }

    /// What it says next: whether it keeps the schedule.
    fn keeps_the_schedule(&self) -> Result<bool> {
        let line = self.told.recv_timeout(PATIENCE).context("the agent says nothing")?;
        line["keeps_schedule"].as_bool().with_context(|| format!("{line}"))
    }

    fn signal(&self, signal: &str) -> Result<()> {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status()?;
        ensure!(sent.success(), "{signal} cannot be sent");
        Ok(())
    }

    /// As Ctrl-C.
    fn interrupt(mut self) -> Result<()> {
        self.signal("-INT")?;
        let ended = self.child.wait()?;
        ensure!(ended.success(), "it ended badly: {ended}");
        Ok(())
    }

    fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// Every Archive was due an hour ago, as on a computer that was off then.
fn the_computer_was_off(holdfast: &Holdfast) -> Result<()> {
    let script = "import sqlite3, sys, time\n\
                  db = sqlite3.connect(sys.argv[1], timeout=60)\n\
                  hour_ago = int((time.time() - 3600) * 1000000)\n\
                  db.execute('INSERT OR REPLACE INTO due SELECT id, ? FROM archives', (hour_ago,))\n\
                  db.commit()\n";
    let done = Command::new("python3").args(["-c", script]).arg(holdfast.catalogue()?).status()?;
    ensure!(done.success(), "the due times could not be set");
    Ok(())
}

fn runs(holdfast: &Holdfast) -> Result<Vec<Value>> {
    let all = holdfast.json(&["activity", "--limit", "500"])?;
    all["runs"].as_array().cloned().context("no list of runs")
}

/// Until so many Runs of the schedule have ended: all of them well, and no more than these.
fn made_up_for(holdfast: &Holdfast, expected: usize) -> Result<()> {
    let own = until("the runs of the schedule have ended", || {
        let mut own = runs(holdfast)?;
        own.retain(|run| run["trigger"] == "schedule");
        ensure!(
            own.len() >= expected && own.iter().all(|run| run["state"] == "ended"),
            "{} of {expected} were begun: {own:#?}",
            own.len()
        );
        Ok(own)
    })?;
    let is_good = |run: &Value| run["result"] == "complete" || run["result"] == "complete_with_skips";
    ensure!(own.len() == expected && own.iter().all(is_good), "{own:#?}");
    Ok(())
}

#[test]
fn what_was_missed_is_made_up_for_without_a_window_and_by_another_agent_when_one_is_killed() -> Result<()> {
    let stage = Stage::new("--seed 6 --users 2 --mail-per-user 6 --files-per-user 2")?;
    let holdfast = &stage.holdfast;
    holdfast.ok(&stage.start_all())?;
    let archives = runs(holdfast)?.len();
    let user = stage.company.active().next().context("nobody is active")?.address.clone();
    let mail = || stage.company.change("mail.add", json!({ "user": user }));

    mail()?;
    the_computer_was_off(holdfast)?;
    let first = Agent::start(holdfast)?;
    ensure!(first.keeps_the_schedule()?, "nobody else does");
    made_up_for(holdfast, archives)?;
    stage.judge()?.must_match()?;

    let second = Agent::start(holdfast)?;
    ensure!(!second.keeps_the_schedule()?, "the first one does");
    // It stands still, so that it follows only after what is to be made up for is due.
    second.signal("-STOP")?;
    first.kill()?;
    mail()?;
    the_computer_was_off(holdfast)?;
    second.signal("-CONT")?;
    ensure!(second.keeps_the_schedule()?, "it follows");
    made_up_for(holdfast, 2 * archives)?;
    stage.judge()?.must_match()?;
    second.interrupt()
}
