//! The first launch, as most people go through it.

use anyhow::{Context, Result};

use super::{Desktop, Window, button, checkbox, heading, list, radio, textbox};
use crate::Company;

/// The steps by mouse, one after another.
pub struct FirstLaunch<'a> {
    desktop: &'a Desktop,
    window: &'a Window,
}

impl<'a> FirstLaunch<'a> {
    /// Nothing was clicked yet.
    pub fn new(desktop: &'a Desktop, window: &'a Window) -> Self {
        Self { desktop, window }
    }

    /// All of it, up to where people are chosen in Start Backup; the recovery key.
    pub fn up_to_start_backup(&self, company: &Company) -> Result<String> {
        let recovery_key = self.storage()?;
        self.connect(company)?;
        self.people_later()?;
        self.finish()?;
        Ok(recovery_key)
    }

    /// All of it, with everyone protected; the recovery key.
    pub fn with_everyone(&self, company: &Company) -> Result<String> {
        let recovery_key = self.storage()?;
        self.connect(company)?;
        self.window.click(&button("Start the first copy"))?;
        self.finish()?;
        Ok(recovery_key)
    }

    /// All of it, with everyone protected and all first copies made, which Activity shows; the recovery key.
    pub fn with_first_copies(&self, company: &Company) -> Result<String> {
        let recovery_key = self.with_everyone(company)?;
        self.window.go("Activity")?;
        self.window.runs_ended(2 * company.active_ids().len())?;
        Ok(recovery_key)
    }

    /// `Set up backup`, a folder, and its recovery key, which is returned as the window shows it.
    pub fn storage(&self) -> Result<String> {
        self.storage_until_key()?;
        let recovery_key = self.recovery_key()?;
        self.key_is_saved()?;
        Ok(recovery_key)
    }

    /// `Set up backup` and a folder.
    pub fn storage_until_key(&self) -> Result<()> {
        let window = self.window;
        window.click(&button("Set up backup").part())?;
        window.click(&radio("Another folder"))?;
        let folder = self.desktop.repository();
        window.fill(&textbox("Folder"), folder.to_str().context("the folder is not UTF-8")?)?;
        window.click(&button("Use this storage"))
    }

    /// The key's page is left.
    pub fn key_is_saved(&self) -> Result<()> {
        self.window.click(&checkbox("I have saved it").part())?;
        self.window.click(&button("Continue"))
    }

    /// The twelve words that are shown.
    pub fn recovery_key(&self) -> Result<String> {
        self.window.find(&list("Recovery key"))?;
        let shown = self.window.text_of(&list("Recovery key"))?;
        let words: Vec<&str> = shown.split_whitespace().filter(|word| word.parse::<u8>().is_err()).collect();
        Ok(words.join("-"))
    }

    /// Google by its key file, at the simulated company.
    pub fn connect(&self, company: &Company) -> Result<()> {
        self.connect_until_checks(company)?;
        self.window.click(&button("Continue"))
    }

    /// The same, up to where all checks are good.
    pub fn connect_until_checks(&self, company: &Company) -> Result<()> {
        let window = self.window;
        let google = &company.start.google;
        let text = |path: &std::path::Path| path.to_str().map(str::to_owned).context("the path is not UTF-8");
        window.fill(&textbox("Key file"), &text(&google.service_account_key_file)?)?;
        window.fill(&textbox("Admin's address"), &google.admin)?;
        window.click(&button("Advanced"))?;
        window.fill(&textbox("Endpoints file"), &text(&company.start.endpoints_file)?)?;
        window.click(&button("Connect"))?;
        window.sees("Everything Holdfast needs is granted.")
    }

    /// Whom to protect is chosen later.
    pub fn people_later(&self) -> Result<()> {
        self.window.click(&radio("I choose in Start Backup"))?;
        self.window.click(&button("Continue"))
    }

    /// The last page.
    pub fn finish(&self) -> Result<()> {
        self.window.find(&heading("Ready"))?;
        // What is still being read moves the button away from under the mouse.
        self.window.settled()?;
        self.window.click(&button("Open Holdfast"))
    }
}
