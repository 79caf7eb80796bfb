//! How much of what the Cloud's quota allows is used, without ever being told to slow down.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Row;
use super::field::{Field, remove, start_all};

/// Of 24 users four are suspended or archived. Windows pass ten times faster than on the wall.
const COMPANY: &str = "--users 24 --mail-per-user 3000 --files-per-user 0 --mail-bytes tiny --latency 50 \
                       --quotas published --time-scale 10";
const MAILBOXES: f64 = 20.0;
const UNITS_PER_MINUTE: f64 = 60_000.0;
const WARM_UP: Duration = Duration::from_secs(12);
const WINDOW: Duration = Duration::from_secs(60);

/// 20 mailboxes for a minute.
pub fn used_to_the_full(field: &Field) -> Result<Vec<Row>> {
    let folder = field.empty("quota")?;
    let company = field.company(&folder, COMPANY)?;
    let holdfast = field.installation(&company, &folder.join("holdfast"))?.with_quotas("new*10");
    company.forget_counters()?;
    let units = || -> Result<f64> {
        let counters = company.counters()?;
        Ok(counters
            .units
            .iter()
            .filter(|(method, _)| method.starts_with("gmail."))
            .map(|(_, units)| *units as f64)
            .sum())
    };
    let mut child = holdfast.spawn(&start_all(&company))?;
    thread::sleep(WARM_UP);
    let (before, begin) = (units()?, Instant::now());
    thread::sleep(WINDOW);
    let used = units()? - before;
    let minutes = begin.elapsed().as_secs_f64() / 60.0;
    child.kill().context("a run cannot be ended")?;
    child.wait()?;
    let told_off = company.counters()?.rate_answers as f64;
    let name = "20 mailboxes under quota";
    let rows = vec![
        Row::reaching(
            format!("{name}: units used"),
            used,
            MAILBOXES * UNITS_PER_MINUTE * minutes,
            0.95,
            "units",
        ),
        Row::at_most(format!("{name}: rate answers"), told_off, 0.0, "answers"),
    ];
    remove(&folder)?;
    Ok(rows)
}
