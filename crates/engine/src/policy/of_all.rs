//! What applies to each of many Users, worked out from a few queries, however many they are. The order of the levels is
//! written in [`super`].

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use holdfast_catalog::{Level, Tx, groups, org_units, policies};
use holdfast_model::{ConnectionId, GroupId, OrgUnitId, Policy, PolicyOverride, User, UserId};

use super::Instead;
use crate::error::Result;

/// No Cloud lets units lie deeper, and a circle of them ends.
const MOST_HEIGHT: usize = 64;

/// The Policies of one Domain, as they are while it is read.
pub struct PoliciesOfAll {
    domain: Option<PolicyOverride>,
    units: HashMap<OrgUnitId, PolicyOverride>,
    parents: HashMap<OrgUnitId, OrgUnitId>,
    /// By address, the last first: the first in the alphabet decides and so is laid on last.
    groups: Vec<PolicyOverride>,
    /// Where in `groups` those of a User are.
    memberships: HashMap<UserId, Vec<usize>>,
    users: HashMap<UserId, PolicyOverride>,
    /// What comes from Domain and org unit, which most people share.
    of_units: RefCell<HashMap<Option<OrgUnitId>, Policy>>,
}

impl PoliciesOfAll {
    /// Reads what is set, and for whom.
    pub fn new(tx: &Tx<'_>, connection: ConnectionId) -> Result<Self> {
        Self::with(tx, connection, None)
    }

    /// The same, with settings tried out in place of those that are kept.
    pub(super) fn with(tx: &Tx<'_>, connection: ConnectionId, instead: Option<&Instead<'_>>) -> Result<Self> {
        let mut set: HashMap<(Level, String), PolicyOverride> = policies::list(tx, connection)?
            .into_iter()
            .map(|(level, target, policy)| ((level, target), policy))
            .collect();
        if let Some(Instead { target, policy }) = instead {
            let (level, id) = target.key();
            set.insert((level, id.to_owned()), (*policy).clone());
        }
        let mut all = Self {
            domain: None,
            units: HashMap::new(),
            parents: org_units::parents(tx, connection)?.into_iter().collect(),
            groups: Vec::new(),
            memberships: HashMap::new(),
            users: HashMap::new(),
            of_units: RefCell::default(),
        };
        let mut by_address = BTreeSet::new();
        let mut of_groups = HashMap::new();
        for ((level, id), policy) in set {
            match level {
                Level::Domain => all.domain = Some(policy),
                Level::OrgUnit => drop(all.units.insert(OrgUnitId(id), policy)),
                Level::User => drop(all.users.insert(UserId(id), policy)),
                Level::Group => {
                    let id = GroupId(id);
                    let known = groups::by_id(tx, connection, &id)?;
                    if let Some(known) = known.filter(|known| known.vanished_at.is_none()) {
                        by_address.insert((known.group.address.to_lowercase(), id.clone()));
                        of_groups.insert(id, policy);
                    }
                }
            }
        }
        for (_, id) in by_address.into_iter().rev() {
            let Some(policy) = of_groups.remove(&id) else { continue };
            for user in groups::member_users_ever(tx, connection, &id)? {
                all.memberships.entry(user).or_default().push(all.groups.len());
            }
            all.groups.push(policy);
        }
        Ok(all)
    }

    /// What applies to the Domain.
    pub fn of_domain(&self) -> Policy {
        self.of_unit(None)
    }

    /// What applies to a User.
    pub fn of(&self, user: &User) -> Policy {
        let mut policy = self.of_unit(user.org_unit.as_ref());
        for at in self.memberships.get(&user.id).into_iter().flatten() {
            policy = policy.overridden_by(&self.groups[*at]);
        }
        match self.users.get(&user.id) {
            Some(own) => policy.overridden_by(own),
            None => policy,
        }
    }

    fn of_unit(&self, unit: Option<&OrgUnitId>) -> Policy {
        if let Some(known) = self.of_units.borrow().get(&unit.cloned()) {
            return known.clone();
        }
        let mut policy = Policy::default();
        if let Some(domain) = &self.domain {
            policy = policy.overridden_by(domain);
        }
        let mut above = Vec::new();
        let mut next = unit;
        while let Some(one) = next.filter(|one| above.len() <= MOST_HEIGHT && !above.contains(one)) {
            above.push(one);
            next = self.parents.get(one);
        }
        for own in above.into_iter().rev().filter_map(|one| self.units.get(one)) {
            policy = policy.overridden_by(own);
        }
        self.of_units.borrow_mut().insert(unit.cloned(), policy.clone());
        policy
    }
}

#[cfg(test)]
mod tests {
    use holdfast_catalog::{Catalog, NewConnection, connections, users};
    use holdfast_model::{Account, CloudKind, Group, Member, MemberKind, OrgUnit, Timestamp};
    use proptest::prelude::*;

    use super::super::PolicyTarget;
    use super::*;

