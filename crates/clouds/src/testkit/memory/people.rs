//! The directory of a [`MemoryCloud`], as an admin changes it.

use holdfast_model::{
    Account, DriveId, Group, GroupId, Member, MemberKind, OrgUnit, OrgUnitId, Owner, Scope, Service, User,
    UserId,
};

use super::{Archive, MemoryCloud, World};
use crate::contract::Authorisation;
use crate::testkit::DirectoryTruth;

/// The id of the root unit.
const ROOT: &str = "ou-root";

impl MemoryCloud {
    /// A user's mailbox.
    pub fn mailbox(user: &UserId) -> Scope {
        Scope { owner: Owner::User(user.clone()), service: Service::Gmail }
    }

    /// A user's drive.
    pub fn drive(user: &UserId) -> Scope {
        Scope { owner: Owner::User(user.clone()), service: Service::Drive }
    }

    /// A shared drive.
    pub fn shared_drive(drive: &DriveId) -> Scope {
        Scope { owner: Owner::Domain(drive.clone()), service: Service::SharedDrive }
    }

    pub(super) fn add_root_unit(&self) {
        let root = OrgUnit {
            id: OrgUnitId::from(ROOT),
            parent: None,
            name: "example.test".to_owned(),
            path: "/".to_owned(),
        };
        self.world().units.push(root);
    }

    /// The root unit.
    pub fn root_unit(&self) -> OrgUnitId {
        OrgUnitId::from(ROOT)
    }

    /// A new admin, with a mailbox and a drive.
    pub fn add_admin(&self, address: &str) -> UserId {
        let id = self.add_user(address);
        self.change_user(&id, |user| user.is_admin = true);
        id
    }

    /// A new active user in the root unit, with a mailbox and a drive.
    pub fn add_user(&self, address: &str) -> UserId {
        let mut world = self.world();
        let id = UserId(format!("{:021}", 100_000 + world.next_id()));
        let created = world.now();
        world.users.push(User {
            id: id.clone(),
            address: address.to_owned(),
            name: address.split('@').next().unwrap_or_default().to_owned(),
            account: Account::Active,
            org_unit: Some(OrgUnitId::from(ROOT)),
            aliases: Vec::new(),
            is_admin: false,
            created: Some(created),
        });
        for scope in [Self::mailbox(&id), Self::drive(&id)] {
            world.archives.insert(scope, Archive::default());
        }
        id
    }

    /// Changes anything of a user but the id: name, address, aliases, account, unit.
    pub fn change_user(&self, id: &UserId, change: impl FnOnce(&mut User)) {
        if let Some(user) = self.world().users.iter_mut().find(|user| user.id == *id) {
            change(user);
        }
    }

    /// Lists a user once more, as a cloud that is broken does.
    pub fn list_again(&self, id: &UserId) {
        let mut world = self.world();
        let again = world.users.iter().find(|user| user.id == *id).cloned();
        world.users.extend(again);
    }

    /// How the Connection is authorised from now on.
    pub fn set_authorisation(&self, authorisation: Authorisation) {
        self.world().authorisation = authorisation;
    }

