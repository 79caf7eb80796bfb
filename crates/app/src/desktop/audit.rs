//! Help > Audit log.

use super::{Desktop, limits};
use crate::error::Result;
use crate::views::{AuditView, SavedFile};

/// Deeds on the page; all of them are in the file.
const MOST: u32 = 10_000;

impl Desktop {
    /// The newest deeds, and whether the log is whole.
    pub async fn audit_log(&self) -> Result<AuditView> {
        self.seat().await?.audit(MOST).await
    }

    /// Writes all deeds to a CSV file.
    pub async fn save_audit_csv(&self, path: String) -> Result<SavedFile> {
        let path = limits::path(&path)?;
        let path = self.seat().await?.save_audit_csv(&path).await?;
        Ok(SavedFile { path: path.to_string_lossy().into_owned() })
    }
}
