//! What a person looks for in the window: a role and a name, perhaps inside something else.

use std::fmt;

/// Something in the window.
#[derive(Clone, Debug)]
pub struct Seek {
    /// As `finder.js` knows it.
    pub(super) role: &'static str,
    pub(super) name: String,
    pub(super) is_part: bool,
    pub(super) is_first: bool,
    pub(super) within: Option<Box<Seek>>,
}

macro_rules! roles {
    ($($role:ident),* $(,)?) => { $(
        #[doc = concat!("The ", stringify!($role), " of this name.")]
        pub fn $role(name: impl Into<String>) -> Seek {
            Seek { role: stringify!($role), name: name.into(), is_part: false, is_first: false, within: None }
        }
    )* };
}
roles!(
    button, link, textbox, checkbox, radio, tab, heading, dialog, table, row, combobox, option, file, list,
    treeitem, navigation, menuitem
);

impl Seek {
    /// The name need only hold the words.
    #[must_use]
    pub fn part(self) -> Self {
        Self { is_part: true, ..self }
    }

    /// The topmost, where there are many.
    #[must_use]
    pub fn first(self) -> Self {
        Self { is_first: true, ..self }
    }

    /// The navigation at the left.
    pub fn navigation() -> Self {
        navigation("Main")
    }

    /// Only inside of this.
    #[must_use]
    pub fn within(self, outer: Seek) -> Self {
        Self { within: Some(Box::new(outer)), ..self }
    }
}

impl fmt::Display for Seek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holds = if self.is_part { "…" } else { "" };
        write!(f, "{} '{holds}{}{holds}'", self.role, self.name)?;
        self.within.as_ref().map_or(Ok(()), |outer| write!(f, " in {outer}"))
    }
}
