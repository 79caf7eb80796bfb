//! `simcloud`: a server that behaves as the clouds do on the wire, for tests, benchmarks and the
//! sample company. It is held to the providers' published descriptions and shares no code with the
//! connectors that are tested against it.
//!
//! # The way of a request
//!
//! [`server`] accepts connections and tells `/control` from the clouds. [`google::serve`] finds the
//! [`google::Method`] by path, extracts who calls ([`google::auth`]), checks scopes, parameters,
//! quota and faults, and then runs the method's `run` function, which is plain and synchronous:
//! `fn(&Call) -> Result<Answer, GoogleError>`. Everything around it (errors as JSON, `fields`,
//! gzip, ETags, page faults, counters, batch) is done once, outside the method.
//!
//! [`boxcom`] is Box, beside Google, in the same way: [`boxcom::serve`] finds the [`boxcom::Method`], and what is said
//! of Google below holds for its tables too.
//!
//! # Adding to it
//!
//! - *A method*: a row in the area's `METHODS` table (see [`google`]).
//! - *A change people can make* (`POST /control/change`): a row in the area's `OPS` table
//!   ([`control::change::Op`]), listed in `google::OPS`.
//! - *Random changes* (`POST /control/churn`): a function in `google::CHURN`.
//! - *The truth* (`GET /control/truth`): a function in `google::TRUTH` that writes its lines to a
//!   [`control::truth::Lines`].
//! - *State*: a field of [`google::Google`]; interior locks, held briefly, taken with
//!   [`sync::lock`], [`sync::read`] and [`sync::write`].
//! - *Content*: [`content::rng`] and [`content::mix`] derive everything from (seed, user, index),
//!   so that it need not be stored; [`content::words`] writes text, [`content::corpus`] holds the
//!   files of `--corpus`.

pub mod boxcom;
pub mod clock;
pub mod content;
pub mod control;
pub mod counters;
pub mod discovery;
pub mod faults;
pub mod google;
mod network;
mod options;
pub mod server;
mod start_line;
pub mod sync;
pub mod world;

pub use options::{MailBytes, Options, QuotaModel, Quotas};
pub use server::{Running, StartError, start};
pub use start_line::{BoxStart, Control, GoogleStart, Named, Person, StartLine, Unit};
