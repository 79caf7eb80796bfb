//! Start Backup with ten thousand users: what a click or a letter takes until its answer is on the display.

use anyhow::Result;
use holdfast_tests::desktop::{Desktop, FirstLaunch};

use crate::bench::Row;
use crate::bench::field::{TURNS, median};

const COMPANY: &str = "--seed 1 --users 10000 --mail-per-user 0 --files-per-user 0";
/// The most that a person does not notice.
const MOST_MS: f64 = 100.0;

/// What is done, and how it is seen that it is done.
const STEPS: [(&str, &str, &str); 4] = [
    (
        "filter",
        "const field = document.querySelector('input[aria-label=\"Search name or address\"]');
         Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, 'anna');
         field.dispatchEvent(new Event('input', { bubbles: true }))",
        "foot() !== before.foot",
    ),
    (
        "filter taken away",
        "document.querySelector('button[aria-label=\"Clear the search\"]').click()",
        "foot() !== before.foot",
    ),
    (
        "sort",
        "[...document.querySelectorAll('[role=columnheader] button')].find((it) => it.textContent.startsWith('Address')).click()",
        "order() !== before.order",
    ),
    (
        "select all",
        "document.querySelector('[role=columnheader] input[type=checkbox]').click()",
        "foot() !== before.foot",
    ),
];

/// What the steps look at: how many are listed and ticked, and by which column they are sorted.
const LOOKS: &str = "const table = document.querySelector('[role=table][aria-label=\"USERS TO BACKUP\"]');
    const foot = () => table.parentElement.querySelector('[role=status]').innerText;
    const order = () => [...document.querySelectorAll('[role=columnheader]')].map((it) => it.ariaSort ?? '-').join();
    const before = { foot: foot(), order: order() };";

/// The rows.
pub fn rows(desktop: &impl Fn() -> Result<Desktop>) -> Result<Vec<Row>> {
    let desktop = desktop()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    window.sees("users")?;
    window.settled()?;
    let mut took = vec![Vec::new(); STEPS.len()];
    for _ in 0..TURNS {
        for ((_, act, is_done), took) in STEPS.iter().zip(&mut took) {
            took.push(window.time_until(LOOKS, act, is_done)?.as_secs_f64() * 1000.0);
        }
    }
    let row = |((name, _, _), took): (&(&str, _, _), Vec<f64>)| {
        Row::at_most(format!("window: 10,000 users in Start Backup, {name}"), median(took), MOST_MS, "ms")
    };
    Ok(STEPS.iter().zip(took).map(row).collect())
}
