//! The window: how soon it shows something, what it holds while nothing happens, and how it answers with ten thousand
//! users and with many Runs. It is driven on a desktop of its own; where none can be had, the rows say so.

mod answers;
mod live;
mod start;

use std::path::PathBuf;

use anyhow::{Context, Result};
use holdfast_tests::desktop::{Desktop, Session};

use super::Row;
use super::field::Field;
use crate::{setup, ui};

/// Measures all of it.
pub fn shown(field: &Field) -> Result<Vec<Row>> {
    if let Err(error) = setup::everything().and_then(|_| Session::start().map(drop)) {
        eprintln!("NOT MEASURED: no window can be shown here: {error:#}");
        return Ok(Vec::new());
    }
    let program = program()?;
    let desktop = || Desktop::with(&program, field.programs.clone());
    let mut rows = start::rows(&desktop)?;
    rows.extend(answers::rows(&desktop)?);
    rows.extend(live::rows(&desktop)?);
    Ok(rows)
}

/// The app as people have it, but for the door that WebDriver needs.
fn program() -> Result<PathBuf> {
    ui::build()?;
    holdfast_tests::automated_desktop_program().context("the desktop app cannot be built")
}
