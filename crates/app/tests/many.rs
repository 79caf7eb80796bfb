//! Manage Users, Home and the schedule with many people. `HOLDFAST_USERS=50000` measures with as many and prints the times.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test file whole: what is not there fails the test.

use crate::stage;

use std::time::Instant;

use holdfast_app::views::{
    BackupStatus, LevelKey, LevelWord, OwnerColumn, OwnersDeed, OwnersFilter, OwnersQuery,
    Protection as Shown, RunNow,
};
use holdfast_engine::catalog::{
    Level, NewConnection, PauseTarget, Protection, RuleTarget, Subject, SyncKind, Trigger, archives,
    connections, groups, notifications, org_units, pauses, policies, rules, runs, syncs, users,
};
use holdfast_engine::clouds::http::HttpOptions;
use holdfast_engine::secrets::SecretsKind;
use holdfast_engine::{Engine, Events, Options, Pauses, Selection, SystemClock, waiting};
use holdfast_model::{
    Account, CloudKind, ConnectionId, Group, Ledger, Member, MemberKind, OrgUnit, Owner, PolicyOverride,
    RunResult, Scope, Service, Timestamp, User,
};
use stage::Computer;

/// A domain of so many users in 200 units and 100 groups; nine of ten are protected, each with two Archives.
async fn fill(engine: &Engine, count: usize) -> ConnectionId {
    let now = engine.now();
    let filled = engine.write(move |tx| {
        let connection = connections::insert(
            tx,
            &NewConnection {
                cloud: CloudKind::Google,
                tenant_id: "C1".into(),
                tenant_name: "many.example".into(),
                signed_in_as: "user0@many.example".into(),
                secret_name: "none".into(),
                endpoints_note: None,
                created_at: now,
            },
        )?;
        let sync = syncs::begin(tx, connection, SyncKind::Users, now)?;
        for number in 0..200 {
            let parent = (number > 0).then(|| format!("unit{}", (number - 1) / 5).into());
            let path = format!("/Unit {number}");
            let unit =
                OrgUnit { id: format!("unit{number}").into(), name: path[1..].to_owned(), path, parent };
            org_units::upsert_seen(tx, connection, &unit, now)?;
        }
        for number in 0..count {
            let user = User {
                id: format!("1{number:020}").into(),
                address: format!("user{number}@many.example"),
                name: format!("Given{} Family{number}", number % 997),
                aliases: if number % 10 == 0 { vec![format!("alias{number}@many.example")] } else { vec![] },
                account: if number % 50 == 49 { Account::Suspended } else { Account::Active },
                org_unit: Some(format!("unit{}", number % 200).into()),
                is_admin: number == 0,
                created: None,
            };
            users::upsert_seen(tx, connection, &user, now)?;
            if number % 10 == 9 {
                continue;
            }
            users::set_protection(tx, connection, &user.id, Protection::Protected)?;
            users::set_licensed(tx, connection, &user.id, true)?;
            for service in [Service::Gmail, Service::Drive] {
                let scope = Scope { owner: Owner::User(user.id.clone()), service };
                let folder = format!("google/C1/{}/{service}", user.id);
                let archive = archives::find_or_create(tx, connection, &scope, &folder, &user.address, now)?;
                let run = runs::insert(tx, archive.id, Trigger::First, "copying", now)?;
                let is_bad = number % 100 == 0 && service == Service::Gmail;
                let result = if is_bad { RunResult::Failed } else { RunResult::Complete };
                let end = runs::RunEnd {
                    at: now,
                    ledger: Ledger::default(),
                    result,
                    error: is_bad.then_some(("cloud.forbidden", "no")),
                    expected_count: None,
                    note: None,
                };
                runs::finish(tx, run, &end)?;
                archives::set_last_result(tx, archive.id, result)?;
                archives::set_first_run_done(tx, archive.id, true)?;
                archives::set_last_complete(tx, archive.id, now, "s1")?;
                if is_bad {
                    let subject = Subject {
                        connection: Some(connection),
                        user: Some(user.id.clone()),
                        archive: Some(archive.id),
                    };
                    notifications::open(tx, "cloud.forbidden", &subject, Some("no"), now)?;
                }
            }
        }
        for number in 0..100 {
            let group = Group {
                id: format!("group{number}").into(),
                address: format!("group{number}@many.example"),
                name: format!("Group {number}"),
                direct_members: None,
            };
            groups::upsert_seen(tx, connection, &group, now)?;
            let members: Vec<Member> = (0..count)
                .filter(|user| user % 100 == number)
                .map(|user| Member {
                    id: Some(format!("1{user:020}")),
                    address: Some(format!("user{user}@many.example")),
                    kind: MemberKind::User,
                })
                .collect();
            groups::replace_members(tx, connection, &group.id, &members)?;
        }
        let group = "group7".into();
        rules::put(tx, connection, &RuleTarget::Group(group), None, now)?;
        pauses::put(tx, &PauseTarget::OrgUnit { connection, id: "unit3".into() }, None, now)?;
        let policy = PolicyOverride { frequency_hours: Some(6), ..PolicyOverride::default() };
        policies::set(tx, connection, Level::OrgUnit, "unit5", &policy)?;
        policies::set(tx, connection, Level::Group, "group9", &policy)?;
        syncs::succeed(tx, sync, count as u64, &Default::default(), &Default::default(), now)?;
        Ok(connection)
    });
    filled.await.unwrap()
}

