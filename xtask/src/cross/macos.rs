//! The whole product type-checked for macOS. Linking it needs Apple's own libraries.

use anyhow::Result;

use super::{Field, MACOS};
use crate::step::run;

/// Checks everything but what only ever runs on the machine of who builds it.
pub fn check(field: &Field<'_>) -> Result<()> {
    let zigbuild = field.tools.zigbuild();
    let mut command = field.sysroot.command(&zigbuild.get_program().to_string_lossy())?;
    // zig is a Python package beside it, found by the venv's own Python.
    let path = field.tools.first_in_path(&command)?;
    command.env("PATH", path).args(["check", "--workspace", "--locked", "--target", MACOS]);
    // The library that shows notifications compiles a piece of Objective-C, for which only Apple has the headers. Its build
    // leaves that out where documentation is made on Linux, which needs types only, as we do.
    command.env("DOCS_RS", "1");
    run(command.args(["--exclude", "xtask", "--exclude", "holdfast-tests"]))
}
