//! Flows that drive the real window, each on a desktop of its own, against a simulated company over HTTP.
#![cfg(target_os = "linux")]

mod activity;
mod box_pages;
mod centre;
mod centre_box;
mod csv;
mod csv_drop;
mod existing;
mod first_launch;
mod fix;
mod hostile;
mod hostile_values;
mod keyboard;
mod launch;
mod pages;
mod people;
mod pictures;
mod sample;
mod secrets;
mod settings;
mod sign_in;
mod tray;
mod updates;
