//! Where results are printed: plain text for people, one JSON document for programs. Complaints go to the error output.

use std::io::{self, IsTerminal as _, Write};

use holdfast_app::{Result, UserError};
use serde::Serialize;

/// Prints text to the output. A reader that went away (`| head`) ends the program as it ends any other.
pub fn print(text: &str) {
    let mut out = io::stdout().lock();
    let newline = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    if write!(out, "{text}{newline}").and_then(|()| out.flush()).is_err() {
        std::process::exit(i32::from(crate::exit::Exit::Failed.code()));
    }
}

/// Prints a document: what `people` makes of it, or its JSON.
pub fn document<T: Serialize>(json: bool, document: &T, people: impl FnOnce(&T) -> String) -> Result<()> {
    if json {
        let text = serde_json::to_string_pretty(document)
            .map_err(|error| UserError::of("defect", error.to_string()))?;
        print(&text);
    } else {
        print(&people(document));
    }
    Ok(())
}

/// Prints one line of JSON, for long work.
pub fn line<T: Serialize>(event: &T) -> Result<()> {
    let text = serde_json::to_string(event).map_err(|error| UserError::of("defect", error.to_string()))?;
    print(&text);
    Ok(())
}

/// Says what went wrong, on the error output: one line, and one for the details where there are any.
pub fn complain(error: &UserError, json: bool) {
    let text = if json {
        // An error consists of strings, which always have a JSON form.
        serde_json::to_string(&serde_json::json!({ "error": error })).unwrap_or_default()
    } else {
        let detail = error
            .detail
            .as_deref()
            .map(|detail| format!("\n  details: {}", holdfast_app::format::one_line(detail)));
        format!(
            "holdfast: {}{}",
            holdfast_app::format::one_line(&error.to_string()),
            detail.unwrap_or_default()
        )
    };
    note(&text);
}

/// Says something beside the result, on the error output.
pub fn note(text: &str) {
    // Without an error output there is nobody to tell.
    let _nobody_there = writeln!(io::stderr().lock(), "{text}");
}

/// True where a person looks at the output.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}
