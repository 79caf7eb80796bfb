//! The cloud contract and the providers behind it.
//!
//! Start at [`contract`]: the engine knows nothing else. Every request of every provider goes through
//! `http`, where pacing, retry, sign-in and limits live once. A provider is a folder here.

pub mod contract;
pub mod http;
#[cfg(feature = "testkit")]
pub mod testkit;
