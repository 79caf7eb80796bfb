//! What tests of clouds share: [`memory::MemoryCloud`], a cloud without a network, and the suite that
//! holds every provider to the contract.
//!
//! Built with the feature `testkit` only; the product does not contain it.

mod blob;
pub mod memory;
pub mod suite;
mod truth;

pub use blob::Blob;
pub use memory::MemoryCloud;
pub use truth::{DirectoryTruth, TruthContent, TruthItem};
