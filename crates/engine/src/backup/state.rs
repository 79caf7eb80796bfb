//! What every snapshot carries of the catalogue under `/.holdfast/state/`, so that the catalogue can be
//! made anew from the Repository alone: cursors with their open Items, the Directory, who is protected and
//! how. No secrets.

use std::collections::BTreeMap;
use std::path::Path;

use holdfast_catalog::{
    Connection, Level, Pause, PauseTarget, Protection, RuleTarget, Schedule, Tx, UserFilter, changes,
    connections, deletions, groups, open_items, org_units, pauses, policies, rules, runs, settings, users,
};
use holdfast_model::{
    CloudKind, ConnectionId, Group, ItemId, Ledger, Member, OrgUnit, PolicyOverride, Retention, RunResult,
    Scope, Timestamp, User, UserId,
};
use holdfast_vault::FolderEdit;
use serde::{Deserialize, Serialize};

use super::commit::Prepared;
use super::spool::{Spool, Spooled};
use crate::error::{EngineError, Result};

/// The folder of the state, from the root.
pub(crate) const FOLDER: [&str; 2] = [".holdfast", "state"];
/// What a newer version must raise when an older one can no longer read it.
pub(crate) const VERSION: u32 = 1;
/// Open Items in one file.
const OPEN_PART: usize = 20_000;

const README: &str = "\
This is a backup made by Holdfast, in restic's repository format.

  <cloud>/<tenant id>/<user id>/<service>/...     one user's data
  <cloud>/<tenant id>/_domain/<service>/<id>/...  shared drives

Folders and files are named by the cloud's ids. Each folder has a file _items.jsonl: one line for each item
with its real name, its labels or parent folders, its permissions and the SHA-256 of its files. People and
their ids are in .holdfast/state/directory.json. Mail is kept as it was sent (.eml), files as their bytes,
Google documents as Office files or PDF.
";

/// `connection.json`: the Domain.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ConnectionState {
    pub version: u32,
    pub cloud: CloudKind,
    pub tenant_id: String,
    pub tenant_name: String,
    pub signed_in_as: String,
    /// Where its sign-in lies in the keychain of the computer that made the backup.
    pub secret_name: String,
    pub endpoints_note: Option<String>,
    pub created_at: Timestamp,
    pub license_limit: Option<u64>,
    /// How long snapshots are kept; none for ever.
    #[serde(default)]
    pub retention: Option<Retention>,
}

/// `directory.json`: users with what was decided for them, groups, org units.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DirectoryState {
    pub users: Vec<UserState>,
    pub groups: Vec<GroupState>,
    pub org_units: Vec<OrgUnit>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UserState {
    #[serde(flatten)]
    pub user: User,
    pub protection: Protection,
    pub schedule: Schedule,
    pub licensed: bool,
    #[serde(default)]
    pub vanished: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vanished_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GroupState {
    #[serde(flatten)]
    pub group: Group,
    pub members: Vec<Member>,
}

/// `policies.json`: Policies and the selections that stay.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PolicyState {
    pub policies: Vec<(Level, String, PolicyOverride)>,
    pub rules: Vec<RuleState>,
    /// Those of this Domain, and that of everything.
    #[serde(default)]
    pub pauses: Vec<Pause>,
    /// Users whose Archives are to be deleted.
    #[serde(default)]
    pub deletions: Vec<DeletionState>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeletionState {
    pub user: String,
    pub address: String,
    pub asked: Timestamp,
    pub due: Timestamp,
    pub asked_by: String,
    pub was_protected: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RuleState {
    /// It is of the whole Domain.
    #[serde(default)]
    pub domain: bool,
    pub group: Option<String>,
    pub org_unit: Option<String>,
    #[serde(default)]
    pub include_sub_units: bool,
    pub policy: Option<PolicyOverride>,
    pub created_at: Timestamp,
    #[serde(default)]
    pub bystanders: Vec<UserId>,
}

/// `archives/<folder>/archive.json`: one Archive as of this snapshot. Untouched while it does not run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ArchiveState {
    pub version: u32,
    pub scope: Scope,
    pub folder: String,
    pub name: String,
    pub cursor: Option<String>,
    pub fingerprint: Option<String>,
    pub reconciled_at: Option<Timestamp>,
    pub first_run_done: bool,
    pub run: i64,
    pub started: Option<Timestamp>,
    pub result: RunResult,
    pub ledger: Ledger,
    pub note: Option<String>,
    pub open: u64,
    pub created_at: Timestamp,
    /// What its last Runs changed: what is normal for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeState>,
    /// Runs that changed far more, which hold retention back until a person looked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mass_changes: Vec<MassChangeState>,
}

/// What one Run changed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ChangeState {
    pub run: i64,
    pub at: Timestamp,
    pub changed: u64,
    pub removed: u64,
    pub held: u64,
}

