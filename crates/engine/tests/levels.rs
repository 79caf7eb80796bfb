//! What is decided for a Domain, an org unit, a group or a user: Policies, auto-backup, pauses.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

use crate::stage;

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_engine::catalog::{PauseTarget, Protection, archives, users};
use holdfast_engine::{
    AutoBackupTarget, EffectivePolicy, Pauses, PolicyTarget, Request, Selection, ServiceEffect,
    effective_policy,
};
use holdfast_model::{Owner, PolicyOverride, RunHours, Service, UserId};
use stage::Stage;

fn every(hours: u8) -> PolicyOverride {
    PolicyOverride { frequency_hours: Some(hours), ..PolicyOverride::default() }
}

async fn set(stage: &Stage, target: PolicyTarget, policy: PolicyOverride) {
    let request = Request::SetPolicy { connection: Some(stage.connection), target, policy };
    stage.perform(request).await.unwrap();
}

async fn effective(stage: &Stage, user: &UserId) -> EffectivePolicy {
    let (connection, user) = (stage.connection, user.clone());
    stage
        .engine
        .read(move |tx| {
            let known = users::by_id(tx, connection, &user)?.unwrap();
            effective_policy(tx, connection, Some(&known.user))
        })
        .await
        .unwrap()
}

async fn protection(stage: &Stage, user: &UserId) -> Protection {
    let (connection, user) = (stage.connection, user.clone());
    let found = stage.engine.read(move |tx| Ok(users::by_id(tx, connection, &user)?)).await.unwrap();
    found.unwrap().protection
}

