//! What the surfaces show: plain data, the same for the screen and for `--json`. Words are those of the SPEC, times are
//! RFC 3339 in UTC, sizes are bytes.

mod activity;
mod cloud;
mod kept;
mod people;

pub use activity::*;
pub use cloud::*;
pub use kept::*;
pub use people::*;
