//! Google's Directory, mailboxes and sign-ins over HTTP, where the conformance suite does not reach.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken expectation is a failed test.

mod access;
mod directory;
mod mail;
mod sign_in;
use crate::simulated;

use holdfast_clouds::contract::{Change, Cursor, Reach};
use holdfast_model::{Owner, Policy, Scope, Service, UserId};
use simulated::{Company, changes};

/// The mailbox of the user with this number.
fn mailbox(company: &Company, number: usize) -> Reach {
    let (id, address) = company.user(number);
    let scope = Scope { owner: Owner::User(UserId(id)), service: Service::Gmail };
    Reach { scope, address, policy: Policy::default() }
}

/// Ids in the order told.
fn upserted(changes: &[Change]) -> Vec<String> {
    let id = |change: &Change| match change {
        Change::Upsert(upsert) => Some(upsert.id.0.clone()),
        _ => None,
    };
    changes.iter().filter_map(id).collect()
}

fn cursor(changes: &[Change]) -> Cursor {
    match changes.last() {
        Some(Change::Checkpoint(cursor)) => cursor.clone(),
        other => panic!("no Checkpoint but {other:?}"),
    }
}
