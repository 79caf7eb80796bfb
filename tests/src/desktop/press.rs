//! The keyboard: keys pressed at whatever has the focus, as a person without a mouse does.

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};

use super::{Seek, Window, until};

/// Keys that type no letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// To the next thing.
    Tab,
    /// To the one before.
    BackTab,
    /// Opens, or sends a form.
    Enter,
    /// Ticks, or presses a button.
    Space,
    /// Closes.
    Escape,
    /// One up.
    Up,
    /// One down.
    Down,
    /// One to the left.
    Left,
    /// One to the right.
    Right,
}

impl Key {
    /// <https://www.w3.org/TR/webdriver2/#keyboard-actions>
    fn code(self) -> char {
        match self {
            Self::Tab | Self::BackTab => '\u{E004}',
            Self::Enter => '\u{E007}',
            Self::Space => ' ',
            Self::Escape => '\u{E00C}',
            Self::Up => '\u{E013}',
            Self::Down => '\u{E015}',
            Self::Left => '\u{E012}',
            Self::Right => '\u{E014}',
        }
    }
}

/// The steps of a person who has no mouse.
pub trait Press {
    /// Presses a key at what has the focus.
    fn press(&self, key: Key) -> Result<()>;

    /// Types into what has the focus.
    fn type_text(&self, text: &str) -> Result<()>;

    /// Presses Tab until this has the focus.
    fn tab_to(&self, seek: &Seek) -> Result<()>;

    /// Presses Tab until this has the focus, then a key.
    fn press_at(&self, seek: &Seek, key: Key) -> Result<()>;
}

/// More of them than any page has places for the focus.
const MOST_TABS: usize = 120;
const SHIFT: char = '\u{E008}';

impl Press for Window {
    fn press(&self, key: Key) -> Result<()> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        if key == Key::BackTab {
            actions = actions.then(KeyAction::Down { value: SHIFT });
        }
        actions =
            actions.then(KeyAction::Down { value: key.code() }).then(KeyAction::Up { value: key.code() });
        if key == Key::BackTab {
            actions = actions.then(KeyAction::Up { value: SHIFT });
        }
        self.drive(async |client| client.perform_actions(actions).await)
    }

    fn type_text(&self, text: &str) -> Result<()> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.drive(async |client| client.perform_actions(actions).await)
    }

    fn tab_to(&self, seek: &Seek) -> Result<()> {
        let wanted = self.find(seek)?;
        let wanted = serde_json::to_value(&wanted)?;
        until(&format!("{seek} can have the focus"), || {
            self.script::<bool>("return !arguments[0].disabled", std::slice::from_ref(&wanted))?
                .then_some(())
                .context("it is disabled")
        })?;
        for _ in 0..MOST_TABS {
            if self.script("return document.activeElement === arguments[0]", std::slice::from_ref(&wanted))? {
                return self.focus_is_seen(seek);
            }
            self.press(Key::Tab)?;
        }
        anyhow::bail!("{seek} is not reached with Tab")
    }

    fn press_at(&self, seek: &Seek, key: Key) -> Result<()> {
        self.tab_to(seek)?;
        self.press(key)
    }
}

/// What can have the focus; of the choices of a group, those count as one.
const STOPS: &str = "[...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex]')].filter((it) => \
    it.tabIndex >= 0 && !it.disabled && it.closest('[inert]') === null && it.checkVisibility({ visibilityProperty: true }))";

/// What a person calls it.
const NAMED: &str = "(it) => `${it.tagName.toLowerCase()} '${(it.ariaLabel ?? (it.textContent || it.labels?.[0]?.textContent || it.outerHTML)).slice(0, 80)}'`";

impl Window {
    /// Goes once around the page with Tab, from what has the focus. Names what was not reached, and what had the focus
    /// without showing it.
    pub fn missed_by_tab(&self) -> Result<Vec<String>> {
        let start = "window.stops = { from: document.activeElement, seen: new Set([document.activeElement]), hidden: new Set() };";
        self.script::<()>(start, &[])?;
        let look = "const it = document.activeElement; const { from, seen, hidden } = window.stops; \
                    if (it !== document.body && !it.matches(':focus-visible')) hidden.add(it); \
                    seen.add(it); return it === from;";
        for _ in 0..MOST_TABS {
            self.press(Key::Tab)?;
            if self.script(look, &[])? {
                let told = format!(
                    "const {{ seen, hidden }} = window.stops; const named = {NAMED}; \
                     const beside = (it) => it.type === 'radio' && [...seen].some((other) => other.type === 'radio' && other.name === it.name); \
                     const missed = {STOPS}.filter((it) => !seen.has(it) && !beside(it)); \
                     return [...missed.map((it) => `${{named(it)}} is not reached`), ...[...hidden].map((it) => `${{named(it)}} does not show the focus`)];"
                );
                return self.script(&told, &[]);
            }
        }
        anyhow::bail!("Tab does not come back to where it began")
    }

    /// Whether this has the focus.
    pub fn has_focus(&self, seek: &Seek) -> Result<bool> {
        let element = serde_json::to_value(self.find(seek)?)?;
        self.script("return document.activeElement === arguments[0]", &[element])
    }

    /// Whoever has no mouse has to see where they are.
    fn focus_is_seen(&self, seek: &Seek) -> Result<()> {
        let seen: bool = self.script("return document.activeElement.matches(':focus-visible')", &[])?;
        ensure!(seen, "{seek} has the focus, and nobody sees it");
        Ok(())
    }
}
