//! A catalogue that is made anew from the Repository alone knows all that was decided.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test fails by panicking.

use crate::stage;

use std::fmt::Write as _;

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_engine::catalog::{
    ArchiveFilter, PauseTarget, UserFilter, archives, changes, connections, deletions, notifications, pauses,
    policies, rules, users,
};
use holdfast_engine::vault::Password;
use holdfast_engine::{
    AutoBackupTarget, ChosenUser, Engine, Events, PolicyTarget, Request, UserSetting, license_limit,
    retention_of,
};
use holdfast_model::{ConnectionId, PolicyOverride, Retention, Timestamp};
use jiff::SignedDuration;
use stage::{KEY, Stage, open};
use tokio_util::sync::CancellationToken;

fn every(hours: u8) -> PolicyOverride {
    PolicyOverride { frequency_hours: Some(hours), ..PolicyOverride::default() }
}

fn address(number: usize) -> String {
    format!("user{number}@example.test")
}

/// All that people decided and that was found out about what is kept, one line each.
async fn decided(engine: &Engine, connection: ConnectionId) -> Vec<String> {
    let read = engine.read(move |tx| {
        let mut told = String::new();
        let mut tell = |line: String| writeln!(told, "{line}").unwrap();
        for (level, target, policy) in policies::list(tx, connection)? {
            tell(format!("policy {level} {target} {policy:?}"));
        }
        for rule in rules::list(tx, connection)? {
            let mut bystanders = rules::bystanders(tx, rule.id)?;
            bystanders.sort();
            tell(format!("rule {:?} {:?} {} {bystanders:?}", rule.target, rule.policy, rule.created_at));
        }
        for pause in pauses::list(tx, Timestamp::MIN)? {
            tell(format!("pause {pause:?}"));
        }
        for one in deletions::list(tx)? {
            let (user, due, by, was) = (one.user, one.due, one.asked_by, one.was_protected);
            tell(format!("deletion {user} {} {} {due} {by} {was}", one.address, one.asked));
        }
        for user in users::list(tx, connection, &UserFilter::default())? {
            let (axes, licensed) = ((user.protection, user.schedule), user.licensed);
            tell(format!("user {} {axes:?} {licensed} {:?}", user.user.id, user.vanished_at));
        }
        for archive in archives::list(tx, &ArchiveFilter::default())? {
            for one in changes::list(tx, archive.id)? {
                let of = (one.run, one.at, one.changed, one.removed, one.held);
                tell(format!("changes {} {of:?}", archive.folder));
            }
        }
        for held in changes::held(tx, connection)? {
            tell(format!(
                "held {} {} {} {} {:?}",
                held.at, held.changed, held.removed, held.normal, held.quiet_at
            ));
        }
        tell(format!("licenses {:?} retention {:?}", license_limit(tx)?, retention_of(tx, connection)?));
        Ok(told)
    });
    read.await.unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policies_rules_pauses_leavers_deletions_and_what_holds_retention_come_back() {
    let cloud = MemoryCloud::sample(12, 1, 120);
    let unit = cloud.add_org_unit(&cloud.root_unit(), "Unit");
    let group = cloud.add_group("team@example.test", "Team");
    cloud.join(&group, &cloud.user(&address(8)).unwrap());
    cloud.move_user(&cloud.user(&address(9)).unwrap(), &unit);
    let stage = Stage::new(cloud).await;
    let connection = stage.connection;
    stage.sync().await;
    stage.perform(Request::SetLicenses { limit: Some(9) }).await.unwrap();
    let chosen: Vec<String> = (1..=6).map(address).collect();
    stage.start(&chosen.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let id = |number: usize| stage.cloud.user(&address(number)).unwrap();
    let one = id(1);

    for (target, hours) in [
        (PolicyTarget::Domain, 12),
        (PolicyTarget::OrgUnit(unit.clone()), 6),
        (PolicyTarget::Group(group.clone()), 4),
        (PolicyTarget::User(one.clone()), 2),
    ] {
        let request = Request::SetPolicy { connection: None, target, policy: every(hours) };
        stage.perform(request).await.unwrap();
    }
    for target in [
        AutoBackupTarget::Domain,
        AutoBackupTarget::Group { id: group.clone() },
        AutoBackupTarget::OrgUnit { id: unit.clone(), include_sub_units: true },
    ] {
        stage.perform(Request::SetAutoBackup { connection, target, on: true }).await.unwrap();
    }
    let until = stage.engine.now().checked_add(SignedDuration::from_hours(24 * 90)).unwrap();
    for who in [
        PauseTarget::All,
        PauseTarget::OrgUnit { connection, id: unit },
        PauseTarget::Group { connection, id: group },
        PauseTarget::User { connection, id: id(2) },
    ] {
        stage.perform(Request::Pause { who, until: Some(until) }).await.unwrap();
    }
    stage.perform(Request::SetPaused { user: address(3), paused: true }).await.unwrap();
    let retention = Some(Retention { daily: 30, ..Retention::default() });
    stage.perform(Request::SetRetention { connection: None, retention }).await.unwrap();
    stage.perform(Request::DeleteArchive { connection: None, user: address(5) }).await.unwrap();
    let left_out = vec![ChosenUser { id: id(7), address: address(7) }];
    let request = Request::SetUsers { connection, users: left_out, to: UserSetting::Excluded };
    stage.perform(request).await.unwrap();
    stage.clock.move_by(3600);
    stage.cloud.suspend(&id(4));
    let gone = id(6);
    stage.cloud.delete_user(&gone);
    stage.sync().await;
    let drive = MemoryCloud::drive(&one);
    let files = stage.cloud.truth(&drive, &Default::default());
    for file in &files {
        stage.cloud.edit(&drive, &file.id, format!("encrypted {}", file.id));
    }
    stage.clock.move_by(3600);
    stage.run().await;
    // What one Run is found to have done goes into the snapshot of the next.
    stage.cloud.edit(&drive, &files[0].id, "once more");
    stage.clock.move_by(3600);
    stage.run().await;
    let before = decided(&stage.engine, connection).await;
    let count = |word: &str| before.iter().filter(|line| line.starts_with(word)).count();
    let counts = ["policy", "rule", "pause", "deletion", "user", "held"].map(count);
    assert_eq!(counts, [4, 3, 4, 1, 13, 1], "{before:#?}");
    assert!(before.iter().filter(|line| line.contains("Retained")).count() == 2, "{before:#?}");

    stage.clock.move_by(30 * 24 * 3600);
    let engine = open(stage.folder.path().join("new data"), &stage.clock);
    engine.take_repository(&stage.repository(), Password::new(KEY)).await.unwrap();
    engine.perform(Request::Rebuild, Events::nobody(), CancellationToken::new()).await.unwrap();
    let again = engine.read(|tx| Ok(connections::list(tx)?.remove(0).id)).await.unwrap();
    assert_eq!(again, connection, "the only one");
    assert_eq!(decided(&engine, again).await, before);
    let open = engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(open[0].cause == "retention.held" && open[0].detail.as_ref().unwrap().contains("120 items"));

    // The next sync finds everything as it is, and tells nobody of who left long ago.
    engine.use_cloud(again, std::sync::Arc::new(stage.cloud.clone()));
    let connected = holdfast_engine::catalog::ConnectionState::Connected;
    engine.write(move |tx| Ok(connections::set_state(tx, again, connected, None)?)).await.unwrap();
    let stage = Stage { engine, ..stage };
    stage.sync().await;
    let open = stage.engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    assert_eq!(open.iter().map(|one| one.cause.as_str()).collect::<Vec<_>>(), ["retention.held"]);
    let after = decided(&stage.engine, again).await;
    assert_eq!(
        after.iter().filter(|line| line.starts_with("user")).collect::<Vec<_>>(),
        before.iter().filter(|line| line.starts_with("user")).collect::<Vec<_>>()
    );
}
