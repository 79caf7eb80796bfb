//! Drive over real HTTP. Each test is one behaviour that Google documents, with the page that says so.

#![allow(clippy::expect_used)] // A test says what it expects.

mod bytes;
mod changes;
mod control;
mod listing;
mod sharing;
pub mod sim;
