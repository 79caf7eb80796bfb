//! CSV FILE UPLOAD by drag and drop, with the pointer, from another window: a list, and whatever else people drop.

use std::fs::{self, File};
use std::path::PathBuf;

use anyhow::{Result, ensure};
use holdfast_tests::desktop::{Desktop, FirstLaunch, Window, button, checkbox, row, tab, table};

use crate::csv::SUSPENDED;

const COMPANY: &str = "--seed 3 --users 8 --mail-per-user 5 --files-per-user 5";
/// A name as people give it: its letters are written otherwise in the address that is dropped.
const NAME: &str = "Übersicht – 100 %.csv";

#[test]
fn a_csv_file_is_dropped_and_what_is_no_list_of_users_says_so() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    let folder = desktop.session.elsewhere().join("drops");
    fs::create_dir(&folder)?;
    let keep = |name: &str, content: &[u8]| -> Result<PathBuf> {
        let path = folder.join(name);
        fs::write(&path, content)?;
        Ok(path)
    };
    let rows = format!(
        "mail;name\r\nanna.berg@example.com;Anna\r\nnobody@example.com;\r\n{SUSPENDED};\r\nnot an address;\r\n"
    );
    let list = keep(NAME, rows.as_bytes())?;

    // Beside the place for it nothing is taken, and the page stays.
    let users = window.middle_of(&table("USERS TO BACKUP"))?;
    ensure!(!desktop.session.drop_files(users, &[&list])?, "a file is taken beside its place");
    window.is_at("/backup/start")?;
    window.find(&row("anna.berg@example.com").part())?;

    window.click(&tab("CSV FILE UPLOAD"))?;
    window.sees("or drop one here")?;
    drop_on_it(&desktop, &window, &[&list])?;
    window.sees(&format!("{NAME}: 1 row can be used, 3 cannot."))?;
    for (line, entry, why) in [
        (
            3,
            "nobody@example.com",
            "no user of the domain has this address; do a User Sync if the user is new",
        ),
        (4, SUSPENDED, "this account is suspended"),
        (5, "not an address", "there is no e-mail address in this row"),
    ] {
        window.find(&row(format!("{line}{entry}{why}")).within(table("CSV FILE UPLOAD")))?;
    }

    let binary = keep("photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01")?;
    let huge = folder.join("all mail.mbox");
    File::create(&huge)?.set_len(100_000_000)?;
    let endless = keep("endless.csv", "x@example.com\n".repeat(50_002).as_bytes())?;
    for (files, told) in [
        (
            vec![&list, &binary],
            "The CSV file cannot be used: 2 files were dropped, and one at a time is read.",
        ),
        (vec![&folder], "drops: it is a folder."),
        (vec![&binary], "photo.csv: the file is not text in UTF-8 or UTF-16"),
        (vec![&huge], "all mail.mbox: the file is larger than 16 MB"),
        (vec![&endless], "endless.csv: the file has more than 50,000 rows"),
    ] {
        drop_on_it(&desktop, &window, &files)?;
        window.sees(told)?;
        // What was listed before still is.
        window.sees(&format!("{NAME}: 1 row can be used, 3 cannot."))?;
    }

    window.click(&checkbox("Select anna.berg@example.com"))?;
    window.click(&button("Add"))?;
    window.sees_in(&table("Selected for backup"), "USER: anna.berg@example.com")
}

fn drop_on_it(desktop: &Desktop, window: &Window, files: &[&PathBuf]) -> Result<()> {
    let files: Vec<_> = files.iter().map(|file| file.as_path()).collect();
    let at = window.middle_of(&button("Upload ").part())?;
    ensure!(desktop.session.drop_files(at, &files)?, "the page does not take {files:?}");
    Ok(())
}
