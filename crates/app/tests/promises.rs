//! What the app promises to its pages and to the command line.
#![allow(clippy::expect_used, clippy::unwrap_used)] // A test that cannot go on fails.

mod alerts;
mod causes;
mod desktop;
mod fix;
mod levels;
mod many;
mod owners;
mod stage;
mod storage;
mod waiting;
