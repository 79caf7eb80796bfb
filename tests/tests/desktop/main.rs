//! Flows that drive the real window. They need a desktop of their own: `tests/desktop/session.sh cargo test --test desktop`.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test binary whole.

mod desk;
mod page;
mod shell;
