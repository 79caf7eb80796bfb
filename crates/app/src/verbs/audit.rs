//! The audit log: shown, and exported for a spreadsheet.

use std::io::Write;
use std::path::{Path, PathBuf};

use holdfast_engine::catalog::journal::AuditEntry;
use holdfast_engine::{AUDIT_OK, EngineError};

use crate::error::Result;
use crate::views::{AuditRow, AuditView};
use crate::{App, UserError, csv_out};

/// Rows read in one go for a file.
const PAGE: u32 = 2_000;

/// The words for what was done, by the stable word.
const TITLES: &[(&str, &str)] = &[
    ("archive.delete", "Archive set to be deleted"),
    ("archive.erase", "Archive erased"),
    ("archive.erase_begun", "Erasing of an archive begun"),
    ("archive.keep", "Archive kept after all"),
    ("auto_backup.off", "Auto-backup switched off"),
    ("auto_backup.on", "Auto-backup switched on"),
    ("catalogue.rebuild", "Catalogue rebuilt"),
    ("connection.add", "Cloud connected"),
    ("connection.end", "Cloud disconnected"),
    ("connection.renew", "Cloud reconnected"),
    ("directory.accept_deletions", "Sync with a mass deletion accepted"),
    ("leaver.back", "User is back and protected again"),
    ("leaver.retain", "Leaver's archive kept, license freed"),
    ("licenses.set", "Licenses set"),
    ("pause.begin", "Backups paused"),
    ("pause.end", "Pause ended"),
    ("policy.set", "Backup settings changed"),
    ("protection.add", "Users chosen for backup"),
    ("protection.add_custom", "Users chosen for backup, with own settings"),
    ("protection.remove", "Users no longer backed up"),
    ("recovery_key.keep", "Recovery key entered again"),
    ("recovery_key.save", "Recovery key saved to a file"),
    ("recovery_key.show", "Recovery key shown"),
    ("repository.make", "Storage made"),
    ("repository.move", "Storage copied to another place"),
    ("repository.point", "Storage moved"),
    ("repository.take", "Existing storage opened"),
    ("restore.preview", "Restore previewed"),
    ("restore.to_folder", "Restored to this computer"),
    ("retention.forget", "Old snapshots removed"),
    ("retention.prune", "Space given back"),
    ("retention.release", "Retention released after a mass change"),
    ("retention.set", "Retention changed"),
    ("run.cancel", "Run cancelled"),
    ("schedule.pause", "Backups of a user paused"),
    ("schedule.resume", "Backups of a user resumed"),
    ("schedule.rules", "What holds backups back changed"),
    ("verify", "Storage verified"),
    ("view", "Archive looked into"),
    ("view.item", "Item opened"),
];

impl App {
    /// The newest `limit` deeds.
    pub async fn audit(&self, limit: u32) -> Result<AuditView> {
        let log = self.engine.audit_log(None, limit).await?;
        Ok(AuditView {
            rows: log.rows.into_iter().map(row).collect(),
            total: log.total,
            intact: log.chain.broken_at.is_none(),
            broken_at: log.chain.broken_at,
        })
    }

    /// Writes all deeds as CSV, newest first; how many that were.
    pub async fn audit_csv(&self, mut out: impl Write) -> Result<u64> {
        let failed = |error: std::io::Error| {
            UserError::of("file.failed", format!("the log cannot be written: {error}"))
        };
        let heads = ["number", "time", "who", "what", "title", "subject", "outcome"];
        out.write_all(csv_out::line(heads).as_bytes()).map_err(failed)?;
        let (mut before, mut count) = (None, 0);
        loop {
            let log = self.engine.audit_log(before, PAGE).await?;
            let Some((last, _)) = log.rows.last() else { break };
            before = Some(*last);
            for one in log.rows.into_iter().map(row) {
                let (id, at) = (one.id.to_string(), one.at.to_string());
                let cells = [&id, &at, &one.who, &one.what, &one.title, &one.subject, &one.outcome]
                    .map(String::as_str);
                out.write_all(csv_out::line(cells).as_bytes()).map_err(failed)?;
                count += 1;
            }
        }
        out.flush().map_err(failed)?;
        Ok(count)
    }

    /// Writes all deeds to a new file, which only its owner may read.
    pub async fn save_audit_csv(&self, path: &Path) -> Result<PathBuf> {
        let mut text = Vec::new();
        self.audit_csv(&mut text).await?;
        let (path, shown) = (path.to_owned(), path.display().to_string());
        let written = tokio::task::spawn_blocking(move || {
            crate::log::replace_private_file(&path, &text).map(|()| path)
        });
        let written = written.await.map_err(|error| UserError::of("defect", error.to_string()))?;
        written.map_err(|source| EngineError::Io { what: format!("writing {shown}"), source }.into())
    }
}

fn row((id, entry): (i64, AuditEntry)) -> AuditRow {
    let known = TITLES.iter().find(|(what, _)| *what == entry.what);
    let title = known.map_or_else(|| entry.what.clone(), |(_, title)| (*title).to_owned());
    AuditRow {
        id,
        at: entry.at,
        who: entry.who,
        title,
        what: entry.what,
        subject: entry.subject,
        ok: entry.outcome == AUDIT_OK,
        why: UserError::meaning(&entry.outcome),
        outcome: entry.outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_that_the_engine_records_has_its_words() {
        let sources = [
            include_str!("../../../engine/src/audit.rs"),
            include_str!("../../../engine/src/engine.rs"),
            include_str!("../../../engine/src/browse.rs"),
        ];
        let mut seen = 0;
        for source in sources {
            for quoted in source.split('"').skip(1).step_by(2) {
                let is_deed = [
                    "connection.",
                    "protection.",
                    "schedule.",
                    "policy.",
                    "run.",
                    "licenses.",
                    "archive.",
                    "retention.",
                    "repository.",
                    "catalogue.",
                    "directory.",
                    "view.",
                ]
                .iter()
                .any(|area| quoted.starts_with(area) && quoted.len() > area.len());
                let is_word = quoted.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_');
                if is_deed && is_word {
                    seen += 1;
                    assert!(TITLES.iter().any(|(what, _)| *what == quoted), "no words for {quoted}");
                }
            }
        }
        assert!(seen > 12, "the deeds were not found");
        assert!(TITLES.is_sorted(), "sorted by word");
    }
}
