//! Tables as CSV files for a spreadsheet, in which no cell is run.

/// A line of cells, each quoted where it has to be. A cell that a spreadsheet would take for a formula gets an apostrophe
/// before it, which is shown as text and runs nothing.
pub(crate) fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (at, text) in cells.into_iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        cell(text, &mut line);
    }
    line.push_str("\r\n");
    line
}

fn cell(text: &str, line: &mut String) {
    let is_run = text
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    // A blank or a quote before it does not keep every spreadsheet from running it.
    let is_hidden =
        text.trim_start_matches([' ', '"', '\'', '\u{a0}', '\u{feff}']).starts_with(['=', '+', '-', '@']);
    let defused = if is_run || is_hidden { format!("'{text}") } else { text.to_owned() };
    if defused.contains([',', ';', '"', '\r', '\n', '\t', '\'']) {
        line.push('"');
        line.push_str(&defused.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(&defused);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_a_spreadsheet_would_run_are_text() {
        let rows = [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
            ("+49 30", "\"'+49 30\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            (" =1", "\"' =1\""),
            ("\"=1", "\"'\"\"=1\""),
            ("\u{ff1d}1", "\"'\u{ff1d}1\""),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("anna@acme.example", "anna@acme.example"),
        ];
        for (text, expected) in rows {
            assert_eq!(line([text]), format!("{expected}\r\n"), "{text:?}");
        }
        assert_eq!(line(["a", "=b", "c"]), "a,\"'=b\",c\r\n");
    }
}
