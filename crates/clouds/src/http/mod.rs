//! Every request of every provider goes through here: pacing, sign-in, retry, `Retry-After`, limits and
//! redaction live once.
//!
//! # Making a request
//!
//! A provider holds a [`Session`] (a [`Client`] with the provider's [`Bearers`]) and writes down [`Request`]s:
//! ```ignore
//! let request = Request::get(url)                    // one of the Connection's hosts, else `foreignHost`
//!     .with_access(&access)                          // as whom, with which scopes
//!     .priced(Price { quota: &GMAIL, units: 60 });   // what it costs: waits its turn by itself
//! let page: ListMessages = session.json(&request).await?;
//! ```
//! All passing failures (network, 5xx, rate answers, cut-off and senseless bodies) have been tried again when an
//! error comes out: hand it on as it is. JSON is limited to [`JSON_LIMIT`] whatever `Content-Length` says; no
//! redirect is followed; a query never gets into an error or a log.
//!
//! # A listing
//!
//! ```ignore
//! let mut pages = Pages::new();
//! let mut token = None;
//! loop {
//!     let page: Page = session.json(&request_with(token.as_deref())).await?;
//!     …
//!     token = pages.next(page.next_page_token)?;     // an error for a loop or endless pages
//!     if token.is_none() { break }
//! }
//! ```
//!
//! # A body
//!
//! [`Session::download`] makes the contract's `Body` from a [`Download`]: lazy, resumed by `Range` where it broke
//! off, with exactly the stated length and hash or an error (`wrongLength`, `wrongHash`, both passing).
//! [`Session::read`] hands the [`Answer`] to a function of the provider's, for content inside JSON; a passing
//! error of that function has the whole request tried again.
//!
//! # Telling errors apart
//!
//! A provider gives [`Client::new`] one `fn classify(&Refusal) -> Verdict`: the [`crate::contract::CloudError`]
//! and what is done first ([`Then`]): give up, try again, slow everyone down, or get a new token once. It is
//! only asked about answers outside 200–399.
//!
//! # Time
//!
//! All waiting goes through [`Clock`]; tests pass a [`JumpingClock`] or a [`Patience::tiny`].

mod answer;
mod bucket;
mod client;
mod clock;
mod download;
mod failure;
mod holds;
mod hook;
pub(crate) mod kept;
mod options;
mod pace;
mod pages;
mod quota;
mod request;
mod secret;
mod session;
mod throttle;
mod tls;
mod verdict;
mod verify;

pub use answer::{Answer, JSON_LIMIT, parse};
pub use client::{Bearer, Bearers, Client};
pub use clock::{Clock, JumpingClock, SystemClock};
pub use download::{Download, Locate};
pub use failure::malformed;
pub use hook::{is_safe as is_safe_hook, send_hook};
pub use options::{HttpOptions, Limits, Pacing, Patience, QuotaModel};
pub use pages::Pages;
pub use quota::{Price, Quota};
pub use request::{Access, Request};
/// What an answer says beside its body, for providers.
pub use reqwest::{StatusCode, header};
pub use secret::{SecretCell, SecretInMemory};
pub use session::Session;
pub use throttle::Throttle;
pub use verdict::{Classify, Refusal, Then, Verdict, Whose};
