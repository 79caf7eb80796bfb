//! Google Drive and shared drives over HTTP, where the conformance suite does not reach.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken expectation is a failed test.

mod content;
mod feed;
mod policy;
mod shared;
use crate::simulated;

use bytes::Bytes;
use holdfast_clouds::contract::{Change, Cloud, CloudError, Content, Cursor, ItemRef, Opened, Reach, Upsert};
use holdfast_clouds::testkit::suite::read_all;
use holdfast_model::{DriveId, ItemId, ItemMeta, MetaUpdate, Owner, Policy, Scope, Service, UserId};
use simulated::{Company, changes};

/// The Drive of the user with this number.
fn drive(company: &Company, number: usize) -> Reach {
    let (id, address) = company.user(number);
    let scope = Scope { owner: Owner::User(UserId(id)), service: Service::Drive };
    Reach { scope, address, policy: Policy::default() }
}

/// A shared drive.
fn shared_drive(id: &str) -> Reach {
    let scope = Scope { owner: Owner::Domain(DriveId::from(id)), service: Service::SharedDrive };
    Reach { scope, address: String::new(), policy: Policy::default() }
}

fn cursor(changes: &[Change]) -> Cursor {
    match changes.last() {
        Some(Change::Checkpoint(cursor)) => cursor.clone(),
        other => panic!("no Checkpoint but {other:?}"),
    }
}

/// What is told of an Item; `None` where it is not told to exist.
fn told<'a>(changes: &'a [Change], id: &str) -> Option<&'a Upsert> {
    changes.iter().rev().find_map(|change| match change {
        Change::Upsert(upsert) if upsert.id.as_str() == id => Some(upsert),
        _ => None,
    })
}

fn is_removed(changes: &[Change], id: &str) -> bool {
    changes.iter().any(|change| *change == Change::Removed(ItemId::from(id)))
}

fn meta(upsert: &Upsert) -> &ItemMeta {
    match &upsert.meta {
        MetaUpdate::Full(meta) => meta,
        other => panic!("Drive tells all of it, not {other:?}"),
    }
}

async fn open(company: &Company, reach: &Reach, id: &str) -> Result<Opened, CloudError> {
    company.cloud.open(reach, &ItemRef { id: ItemId::from(id), meta: None }).await
}

/// The bytes of every content, by extension.
async fn read(company: &Company, reach: &Reach, id: &str) -> Result<Vec<(String, Bytes)>, CloudError> {
    let mut contents = Vec::new();
    for Content { extension, body, .. } in open(company, reach, id).await?.contents {
        contents.push((extension, read_all(body).await?));
    }
    Ok(contents)
}
