//! The sample company is what the flows take it for: the same each time, and its truth follows its changes.

use std::collections::BTreeSet;

use anyhow::Result;
use holdfast_tests::{Company, Programs, Truth};
use serde_json::json;
use tempfile::TempDir;

const COMPANY: [&str; 8] = ["--seed", "9", "--users", "3", "--mail-per-user", "20", "--files-per-user", "20"];

fn ids(truth: &Truth, service: &str) -> BTreeSet<String> {
    truth.lines.iter().filter(|line| line.service == service).map(|line| line.id.clone()).collect()
}

#[test]
fn the_truth_follows_what_people_do() -> Result<()> {
    let (programs, folder) = (Programs::find()?, TempDir::new()?);
    let company = Company::start(&programs, &folder.path().join("one"), &COMPANY)?;
    let before = company.truth(None)?;
    assert_eq!(ids(&before, "gmail").len(), 60);
    assert!(before.lines.iter().any(|line| line.size.is_some_and(|size| size > 0) && line.sha256.is_some()));

    let admin = company.start.google.admin.clone();
    let made = company.change("file.add", json!({ "user": admin, "name": "plan.txt", "size": 1234 }))?;
    let after = company.truth(None)?;
    let new: Vec<_> = after.lines.iter().filter(|line| made.contains(&line.id) && line.owned).collect();
    assert_eq!(
        new.iter().map(|line| (line.name.as_deref(), line.size)).collect::<Vec<_>>(),
        [(Some("plan.txt"), Some(1234))]
    );
    company.change("file.delete", json!({ "id": made[0] }))?;
    assert_eq!(ids(&company.truth(None)?, "drive"), ids(&before, "drive"));

    company.churn(50, 1)?;
    assert_ne!(ids(&company.truth(None)?, "gmail"), ids(&before, "gmail"));
    Ok(())
}

#[test]
fn a_seed_is_a_company() -> Result<()> {
    let (programs, folder) = (Programs::find()?, TempDir::new()?);
    let hashes = |name: &str| -> Result<Vec<Option<String>>> {
        let company = Company::start(&programs, &folder.path().join(name), &COMPANY)?;
        Ok(company.truth(None)?.lines.into_iter().map(|line| line.sha256).collect())
    };
    assert_eq!(hashes("one")?, hashes("two")?);
    Ok(())
}
