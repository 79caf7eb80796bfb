//! What clouds promise to the engine: the one in memory, and Google and Box over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

mod boxcom;
mod conformance_box;
mod conformance_google;
mod conformance_google_agenda;
mod conformance_memory;
mod drive;
mod google;
mod http;
mod memory;
mod simulated;
