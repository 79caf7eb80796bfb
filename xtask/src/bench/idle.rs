//! The next run when nothing has changed: a request for each change feed and little else.

use anyhow::{Context, Result};

use super::Row;
use super::field::{Field, TURNS, median, memory, remove, start_all};

/// The sample gives everyone two calendars and two task lists. Each is a feed of its own, and so is the list that names
/// them: four feeds more than Archives.
const MORE_FEEDS: usize = 4;
/// Of 60 users ten are suspended or archived.
const COMPANY: &str = "--users 60 --mail-per-user 60 --files-per-user 20 --quotas off";

/// 50 users, every service.
pub fn nothing_changed(field: &Field) -> Result<Vec<Row>> {
    let folder = field.empty("idle")?;
    let company = field.company(&folder, COMPANY)?;
    let holdfast = field.installation(&company, &folder.join("holdfast"))?;
    holdfast.ok(&start_all(&company))?;

    company.forget_counters()?;
    holdfast.ok(&["sync"])?;
    let directory = company.counters()?.all_requests();
    let archives = holdfast.json(&["archives"])?;
    let users = company.active().count();
    let archives = archives["archives"].as_array().context("archives printed no list")?.len();
    let feeds = archives + MORE_FEEDS * users;

    let (mut costs, mut requests) = (vec![], vec![]);
    for _ in 0..TURNS {
        company.forget_counters()?;
        costs.push(field.ours(&holdfast, &["run", "--now", "--wait"])?);
        requests.push(company.counters()?.all_requests() as f64);
    }
    let name = "next run of 50 users, nothing changed";
    let most = (feeds + users) as f64 + directory as f64;
    let rows = vec![
        Row::at_most(
            format!("{name}: wall time"),
            median(costs.iter().map(|cost| cost.wall_seconds)),
            3.0,
            "s",
        ),
        Row::at_most(format!("{name}: requests"), median(requests), most, "requests"),
        memory(name, &costs),
    ];
    remove(&folder)?;
    Ok(rows)
}
