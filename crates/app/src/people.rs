//! Users with their lights: the Directory joined with what is kept, read in few queries however many people there are.

use std::collections::{HashMap, HashSet};

use holdfast_engine::catalog::{
    Archive, ArchiveFilter, Connection, DirectoryUser, Level, RunFilter, Tx, archives, org_units, policies,
    runs,
};
use holdfast_engine::{EngineError, Pauses, domain_policy, user_policy};
use holdfast_model::{
    Account, ArchiveId, Ledger, OrgUnitId, Owner, Policy, PolicyOverride, RunResult, Timestamp, UserId,
};

use crate::light::{Axes, Standing, light};
use crate::views::{KeptService, Light, Protection, Schedule, UserRow};

type Result<T> = std::result::Result<T, EngineError>;

/// More Runs than ever go on at once.
const MOST_RUNNING: u32 = 10_000;

/// What is known of one Domain beside its users, read once for all of them.
pub(crate) struct Backdrop {
    pub(crate) connection: Connection,
    pub(crate) now: Timestamp,
    paths: HashMap<OrgUnitId, String>,
    archives: HashMap<UserId, Vec<Archive>>,
    /// Shared drives.
    pub(crate) of_domain: Vec<Archive>,
    running: HashMap<ArchiveId, Ledger>,
    /// Items that will be tried again, of Archives whose last Run was partial.
    open: HashMap<ArchiveId, u64>,
    pub(crate) policy: Policy,
    /// Nobody has settings of their own below the Domain's, but these.
    own_policies: HashSet<String>,
    has_group_policies: bool,
    pauses: Pauses,
}

impl Backdrop {
    /// Reads it.
    pub(crate) fn of(tx: &Tx<'_>, connection: Connection, now: Timestamp) -> Result<Self> {
        let units = org_units::list(tx, connection.id)?;
        let paths = units.into_iter().map(|known| (known.org_unit.id, known.org_unit.path)).collect();
        let filter = ArchiveFilter { connection: Some(connection.id), ..ArchiveFilter::default() };
        let (mut of_users, mut of_domain) = (HashMap::<UserId, Vec<Archive>>::new(), Vec::new());
        let mut open = HashMap::new();
        for archive in archives::list(tx, &filter)? {
            if archive.last_result == Some(RunResult::Partial)
                && let Some(run) = runs::last(tx, archive.id)?
            {
                open.insert(archive.id, run.ledger.quarantined + run.ledger.pending);
            }
            match &archive.scope.owner {
                Owner::User(user) => of_users.entry(user.clone()).or_default().push(archive),
                Owner::Domain(_) => of_domain.push(archive),
            }
        }
        let filter = RunFilter { live: Some(true), ..RunFilter::default() };
        let running = runs::list(tx, &filter, MOST_RUNNING)?;
        let levels = policies::list(tx, connection.id)?;
        Ok(Self {
            policy: domain_policy(tx, connection.id)?,
            own_policies: levels
                .iter()
                .filter(|(level, _, own)| *level == Level::User && *own != PolicyOverride::default())
                .map(|(_, user, _)| user.clone())
                .collect(),
            has_group_policies: levels
                .iter()
                .any(|(level, ..)| matches!(level, Level::Group | Level::OrgUnit)),
            pauses: Pauses::at(tx, now)?,
            connection,
            now,
            paths,
            archives: of_users,
            of_domain,
            running: running.into_iter().map(|run| (run.archive, run.ledger)).collect(),
            open,
        })
    }

    /// The settings that apply to a User.
    pub(crate) fn policy_of(&self, tx: &Tx<'_>, known: &DirectoryUser) -> Result<Policy> {
        if self.has_group_policies || self.own_policies.contains(known.user.id.as_str()) {
            user_policy(tx, self.connection.id, &known.user)
        } else {
            Ok(self.policy.clone())
        }
    }

