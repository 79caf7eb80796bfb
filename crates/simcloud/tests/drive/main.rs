//! Drive over real HTTP. Each test is one behaviour that Google documents, with the page that says so.

mod bytes;
mod changes;
mod control;
mod listing;
mod sharing;
mod sim;