    /// The caller's clock is so many seconds ahead.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.world().clock_ahead = Some(seconds);
    }

    /// Another tenant's id.
    pub fn set_tenant(&self, id: &str) {
        self.world().tenant.id = id.into();
    }

    /// Blocks a user: the data can no longer be read, as in Google.
    pub fn suspend(&self, id: &UserId) {
        self.change_user(id, |user| user.account = Account::Suspended);
    }

    /// Makes a user active.
    pub fn activate(&self, id: &UserId) {
        self.change_user(id, |user| user.account = Account::Active);
    }

    /// Puts a user in another unit.
    pub fn move_user(&self, id: &UserId, unit: &OrgUnitId) {
        self.change_user(id, |user| user.org_unit = Some(unit.clone()));
    }

    /// Deletes a user with all data and memberships.
    pub fn delete_user(&self, id: &UserId) {
        let mut world = self.world();
        world.users.retain(|user| user.id != *id);
        world.archives.retain(|scope, _| scope.owner != Owner::User(id.clone()));
        for (_, members) in &mut world.groups {
            members.retain(|member| member.id.as_deref() != Some(id.as_str()));
        }
    }

    /// Takes a Service's license from a user; the data becomes unreachable.
    pub fn take_license(&self, id: &UserId, service: Service) {
        self.world().unlicensed.insert((id.clone(), service));
    }

    /// The user with this address.
    pub fn user(&self, address: &str) -> Option<UserId> {
        self.world().users.iter().find(|user| user.address == address).map(|user| user.id.clone())
    }

    /// A new group without members.
    pub fn add_group(&self, address: &str, name: &str) -> GroupId {
        let mut world = self.world();
        let id = GroupId(format!("g{:05}", world.next_id()));
        let group = Group {
            id: id.clone(),
            address: address.to_owned(),
            name: name.to_owned(),
            direct_members: Some(0),
        };
        world.groups.push((group, Vec::new()));
        id
    }

    /// Puts a user into a group.
    pub fn join(&self, group: &GroupId, user: &UserId) {
        let address = self.world().users.iter().find(|u| u.id == *user).map(|u| u.address.clone());
        self.add_member(group, Member { id: Some(user.0.clone()), address, kind: MemberKind::User });
    }

    /// Puts a group into a group; circles are allowed.
    pub fn nest(&self, group: &GroupId, inner: &GroupId) {
        let address =
            self.world().groups.iter().find(|(g, _)| g.id == *inner).map(|(g, _)| g.address.clone());
        self.add_member(group, Member { id: Some(inner.0.clone()), address, kind: MemberKind::Group });
    }

    /// Adds any member: an outsider, everyone.
    pub fn add_member(&self, group: &GroupId, member: Member) {
        self.change_members(group, |members| members.push(member));
    }

    /// Takes a user or group out of a group.
    pub fn leave(&self, group: &GroupId, id: &str) {
        self.change_members(group, |members| members.retain(|member| member.id.as_deref() != Some(id)));
    }

    fn change_members(&self, id: &GroupId, change: impl FnOnce(&mut Vec<Member>)) {
        if let Some((group, members)) = self.world().groups.iter_mut().find(|(group, _)| group.id == *id) {
            change(members);
            group.direct_members = Some(members.len() as u64);
        }
    }

    /// Deletes a group.
    pub fn delete_group(&self, id: &GroupId) {
        self.world().groups.retain(|(group, _)| group.id != *id);
    }

    /// A new unit below another.
    pub fn add_org_unit(&self, parent: &OrgUnitId, name: &str) -> OrgUnitId {
        let mut world = self.world();
        let id = OrgUnitId(format!("ou-{:05}", world.next_id()));
        let above = world.units.iter().find(|unit| unit.id == *parent).map_or("/", |unit| &unit.path);
        let path = format!("{}/{name}", above.trim_end_matches('/'));
        world.units.push(OrgUnit {
            id: id.clone(),
            parent: Some(parent.clone()),
            name: name.to_owned(),
            path,
        });
        id
    }

    /// A new shared drive.
    pub fn add_shared_drive(&self, name: &str) -> DriveId {
        let mut world = self.world();
        let id = DriveId(format!("0A{:05}PVA", world.next_id()));
        world.drives.push((id.clone(), name.to_owned()));
        world.archives.insert(Self::shared_drive(&id), Archive::default());
        id
    }

    /// Deletes a shared drive with all that is in it.
    pub fn delete_shared_drive(&self, id: &DriveId) {
        let mut world = self.world();
        world.drives.retain(|(drive, _)| drive != id);
        world.archives.remove(&Self::shared_drive(id));
    }
}

impl MemoryCloud {
    /// The directory as it is now.
    pub fn directory(&self) -> DirectoryTruth {
        let world = self.world();
        let members = |members: &[Member]| members.iter().filter_map(|member| member.id.clone()).collect();
        DirectoryTruth {
            users: world.users.iter().map(|user| (user.id.clone(), user.name.clone())).collect(),
            groups: world.groups.iter().map(|(group, list)| (group.id.clone(), members(list))).collect(),
            units: world
                .units
                .iter()
                .filter(|unit| unit.parent.is_some())
                .map(|unit| unit.id.clone())
                .collect(),
        }
    }
}

impl World {
    /// The units with every parent before its children, whatever the order in which they were made.
    pub(super) fn units_top_down(&self) -> Vec<OrgUnit> {
        let mut ordered: Vec<OrgUnit> = self.units.iter().filter(|u| u.parent.is_none()).cloned().collect();
        let mut next = 0;
        while let Some(parent) = ordered.get(next).map(|unit| unit.id.clone()) {
            ordered.extend(self.units.iter().filter(|u| u.parent.as_ref() == Some(&parent)).cloned());
            next += 1;
        }
        ordered
    }
}
