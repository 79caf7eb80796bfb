//! Every cause of the one table: made in a simulated company over HTTP, told exactly once with its words, fixed by what
//! its button calls, tested again, and closed.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test file whole: what is not there fails the test.

mod list;
mod of_connections;
mod of_the_cloud;
mod of_the_storage;
mod of_time;
mod scene;
