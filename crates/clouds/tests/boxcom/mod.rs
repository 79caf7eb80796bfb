//! Box beyond the conformance suite: its tokens, sign-in, and content.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken expectation is a failed test.

mod crashes;
mod metadata;
mod processes;
mod sign_in;
