//! What is decided for a group, an org unit or a user, through the window's door: settings with their sources and what a
//! change does, auto-backup, pauses, and the schedule with what it waits for.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test file whole: what is not there fails the test.

use crate::stage;

use std::sync::Arc;

use holdfast_app::Desktop;
use holdfast_app::views::{
    BackupStatus, LevelKey, LevelWord, OwnerColumn, OwnerRow, OwnersDeed, OwnersFilter, OwnersQuery,
    PauseLength, PolicyForm, Schedule, ScheduleSettings, SelectionInput, SetAutoBackup,
};
use holdfast_engine::clouds::http::HttpOptions;
use holdfast_engine::secrets::SecretsKind;
use holdfast_engine::{Engine, Events, Options, Schedule as Keeper, Surroundings, SystemClock, catalog};
use holdfast_model::{PolicyOverride, Service};
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use stage::{Computer, all_ended};

fn level(connection: i64, level: LevelWord, id: &str) -> LevelKey {
    LevelKey { connection, level, id: id.to_owned() }
}

async fn rows(desktop: &Desktop, filter: OwnersFilter) -> Vec<OwnerRow> {
    let query = OwnersQuery { filter, sort: OwnerColumn::Name, descending: false, offset: 0, limit: 100 };
    desktop.owners(query).await.unwrap().rows
}

