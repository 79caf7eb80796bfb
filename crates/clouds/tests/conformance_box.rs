//! The conformance suite on Box over HTTP: what a user owns, and all that a user sees.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken expectation is a failed test.

use crate::simulated;

use simulated::boxcom::BoxArchive;

holdfast_clouds::conformance!(own_files, BoxArchive::own);
holdfast_clouds::conformance!(all_files, BoxArchive::all);
holdfast_clouds::conformance!(by_sign_in, BoxArchive::signed_in);
