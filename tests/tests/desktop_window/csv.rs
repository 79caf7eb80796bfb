//! CSV FILE UPLOAD: a file in which a person made every mistake; each bad row is told with its line, and why.

use std::fs;

use anyhow::{Context, Result};
use holdfast_tests::Company;
use holdfast_tests::desktop::{Desktop, Window, button, checkbox, file, row, table, textbox};
use serde_json::json;

/// In simcloud's company of eight with the seed of these tests.
pub const SUSPENDED: &str = "grzegorz.brzeczyszczykiewicz@example.com";

/// Somebody who was archived, somebody who will be gone, and somebody who took another name.
const ARCHIVED: &str = "archived@example.com";
const GONE: &str = "gone@example.com";
const MAIDEN: &str = "maiden@example.com";
const MARRIED: &str = "married@example.com";

const NO_ADDRESS: &str = "there is no e-mail address in this row";
const NO_SUCH_USER: &str = "no user of the domain has this address; do a User Sync if the user is new";
const TWICE: &str = "the same address stands further up";

/// What stands in a row, and why it cannot be used.
const BAD_ROWS: [(&str, &str); 15] = [
    ("nobody@example.com", NO_SUCH_USER),
    ("anna.berg@elsewhere.example", NO_SUCH_USER),
    ("board@example.com", NO_SUCH_USER),
    (SUSPENDED, "this account is suspended"),
    (ARCHIVED, "this account is archived"),
    (GONE, "this account is deleted"),
    (MAIDEN, "the same person stands in line 3"),
    ("dmitri.ivanov@example.com", TWICE),
    ("Dmitri.Ivanov@EXAMPLE.com", TWICE),
    ("not an address", NO_ADDRESS),
    ("@example.com", NO_ADDRESS),
    ("anna@", NO_ADDRESS),
    ("anna@@example.com", NO_ADDRESS),
    ("=cmd|'/c calc'!A1", NO_ADDRESS),
    ("<script>alert(1)</script>@example.com", NO_ADDRESS),
];

/// Lets people join, rest and marry, before anything is connected.
pub fn prepare(company: &Company) -> Result<()> {
    for (address, name) in [(ARCHIVED, "Ar Chived"), (GONE, "Go Ne"), (MAIDEN, "Ma Iden")] {
        company.change("user.add", json!({ "address": address, "name": name }))?;
    }
    company.change("user.archive", json!({ "user": ARCHIVED }))?;
    company.change("user.rename", json!({ "user": MAIDEN, "address": MARRIED }))?;
    Ok(())
}

/// Somebody leaves the company, and the button at the top tells.
pub fn somebody_leaves(company: &Company, window: &Window) -> Result<()> {
    window.find(&checkbox(format!("Select {GONE}")))?;
    company.change("user.delete", json!({ "user": GONE }))?;
    window.click(&button("User Sync"))?;
    window.gone(&checkbox(format!("Select {GONE}")))?;
    window.find(&row(GONE).part())?;
    Ok(())
}

/// Uploads the file. Two of its rows can be used, of the others each says why it cannot.
pub fn bad_rows_are_explained(desktop: &Desktop, window: &Window) -> Result<()> {
    let mut text = format!("address,name\ndmitri.ivanov@example.com,Dmitri\n{MARRIED},\"Married, newly\"\n");
    for (entry, _) in BAD_ROWS {
        text.push_str(&format!("{entry},\n"));
    }
    let path = desktop.session.elsewhere().join("people.csv");
    fs::write(&path, text)?;
    window.give_file(&file("CSV file"), &path)?;
    window.sees(&format!("people.csv: 2 rows can be used, {} cannot.", BAD_ROWS.len()))?;
    for (line, (entry, why)) in (4..).zip(BAD_ROWS) {
        window.fill(&textbox("Search rows"), entry)?;
        let told = row(format!("{line}{entry}{why}")).within(table("CSV FILE UPLOAD"));
        window.find(&told).with_context(|| format!("line {line}, {entry}"))?;
    }
    window.fill(&textbox("Search rows"), "")?;
    window.sees(&format!("{} rows", BAD_ROWS.len() + 2))
}