/// A Run that changed far more than is normal.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MassChangeState {
    #[serde(flatten)]
    pub change: ChangeState,
    pub normal: u64,
    pub quiet_at: Option<Timestamp>,
}

/// A line of `open-<n>.jsonl`: an Item that the cursor has passed and that is not stored yet.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OpenState {
    pub id: ItemId,
    pub op: holdfast_catalog::OpenOp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default)]
    pub newness: i64,
}

/// `commit.json`: which Archives this snapshot brought on, by folder.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CommitState {
    pub version: u32,
    pub at: Timestamp,
    pub archives: BTreeMap<String, RunResult>,
}

/// The restic tag by which a Domain's series is found.
pub(crate) fn domain_tag(cloud: CloudKind, tenant: &str) -> String {
    format!("{}:{}", cloud.as_str(), holdfast_model::file_stem(tenant))
}

/// The folder edits of the state, sorted by path, before all Archives. Open Items, which may be millions, wait in a
/// file in `folder` until they are written.
pub(super) fn write(
    tx: &Tx<'_>,
    connection: &Connection,
    prepared: &Prepared,
    now: Timestamp,
    folder: &Path,
) -> Result<Vec<FolderEdit>> {
    let id = connection.id;
    let mut root = FolderEdit::default();
    root.rewrite.push(file("README.txt", README.as_bytes().to_vec()));
    let mut state = FolderEdit { path: FOLDER.map(str::to_owned).to_vec(), ..FolderEdit::default() };
    state.rewrite.push(json(
        "connection.json",
        &ConnectionState {
            version: VERSION,
            cloud: connection.cloud,
            tenant_id: connection.tenant_id.0.clone(),
            tenant_name: connection.tenant_name.clone(),
            signed_in_as: connection.signed_in_as.clone(),
            secret_name: connection.secret_name.clone(),
            endpoints_note: connection.endpoints_note.clone(),
            created_at: connection.created_at,
            license_limit: settings::get(tx, settings::LICENSE_LIMIT)?,
            retention: crate::upkeep::retention_of(tx, id)?,
        },
    )?);
    state.rewrite.push(json("directory.json", &directory(tx, id)?)?);
    state.rewrite.push(json("policies.json", &chosen(tx, id, now)?)?);
    let results =
        prepared.archives.iter().map(|(archive, reached)| (archive.folder.clone(), reached.result()));
    let commit = CommitState { version: VERSION, at: now, archives: results.collect() };
    state.rewrite.push(json("commit.json", &commit)?);
    let mut edits = vec![root, state];
    let mut spool = Spool::new(folder).map_err(spooling)?;
    let held = changes::held(tx, id)?;
    for (archive, reached) in &prepared.archives {
        let path = FOLDER.into_iter().chain(["archives"]).chain(archive.folder.split('/'));
        let mut edit = FolderEdit {
            path: path.map(str::to_owned).collect(),
            remove_folder: true,
            ..FolderEdit::default()
        };
        let run = runs::get(tx, reached.run)?;
        let (open, parts) = open_parts(tx, archive.id, &mut spool)?;
        for (number, part) in parts.into_iter().enumerate() {
            let name = format!("open-{number}.jsonl");
            edit.rewrite.push((name, Box::new(move |_| Ok(Some(part.read()?)))));
        }
        edit.rewrite.push(json(
            "archive.json",
            &ArchiveState {
                version: VERSION,
                scope: archive.scope.clone(),
                folder: archive.folder.clone(),
                name: archive.name.clone(),
                cursor: archive.listed_cursor.clone(),
                fingerprint: archive.listed_fingerprint.clone(),
                reconciled_at: archive.reconciled_at,
                first_run_done: archive.first_run_done,
                run: reached.run.0,
                started: run.as_ref().map(|run| run.started),
                result: reached.result(),
                ledger: run.as_ref().map(|run| run.ledger).unwrap_or_default(),
                note: run.and_then(|run| run.note),
                open,
                created_at: archive.created_at,
                changes: changes::list(tx, archive.id)?.iter().map(change_state).collect(),
                mass_changes: held
                    .iter()
                    .filter(|one| one.archive == archive.id)
                    .map(|one| MassChangeState {
                        change: ChangeState {
                            run: one.run.0,
                            at: one.at,
                            changed: one.changed,
                            removed: one.removed,
                            held: 0,
                        },
                        normal: one.normal,
                        quiet_at: one.quiet_at,
                    })
                    .collect(),
            },
        )?);
        edits.push(edit);
    }
    Ok(edits)
}