/// As another process of the same computer, which knows no secret.
fn other_process(computer: &Computer) -> Engine {
    let options = Options {
        data_dir: computer.path("data").into(),
        secrets: SecretsKind::Memory,
        clock: std::sync::Arc::new(SystemClock),
        http: HttpOptions::default(),
    };
    Engine::open(options).unwrap()
}

/// What each page and what happens in the background asks of the catalogue, with so many people.
async fn asked(count: usize) -> Vec<(&'static str, u64)> {
    let computer = Computer::new().await;
    let desktop = computer.desktop("data");
    desktop.init_storage(computer.path("data-backup")).await.unwrap();
    let engine = other_process(&computer);
    let connection = fill(&engine, count).await;
    let app = desktop.shown().await.unwrap();
    let mut all = Vec::new();
    let before = engine.catalog().statements();
    engine.archives_to_run(Some(connection), None, None).await.unwrap();
    all.push(("whose Runs begin", engine.catalog().statements() - before));
    let before = engine.catalog().statements();
    let groups = (0..100).map(|number| format!("group{number}@many.example")).collect();
    engine.plan(Selection { groups, ..Selection::default() }).await.unwrap();
    all.push(("what a selection comes to", engine.catalog().statements() - before));
    let mut before = app.statements();
    let mut note = |what| {
        let now = app.statements();
        all.push((what, now - before));
        before = now;
    };
    let everyone = OwnersFilter::default;
    desktop.owners(query(everyone(), OwnerColumn::Name, 0)).await.unwrap();
    note("Manage Users");
    desktop.home().await.unwrap();
    note("Home");
    desktop.standing().await.unwrap();
    note("tray");
    desktop.next_notifications().await.unwrap();
    note("notifications");
    desktop.groups(connection.0).await.unwrap();
    note("groups");
    desktop.org_units(connection.0).await.unwrap();
    note("org units");
    desktop.group_members(connection.0, "group7@many.example".into()).await.unwrap();
    note("members of a group");
    desktop.users(connection.0).await.unwrap();
    note("users to back up");
    let level = LevelKey { connection: connection.0, level: LevelWord::Domain, id: String::new() };
    let often = PolicyOverride { frequency_hours: Some(2), ..PolicyOverride::default() };
    desktop.preview_level_policy(level, often).await.unwrap();
    note("what a setting does");
    // The last, as it finds that nobody can sign in.
    desktop.fix_a_backup(None).await.unwrap();
    note("Fix a backup");
    desktop.shut_down().await;
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_asks_of_the_catalogue_does_not_grow_with_the_people() {
    // Beside it, the worker looks for requests now and then; 300 people more are far more than that.
    const BESIDE: u64 = 60;
    let (few, many) = (asked(100).await, asked(400).await);
    for ((what, few), (_, many)) in few.into_iter().zip(many) {
        assert!(many <= few + BESIDE, "{what}: {few} statements for 100 people, {many} for 400");
    }
}

async fn timed<T>(what: &str, work: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let done = work.await;
    println!("{what:<60} {:>10.3?}", start.elapsed());
    done
}

fn query(filter: OwnersFilter, sort: OwnerColumn, offset: u32) -> OwnersQuery {
    OwnersQuery { filter, sort, descending: false, offset, limit: 100 }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_thousand_people_are_listed_filtered_sorted_and_changed_at_ease() {
    let count = std::env::var("HOLDFAST_USERS").map_or(2_000, |text| text.parse().unwrap());
    let computer = Computer::new().await;
    let desktop = computer.desktop("data");
    desktop.init_storage(computer.path("data-backup")).await.unwrap();
    let engine = other_process(&computer);
    let connection = timed("filled", fill(&engine, count)).await;
    let protected = (count - count / 10) as u64;
    let all = OwnersFilter::default;

    let page = timed("first page, cold", desktop.owners(query(all(), OwnerColumn::Name, 0))).await.unwrap();
    assert_eq!((page.total, page.listed, page.rows.len()), (count as u64, count as u64, 100));
    for column in [
        OwnerColumn::Name,
        OwnerColumn::Address,
        OwnerColumn::Account,
        OwnerColumn::Size,
        OwnerColumn::Progress,
        OwnerColumn::LastGoodCopy,
        OwnerColumn::Status,
    ] {
        let middle = count as u32 / 2;
        let page =
            timed(&format!("a page by {column:?}"), desktop.owners(query(all(), column, middle))).await;
        assert_eq!(page.unwrap().rows.len(), 100);
    }
    let status = |status| OwnersFilter { status: Some(status), ..all() };
    let listed = async |what: &str, filter| {
        timed(what, desktop.owners(query(filter, OwnerColumn::Status, 0))).await.unwrap().listed
    };
    assert_eq!(listed("Notification", status(BackupStatus::Notification)).await, (count / 100) as u64);
    // A unit with all below it: 31 of 200, of which three hold those who are not protected.
    let rests = (count / 200) as u64 * 28;
    assert_eq!(listed("Paused", status(BackupStatus::Paused)).await, rests);
    let some =
        OwnersFilter { account: Some(Account::Suspended), protection: Some(Shown::Unprotected), ..all() };
    assert_eq!(listed("suspended, unprotected", some).await, (count / 50) as u64);
    let search = OwnersFilter { search: Some("alias10@many".into()), ..all() };
    assert_eq!(listed("search", search).await, 1);
    let keys = timed("all keys", desktop.owner_keys(all())).await.unwrap();
    assert_eq!(keys.len(), count);

    let done = timed("pause all", desktop.change_owners(keys.clone(), OwnersDeed::Pause)).await.unwrap();
    assert_eq!(done.done + done.left_out, count as u64);
    timed("first page after that", desktop.owners(query(all(), OwnerColumn::Name, 0))).await.unwrap();
    assert_eq!(listed("Paused", status(BackupStatus::Paused)).await, protected);
    let csv = computer.path("all.csv");
    timed("CSV of all", desktop.save_owners_csv(all(), csv)).await.unwrap();

    let home = timed("Home", desktop.home()).await.unwrap();
    assert_eq!((home.protected, home.users), (protected, count as u64));
    timed("tray", desktop.standing()).await.unwrap();
    timed("notifications", desktop.next_notifications()).await.unwrap();
    assert_eq!(timed("groups", desktop.groups(connection.0)).await.unwrap().len(), 100);
    assert_eq!(timed("org units", desktop.org_units(connection.0)).await.unwrap().len(), 200);
    let members = desktop.group_members(connection.0, "group7@many.example".into());
    assert_eq!(timed("members of a group", members).await.unwrap().len(), count / 100);
    assert_eq!(timed("users to back up", desktop.users(connection.0)).await.unwrap().len(), count);
    timed("Fix a backup, all", desktop.fix_a_backup(None)).await.unwrap();
    let app = desktop.shown().await.unwrap();
    timed("a look", app.causes(&Events::nobody())).await.unwrap();
    let paused = engine.read(|tx| Pauses::at(tx, Timestamp::MAX).map(drop));
    timed("who is paused", paused).await.unwrap();
    timed("what waits", engine.read(|tx| waiting(tx).map(drop))).await.unwrap();
    let run = RunNow { connection: Some(connection.0), user: None, service: None };
    let error = timed("run now of nobody", desktop.run_now(run)).await.unwrap_err();
    assert!(["input.nobody_protected", "connection.expired"].contains(&error.code.as_str()), "{error:?}");
    desktop.shut_down().await;
}
