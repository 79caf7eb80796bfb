//! Moves the Repository to another folder: first a copy, while all other work goes on, then what came meanwhile, alone; only
//! a copy that is whole and opens takes the old one's place. The old folder stays as it was.

use std::path::Path;

use holdfast_vault::{Copying, Location, LockKind};
use tokio_util::sync::CancellationToken;

use crate::data_dir::free_space;
use crate::engine::{Engine, RepositoryPlace, blocking};
use crate::error::{EngineError, Result};
use crate::upkeep::exclusively;

/// Left free on the new disk, so that the next Run has somewhere to begin.
const MARGIN: u64 = 64 << 20;

/// How far a copy is: bytes done, and of how many.
pub type Told = Box<dyn FnMut(u64, u64) + Send>;

/// A move that goes on.
pub struct Relocation(Copying);

impl Relocation {
    /// To this folder, which is empty, or holds what an earlier one has copied.
    pub fn to(folder: &Path) -> Self {
        Self(Copying::to(&Location::Local(folder.to_owned())))
    }
}

impl Engine {
    /// Copies what is not there yet. Runs may go on and store more.
    pub async fn copy_repository(
        &self,
        relocation: Relocation,
        folder: &Path,
        told: Told,
        cancel: CancellationToken,
    ) -> Result<Relocation> {
        let copied = self.copy(relocation, folder, false, told, cancel).await;
        if copied.is_err() {
            self.audit_deed("repository.move", &folder.display().to_string(), &copied).await;
        }
        copied
    }

    /// Copies the rest, which no other process may add to, and works there from now on. What is open meanwhile stays where
    /// it was: open the data directory anew.
    pub async fn move_repository(
        &self,
        relocation: Relocation,
        folder: &Path,
        told: Told,
        cancel: CancellationToken,
    ) -> Result<RepositoryPlace> {
        let moved = async {
            self.copy(relocation, folder, true, told, cancel).await?;
            self.repository_is_now(folder).await
        };
        let moved = moved.await;
        self.audit_deed("repository.move", &folder.display().to_string(), &moved).await;
        moved
    }

    async fn copy(
        &self,
        mut relocation: Relocation,
        folder: &Path,
        complete: bool,
        told: Told,
        cancel: CancellationToken,
    ) -> Result<Relocation> {
        let known = self.repository_place().await?.ok_or(EngineError::NoRepository)?;
        if folder.starts_with(&known.path) {
            let inside = format!("{} is inside the Repository's own folder", folder.display());
            return Err(EngineError::BadInput(inside));
        }
        let vault = self.vault().await?;
        let folder = folder.to_owned();
        blocking(move || {
            let _lock = if complete { exclusively(&vault)? } else { vault.lock(LockKind::Shared)? };
            let disk = folder.ancestors().find(|folder| folder.is_dir()).map(Path::to_owned);
            let free = disk.as_deref().and_then(free_space);
            let has_room = |bytes: u64| free.is_none_or(|free| free >= bytes.saturating_add(MARGIN));
            vault.copy_to(&mut relocation.0, complete, has_room, told, || cancel.is_cancelled())?;
            Ok(relocation)
        })
        .await
    }
}
