//! What the tests of the tables share: a catalogue in a folder of its own, and rows to hang others on.

use holdfast_model::{ArchiveId, CloudKind, ConnectionId, Owner, RunId, Scope, Service, Timestamp, UserId};
use tempfile::TempDir;

use crate::connections::NewConnection;
use crate::staged::StagedOp;
use crate::{Catalog, Result, Tx, archives, connections};

/// A catalogue that is gone when it is dropped.
pub(crate) struct Scratch {
    pub(crate) catalog: Catalog,
    folder: std::sync::Arc<TempDir>,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let folder = std::sync::Arc::new(TempDir::new().unwrap());
        Self { catalog: Catalog::open(folder.path().join("catalog.db")).unwrap(), folder }
    }

    /// The same file, opened once more.
    pub(crate) fn reopened(&self) -> Self {
        Self { catalog: Catalog::open(self.catalog.path()).unwrap(), folder: self.folder.clone() }
    }

    pub(crate) fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> T {
        self.catalog.write(work).unwrap()
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> T {
        self.catalog.read(work).unwrap()
    }
}

/// A fixed time, so many seconds later.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

pub(crate) fn new_connection(tenant: &str) -> NewConnection {
    NewConnection {
        cloud: CloudKind::Google,
        tenant_id: tenant.into(),
        tenant_name: format!("{tenant}.example"),
        signed_in_as: "admin@example.com".into(),
        secret_name: format!("connection-{tenant}"),
        endpoints_note: None,
        created_at: at(0),
    }
}

pub(crate) fn connection(tx: &Tx<'_>) -> ConnectionId {
    connections::insert(tx, &new_connection("C1")).unwrap()
}

/// The mailbox of a user.
pub(crate) fn archive(tx: &Tx<'_>, connection: ConnectionId, user: &str) -> ArchiveId {
    let scope = Scope { owner: Owner::User(UserId::from(user)), service: Service::Gmail };
    archives::find_or_create(tx, connection, &scope, &format!("{user}/gmail"), user, at(0)).unwrap().id
}

pub(crate) fn user(id: &str, address: &str) -> holdfast_model::User {
    holdfast_model::User {
        id: id.into(),
        address: address.to_owned(),
        name: format!("Name of {id}"),
        account: holdfast_model::Account::Active,
        org_unit: None,
        aliases: Vec::new(),
        is_admin: false,
        created: None,
    }
}

/// A mail of ten bytes.
pub(crate) fn stored_item(archive: ArchiveId, id: &str) -> crate::StoredItem {
    crate::StoredItem {
        archive,
        item: id.into(),
        tag: "t1".into(),
        folder: None,
        extensions: "eml".into(),
        size: 10,
        content_key: None,
        skip: None,
        meta_hash: None,
        labels_hash: None,
        first_run: RunId(1),
        changed_run: RunId(1),
    }
}

/// A mail of ten bytes, staged.
pub(crate) fn staged_item(archive: ArchiveId, id: &str, op: StagedOp, run: RunId) -> crate::StagedItem {
    crate::StagedItem {
        seq: 0,
        archive,
        item: id.into(),
        op,
        tag: (op == StagedOp::Put).then(|| "t1".into()),
        folder: None,
        extensions: if op == StagedOp::Put { "eml".into() } else { String::new() },
        files: (op == StagedOp::Put).then(Vec::new),
        content_key: None,
        size: 10,
        skip: None,
        sealed_meta: None,
        meta_hash: None,
        labels_hash: None,
        run,
    }
}
