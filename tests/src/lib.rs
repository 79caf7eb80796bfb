//! What the end-to-end flows, the demonstration, the benchmarks and the soak share: a simulated company in a
//! process of its own, the `holdfast` program with a data directory of its own, and the two judges, stock
//! restic and the company's own truth.

mod cli;
mod company;
#[cfg(target_os = "linux")]
pub mod desktop;
mod found;
mod kills;
mod large;
mod line;
pub mod mounts;
mod programs;
#[cfg(target_os = "linux")]
mod releases;
mod restic;
mod stage;
mod truth;

pub use cli::{Finished, Holdfast};
pub use company::{BoxStart, Company, Counters, GoogleStart, Named, Person, StartLine, Unit};
pub use found::{FoundFile, FoundItem, Restored, files_below};
pub use kills::{Kills, Survived, survive};
pub use large::large_items;
pub use line::Line;
pub use programs::{Programs, automated_desktop_program, cargo, unmarked};
#[cfg(target_os = "linux")]
pub use releases::{Releases, Signer};
pub use restic::{Restic, ResticSnapshot};
pub use stage::Stage;
pub use truth::{Comparison, Export, Truth, TruthLine};
