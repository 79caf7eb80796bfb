//! The weekly summary: how many are protected, how fresh the copies are, what is open. It comes also where all is well,
//! so that its absence says something.

use std::fmt::Write as _;

use crate::error::Result;
use crate::views::LightColor;
use crate::{App, format};

impl App {
    /// Subject and text.
    pub(super) async fn weekly_summary(&self) -> Result<(String, String)> {
        let (status, causes) = (self.status().await?, self.known_causes(None).await?);
        let now = self.now();
        let red = status.lights.iter().find(|light| light.color == LightColor::Red);
        let standing = match (causes.len() as u64, red) {
            (0, None) => "all is well".to_owned(),
            (0, Some(red)) => {
                format!("{} not backed up", format::counted(red.count, "archive is", "archives are"))
            }
            (open, _) => format!("{} open", format::counted(open, "cause is", "causes are")),
        };
        let mut text = String::new();
        let mut line = |name: &str, value: String| {
            // Writing to a String cannot fail.
            let _infallible = writeln!(text, "{name:<22}{value}");
        };
        line("Protected users", format::count(status.protected));
        line("Not protected", format::count(status.unprotected));
        line("Paused", format::count(status.paused));
        line("Archives", format::count(status.archives));
        line("With a fresh copy", format::count(status.fresh));
        line("Out of date", format::count(status.stale));
        line("First copy to come", format::count(status.first_copy));
        line("Oldest good copy", status.oldest_copy.map_or_else(|| "none".into(), |at| format::ago(at, now)));
        line("Items kept", format::count(status.items));
        line("Content", format::bytes(status.bytes));
        for cause in &causes {
            text.push_str(&format!("\n{}\n  {}\n  {}\n", cause.title, cause.what, cause.todo));
        }
        Ok((format!("Weekly summary: {standing}"), text))
    }
}
