//! What the window may ask for, through its public door, against a simulated company over HTTP.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test file whole: what is not there fails the test.

use crate::stage;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use holdfast_app::views::{
    ActivityFilter, AppEvent, AppSettings, ConnectGoogleKey, CsvChoice, LightState, OrgUnitChoice,
    Protection, RunNow, SelectionInput, SetPaused, SetupStep, SignInGoogle, Stage, Theme,
};
use holdfast_app::{Opening, Redactor, SecretsChoice, SyncWhat, TrayState};
use holdfast_model::{Policy, RunResult, Service};
use zeroize::Zeroizing;

use stage::{Computer, PATIENCE, all_ended, one_user, selection};

#[tokio::test(flavor = "multi_thread")]
async fn a_first_launch_leads_on_step_by_step_and_goes_on_where_it_was_left() {
    let computer = Computer::new().await;
    let desktop = computer.desktop("data");
    let boot = desktop.boot().await.unwrap();
    assert_eq!((boot.stage, boot.setup), (Stage::FirstLaunch, None));
    assert_eq!(desktop.users(1).await.unwrap_err().code, "app.not_set_up");
    assert!(desktop.storage_options().await.unwrap().iter().any(|option| option.is_default));

    let backup = computer.path("backup");
    assert_eq!(desktop.check_storage(backup.clone()).await.unwrap().problem, None);
    let storage = desktop.init_storage(backup.clone()).await.unwrap();
    assert!(
        storage.reachable && storage.restic_commands.iter().all(|command| command.starts_with("restic -r"))
    );
    let setup = desktop.boot().await.unwrap().setup.unwrap();
    assert_eq!(setup.step, SetupStep::RecoveryKey);
    assert!(setup.storage_path.unwrap().ends_with("backup"));

    let key = desktop.recovery_key().await.unwrap();
    assert_eq!(key.words.split('-').count(), 12);
    assert!(key.qr_svg.contains("<svg") && key.warning.contains("we neither"));
    let inside = desktop.save_recovery_key(format!("{backup}/key.txt"), true).await.unwrap_err();
    assert_eq!(inside.code, "input.recovery_key_place");
    let beside = computer.path("key.txt");
    let asked = desktop.save_recovery_key(beside.clone(), false).await.unwrap_err();
    assert_eq!(asked.code, "recovery_key.same_disk");
    desktop.save_recovery_key(beside.clone(), true).await.unwrap();
    assert_eq!(std::fs::read_to_string(&beside).unwrap().trim(), key.words);
    desktop.set_setup_step(SetupStep::Cloud, true).await.unwrap();
    desktop.shut_down().await;

    // The computer was switched off in the middle.
    let desktop = computer.desktop("data");
    let setup = desktop.boot().await.unwrap().setup.unwrap();
    assert_eq!((setup.step, setup.recovery_key_saved, setup.connection), (SetupStep::Cloud, true, None));
    let checks = desktop.check_google_key(computer.key()).await.unwrap();
    assert!(!checks.is_empty() && checks.iter().all(|check| check.ok == Some(true)), "{checks:?}");
    let connection = desktop.connect_google_key(computer.key()).await.unwrap().id.0;
    let domains = desktop.domains().await.unwrap();
    assert_eq!((domains[0].connection.0, domains[0].users, domains[0].syncs.len()), (connection, 6, 3));
    assert!(domains[0].syncs[0].joined_count >= 5, "{:?}", domains[0].syncs[0]);
    let boot = desktop.finish_setup(false).await.unwrap();
    assert_eq!((boot.stage, boot.setup), (Stage::Ready, None));
    assert!(!desktop.app_settings().await.unwrap().start_at_login);
    desktop.shut_down().await;
    assert_eq!(computer.desktop("data").boot().await.unwrap().stage, Stage::Ready);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_is_planned_started_backed_up_and_shown() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let rows = desktop.users(connection).await.unwrap();
    let active: Vec<_> = rows.iter().filter(|row| row.selectable).collect();
    assert!(active.len() >= 2);
    assert!(rows.iter().all(|row| row.selectable == row.why_not.is_none()));
    assert!(active.iter().all(|row| row.light.state == LightState::Unprotected));

    let nothing = desktop.plan(selection(connection)).await.unwrap();
    assert_eq!((nothing.licenses_needed, nothing.users.len()), (0, 0));
    assert_eq!(nothing.licenses_sentence, "You have allocated 0 licenses (no limit set)");
    let chosen = SelectionInput {
        users: vec![active[0].address.clone(), active[0].address.to_uppercase(), "nobody@example.com".into()],
        org_units: vec![OrgUnitChoice { path: "/nowhere".into(), include_sub_units: true }],
        csv: vec![CsvChoice { line: 7, address: active[1].address.clone() }],
        ..selection(connection)
    };
    desktop.set_licenses(Some(1)).await.unwrap();
    let plan = desktop.plan(chosen.clone()).await.unwrap();
    assert_eq!(plan.licenses_sentence, "You have allocated 2 out of 1 licenses");
    assert!(plan.over_limit && plan.todo.unwrap().contains("Remove 1 person"));
    assert_eq!(plan.problems.len(), 2);
    assert_eq!(desktop.start_backup(chosen.clone(), None).await.unwrap_err().code, "licenses.too_few");
    desktop.set_licenses(Some(5)).await.unwrap();
    let plan = desktop.plan(chosen.clone()).await.unwrap();
    assert_eq!(plan.licenses_sentence, "You have allocated 2 out of 5 licenses");
    // What the cloud does not tell within seconds is left out, and asked for again.
    stage::until("the items are counted", async || {
        let plan = desktop.plan(chosen.clone()).await.unwrap();
        plan.forecast.items.filter(|items| *items > 0)
    })
    .await;

    let started = desktop.start_backup(chosen, None).await.unwrap();
    assert_eq!((started.users, started.problems.len()), (2, 2));
    let holders = desktop.licenses().await.unwrap().holders;
    assert_eq!(holders.len(), 2, "people are protected as soon as the command answers");
    all_ended(&desktop, started.runs as usize).await;
    let all = desktop.activity(ActivityFilter { limit: 500, ..ActivityFilter::default() }).await.unwrap();
    assert_eq!((all.runs.len() as u64, all.more), (started.runs, false));
    assert!(
        all.runs.iter().all(|run| run.result.is_some_and(RunResult::is_complete) && run.closes),
        "{all:?}"
    );
    let page = desktop.activity(ActivityFilter { limit: 1, ..ActivityFilter::default() }).await.unwrap();
    assert!(page.more && page.runs.len() == 1);
    let before = ActivityFilter { before: Some(page.runs[0].id.0), limit: 500, ..ActivityFilter::default() };
    assert_eq!(desktop.activity(before).await.unwrap().runs.len(), all.runs.len() - 1);
    let of_one = ActivityFilter {
        search: Some(active[0].address.clone()),
        service: Some(Service::Gmail),
        live: Some(false),
        limit: 9,
        ..ActivityFilter::default()
    };
    let of_one = desktop.activity(of_one).await.unwrap();
    assert_eq!(of_one.runs.len(), 1);
    let detail = desktop.run_detail(of_one.runs[0].id.0).await.unwrap();
    assert!(detail.run.ledger.stored > 0);
    assert_eq!(detail.items_total, detail.items.len() as u64);

    let row =
        desktop.users(connection).await.unwrap().into_iter().find(|row| row.id == active[0].id).unwrap();
    assert_eq!((row.protection, row.light.state), (Protection::Protected, LightState::Protected));
    let home = desktop.home().await.unwrap();
    assert_eq!((home.protected, home.users, home.attention.len()), (2, 6, 0), "{:?}", home.attention);
    assert!(
        home.services.iter().all(|one| one.archives == one.complete && one.items > 0),
        "{:?}",
        home.services
    );
    assert!(home.storage.unwrap().content_bytes > 0 && home.last_run.is_some() && home.only_one_copy);
    assert_eq!(desktop.standing().await.unwrap(), TrayState::Idle);
    assert!(desktop.verify(true).await.unwrap().ok);
    assert_eq!(desktop.storage().await.unwrap().last_verify_ok, Some(true));

    let paused = SetPaused { connection, user: active[0].address.clone(), paused: true };
    assert_eq!(desktop.set_paused(paused).await.unwrap().light.state, LightState::Paused);
    desktop.retry_run(all.runs[0].id.0).await.unwrap();
    all_ended(&desktop, started.runs as usize + 1).await;
    let less = Policy { services: [Service::Gmail].into(), mail_spam: true, ..Policy::default() };
    let preview = desktop.preview_policy(connection, less).await.unwrap();
    assert!(preview.loses.iter().any(|line| line.starts_with("Drive of 2 users")), "{preview:?}");
    assert!(preview.gains.is_empty() && preview.notes.iter().any(|note| note.contains("spam is kept")));
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_backup_brings_everything_back_but_the_sign_ins() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("old").await;
    let admin = computer.key().admin;
    let policy = Policy { mail_spam: true, ..Policy::default() };
    desktop.set_policy(connection, policy.clone()).await.unwrap();
    desktop.set_licenses(Some(3)).await.unwrap();
    let started = desktop.start_backup(one_user(connection, &admin), None).await.unwrap();
    all_ended(&desktop, started.runs as usize).await;
    let key = desktop.recovery_key().await.unwrap().words;
    desktop.shut_down().await;

    let desktop = computer.desktop("new");
    let other = ["zoo"; 12].join("-");
    let wrong = desktop.open_existing(computer.path("old-backup"), other).await.unwrap_err();
    assert_eq!(wrong.code, "repository.wrong_password");
    let nothing = desktop.open_existing(computer.path("company"), key.clone()).await.unwrap_err();
    assert!(nothing.code.starts_with("repository."), "{}", nothing.code);
    let opening = desktop.open_existing(computer.path("old-backup"), key);
    let asks = async {
        loop {
            let stage = desktop.boot().await.unwrap().stage;
            assert!(
                matches!(stage, Stage::FirstLaunch | Stage::SettingUp),
                "{stage:?} though not all is back"
            );
            tokio::task::yield_now().await;
        }
    };
    let back = tokio::select! { back = opening => back.unwrap(), () = asks => unreachable!() };
    assert_eq!((back.users, back.problems.len(), back.policies), (6, 0, 1));
    assert_eq!((back.licenses.limit, back.licenses.used), (Some(3), 1));
    assert_eq!(back.connections[0].state, "disconnected");
    let setup = desktop.boot().await.unwrap().setup.unwrap();
    assert_eq!((setup.step, setup.connection), (SetupStep::Cloud, Some(back.connections[0].id.0)));
    let home = desktop.home().await.unwrap();
    assert!(
        home.attention.iter().any(|cause| cause.cause == "connection.disconnected"),
        "{:?}",
        home.attention
    );
    let connection = desktop.connect_google_key(computer.key()).await.unwrap();
    assert_eq!((connection.id, connection.state.as_str()), (back.connections[0].id, "connected"));
    assert_eq!(desktop.policy(connection.id.0).await.unwrap().policy, policy);
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_a_csv_file_is_explained() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let people = desktop.users(connection).await.unwrap();
    let active: Vec<&str> =
        people.iter().filter(|one| one.selectable).map(|one| one.address.as_str()).collect();
    let mut text = format!(
        "E-mail;Name\r\n{};A\r\nnobody@example.com;B\r\nno address;C\r\n{};D\r\n",
        active[0], active[0]
    );
    for person in people.iter().filter(|one| !one.selectable) {
        text.push_str(&format!("{};X\r\n", person.address));
    }
    desktop.start_backup(one_user(connection, active[1]), None).await.unwrap();
    text.push_str(&format!("{};protected\r\n", active[1]));
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let view = desktop.read_csv(connection, "people.csv".into(), encode(text.as_bytes())).await.unwrap();
    assert_eq!((view.usable, view.usable + view.problems), (2, view.rows.len() as u64));
    let rows: Vec<_> = view.rows.iter().map(|row| (row.line, row.usable, row.already_protected)).collect();
    assert_eq!(rows[..4], [(2, true, false), (3, false, false), (4, false, false), (5, false, false)]);
    assert_eq!(view.rows.last().map(|row| (row.usable, row.already_protected)), Some((true, true)));
    assert!(view.rows.iter().all(|row| row.usable == row.problem.is_none()));

    let whole = desktop.read_csv(connection, "x.csv".into(), encode(&[0, 159, 146, 150, 0, 1])).await;
    assert_eq!(whole.unwrap_err().code, "input.csv");
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_gone_is_told_once_also_over_a_restart() {
    let computer = Computer::new().await;
    let desktop = computer.desktop("data");
    desktop.init_storage(computer.path("backup")).await.unwrap();
    desktop.finish_setup(true).await.unwrap();
    assert_eq!(desktop.next_notifications().await.unwrap(), []);
    let (here, away) = (computer.path("backup"), computer.path("unplugged"));
    std::fs::rename(&here, &away).unwrap();
    let told = desktop.next_notifications().await.unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (told[0].cause.as_str(), told[0].place.as_str()),
        ("repository.not_found", "/settings/storage")
    );
    assert_eq!(desktop.next_notifications().await.unwrap(), []);
    assert_eq!(desktop.standing().await.unwrap(), TrayState::Attention);
    desktop.shut_down().await;
    let again = computer.desktop("data");
    let stage = again.boot().await.unwrap().stage;
    assert_eq!(stage, Stage::Ready, "what is known can be looked at without the storage");
    assert_eq!(again.next_notifications().await.unwrap(), []);
    assert!(!again.storage().await.unwrap().reachable);
    std::fs::rename(&away, &here).unwrap();
    assert_eq!(again.next_notifications().await.unwrap(), []);
    std::fs::rename(&here, &away).unwrap();
    assert_eq!(
        again.next_notifications().await.unwrap(),
        [],
        "a disk that comes and goes is told once an hour"
    );
    assert_eq!(again.standing().await.unwrap(), TrayState::Attention);
    again.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_shown_beside_the_own_data_and_never_mixed_with_it() {
    let computer = Computer::new().await;
    let desktop = computer.desktop("data");
    let opening = Opening {
        data_dir: PathBuf::from(computer.path("sample")),
        secrets: SecretsChoice::Age(PathBuf::from(computer.path("sample.age"))),
        passphrase: Some(Zeroizing::new("sample".to_owned())),
        redactor: Redactor::default(),
    };
    let repository = computer.path("sample-backup");
    let entered =
        desktop.enter_sample(opening, async |app| app.init(Path::new(&repository)).await.map(drop)).await;
    let boot = entered.unwrap();
    assert_eq!(boot.stage, Stage::Ready);
    assert!(boot.data_dir.ends_with("sample"));
    assert!(desktop.storage().await.unwrap().path.ends_with("sample-backup"));
    let boot = desktop.leave_sample().await.unwrap();
    assert_eq!(boot.stage, Stage::FirstLaunch);
    assert!(boot.data_dir.ends_with("data"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_nobody_and_a_sign_in_that_is_cancelled_are_told_exactly() {
    let computer = Computer::new().await;
    let desktop = computer.desktop("data");
    desktop.init_storage(computer.path("backup")).await.unwrap();
    let nobody = ConnectGoogleKey { admin: "nobody@example.com".into(), ..computer.key() };
    let checks = desktop.check_google_key(nobody.clone()).await.unwrap();
    assert!(checks.iter().all(|check| check.ok != Some(true)), "{checks:?}");
    assert!(checks.iter().any(|check| check.ok == Some(false) && check.todo.is_some()), "{checks:?}");
    let refused = desktop.connect_google_key(nobody).await.unwrap_err();
    assert_eq!(refused.code, "connection.incomplete", "{refused:?}");
    assert_eq!(desktop.connections().await.unwrap(), []);

    let mut events = desktop.subscribe();
    let signing = tokio::spawn({
        let (desktop, input) = (desktop.clone(), computer.sign_in());
        async move { desktop.sign_in_google(input, |_| {}).await }
    });
    let opened = tokio::time::timeout(PATIENCE, async {
        loop {
            if let AppEvent::SignIn { url: Some(url), .. } = events.recv().await.unwrap() {
                return url;
            }
        }
    });
    let url = opened.await.unwrap();
    assert!(url.contains("code_challenge_method=S256") && url.contains(".readonly"), "{url}");
    let second = desktop.sign_in_google(computer.sign_in(), |_| {}).await.unwrap_err();
    assert_eq!(second.code, "sign_in.busy");
    desktop.cancel_sign_in().await.unwrap();
    assert_eq!(signing.await.unwrap().unwrap_err().code, "sign_in.cancelled");
    let without = SignInGoogle { client_file: None, endpoints: None };
    assert_eq!(desktop.sign_in_google(without, |_| {}).await.unwrap_err().code, "sign_in.no_client");
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_sends_is_checked_at_the_door() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let long = "x".repeat(1 << 20);
    let nowhere = 9_000_000;
    let many = SelectionInput { users: vec!["a@b.c".into(); 50_001], ..selection(connection) };
    let filter =
        |search: Option<String>| ActivityFilter { search, limit: u32::MAX, ..ActivityFilter::default() };
    macro_rules! refused {
        ($($call:expr => $code:literal),* $(,)?) => { $(
            let error = $call.await.err().unwrap_or_else(|| panic!("{} was taken", stringify!($call)));
            assert_eq!(error.code, $code, "{}", stringify!($call));
            assert!(error.what.len() < 4_000 && !error.what.contains('\0'), "{}", stringify!($call));
        )* };
    }
    refused! {
        desktop.check_storage(String::new()) => "input.path",
        desktop.check_storage("relative/path".into()) => "input.path",
        desktop.check_storage("/a\0b".into()) => "input.path",
        desktop.check_storage(format!("/{long}")) => "input.too_long",
        desktop.init_storage("../x".into()) => "input.path",
        desktop.init_storage(computer.path("another")) => "repository.already_set_up",
        desktop.save_recovery_key("key.txt".into(), true) => "input.path",
        desktop.save_recovery_key(computer.path("no/such/folder/key"), true) => "file.failed",
        desktop.open_existing(computer.path("x"), long.clone()) => "input.too_long",
        desktop.open_existing(computer.path("x"), "not a key".into()) => "input.recovery_key",
        desktop.google_guide(Some(computer.path("none.json"))) => "input.file",
        desktop.connect_google_key(ConnectGoogleKey { key_file: computer.path("none"), ..computer.key() }) => "input.file",
        desktop.connect_google_key(ConnectGoogleKey { admin: long.clone(), ..computer.key() }) => "input.too_long",
        desktop.connect_google_key(computer.key()) => "connection.already",
        desktop.check_connection(nowhere) => "input.not_found",
        desktop.disconnect(nowhere) => "input.not_found",
        desktop.sync(Some(nowhere), SyncWhat::All, false) => "input.not_found",
        desktop.users(nowhere) => "input.not_found",
        desktop.groups(nowhere) => "input.not_found",
        desktop.group_members(connection, long.clone()) => "input.too_long",
        desktop.group_members(connection, "nobody@example.com".into()) => "input.not_found",
        desktop.org_units(nowhere) => "input.not_found",
        desktop.org_unit_users(connection, "/no/such/unit".into()) => "input.not_found",
        desktop.read_csv(connection, long.clone(), String::new()) => "input.too_long",
        desktop.read_csv(connection, "x.csv".into(), "%%%".into()) => "input.csv",
        desktop.read_csv(connection, "x.csv".into(), "A".repeat(13 << 20)) => "input.csv",
        desktop.read_csv(nowhere, "x.csv".into(), "YUBiLmM=".into()) => "input.not_found",
        desktop.plan(many.clone()) => "input.too_many",
        desktop.plan(selection(nowhere)) => "input.not_found",
        desktop.plan(one_user(nowhere, "a@b.c")) => "input.not_found",
        desktop.plan(one_user(connection, &long)) => "input.too_long",
        desktop.start_backup(many, None) => "input.too_many",
        desktop.start_backup(selection(connection), None) => "input.bad",
        desktop.start_backup(one_user(connection, "nobody@example.com"), None) => "input.bad",
        desktop.activity(filter(Some(long.clone()))) => "input.too_long",
        desktop.run_detail(nowhere) => "input.not_found",
        desktop.run_detail(i64::MIN) => "input.not_found",
        desktop.cancel_run(nowhere) => "input.not_found",
        desktop.pause_run(-1) => "input.not_found",
        desktop.resume_run(nowhere) => "input.not_found",
        desktop.retry_run(nowhere) => "input.not_found",
        desktop.run_now(RunNow { user: Some(long.clone()), ..RunNow::default() }) => "input.too_long",
        desktop.run_now(RunNow { connection: Some(nowhere), ..RunNow::default() }) => "input.not_found",
        desktop.run_now(RunNow { service: Some(Service::Gmail), ..RunNow::default() }) => "input.nobody_protected",
        desktop.set_paused(SetPaused { connection, user: "x@example.com".into(), paused: true }) => "input.not_found",
        desktop.policy(nowhere) => "input.not_found",
        desktop.set_policy(connection, Policy { frequency_hours: 7, ..Policy::default() }) => "input.bad",
        desktop.preview_policy(nowhere, Policy::default()) => "input.not_found",
    }
    assert!(desktop.activity(filter(None)).await.unwrap().runs.is_empty());
    let settings = desktop.app_settings().await.unwrap();
    let planted = AppSettings { data_dir: "/etc".into(), theme: Theme::Dark, ..settings.clone() };
    let kept = desktop.set_app_settings(planted).await.unwrap();
    assert_eq!((kept.data_dir, kept.theme), (settings.data_dir, Theme::Dark), "only what can be set is set");
    desktop.shut_down().await;
}
