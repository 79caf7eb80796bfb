//! The conformance suite on Google over HTTP: a mailbox, own documents, all documents, a shared drive.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken expectation is a failed test.

use crate::simulated;

use simulated::subject::Archive;

holdfast_clouds::conformance!(a_mailbox, Archive::mailbox);
holdfast_clouds::conformance!(own_documents, Archive::drive);
holdfast_clouds::conformance!(all_documents, Archive::all_documents);
holdfast_clouds::conformance!(a_shared_drive, Archive::shared_drive);