fn change_state(change: &changes::Change) -> ChangeState {
    let changes::Change { run, at, changed, removed, held, .. } = *change;
    ChangeState { run: run.0, at, changed, removed, held }
}

fn directory(tx: &Tx<'_>, id: holdfast_model::ConnectionId) -> Result<DirectoryState> {
    let users = users::list(tx, id, &UserFilter::default())?
        .into_iter()
        .map(|user| UserState {
            protection: user.protection,
            schedule: user.schedule,
            licensed: user.licensed,
            vanished: user.vanished_at.is_some(),
            vanished_at: user.vanished_at,
            user: user.user,
        })
        .collect();
    let mut with_members = Vec::new();
    for group in groups::list(tx, id)?.into_iter().filter(|group| group.vanished_at.is_none()) {
        let members = groups::members(tx, id, &group.group.id)?;
        with_members.push(GroupState { group: group.group, members });
    }
    let org_units = org_units::list(tx, id)?
        .into_iter()
        .filter(|unit| unit.vanished_at.is_none())
        .map(|unit| unit.org_unit)
        .collect();
    Ok(DirectoryState { users, groups: with_members, org_units })
}

fn chosen(tx: &Tx<'_>, id: ConnectionId, now: Timestamp) -> Result<PolicyState> {
    let mut kept = Vec::new();
    for rule in rules::list(tx, id)? {
        let (group, org_unit, include_sub_units) = match rule.target {
            RuleTarget::Domain => (None, None, false),
            RuleTarget::Group(group) => (Some(group.0), None, false),
            RuleTarget::OrgUnit { id, include_sub_units } => (None, Some(id.0), include_sub_units),
        };
        kept.push(RuleState {
            domain: group.is_none() && org_unit.is_none(),
            group,
            org_unit,
            include_sub_units,
            policy: rule.policy,
            created_at: rule.created_at,
            bystanders: rules::bystanders(tx, rule.id)?,
        });
    }
    let mut pauses = pauses::list(tx, now)?;
    pauses.retain(|pause| match pause.target {
        PauseTarget::All => true,
        PauseTarget::OrgUnit { connection, .. }
        | PauseTarget::Group { connection, .. }
        | PauseTarget::User { connection, .. } => connection == id,
    });
    let deletions = deletions::list(tx)?
        .into_iter()
        .filter(|deletion| deletion.connection == id)
        .map(|deletion| DeletionState {
            user: deletion.user.0,
            address: deletion.address,
            asked: deletion.asked,
            due: deletion.due,
            asked_by: deletion.asked_by,
            was_protected: deletion.was_protected,
        })
        .collect();
    Ok(PolicyState { policies: policies::list(tx, id)?, rules: kept, deletions, pauses })
}

/// The open Items as files of bounded size. Where nothing was listed to its end there is no cursor, so a rebuilt
/// catalogue lists everything anyway and none are needed.
fn open_parts(
    tx: &Tx<'_>,
    archive: holdfast_model::ArchiveId,
    spool: &mut Spool,
) -> Result<(u64, Vec<Spooled>)> {
    let mut parts = Vec::new();
    let mut after: Option<ItemId> = None;
    let mut count = 0;
    loop {
        let page = open_items::page(tx, archive, after.as_ref(), OPEN_PART as u32)?;
        let Some(last) = page.last() else { return Ok((count, parts)) };
        after = Some(last.item.clone());
        count += page.len() as u64;
        let mut part = Vec::new();
        for open in page {
            let line = OpenState { id: open.item, op: open.op, reason: open.reason, newness: open.newness };
            serde_json::to_writer(&mut part, &line)
                .map_err(|error| EngineError::Defect(error.to_string()))?;
            part.push(b'\n');
        }
        parts.push(spool.keep(&part).map_err(spooling)?);
    }
}

fn spooling(source: std::io::Error) -> EngineError {
    EngineError::Io { what: "keeping open items until they are written".to_owned(), source }
}

/// The Connection that a commit is for.
pub(crate) fn connection(tx: &Tx<'_>, id: holdfast_model::ConnectionId) -> Result<Connection> {
    connections::get(tx, id)?.ok_or_else(|| EngineError::Defect("a commit without its connection".to_owned()))
}

fn json(name: &str, value: &impl Serialize) -> Result<(String, holdfast_vault::Rewrite)> {
    let text = serde_json::to_vec_pretty(value).map_err(|error| EngineError::Defect(error.to_string()))?;
    Ok(file(name, text))
}

fn file(name: &str, text: Vec<u8>) -> (String, holdfast_vault::Rewrite) {
    (name.to_owned(), Box::new(move |_| Ok(Some(text))))
}
