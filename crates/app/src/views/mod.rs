//! What the surfaces show: plain data, the same for the screen and for `--json`. Words are those of the SPEC, times are
//! RFC 3339 in UTC, sizes are bytes.
//!
//! The desktop app's TypeScript is generated from these types into `ui/src/bindings`; a test holds the two together.

mod activity;
mod alerts;
mod audit;
#[cfg(test)]
mod bindings;
mod cloud;
mod clouds;
mod event;
mod fix;
mod home;
mod kept;
mod launch;
mod levels;
mod light;
mod owners;
mod people;
mod restore;
mod schedule;
mod start;
mod updates;
mod upkeep;
mod waiting;

pub use activity::*;
pub use alerts::*;
pub use audit::*;
pub use cloud::*;
pub use clouds::*;
pub use event::*;
pub use fix::*;
pub use home::*;
pub use kept::*;
pub use launch::*;
pub use levels::*;
pub use light::*;
pub use owners::*;
pub use people::*;
pub use restore::*;
pub use schedule::*;
pub use start::*;
pub use updates::*;
pub use upkeep::*;
pub use waiting::*;