async fn auto_backup(stage: &Stage, target: AutoBackupTarget, on: bool) {
    let request = Request::SetAutoBackup { connection: stage.connection, target, on };
    stage.perform(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lower_level_overrides_a_higher_one_field_by_field_and_each_field_says_where_it_is_from() {
    let cloud = MemoryCloud::sample(2, 0, 0);
    let root = cloud.root_unit();
    let north = cloud.add_org_unit(&root, "North");
    let below = cloud.add_org_unit(&north, "Below");
    let user = cloud.user("user1@example.test").unwrap();
    cloud.move_user(&user, &below);
    // The names of the groups decide, not the order in which they were made.
    let (later, first) = (cloud.add_group("b@example.test", "B"), cloud.add_group("a@example.test", "A"));
    cloud.join(&later, &user);
    cloud.join(&first, &user);
    let stage = Stage::new(cloud).await;
    stage.sync().await;

    let everything = effective(&stage, &user).await;
    assert!(everything.sources.is_empty());
    set(&stage, PolicyTarget::Domain, PolicyOverride { mail_spam: Some(true), ..every(12) }).await;
    let night = RunHours { from: 20, until: 6 };
    set(&stage, PolicyTarget::OrgUnit(north.clone()), PolicyOverride { hours: Some(night), ..every(6) })
        .await;
    set(&stage, PolicyTarget::OrgUnit(below.clone()), every(4)).await;
    let found = effective(&stage, &user).await;
    assert_eq!((found.policy.frequency_hours, found.policy.hours, found.policy.mail_spam), (4, night, true));
    assert_eq!(found.sources["frequency_hours"], PolicyTarget::OrgUnit(below));
    assert_eq!(found.sources["hours"], PolicyTarget::OrgUnit(north));
    assert_eq!(found.sources["mail_spam"], PolicyTarget::Domain);
    assert!(!found.sources.contains_key("mail_trash"));

    set(&stage, PolicyTarget::Group(later), PolicyOverride { mail_trash: Some(false), ..every(2) }).await;
    set(&stage, PolicyTarget::Group(first.clone()), every(1)).await;
    let found = effective(&stage, &user).await;
    assert_eq!((found.policy.frequency_hours, found.policy.mail_trash), (1, false));
    assert_eq!(found.sources["frequency_hours"], PolicyTarget::Group(first));

    set(&stage, PolicyTarget::User(user.clone()), every(24)).await;
    assert_eq!(effective(&stage, &user).await.policy.frequency_hours, 24);
    set(&stage, PolicyTarget::User(user.clone()), PolicyOverride::default()).await;
    assert_eq!(effective(&stage, &user).await, found, "an empty level sets nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_make_no_sense_or_are_of_nobody_are_refused() {
    let stage = Stage::new(MemoryCloud::sample(1, 0, 0)).await;
    stage.sync().await;
    let no_hours =
        PolicyOverride { hours: Some(RunHours { from: 3, until: 3 }), ..PolicyOverride::default() };
    let no_format = PolicyOverride { export: Some([].into()), ..PolicyOverride::default() };
    for (target, policy, code) in [
        (PolicyTarget::Domain, every(5), "input.bad"),
        (PolicyTarget::Domain, no_hours, "input.bad"),
        (PolicyTarget::Domain, no_format, "input.bad"),
        (PolicyTarget::Group("nobody".into()), every(6), "input.not_found"),
        (PolicyTarget::OrgUnit("nobody".into()), every(6), "input.not_found"),
        (PolicyTarget::User("nobody".into()), every(6), "input.not_found"),
    ] {
        let request = Request::SetPolicy { connection: None, target, policy };
        assert_eq!(stage.perform(request).await.unwrap_err().code(), code);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_says_first_who_gains_who_loses_and_what_is_listed_again_and_then_does_it() {
    let cloud = MemoryCloud::sample(3, 2, 1);
    let root = cloud.root_unit();
    let unit = cloud.add_org_unit(&root, "Sales");
    let user = |number: u32| cloud.user(&format!("user{number}@example.test")).unwrap();
    cloud.move_user(&user(1), &unit);
    cloud.move_user(&user(2), &unit);
    let stage = Stage::new(cloud.clone()).await;
    stage.sync().await;
    let only = |services: &[Service]| PolicyOverride {
        services: Some(services.iter().copied().collect()),
        ..PolicyOverride::default()
    };
    set(&stage, PolicyTarget::Domain, only(&[Service::Gmail])).await;
    // The second one has a choice of its own, which no unit touches.
    set(&stage, PolicyTarget::User(user(2)), only(&[Service::Gmail])).await;
    stage.start(&["user1@example.test", "user2@example.test", "user3@example.test"]).await;

    let target = PolicyTarget::OrgUnit(unit);
    let change = PolicyOverride { mail_spam: Some(true), ..only(&[Service::Gmail, Service::Drive]) };
    let preview = |policy| stage.engine.preview_policy(stage.connection, target.clone(), policy);
    let effect = preview(change.clone()).await.unwrap();
    let of = |service, whose: &[&str]| ServiceEffect {
        service,
        whose: whose.iter().map(|whose| format!("{whose}@example.test")).collect(),
    };
    assert_eq!(effect.gains, [of(Service::Drive, &["user1"])]);
    assert_eq!(effect.loses, []);
    assert_eq!(effect.relisted, [of(Service::Gmail, &["user1", "user2"])]);
    assert_eq!((effect.reaches, effect.rescheduled.len()), (2, 0));

    set(&stage, target.clone(), change).await;
    let one = Owner::User(user(1));
    let connection = stage.connection;
    let kept = stage.engine.read(move |tx| Ok(archives::by_owner(tx, connection, &one)?)).await.unwrap();
    let services: Vec<_> = kept.iter().map(|archive| archive.scope.service).collect();
    assert!(services.contains(&Service::Drive), "who gains a service gets its archive at once: {services:?}");
    let runs = stage.run().await;
    stage::assert_closed(&runs);
    assert_eq!(runs.len(), 4);

    let effect = preview(only(&[Service::Drive])).await.unwrap();
    assert_eq!(effect.loses, [of(Service::Gmail, &["user1"])]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn auto_backup_of_the_domain_protects_who_joins_later_and_nobody_twice() {
    let cloud = MemoryCloud::sample(3, 0, 0);
    let user = |address: &str| cloud.user(&format!("{address}@example.test")).unwrap();
    let suspended = user("user3");
    cloud.suspend(&suspended);
    let group = cloud.add_group("team@example.test", "Team");
    let stage = Stage::new(cloud.clone()).await;
    stage.sync().await;
    auto_backup(&stage, AutoBackupTarget::Domain, true).await;
    auto_backup(&stage, AutoBackupTarget::Group { id: group.clone() }, true).await;
    let (new, left_out) = (cloud.add_user("new@example.test"), cloud.add_user("blocked@example.test"));
    cloud.join(&group, &new);
    cloud.suspend(&left_out);
    stage.perform(Request::SetLicenses { limit: Some(1) }).await.unwrap();
    stage.sync().await;
    assert_eq!(protection(&stage, &new).await, Protection::Protected, "one license for two rules");
    for stays in [user("user1"), user("user2"), suspended.clone(), left_out.clone()] {
        assert_eq!(protection(&stage, &stays).await, Protection::Unprotected);
    }
    stage.perform(Request::SetLicenses { limit: None }).await.unwrap();
    cloud.activate(&suspended);
    cloud.join(&group, &user("user1"));
    stage.sync().await;
    assert_eq!(protection(&stage, &suspended).await, Protection::Protected, "who becomes active appears");
    assert_eq!(
        protection(&stage, &user("user1")).await,
        Protection::Protected,
        "who joins a chosen group appears"
    );
    assert_eq!(protection(&stage, &user("user2")).await, Protection::Unprotected);

    auto_backup(&stage, AutoBackupTarget::Domain, false).await;
    let later = cloud.add_user("later@example.test");
    stage.sync().await;
    assert_eq!(protection(&stage, &later).await, Protection::Unprotected);
    assert_eq!(protection(&stage, &new).await, Protection::Protected, "who is protected stays so");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_moves_into_an_auto_backed_unit_is_picked_up_and_who_moves_out_keeps_the_archive() {
    let cloud = MemoryCloud::sample(4, 0, 0);
    let root = cloud.root_unit();
    let unit = cloud.add_org_unit(&root, "Unit");
    let below = cloud.add_org_unit(&unit, "Below");
    let user = |number: u32| cloud.user(&format!("user{number}@example.test")).unwrap();
    cloud.move_user(&user(1), &unit);
    let stage = Stage::new(cloud.clone()).await;
    stage.sync().await;
    let target = |include_sub_units| AutoBackupTarget::OrgUnit { id: unit.clone(), include_sub_units };
    auto_backup(&stage, target(false), true).await;
    cloud.move_user(&user(2), &unit);
    cloud.move_user(&user(3), &below);
    stage.sync().await;
    let states = async || {
        let mut found = Vec::new();
        for number in 1..=4 {
            found.push(protection(&stage, &user(number)).await == Protection::Protected);
        }
        found
    };
    assert_eq!(
        states().await,
        [false, true, false, false],
        "who was there stays as is, and below is not within"
    );
    cloud.move_user(&user(2), &root);
    cloud.move_user(&user(1), &root);
    stage.sync().await;
    assert_eq!(states().await, [false, true, false, false]);
    cloud.move_user(&user(1), &unit);
    // Widened: who is below already stays as is, too.
    auto_backup(&stage, target(true), true).await;
    cloud.move_user(&user(4), &below);
    stage.sync().await;
    assert_eq!(states().await, [true, true, false, true], "who comes back has appeared");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pauses_reach_units_below_and_groups_in_groups_end_by_themselves_and_add_up() {
    let cloud = MemoryCloud::sample(3, 0, 0);
    let root = cloud.root_unit();
    let unit = cloud.add_org_unit(&root, "Unit");
    let below = cloud.add_org_unit(&unit, "Below");
    let (group, inner) = (cloud.add_group("g@example.test", "G"), cloud.add_group("i@example.test", "I"));
    let user = |number: u32| cloud.user(&format!("user{number}@example.test")).unwrap();
    cloud.move_user(&user(1), &below);
    cloud.join(&inner, &user(2));
    cloud.nest(&group, &inner);
    let stage = Stage::new(cloud.clone()).await;
    stage.sync().await;
    let connection = stage.connection;
    let selection = Selection {
        org_units: vec![],
        users: (1..=3).map(|n| format!("user{n}@example.test")).collect(),
        ..Selection::default()
    };
    stage.perform(Request::Start { selection, policy: None, run_now: false }).await.unwrap();
    let paused = async || {
        let now = stage.engine.now();
        let ids = [user(1), user(2), user(3)];
        stage
            .engine
            .read(move |tx| {
                let pauses = Pauses::at(tx, now)?;
                let mut held = Vec::new();
                for id in &ids {
                    held.push(pauses.holds(&users::by_id(tx, connection, id)?.unwrap()));
                }
                Ok(held)
            })
            .await
            .unwrap()
    };
    let hour = |hours: i64| stage.engine.now().checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
    let pause = async |who: PauseTarget, until| stage.perform(Request::Pause { who, until }).await.map(drop);
    assert!(pause(PauseTarget::All, Some(hour(-1))).await.is_err(), "a pause ends in the future");
    pause(PauseTarget::OrgUnit { connection, id: unit }, Some(hour(2))).await.unwrap();
    pause(PauseTarget::Group { connection, id: group }, None).await.unwrap();
    pause(PauseTarget::User { connection, id: user(3) }, Some(hour(3))).await.unwrap();
    assert_eq!(paused().await, [true, true, true]);
    assert!(matches!(stage.run().await.len(), 0), "`run` of all leaves out who rests");
    stage.clock.move_by(2 * 3600);
    assert_eq!(paused().await, [false, true, true]);
    stage.perform(Request::Unpause { who: PauseTarget::User { connection, id: user(3) } }).await.unwrap();
    assert_eq!(paused().await, [false, true, false]);
    pause(PauseTarget::All, Some(hour(1))).await.unwrap();
    assert_eq!(paused().await, [true, true, true]);
    stage.clock.move_by(3600);
    assert_eq!(paused().await, [false, true, false]);
}
