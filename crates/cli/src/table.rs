//! Tables for people: columns parted by blanks, fitted to the terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use holdfast_app::format;

/// A table of these columns; those whose title starts with `#` hold numbers and stand on the right.
pub fn table<const N: usize>(columns: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(columns.map(|title| title.trim_start_matches('#')));
    if crate::output::is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    for row in rows {
        table.add_row(row.map(|cell| format::one_line(&cell)));
    }
    for (index, title) in columns.iter().enumerate() {
        if let Some(column) = table.column_mut(index) {
            column.set_padding((0, 2));
            if title.starts_with('#') {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// Two columns: what, and how it is.
pub fn facts<'a>(rows: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0) + 2;
    rows.iter()
        .map(|(name, value)| format!("{:width$}{}", format::one_line(name), format::one_line(value)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The text, or a dash where there is none.
pub fn or_dash(text: Option<impl Into<String>>) -> String {
    text.map_or_else(|| "-".to_owned(), Into::into)
}
