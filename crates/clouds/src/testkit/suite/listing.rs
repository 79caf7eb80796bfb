//! Listings: everything, once, as people wrote it.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt};
use holdfast_model::{Account, GroupId, Member, OrgUnit, OrgUnitId, Owner, User};

use super::{Deed, HOSTILE_NAMES, Mirror, Mishap, Subject, act, add, feed, suffer};
use crate::contract::Change;

/// In a company in which nothing happens, a full listing tells each Item once.
pub async fn no_item_comes_twice_in_a_quiet_listing(subject: &dyn Subject) {
    let told = feed(subject, None).await.expect("a listing");
    let mut seen = BTreeSet::new();
    for change in &told {
        match change {
            Change::Upsert(upsert) => assert!(seen.insert(&upsert.id), "{} came twice", upsert.id),
            Change::Checkpoint(_) => {}
            other => panic!("a first listing tells what exists, not {other:?}"),
        }
    }
    assert!(!seen.is_empty(), "the subject starts with some Items");
}

/// Names come as they are: no trimming, no folding, no escaping.
pub async fn hostile_names_survive(subject: &dyn Subject) {
    for name in HOSTILE_NAMES {
        let deed = Deed::Add { name: name.to_owned(), bytes: bytes::Bytes::from(format!("in {name}")) };
        act(subject, deed).await.expect("every Archive can get a new Item");
    }
    let long = "ü".repeat(150);
    act(subject, Deed::Add { name: long, bytes: bytes::Bytes::from_static(b"in a long name") }).await;
    Mirror::filled(subject).await.assert_true(subject).await;
}

/// Identity is the id.
pub async fn same_names_in_one_folder_stay_two_items(subject: &dyn Subject) {
    let before = Mirror::filled(subject).await.tags().len();
    for text in ["one", "other"] {
        let bytes = bytes::Bytes::from(text);
        act(subject, Deed::Add { name: "same.txt".to_owned(), bytes }).await.expect("a new Item");
    }
    let mirror = Mirror::filled(subject).await;
    assert_eq!(mirror.tags().len(), before + 2);
    mirror.assert_true(subject).await;
}

/// A page may be empty and yet have a next one.
pub async fn an_empty_page_is_not_the_end(subject: &dyn Subject) {
    if !suffer(subject, Mishap::PageEmpty).await {
        return;
    }
    let mut mirror = Mirror::default();
    mirror.follow(subject).await;
    subject.heal().await;
    mirror.fetch(subject).await;
    mirror.assert_true(subject).await;
}

/// Every user once, with the name that was given.
pub async fn no_user_comes_twice_and_names_survive(subject: &dyn Subject) {
    for (number, name) in HOSTILE_NAMES.iter().take(6).enumerate() {
        act(subject, Deed::Hire { account: format!("hostile{number}"), name: (*name).to_owned() }).await;
    }
    let users: Vec<User> = subject.cloud().users().try_collect().await.expect("the users");
    let truth = subject.directory().await.users;
    let ids: Vec<_> = users.iter().map(|user| user.id.clone()).collect();
    let distinct: BTreeSet<_> = ids.iter().cloned().collect();
    assert_eq!(ids.len(), distinct.len(), "a user came twice");
    assert_eq!(distinct, truth.keys().cloned().collect());
    for user in users {
        assert_eq!(user.name, truth[&user.id], "name of {}", user.address);
        assert!(user.address.contains('@'), "{:?} is no address", user.address);
    }
}

/// Groups list direct members only, so that a circle is no endless loop.
pub async fn groups_may_nest_in_a_circle(subject: &dyn Subject) {
    if !subject.cloud().capabilities().groups {
        return;
    }
    let outer = act(subject, Deed::Found { account: "outer".to_owned() }).await.map(GroupId);
    let inner = act(subject, Deed::Found { account: "inner".to_owned() }).await.map(GroupId);
    if let (Some(outer), Some(inner)) = (outer, inner) {
        act(subject, Deed::Nest(outer.clone(), inner.clone())).await;
        act(subject, Deed::Nest(inner, outer)).await;
    }
    let truth = subject.directory().await.groups;
    let groups: Vec<_> = subject.cloud().groups().try_collect().await.expect("the groups");
    let ids: Vec<_> = groups.iter().map(|group| group.id.clone()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "a group came twice");
    assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), truth.keys().cloned().collect());
    for group in groups {
        let members: Vec<Member> = subject.cloud().members(&group.id).try_collect().await.expect("members");
        let ids: BTreeSet<_> = members.iter().filter_map(|member| member.id.clone()).collect();
        assert_eq!(ids, truth[&group.id], "members of {}", group.address);
    }
}

/// A tree can be built in one pass.
pub async fn a_unit_comes_after_the_one_above_it(subject: &dyn Subject) {
    if !subject.cloud().capabilities().org_units {
        return;
    }
    let above = act(subject, Deed::AddUnit { parent: None, name: "Zeta".to_owned() }).await.map(OrgUnitId);
    act(subject, Deed::AddUnit { parent: above, name: "Alpha & <Omega>".to_owned() }).await;
    let units: Vec<OrgUnit> = subject.cloud().org_units().try_collect().await.expect("the org units");
    let mut seen = BTreeSet::new();
    for unit in &units {
        match &unit.parent {
            Some(parent) => assert!(seen.contains(parent), "{} came before what is above it", unit.path),
            None => assert_eq!(unit.path, "/", "only the root has nothing above"),
        }
        assert!(seen.insert(unit.id.clone()), "{} came twice", unit.path);
    }
    let roots = units.iter().filter(|unit| unit.parent.is_none());
    let roots: BTreeSet<_> = roots.map(|unit| unit.id.clone()).collect();
    assert_eq!(roots.len(), 1, "there is one root");
    assert_eq!(&seen - &roots, subject.directory().await.units);
}

/// Whose Archive it is, the cloud offers it.
pub async fn the_scope_under_test_is_offered(subject: &dyn Subject) {
    let scope = subject.reach().scope;
    let offered: Vec<_> = match &scope.owner {
        Owner::User(id) => {
            let users: Vec<User> =
                subject.cloud().users().collect::<Vec<_>>().await.into_iter().flatten().collect();
            let user = users.into_iter().find(|user| user.id == *id).expect("the owner is a user");
            assert_eq!(user.account, Account::Active);
            subject.cloud().scopes(&user).await.expect("the user's scopes")
        }
        Owner::Domain(_) => {
            let offered = subject.cloud().domain_scopes().await.expect("the Domain's scopes");
            offered.into_iter().map(|offer| offer.scope).collect()
        }
    };
    assert!(offered.contains(&scope), "{scope:?} is not among {offered:?}");
    assert_eq!(offered.len(), offered.iter().collect::<BTreeSet<_>>().len(), "a scope came twice");
}

/// Adds a few Items, so that a listing has something of its own to tell.
pub(super) async fn furnish(subject: &dyn Subject) {
    for text in ["first", "second", "third"] {
        add(subject, text).await;
    }
}
