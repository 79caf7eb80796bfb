//! Rules: who joins a chosen group or org unit later is protected at the next sync.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

use crate::stage;

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_engine::catalog::{ArchiveFilter, Protection, SyncKind, archives, notifications, syncs, users};
use holdfast_engine::{
    OrgUnitChoice, Request, Response, RuleProtected, Selection, SyncReport, SyncWhat, user_policy,
};
use holdfast_model::{PolicyOverride, Service};
use stage::Stage;

async fn synced(stage: &Stage) -> Vec<SyncReport> {
    let request = Request::Sync { connection: None, what: SyncWhat::All, accept_mass_deletion: false };
    match stage.perform(request).await.unwrap() {
        Response::Synced { reports } => reports,
        other => panic!("{other:?}"),
    }
}

async fn start(stage: &Stage, selection: Selection, policy: Option<PolicyOverride>) {
    stage.perform(Request::Start { selection, policy, run_now: false }).await.unwrap();
}

async fn protection(stage: &Stage, address: &str) -> Protection {
    let (connection, address) = (stage.connection, address.to_owned());
    let found = stage.engine.read(move |tx| Ok(users::by_address(tx, connection, &address)?)).await.unwrap();
    found.unwrap().protection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_a_chosen_group_is_protected_with_its_settings() {
    let cloud = MemoryCloud::sample(4, 1, 1);
    let group = cloud.add_group("sales@example.test", "Sales");
    let user = |number: u32| cloud.user(&format!("user{number}@example.test")).unwrap();
    cloud.join(&group, &user(1));
    let stage = Stage::new(cloud.clone()).await;
    stage.sync().await;
    let only_mail = PolicyOverride { services: Some([Service::Gmail].into()), ..PolicyOverride::default() };
    let chosen = Selection { groups: vec!["sales@example.test".into()], ..Selection::default() };
    start(&stage, chosen, Some(only_mail)).await;
    cloud.join(&group, &user(2));
    cloud.join(&group, &user(3));
    cloud.suspend(&user(3));
    cloud.join(&group, &user(4));
    let (connection, four) = (stage.connection, user(4));
    stage
        .engine
        .write(move |tx| Ok(users::set_protection(tx, connection, &four, Protection::Excluded)?))
        .await
        .unwrap();
    let reports = synced(&stage).await;
    let joined = RuleProtected { address: "user2@example.test".into(), rule: "sales@example.test".into() };
    assert_eq!(reports.last().unwrap().protected, [joined]);
    let states =
        [Protection::Protected, Protection::Protected, Protection::Unprotected, Protection::Excluded];
    for (number, expected) in (1..).zip(states) {
        assert_eq!(protection(&stage, &format!("user{number}@example.test")).await, expected, "{number}");
    }
    let two = user(2);
    let (kept, policy, told) = stage
        .engine
        .read(move |tx| {
            let filter = ArchiveFilter { user: Some(two.clone()), ..ArchiveFilter::default() };
            let kept: Vec<_> = archives::list(tx, &filter)?.into_iter().map(|a| a.scope.service).collect();
            let known = users::by_id(tx, connection, &two)?.unwrap();
            let told = syncs::last(tx, connection, SyncKind::OrgUnits)?.unwrap();
            Ok((kept, user_policy(tx, connection, &known.user)?, told))
        })
        .await
        .unwrap();
    assert_eq!((kept, policy.services), (vec![Service::Gmail], [Service::Gmail].into()));
    assert_eq!(told.changes["protected"], ["user2@example.test ← sales@example.test"]);
    assert_eq!(told.counts["protected"], 1);
    assert_eq!(synced(&stage).await.last().unwrap().protected, [], "nobody is protected twice");
    cloud.activate(&user(3));
    assert_eq!(synced(&stage).await.last().unwrap().protected.len(), 1, "an account that is active again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sub_units_count_only_where_they_were_chosen_and_licenses_go_by_address() {
    let cloud = MemoryCloud::sample(6, 0, 0);
    let root = cloud.root_unit();
    let (east, west) = (cloud.add_org_unit(&root, "East"), cloud.add_org_unit(&root, "West"));
    let (below_east, below_west) = (cloud.add_org_unit(&east, "Below"), cloud.add_org_unit(&west, "Below"));
    let user = |number: u32| cloud.user(&format!("user{number}@example.test")).unwrap();
    cloud.move_user(&user(1), &east);
    cloud.move_user(&user(2), &west);
    let stage = Stage::new(cloud.clone()).await;
    stage.sync().await;
    stage.perform(Request::SetLicenses { limit: Some(4) }).await.unwrap();
    let unit = |path: &str, include_sub_units| OrgUnitChoice { path: path.into(), include_sub_units };
    let org_units = vec![unit("/East", false), unit("/West", true)];
    start(&stage, Selection { org_units, ..Selection::default() }, None).await;
    cloud.move_user(&user(3), &below_east);
    for number in [6, 5, 4] {
        cloud.move_user(&user(number), &below_west);
    }
    let report = synced(&stage).await.pop().unwrap();
    let protected: Vec<_> = report.protected.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(protected, ["user4@example.test", "user5@example.test"]);
    assert_eq!((report.protected_count, report.without_license), (2, 1));
    assert_eq!(protection(&stage, "user3@example.test").await, Protection::Unprotected);
    let open = || stage.engine.read(|tx| Ok(notifications::list_open(tx)?));
    let told = open().await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].cause.as_str(), told[0].subject.connection),
        ("licenses.too_few", Some(stage.connection))
    );
    assert!(told[0].detail.as_deref().unwrap().contains("user6@example.test"));
    // Whoever waited for a license is protected as soon as there is one, not only at the next sync.
    stage.perform(Request::SetLicenses { limit: None }).await.unwrap();
    assert_eq!(protection(&stage, "user6@example.test").await, Protection::Protected);
    assert_eq!(synced(&stage).await.pop().unwrap().protected_count, 0);
    assert_eq!(open().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_tells_whom_it_found_changed_and_keeps_it() {
    let cloud = MemoryCloud::sample(130, 0, 0);
    let stage = Stage::new(cloud.clone()).await;
    let first = synced(&stage).await.remove(0);
    assert_eq!((first.changes.joined.len(), first.changes.joined_count), (100, 131));
    let user = |number: u32| cloud.user(&format!("user{number}@example.test")).unwrap();
    cloud.change_user(&user(1), |user| user.address = "anna@example.test".into());
    cloud.suspend(&user(2));
    cloud.delete_user(&user(3));
    let second = synced(&stage).await.remove(0);
    assert_eq!(second.changes.renamed, ["user1@example.test → anna@example.test"]);
    assert_eq!(second.changes.suspended, ["user2@example.test"]);
    assert_eq!(second.changes.left, ["user3@example.test"]);
    cloud.activate(&user(2));
    assert_eq!(synced(&stage).await.remove(0).changes.restored, ["user2@example.test"]);
    let connection = stage.connection;
    let kept =
        stage.engine.read(move |tx| Ok(syncs::list(tx, connection, SyncKind::Users, 9)?)).await.unwrap();
    assert_eq!(kept[0].changes["restored"], ["user2@example.test"]);
    assert_eq!((kept[2].changes["joined"].len(), kept[2].counts["joined"]), (100, 131));
}