    /// The Archives of a User.
    pub(crate) fn archives_of(&self, user: &UserId) -> &[Archive] {
        self.archives.get(user).map_or(&[], Vec::as_slice)
    }

    /// The Archives of all users, then the Domain's own.
    pub(crate) fn all_archives(&self) -> impl Iterator<Item = &Archive> {
        self.archives.values().flatten().chain(&self.of_domain)
    }

    /// True where settings are set for this User alone.
    pub(crate) fn has_own_policy(&self, user: &UserId) -> bool {
        self.own_policies.contains(user.as_str())
    }

    /// How one Archive stands.
    pub(crate) fn standing(&self, archive: &Archive) -> Standing {
        let running = self.running.get(&archive.id);
        Standing {
            last_result: archive.last_result,
            last_complete_at: archive.last_complete_at,
            items: running.map_or(archive.items, |ledger| {
                archive.items.max(ledger.accounted().saturating_sub(ledger.pending + ledger.quarantined))
            }),
            expected: archive.expected_count.or_else(|| running.map(|ledger| ledger.listed)),
            is_running: running.is_some(),
            open: self.open.get(&archive.id).copied().unwrap_or(0),
        }
    }

    /// The light of one Archive that is backed up.
    pub(crate) fn light_of(&self, archive: &Archive) -> Light {
        light(&Axes {
            connection: self.connection.state,
            account: Account::Active,
            protection: Protection::Protected,
            is_paused: false,
            services: &[self.standing(archive)],
            interval_hours: self.policy.frequency_hours,
            now: self.now,
        })
    }

    /// A User as the screens show it.
    pub(crate) fn row(&self, tx: &Tx<'_>, known: DirectoryUser) -> Result<UserRow> {
        let policy = self.policy_of(tx, &known)?;
        Ok(self.row_under(&policy, known))
    }

    /// The same under settings that are known already.
    pub(crate) fn row_under(&self, policy: &Policy, known: DirectoryUser) -> UserRow {
        let kept = self.archives_of(&known.user.id);
        let chosen: Vec<Standing> = kept
            .iter()
            .filter(|archive| policy.services.contains(&archive.scope.service))
            .map(|archive| self.standing(archive))
            .collect();
        let account = account_now(&known);
        let is_paused = self.pauses.holds(&known);
        let protection = Protection::from(known.protection);
        let light = light(&Axes {
            connection: self.connection.state,
            account,
            protection,
            is_paused,
            services: &chosen,
            interval_hours: policy.frequency_hours,
            now: self.now,
        });
        let why_not = why_not_selectable(account);
        UserRow {
            connection: self.connection.id,
            services: kept.iter().map(kept_service).collect(),
            org_unit: known.user.org_unit.and_then(|unit| self.paths.get(&unit).cloned()),
            id: known.user.id.0,
            address: known.user.address,
            name: known.user.name,
            aliases: known.user.aliases,
            account,
            is_admin: known.user.is_admin,
            protection,
            schedule: if is_paused { Schedule::Paused } else { Schedule::Active },
            licensed: known.licensed,
            selectable: why_not.is_none(),
            why_not,
            light,
        }
    }
}

/// Account status; who is no longer listed counts as deleted.
pub(crate) fn account_now(known: &DirectoryUser) -> Account {
    if known.vanished_at.is_some() { Account::Deleted } else { known.user.account }
}

fn why_not_selectable(account: Account) -> Option<String> {
    match account {
        Account::Active => None,
        Account::Suspended => Some("This account is suspended in the cloud.".to_owned()),
        Account::Archived => Some("This account is archived in the cloud.".to_owned()),
        Account::Deleted => Some("This account is deleted in the cloud.".to_owned()),
    }
}

fn kept_service(archive: &Archive) -> KeptService {
    KeptService {
        service: archive.scope.service,
        items: archive.items,
        bytes: archive.bytes,
        last_result: archive.last_result,
        last_complete_at: archive.last_complete_at,
    }
}
