//! Box over real HTTP. Each test is one behaviour that Box documents, with the page that says so; every answer is held
//! to Box's published description where it is at hand.

#![allow(clippy::expect_used)] // A test says what it expects.

mod control;
mod events;
mod items;
mod metadata;
mod people;
mod sharing;
mod sign_in;
mod sim;
mod uploads;
