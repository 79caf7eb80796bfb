//! What the engine promises, with real storage and a real catalogue.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

mod audit;
mod backup;
mod catalogue;
mod directory;
mod leavers;
mod levels;
mod live;
mod notifications;
mod rebuilt;
mod restore;
mod rotation;
mod rules;
mod saving;
mod schedule;
mod stage;
mod upkeep;
mod upkeep_faults;
mod upkeep_kills;