/// Someone active in an org unit below the top, protected with a first copy.
async fn protected_in_a_unit(desktop: &Desktop, connection: i64) -> OwnerRow {
    let all = rows(desktop, OwnersFilter::default()).await;
    let active = |row: &&OwnerRow| row.account == Some(holdfast_model::Account::Active);
    let is_below = |row: &&OwnerRow| row.org_unit.as_deref().is_some_and(|path| path.len() > 1);
    let chosen = all.iter().filter(active).find(is_below).expect("someone in a unit").clone();
    let users = vec![chosen.address.clone().unwrap()];
    desktop
        .start_backup(SelectionInput { connection, users, ..SelectionInput::default() }, None)
        .await
        .unwrap();
    all_ended(desktop, 2).await;
    chosen
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_say_where_each_is_from_and_a_change_says_who_loses_before_it_is_made() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let person = protected_in_a_unit(&desktop, connection).await;
    let units = desktop.org_units(connection).await.unwrap();
    let unit = units.iter().find(|unit| Some(&unit.path) == person.org_unit.as_ref()).unwrap();
    let of_unit = level(connection, LevelWord::OrgUnit, &unit.id);
    let of_user = level(connection, LevelWord::User, &person.id);

    let plain = desktop.level_policy(of_user.clone()).await.unwrap();
    assert!(plain.own.is_empty() && plain.sources.is_empty(), "{plain:?}");
    assert!(plain.form.services.iter().all(|choice| !choice.is_of_domain));

    let only_mail = PolicyOverride {
        services: Some([Service::Gmail].into()),
        frequency_hours: Some(6),
        ..PolicyOverride::default()
    };
    let preview = desktop.preview_level_policy(of_unit.clone(), only_mail.clone()).await.unwrap();
    let address = person.address.as_deref().unwrap();
    assert!(
        preview.loses.iter().any(|line| line.starts_with("Drive of 1 user (") && line.contains(address)),
        "{preview:?}"
    );
    assert!(
        preview.gains.is_empty() && preview.notes.iter().any(|note| note.contains("other times")),
        "{preview:?}"
    );
    assert_eq!(desktop.level_policy(of_user.clone()).await.unwrap(), plain, "a preview changes nothing");

    desktop.set_level_policy(of_unit.clone(), only_mail).await.unwrap();
    let below = desktop.level_policy(of_user.clone()).await.unwrap();
    let from: Vec<_> =
        below.sources.iter().map(|one| (one.field.as_str(), one.level, one.name.as_str())).collect();
    assert_eq!(
        from,
        [
            ("frequency_hours", LevelWord::OrgUnit, unit.path.as_str()),
            ("services", LevelWord::OrgUnit, unit.path.as_str())
        ]
    );
    assert_eq!(below.form.policy.frequency_hours, 6);
    let listed = desktop.org_units(connection).await.unwrap();
    assert!(listed.iter().all(|one| one.own_settings == (one.id == unit.id)), "{listed:?}");

    let daily = PolicyOverride { frequency_hours: Some(24), ..PolicyOverride::default() };
    let own = desktop.set_level_policy(of_user.clone(), daily.clone()).await.unwrap();
    assert_eq!((own.own, own.form.policy.frequency_hours, own.above.frequency_hours), (daily, 24, 6));
    let found = rows(&desktop, OwnersFilter::default()).await;
    assert!(found.iter().any(|row| row.key == person.key && row.own_settings && row.frequency_hours == 24));
    let back = desktop.set_level_policy(of_user, PolicyOverride::default()).await.unwrap();
    assert_eq!((back.own.is_empty(), back.form.policy.frequency_hours), (true, 6));
    desktop.set_level_policy(of_unit.clone(), PolicyOverride::default()).await.unwrap();
    assert_eq!(desktop.level_policy(of_unit).await.unwrap().form.policy.frequency_hours, 24);
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn auto_backup_is_switched_for_a_group_and_a_unit_and_reaches_below_only_where_chosen() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let group = desktop.groups(connection).await.unwrap().remove(0);
    let units = desktop.org_units(connection).await.unwrap();
    let is_above = |path: &str, other: &str| {
        other.len() > path.len() && (path == "/" || other.starts_with(&format!("{path}/")))
    };
    let unit = units
        .iter()
        .find(|unit| units.iter().any(|other| is_above(&unit.path, &other.path)))
        .expect("a unit with sub-units")
        .clone();
    let set = |target, id: &str, include_sub_units, on| {
        let input = SetAutoBackup { connection, target, id: id.to_owned(), include_sub_units, on };
        let desktop = desktop.clone();
        async move { desktop.set_auto_backup(input).await.map(|form: PolicyForm| form.add_new_users) }
    };
    assert!(!set(LevelWord::Group, &group.id, false, true).await.unwrap(), "the domain's own is another");
    let groups = desktop.groups(connection).await.unwrap();
    assert!(groups.iter().all(|one| one.is_rule == (one.id == group.id)));
    for (below, reached) in [(false, None), (true, Some(unit.path.clone()))] {
        set(LevelWord::OrgUnit, &unit.id, below, true).await.unwrap();
        for one in desktop.org_units(connection).await.unwrap() {
            assert_eq!(one.is_rule, one.id == unit.id, "{one:?}");
            let expected = if is_above(&unit.path, &one.path) { reached.clone() } else { None };
            assert_eq!(one.rule_of, expected, "{one:?}");
        }
    }
    set(LevelWord::OrgUnit, &unit.id, false, false).await.unwrap();
    assert!(
        desktop.org_units(connection).await.unwrap().iter().all(|one| !one.is_rule && one.rule_of.is_none())
    );
    assert_eq!(set(LevelWord::User, "x", false, true).await.unwrap_err().code, "input.bad");
    assert_eq!(set(LevelWord::Group, "nobody", false, true).await.unwrap_err().code, "input.not_found");
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_rests_is_told_with_whose_pause_it_is_and_a_pause_of_more_is_not_ended_by_one() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let person = protected_in_a_unit(&desktop, connection).await;
    let find = || async {
        let all = rows(&desktop, OwnersFilter::default()).await;
        all.into_iter().find(|row| row.key == person.key).unwrap()
    };
    let units = desktop.org_units(connection).await.unwrap();
    let unit = units.iter().find(|unit| Some(&unit.path) == person.org_unit.as_ref()).unwrap();
    let of_unit = level(connection, LevelWord::OrgUnit, &unit.id);
    let of_user = level(connection, LevelWord::User, &person.id);

    desktop.pause_backups(Some(of_unit.clone()), PauseLength::Hour).await.unwrap();
    let pause = find().await.pause.expect("it rests");
    assert_eq!(
        (pause.of.as_ref(), pause.name.as_str(), pause.until.is_some()),
        (Some(&of_unit), unit.path.as_str(), true)
    );
    let shown = desktop.org_units(connection).await.unwrap();
    assert_eq!(shown.iter().find(|one| one.id == unit.id).unwrap().pause, Some(pause));
    assert_eq!(desktop.home().await.unwrap().paused, 1);
    let resumed = desktop.change_owners(vec![person.key.clone()], OwnersDeed::Resume).await.unwrap();
    assert_eq!((resumed.done, resumed.left_out), (0, 1), "the unit's pause is not the user's to end");

    desktop.pause_backups(Some(of_user.clone()), PauseLength::UntilResumed).await.unwrap();
    assert_eq!(find().await.pause.unwrap().of, Some(of_user.clone()), "the user's own is told first");
    desktop.resume_backups(Some(of_user.clone())).await.unwrap();
    all_ended(&desktop, 4).await;
    assert_eq!(find().await.schedule, Schedule::Paused, "the unit still rests");
    desktop.resume_backups(Some(of_unit)).await.unwrap();
    assert_eq!((find().await.schedule, find().await.pause), (Schedule::Active, None));

    desktop.pause_backups(Some(of_user), PauseLength::Tomorrow).await.unwrap();
    let resumed = desktop.change_owners(vec![person.key.clone()], OwnersDeed::Resume).await.unwrap();
    assert_eq!(
        (resumed.done, find().await.schedule),
        (1, Schedule::Active),
        "a pause with an end is ended too"
    );
    all_ended(&desktop, 6).await;

    desktop.pause_backups(None, PauseLength::UntilResumed).await.unwrap();
    assert_eq!(desktop.schedule().await.unwrap().pause.map(|pause| pause.of), Some(None));
    assert!(rows(&desktop, OwnersFilter::default()).await.iter().all(|row| row.pause.is_some()));
    desktop.resume_backups(None).await.unwrap();
    assert_eq!(desktop.schedule().await.unwrap().pause, None);
    let of_domain = level(connection, LevelWord::Domain, "");
    assert_eq!(
        desktop.pause_backups(Some(of_domain), PauseLength::Hour).await.unwrap_err().code,
        "input.bad"
    );
    desktop.shut_down().await;
}

