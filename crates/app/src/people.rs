//! Users with their lights: the Directory joined with what is kept, read in few queries however many people there are.

use std::collections::{HashMap, HashSet};

use holdfast_engine::catalog::{
    self, Archive, ArchiveFilter, Connection, DirectoryUser, Level, PauseTarget, RunFilter, Tx, archives,
    due, last_runs, notifications, org_units, policies, runs,
};
use holdfast_engine::notifications::LEFT;
use holdfast_engine::{EngineError, Pauses, PoliciesOfAll, WaitingFor, kept_until, left_out, waiting};
use holdfast_model::{
    Account, ArchiveId, Ledger, OrgUnitId, Owner, Policy, PolicyOverride, Timestamp, UserId,
};

use crate::light::{Axes, Standing, light, waits_for};
use crate::verbs::pause_view;
use crate::views::{KeptService, LevelKey, LevelWord, Light, PauseView, Protection, Schedule, UserRow};

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
    policies: PoliciesOfAll,
    pauses: Pauses,
    /// The pauses as they are shown.
    paused: HashMap<PauseTarget, PauseView>,
    /// Archives whose Run is due, and what all due Runs of this Domain wait for.
    due: HashSet<ArchiveId>,
    waiting: Option<WaitingFor>,
    /// Switched off in the Cloud.
    left_out: HashSet<ArchiveId>,
    /// When it was told of each that they were deleted in the Cloud.
    left: HashMap<UserId, Timestamp>,
}

impl Backdrop {
    /// Reads it.
    pub(crate) fn of(tx: &Tx<'_>, connection: Connection, now: Timestamp) -> Result<Self> {
        let units = org_units::list(tx, connection.id)?;
        let paths = units.into_iter().map(|known| (known.org_unit.id, known.org_unit.path)).collect();
        let filter = ArchiveFilter { connection: Some(connection.id), ..ArchiveFilter::default() };
        let (mut of_users, mut of_domain) = (HashMap::<UserId, Vec<Archive>>::new(), Vec::new());
        for archive in archives::list(tx, &filter)? {
            match &archive.scope.owner {
                Owner::User(user) => of_users.entry(user.clone()).or_default().push(archive),
                Owner::Domain(_) => of_domain.push(archive),
            }
        }
        let open = last_runs::open_of_partial(tx, connection.id)?;
        let filter = RunFilter { live: Some(true), ..RunFilter::default() };
        let running = runs::list(tx, &filter, MOST_RUNNING)?;
        let levels = policies::list(tx, connection.id)?;
        let policies = PoliciesOfAll::new(tx, connection.id)?;
        let pauses = Pauses::at(tx, now)?;
        let mut paused = HashMap::new();
        for pause in pauses.listed() {
            paused.insert(pause.target.clone(), pause_view(tx, pause)?);
        }
        let is_ours = |of: Option<holdfast_model::ConnectionId>| of.is_none_or(|of| of == connection.id);
        let waiting = waiting(tx)?.into_iter().find(|one| is_ours(one.connection)).map(|one| one.reason);
        let due = match waiting {
            Some(_) => due::list(tx)?.into_iter().filter(|(_, at)| *at <= now).map(|(id, _)| id).collect(),
            None => HashSet::new(),
        };
        Ok(Self {
            policy: policies.of_domain(),
            policies,
            own_policies: levels
                .iter()
                .filter(|(level, _, own)| *level == Level::User && *own != PolicyOverride::default())
                .map(|(_, user, _)| user.clone())
                .collect(),
            pauses,
            paused,
            due,
            waiting,
            left_out: left_out(tx, connection.id)?,
            left: notifications::last_opened(tx, LEFT, connection.id)?,
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
    pub(crate) fn policy_of(&self, known: &DirectoryUser) -> Policy {
        self.policies.of(&known.user)
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
            waits_for: self.waiting.filter(|_| running.is_none() && self.due.contains(&archive.id)),
            left_out: self.left_out.contains(&archive.id).then_some(archive.scope.service),
        }
    }

    /// The pause of everything, which alone reaches what is the Domain's.
    pub(crate) fn pause_of_all(&self) -> Option<PauseView> {
        self.paused.get(&PauseTarget::All).cloned()
    }

    /// What holds a User's Runs back: the User's own pause first.
    fn pause_of(&self, known: &DirectoryUser) -> Option<PauseView> {
        let own = PauseTarget::User { connection: known.connection, id: known.user.id.clone() };
        if known.schedule == catalog::Schedule::Paused {
            return Some(PauseView {
                of: Some(LevelKey {
                    connection: known.connection.0,
                    level: LevelWord::User,
                    id: known.user.id.0.clone(),
                }),
                name: known.user.address.clone(),
                until: None,
            });
        }
        let pause = self.paused.get(&own);
        pause.or_else(|| self.paused.get(&self.pauses.of_user(known)?.target)).cloned()
    }

    /// True where the Service is switched off for the User in the Cloud.
    pub(crate) fn is_left_out(&self, archive: &Archive) -> bool {
        self.left_out.contains(&archive.id)
    }

    /// The light of one Archive that is backed up.
    pub(crate) fn light_of(&self, archive: &Archive) -> Light {
        light(&Axes {
            connection: self.connection.state,
            account: Account::Active,
            protection: Protection::Protected,
            is_paused: self.pauses.of_all().is_some(),
            services: &[self.standing(archive)],
            interval_hours: self.policy.frequency_hours,
            cloud_keeps_until: None,
            now: self.now,
        })
    }

    /// A User as the screens show it.
    pub(crate) fn row(&self, known: DirectoryUser) -> UserRow {
        self.row_under(&self.policy_of(&known), known)
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
        let pause = self.pause_of(&known);
        let is_paused = pause.is_some();
        let protection = Protection::from(known.protection);
        let waits = waits_for(&chosen).filter(|_| protection == Protection::Protected && !is_paused);
        let light = light(&Axes {
            connection: self.connection.state,
            account,
            protection,
            is_paused,
            services: &chosen,
            interval_hours: policy.frequency_hours,
            cloud_keeps_until: kept_until(
                self.connection.cloud,
                &known,
                self.left.get(&known.user.id).copied(),
            ),
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
            schedule: match waits {
                _ if is_paused => Schedule::Paused,
                Some(_) => Schedule::Waiting,
                None => Schedule::Active,
            },
            pause,
            waits_for: waits.map(|what| what.words().to_owned()),
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
        Account::Suspended => Some("Suspended in the cloud".to_owned()),
        Account::Archived => Some("Archived in the cloud".to_owned()),
        Account::Deleted => Some("Deleted in the cloud".to_owned()),
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
