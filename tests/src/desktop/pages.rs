//! Every page of the app, and what is looked at on each: whether axe finds something, and what it looks like.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::{Window, radio};

/// Entries of the navigation.
pub const PAGES: [&str; 14] = [
    "Home",
    "Start Backup",
    "Archive & Restore",
    "Activity",
    "Cloud Connection Centre",
    "Manage Domains",
    "Manage Users",
    "Backup Settings",
    "Storage",
    "Licenses",
    "App",
    "Fix a backup",
    "Audit log",
    "About",
];

/// Holds the folder for pictures, where some are wanted.
const PICTURES: &str = "HOLDFAST_SCREENSHOTS";

/// A rule of axe that a page breaks: <https://github.com/dequelabs/axe-core/blob/develop/doc/API.md#results-object>
#[derive(Debug, Deserialize)]
struct Violation {
    id: String,
    help: String,
    nodes: Vec<String>,
}

impl Window {
    /// An error naming each rule of accessibility that the page breaks as it is shown now.
    pub fn is_accessible(&self, what: &str) -> Result<()> {
        let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(axe).context("axe is not installed: run `cargo xtask ui` first")?;
        let script = format!(
            "const done = arguments[arguments.length - 1];
             {axe}
             window.axe.run(document, {{ resultTypes: ['violations'] }}).then(
               (found) => done(found.violations.map((it) => ({{ id: it.id, help: it.help, nodes: it.nodes.map((node) => `${{node.html.slice(0, 200)}} ${{node.failureSummary}}`) }}))),
               (error) => done([{{ id: 'axe failed', help: String(error), nodes: [] }}]));"
        );
        let found: Vec<Violation> = self.script_async(&script, &[])?;
        let told: Vec<String> =
            found.iter().map(|it| format!("{} ({}): {:#?}", it.id, it.help, it.nodes)).collect();
        ensure!(found.is_empty(), "{what} breaks {}", told.join("\n"));
        Ok(())
    }

    /// Keeps a picture of what is shown, where pictures are wanted, once it has come to rest.
    pub fn keep_picture(&self, name: &str) -> Result<()> {
        keep(name, || self.picture())
    }

    /// The same of what moves.
    pub fn keep_glimpse(&self, name: &str) -> Result<()> {
        keep(name, || self.glimpse())
    }

    /// Waits until a page is shown: the navigation marks it, and it has a heading.
    pub fn is_on_page(&self, page: &str) -> Result<()> {
        super::until(&format!("{page} is shown"), || {
            let script = "return [document.querySelector('nav [aria-current=page]')?.textContent, document.querySelector('h1')?.textContent]";
            let (marked, heading): (Option<String>, Option<String>) = self.script(script, &[])?;
            ensure!(
                marked.as_deref() == Some(page) && heading.is_some(),
                "it is {marked:?} with the heading {heading:?}"
            );
            Ok(())
        })
    }

    /// Waits until Activity says that at least so many Runs have ended, and that none goes on.
    pub fn runs_ended(&self, at_least: usize) -> Result<()> {
        super::until(&format!("{at_least} Runs have ended"), || {
            let text = self.text()?;
            ensure!(text.contains("Nothing is running."), "some go on");
            let line = text.lines().find_map(|line| line.trim().strip_suffix(" Runs")?.parse::<usize>().ok());
            let ended = line.context("no count of Runs")?;
            ensure!(ended >= at_least, "{ended} have ended");
            Ok(())
        })
        .with_context(|| self.text().unwrap_or_default())
    }

    /// Makes the window light or dark, on its page of settings.
    pub fn use_theme(&self, theme: &str) -> Result<()> {
        self.go("App")?;
        self.click(&radio(theme))?;
        let scheme = theme.to_lowercase();
        super::until(&format!("the window is {scheme}"), || {
            let now: String =
                self.script("return document.documentElement.dataset.mantineColorScheme", &[])?;
            ensure!(now == scheme, "it is {now}");
            Ok(())
        })
    }
}

/// Whether somebody wants the pictures.
pub fn keeps_pictures() -> bool {
    env::var_os(PICTURES).is_some()
}

fn keep(name: &str, picture: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
    let Some(folder) = env::var_os(PICTURES).map(PathBuf::from) else { return Ok(()) };
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(format!("{name}.png")), picture()?)?)
}
