//! The window opens, on a computer that never saw Holdfast before.

use anyhow::{Result, ensure};
use holdfast_tests::desktop::{Desktop, button, heading};

#[test]
fn an_empty_home_opens_on_the_first_launch() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    window.find(&heading("Your company's data, on storage you own"))?;
    for way in ["Set up backup", "I already have a backup", "Try with a sample company"] {
        ensure!(window.is_enabled(&button(way).part())?, "{way}");
    }
    window.is_at("/welcome")
}
