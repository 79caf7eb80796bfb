//! What a Repository promises, judged by restic where it is there.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

mod checking;
mod committing;
mod contents;
mod copying;
mod durability;
mod locks;
mod opening;
mod pruning;
mod restic_agrees;
mod support;
