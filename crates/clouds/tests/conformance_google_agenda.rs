//! The conformance suite on Google over HTTP: calendars, contacts, tasks.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken expectation is a failed test.

use crate::simulated;

use simulated::agenda::Told;

holdfast_clouds::conformance!(calendars, Told::calendars);
holdfast_clouds::conformance!(contacts, Told::contacts);
holdfast_clouds::conformance!(tasks, Told::tasks);
