//! What the simulated clouds promise to clients.
#![allow(clippy::expect_used)] // A test that cannot go on fails.

mod agenda;
mod boxcom;
mod discovery;
mod drive;
mod google;
mod serve;