    fn at() -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap()
    }

    /// Three fields, so that levels meet in some and not in others.
    fn own(bits: u8, hours: u8) -> PolicyOverride {
        PolicyOverride {
            frequency_hours: (bits & 1 != 0).then_some(hours),
            mail_spam: (bits & 2 != 0).then_some(hours > 4),
            mail_trash: (bits & 4 != 0).then_some(hours > 2),
            ..PolicyOverride::default()
        }
    }

    fn connection(tx: &Tx<'_>) -> ConnectionId {
        let new = NewConnection {
            cloud: CloudKind::Google,
            tenant_id: "C1".into(),
            tenant_name: "x.example".into(),
            signed_in_as: "a@x.example".into(),
            secret_name: "none".into(),
            endpoints_note: None,
            created_at: at(),
        };
        connections::insert(tx, &new).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// However units lie in each other, also in a circle, and groups with them.
        #[test]
        fn what_is_worked_out_for_all_is_what_each_would_get(
            parents in prop::collection::vec(prop::option::of(0usize..6), 6),
            in_unit in prop::collection::vec(prop::option::of(0usize..7), 8),
            members in prop::collection::vec((0usize..4, 0usize..13, prop::bool::ANY), 0..16),
            set in prop::collection::vec((0u8..4, 0usize..8, 0u8..8, prop::sample::select(vec![1u8, 4, 6])), 0..14),
            gone in (0usize..8, 0usize..4, prop::bool::ANY),
            tried in (0u8..4, 0usize..6, 0u8..8),
        ) {
            let folder = tempfile::TempDir::new().unwrap();
            let catalog = Catalog::open(folder.path().join("catalog.db")).unwrap();
            catalog.write(|tx| {
                let c = connection(tx);
                for (n, parent) in parents.iter().enumerate() {
                    let parent = parent.map(|parent| format!("o{parent}").into());
                    let (id, path) = (format!("o{n}").into(), format!("/{n}"));
                    org_units::upsert_seen(tx, c, &OrgUnit { id, name: path.clone(), path, parent }, at())?;
                }
                let mut all = Vec::new();
                for (n, unit) in in_unit.iter().enumerate() {
                    let user = User {
                        id: format!("u{n}").into(),
                        address: format!("u{n}@x.example"),
                        name: String::new(),
                        account: Account::Active,
                        org_unit: unit.map(|unit| format!("o{unit}").into()),
                        aliases: vec![format!("alias{n}@x.example")],
                        is_admin: false,
                        created: None,
                    };
                    users::upsert_seen(tx, c, &user, at())?;
                    all.push(user);
                }
                for n in 0..4 {
                    // Their order by id is not their order by address.
                    let address = format!("{}@x.example", ["d", "b", "c", "a"][n]);
                    let (id, name) = (format!("g{n}").into(), String::new());
                    groups::upsert_seen(tx, c, &Group { id, address, name, direct_members: None }, at())?;
                }
                for n in 0..4 {
                    let of_it = members.iter().filter(|(group, ..)| *group == n).map(|(_, who, by_id)| {
                        let (kind, id, address) = match who {
                            0..8 => (MemberKind::User, format!("u{who}"), format!("alias{who}@x.example")),
                            8..12 => {
                                let group = who - 8;
                                let address = format!("{}@x.example", ["d", "b", "c", "a"][group]);
                                (MemberKind::Group, format!("g{group}"), address)
                            }
                            _ => return Member { id: None, address: None, kind: MemberKind::Everyone },
                        };
                        Member { id: by_id.then_some(id), address: (!by_id).then_some(address), kind }
                    });
                    groups::replace_members(tx, c, &format!("g{n}").into(), &of_it.collect::<Vec<_>>())?;
                }
                for (level, n, bits, hours) in &set {
                    let (level, id) = target(*level, *n);
                    policies::set(tx, c, level, &id, &own(*bits, *hours))?;
                }
                // Someone left, and a group may have, too.
                let later = at().checked_add(jiff::SignedDuration::from_secs(9)).unwrap();
                for user in all.iter().filter(|user| user.id.as_str() != format!("u{}", gone.0)) {
                    users::upsert_seen(tx, c, user, later)?;
                }
                users::mark_vanished(tx, c, later, later)?;
                if gone.2 {
                    for known in groups::list(tx, c)? {
                        if known.group.id.as_str() != format!("g{}", gone.1) {
                            groups::upsert_seen(tx, c, &known.group, later)?;
                        }
                    }
                    groups::mark_vanished(tx, c, later, later)?;
                }
                let (level, id) = target(tried.0, tried.1);
                let target = match level {
                    Level::Domain => PolicyTarget::Domain,
                    Level::OrgUnit => PolicyTarget::OrgUnit(id.into()),
                    Level::Group => PolicyTarget::Group(id.into()),
                    Level::User => PolicyTarget::User(id.into()),
                };
                let policy = own(tried.2, 2);
                let instead = Instead { target: &target, policy: &policy };
                let kept = PoliciesOfAll::new(tx, c).unwrap();
                let changed = PoliciesOfAll::with(tx, c, Some(&instead)).unwrap();
                assert_eq!(kept.of_domain(), super::super::of_domain(tx, c).unwrap());
                for user in &all {
                    let one = super::super::layers(tx, c, user, None).unwrap();
                    assert_eq!(kept.of(user), super::super::combined(&one).policy, "{user:?}");
                    let one = super::super::layers(tx, c, user, Some(&instead)).unwrap();
                    assert_eq!(changed.of(user), super::super::combined(&one).policy, "{user:?}");
                }
                Ok(())
            }).unwrap();
        }
    }

    fn target(level: u8, n: usize) -> (Level, String) {
        match level {
            0 => (Level::Domain, String::new()),
            1 => (Level::OrgUnit, format!("o{}", n.min(5))),
            2 => (Level::Group, format!("g{}", n % 4)),
            _ => (Level::User, format!("u{n}")),
        }
    }
}
