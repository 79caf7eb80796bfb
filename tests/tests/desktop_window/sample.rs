//! The sample company: one click to try everything, marked on every page, gone whole with another one.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use holdfast_tests::desktop::{Desktop, PAGES, button, heading, until};
use holdfast_tests::files_below;

const MARK: &str = "Sample company: nothing here is real, and your own data is not touched.";

#[test]
fn the_sample_company_is_marked_on_each_page_and_deleted_whole() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    window.find(&heading("Your company's data, on storage you own"))?;
    let data = |desktop: &Desktop| -> Result<BTreeSet<PathBuf>> {
        // What the web view keeps for itself, and logs, are no part of any company.
        let is_data = |path: &PathBuf| {
            let path = path.to_string_lossy();
            !["/.cache/", "webkit", "WebKit", "localstorage", "mediakeys", "/log", "dconf", "keyrings"]
                .iter()
                .any(|part| path.contains(part))
        };
        Ok(files_below(&desktop.session.home())?.into_iter().filter(is_data).collect())
    };
    let before = data(&desktop)?;

    window.click(&button("Try with a sample company").part())?;
    window.is_at("/")?;
    for page in PAGES {
        window.go(page)?;
        window.is_on_page(page)?;
        window.sees(MARK)?;
    }
    window.go("Start Backup")?;
    window.sees("USERS TO BACKUP")?;
    ensure!(data(&desktop)?.len() > before.len(), "the sample keeps nothing");

    window.click(&button("Leave the sample"))?;
    window.click(&button("Delete"))?;
    window.find(&heading("Your company's data, on storage you own"))?;
    until("nothing of it is left", || {
        let after = data(&desktop)?;
        let left: Vec<&PathBuf> = after.difference(&before).collect();
        ensure!(left.is_empty(), "{left:#?}");
        Ok(())
    })
}
