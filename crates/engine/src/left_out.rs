//! Services that are switched off for a User in the Cloud. They are told as left out, with that reason, and hold no light
//! back: there is nothing to copy. Each Run asks again, so that one that is switched on is backed up from then on.

use std::collections::HashSet;

use holdfast_catalog::{Tx, runs};
use holdfast_model::{ArchiveId, ConnectionId};

use crate::error::Result;
use crate::notifications::SERVICE_OFF;

/// The Archives of a Domain whose Service is switched off for their User, as the last Run found.
pub fn left_out(tx: &Tx<'_>, connection: ConnectionId) -> Result<HashSet<ArchiveId>> {
    Ok(runs::failed_with(tx, connection, SERVICE_OFF)?.into_iter().collect())
}
