//! Activity while sixty Runs go on, each of which the engine tells four times a second: how many of that reach the page,
//! and how it answers meanwhile.

use anyhow::{Result, ensure};
use holdfast_tests::desktop::{Desktop, FirstLaunch, Window};
use serde::Deserialize;

use crate::bench::Row;
use crate::bench::field::median;

const COMPANY: &str = "--seed 1 --users 14 --mail-per-user 6000 --files-per-user 600 --latency 150";
/// So long is looked.
const SECONDS: u32 = 5;
/// What the engine tells in a second, at least.
const LEAST_EVENTS: f64 = 200.0;
const MOST_UPDATES: f64 = 5.0;
const MOST_MS: f64 = 100.0;
/// How often the engine tells of each Run in a second.
const TOLD: f64 = 4.0;

/// What the page heard, and how long it took from letters that were typed until they were on the display.
#[derive(Deserialize)]
struct Heard {
    /// Of the Run that was told most often, in a second.
    most: f64,
    /// Milliseconds.
    answers: Vec<f64>,
}

/// The rows.
pub fn rows(desktop: &impl Fn() -> Result<Desktop>) -> Result<Vec<Row>> {
    let desktop = desktop()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).with_everyone(&company)?;
    window.go("Activity")?;
    window.sees("items/s")?;
    let runs = live(&window)?;
    let heard: Heard = window.script_async(LISTEN, &[SECONDS.into()])?;
    let left = live(&window)?;
    ensure!(left > 0, "the Runs ended while they were looked at");
    let events = (runs as f64).min(left as f64) * TOLD;
    Ok(vec![
        Row::reaching("window: engine events a second", events, LEAST_EVENTS, 1.0, "events"),
        Row::at_most(
            "window: updates of one Run that reach the page in a second",
            heard.most,
            MOST_UPDATES,
            "updates",
        ),
        Row::at_most("window: a letter typed meanwhile", median(heard.answers), MOST_MS, "ms"),
    ])
}

/// How many Runs go on.
fn live(window: &Window) -> Result<usize> {
    let script = "const done = arguments[arguments.length - 1];
        window.__TAURI_INTERNALS__.invoke('activity', { live: true, result: null, service: null, connection: null, search: null, before: null, limit: 500 })
          .then((it) => done(it.runs.length), () => done(0));";
    window.script_async(script, &[])
}

const LISTEN: &str = "const [seconds, done] = arguments;
    const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
    const heard = new Map();
    const handler = transformCallback(({ payload }) => {
      if (payload.event === 'run') heard.set(payload.run, [...(heard.get(payload.run) ?? []), performance.now()]);
    });
    invoke('plugin:event|listen', { event: 'holdfast', target: { kind: 'Any' }, handler }).then(async () => {
      const answers = [];
      const field = document.querySelector('input[aria-label=\"Search by user or drive\"]');
      const end = performance.now() + seconds * 1000;
      for (let turn = 0; performance.now() < end; turn += 1) {
        const begin = performance.now();
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, turn % 2 === 0 ? 'a' : '');
        field.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
        answers.push(performance.now() - begin);
        await new Promise((later) => setTimeout(later, 100));
      }
      const most = Math.max(0, ...[...heard.values()].map((times) => Math.max(...times.map((at) => times.filter((it) => it >= at && it < at + 1000).length))));
      done({ most, answers });
    });";
