//! Reading the data again by itself: one of eight parts of the packs each week, so that within eight weeks every byte that
//! is stored was read and checked.

use holdfast_catalog::settings;
use holdfast_model::Timestamp;
use holdfast_vault::ReadData;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::{Upkeep, is_older};
use crate::audit;
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::events::Events;
use crate::verify::VerifyReport;

/// So many checks read everything.
pub const PARTS: u8 = 8;
/// A part is read once in so many days.
pub const VERIFY_EVERY_DAYS: i64 = 7;

/// When a part was last read by itself, or when the first week began.
const LAST_PART: &str = "upkeep_last_part";
/// Where the rotation is.
const ROTATION: &str = "upkeep_rotation";

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Rotation {
    /// Parts that were read, of all rounds.
    done: u64,
}

impl Rotation {
    /// The part that is read next, from 1.
    fn next(self) -> u8 {
        // A remainder of eight fits.
        u8::try_from(self.done % u64::from(PARTS)).map_or(1, |done| done + 1)
    }
}

impl Engine {
    /// Checks the Repository and reads the part of its data whose turn it is.
    pub async fn verify_next_part(&self, events: Events, cancel: CancellationToken) -> Result<VerifyReport> {
        let now = self.now();
        let rotation: Rotation = self.read(|tx| Ok(settings::get(tx, ROTATION)?)).await?.unwrap_or_default();
        let part = ReadData::Part { number: rotation.next(), of: PARTS };
        let report = self.verify_reading(part, events, cancel).await?;
        let done = Rotation { done: rotation.done + 1 };
        self.write(move |tx| {
            settings::set(tx, ROTATION, &done)?;
            Ok(settings::set(tx, LAST_PART, &now)?)
        })
        .await?;
        Ok(report)
    }
}

impl Upkeep {
    /// Reads a part where a week has passed. Ends early where the program ends; then it is begun again at the next time.
    pub(super) async fn verify_due(&self, events: &Events, cancel: &CancellationToken) -> Result<()> {
        let now = self.engine.now();
        let is_due = self.engine.write(move |tx| {
            if settings::get::<Timestamp>(tx, LAST_PART)?.is_none() {
                // The first week begins with the first backup.
                settings::set(tx, LAST_PART, &now)?;
            }
            is_older(tx, LAST_PART, VERIFY_EVERY_DAYS * 24, now)
        });
        if !is_due.await? || self.leaving.is_cancelled() {
            return Ok(());
        }
        let ends = cancel.child_token();
        let verifying = self.engine.verify_next_part(events.clone(), ends.clone());
        tokio::pin!(verifying);
        let done = tokio::select! {
            done = &mut verifying => done,
            () = self.leaving.cancelled() => {
                ends.cancel();
                verifying.await
            }
        };
        match done {
            Err(EngineError::Cancelled) => Ok(()),
            done => {
                let outcome = match &done {
                    Ok(report) if !report.is_sound() => "repository.damaged",
                    other => audit::outcome(other),
                };
                self.engine.audit(audit::BY_ITSELF, "verify", "a part of the data", outcome).await;
                done.map(drop)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_weeks_read_every_part_once() {
        let parts: Vec<u8> = (5..13).map(|done| Rotation { done }.next()).collect();
        assert_eq!(parts, [6, 7, 8, 1, 2, 3, 4, 5]);
    }
}
