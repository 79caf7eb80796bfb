//! Google Workspace on the wire: sign-in, Directory, Gmail, quotas, faults, control. Each test
//! names the page or the report that says so; JSON answers are held to the published descriptions.

#![allow(clippy::expect_used)] // A test says what it expects.

mod batch;
mod content;
mod control;
mod directory;
mod faults;
mod history;
mod mail;
mod manners;
mod quotas;
mod service_account;
mod sign_in;
mod sim;
mod tls;