struct OnBattery;

impl Surroundings for OnBattery {
    fn stay_awake(&self) -> Option<Box<dyn Send>> {
        None
    }

    fn on_battery(&self) -> Option<bool> {
        Some(true)
    }

    fn is_metered(&self) -> Option<bool> {
        None
    }
}

/// Everything becomes due, and the schedule is looked at on a computer that runs on its battery.
async fn due_on_battery(data_dir: &str) {
    let options = Options {
        data_dir: data_dir.into(),
        secrets: SecretsKind::Memory,
        clock: Arc::new(SystemClock),
        http: HttpOptions::default(),
    };
    let engine = Engine::open(options).unwrap();
    let (now, cancel) = (engine.now(), CancellationToken::new());
    let past = now - jiff::SignedDuration::from_mins(5);
    let all_due = |tx: &catalog::Tx<'_>| {
        for (archive, _) in catalog::due::list(tx)? {
            catalog::due::set(tx, archive, past)?;
        }
        Ok(())
    };
    let worker = Arc::new(engine.become_worker().await.unwrap().expect("nobody else works"));
    let mut schedule = Keeper::new(TimeZone::UTC, Arc::new(OnBattery), now);
    // The first look gives each its time.
    schedule.tick(&worker, &Events::nobody(), &cancel).await.unwrap();
    engine.catalog().write(all_due).unwrap();
    let ticked = schedule.tick(&worker, &Events::nobody(), &cancel).await.unwrap();
    assert!(ticked.begun.is_empty() && !ticked.held.is_empty(), "{ticked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_due_backups_wait_for_is_said_on_each_of_them() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let person = protected_in_a_unit(&desktop, connection).await;
    let settings = ScheduleSettings { wait_on_battery: true, ..ScheduleSettings::default() };
    assert_eq!(desktop.set_schedule(settings).await.unwrap().settings, settings);
    assert_eq!(desktop.schedule().await.unwrap().waiting, []);

    desktop.shut_down().await;
    drop(desktop);
    due_on_battery(&computer.path("data")).await;
    let desktop = computer.desktop("data");
    let waiting = OwnersFilter { status: Some(BackupStatus::Waiting), ..OwnersFilter::default() };
    let found = rows(&desktop, waiting).await;
    let row = found.iter().find(|row| row.key == person.key).expect("the due one waits");
    assert_eq!((row.schedule, row.waits_for.as_deref()), (Schedule::Waiting, Some("mains power")));
    assert!(
        row.light.sentence.starts_with("Waiting for mains power, last good copy"),
        "{}",
        row.light.sentence
    );
    let home = desktop.home().await.unwrap();
    assert_eq!((home.waiting, home.schedule.waiting[0].what.as_str()), (1, "mains power"));
    desktop.shut_down().await;
}
