//! What a person can do, one function each.

mod activity;
mod audit;
mod connect;
mod connect_box;
mod directory;
mod doctor;
mod kept;
mod levels;
mod pause;
mod protect;
mod rebuild;
mod report;
mod restore;
mod schedule;
mod storage;
mod upkeep;

pub use connect::GoogleAuthorisation;
pub(crate) use connect::{Prepared, connection_view};
pub use connect_box::BoxAuthorisation;
pub use directory::PeopleFilter;
pub(crate) use directory::user_rows;
pub use doctor::{is_well, of_this_computer};
pub use kept::KeptPath;
pub use levels::{Applies, Whose};
pub(crate) use levels::{Named, named};
pub use pause::PauseFor;
pub(crate) use pause::pause_view;
pub use protect::{Choice, Planned, Problem, Started, settings_as_toml};
pub use restore::RestoreWhat;
pub use storage::{Initialised, SavedKey};
pub(crate) use storage::{same_disk, unexpected};
pub(crate) use upkeep::why_it_waits;
