//! The desktop app as a person has it: a desktop of its own, its window driven by WebDriver, its tray and notifications.
//!
//! What is clicked is found by role and name, as a person or a screen reader finds it. Nothing here waits for a time:
//! every step waits until what it needs is there.

mod app;
mod browser;
mod first_launch;
mod pages;
mod press;
mod seek;
mod session;
mod window;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

pub use app::{Desktop, Running};
pub use browser::{Answer, Browser};
pub use first_launch::FirstLaunch;
pub use pages::{PAGES, keeps_pictures};
pub use press::{Key, Press};
pub use seek::{
    Seek, button, checkbox, combobox, dialog, file, heading, link, list, menuitem, option, radio, row, tab,
    table, textbox, treeitem,
};
pub use session::{Dying, Notification, Session, Tray};
pub use window::Window;

/// How long anything that a person waits for may take on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(240);

/// How often is looked again.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Tries until it works; an error with the last reason when it takes longer than a person would wait.
pub fn until<T>(what: &str, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let begin = Instant::now();
    loop {
        match attempt() {
            Ok(done) => return Ok(done),
            Err(error) if begin.elapsed() > PATIENCE => {
                return Err(error).with_context(|| format!("not reached: {what}"));
            }
            Err(_) => thread::sleep(LOOK_EVERY),
        }
    }
}

/// Tries until it is so.
pub fn until_true(what: &str, mut attempt: impl FnMut() -> Result<bool>) -> Result<()> {
    until(what, || if attempt()? { Ok(()) } else { bail!("it is not so") })
}
