//! Fix a backup: the causes of the help page, each made in a simulated company, found, mended by its button, and tested
//! again at once.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test file whole: what is not there fails the test.

use crate::stage;

use holdfast_app::language::{Language, Told};
use holdfast_app::views::{
    ActivityFilter, AppEvent, FixAction, FixCheck, FixFinding, FixVerdict, FixView, RunNow, SelectionInput,
    SetPaused,
};
use holdfast_app::{Desktop, SyncWhat};
use serde_json::{Value, json};
use stage::{Computer, all_ended, one_user};

/// The findings of a check that are causes.
fn bad(view: &FixView, number: u8) -> Vec<&FixFinding> {
    let check = view.checks.iter().find(|check| check.number == number);
    let findings = check.map(|check: &FixCheck| check.findings.iter());
    findings.into_iter().flatten().filter(|one| one.verdict == FixVerdict::Bad).collect()
}

fn set(computer: &Computer, settings: Value) {
    computer.control("set", &settings);
}

async fn somebody(desktop: &Desktop, connection: i64) -> String {
    let rows = desktop.users(connection).await.unwrap();
    rows.into_iter().find(|row| row.selectable).unwrap().address
}

/// Someone who is backed up, and how many Runs that takes.
async fn protected(desktop: &Desktop, connection: i64) -> (String, usize) {
    let user = somebody(desktop, connection).await;
    let started = desktop.start_backup(one_user(connection, &user), None).await.unwrap();
    all_ended(desktop, started.runs as usize).await;
    (user, started.runs as usize)
}

/// The causes that are open, by their codes.
fn causes(view: &FixView) -> Vec<&str> {
    view.causes.iter().map(|cause| cause.cause.as_str()).collect()
}

/// Backs everything up once more and waits for the end.
async fn run(desktop: &Desktop, before: usize, each: usize) -> usize {
    desktop.run_now(RunNow { connection: None, user: None, service: None }).await.unwrap();
    stage::runs_ended(desktop, before + each).await
}

fn in_german(answer: &impl serde::Serialize) -> Value {
    serde_json::to_value(Told::new(answer, Language::German)).unwrap()
}

/// What of the answers to a German window is still English.
async fn english_in_german(desktop: &Desktop, connection: i64, user: &str) -> Vec<String> {
    const WORDS: [&str; 8] = ["the", "is", "are", "of", "and", "to", "not", "with"];
    // The ways in English consoles, and what this computer says of its own desktop.
    const QUOTED: [&str; 5] =
        ["Security > ", "Integrations > ", "Keys > ", "Users > Read", "Kein Benachrichtigungsdienst"];
    fn english(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) if QUOTED.iter().any(|quoted| text.contains(quoted)) => {}
            Value::String(text) if text.split([' ', '.', ',']).any(|word| WORDS.contains(&word)) => {
                found.push(text.clone());
            }
            Value::Array(values) => values.iter().for_each(|value| english(value, found)),
            Value::Object(fields) => fields.values().for_each(|value| english(value, found)),
            _ => {}
        }
    }
    let nobody = RunNow { connection: None, user: Some("nobody@acme.example".to_owned()), service: None };
    let answers = [
        in_german(&desktop.fix_a_backup(None).await.unwrap()),
        in_german(&desktop.fix_a_backup(Some(user.to_owned())).await.unwrap()),
        in_german(&desktop.home().await.unwrap()),
        in_german(&desktop.audit_log().await.unwrap()),
        in_german(&desktop.clouds().await.unwrap()),
        in_german(&desktop.domains().await.unwrap()),
        in_german(&desktop.users(connection).await.unwrap()),
        in_german(&desktop.google_guide(None).await.unwrap()),
        in_german(&desktop.check_connection(connection).await.unwrap()),
        in_german(&desktop.plan(one_user(connection, user)).await.unwrap()),
        in_german(&desktop.about().await.unwrap()),
        in_german(&desktop.run_now(nobody).await.unwrap_err()),
    ];
    let mut found = Vec::new();
    answers.iter().for_each(|answer| english(answer, &mut found));
    found
}

/// Tests everything until these causes are open: a Run that ended tells its cause a moment later.
async fn fixed_until(desktop: &Desktop, user: Option<String>, expected: &[&str]) -> FixView {
    let waiting = async {
        loop {
            let view = desktop.fix_a_backup(user.clone()).await.unwrap();
            if causes(&view) == expected {
                return view;
            }
        }
    };
    tokio::time::timeout(stage::PATIENCE, waiting).await.expect("the causes are told")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_is_off_and_a_scope_that_is_missing_are_named_with_their_page_until_they_are_granted() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let (user, each) = protected(&desktop, connection).await;
    let view = desktop.fix_a_backup(Some(user.clone())).await.unwrap();
    assert_eq!((view.bad, causes(&view)), (0, vec![]), "{view:#?}");
    assert_eq!(english_in_german(&desktop, connection, &user).await, Vec::<String>::new());
    let mut runs = each;

    set(&computer, json!({ "apis_off": ["gmail"] }));
    runs = run(&desktop, runs, each).await;
    for whom in [None, Some(user.clone())] {
        let view = fixed_until(&desktop, whom, &["cloud.api_disabled"]).await;
        let found = bad(&view, 1);
        assert!(!found.is_empty(), "{view:#?}");
        let Some(FixAction::OpenLink { url, .. }) = &found[0].fix else { panic!("{:?}", found[0]) };
        assert!(
            url.starts_with("https://console.cloud.google.com/apis/library/gmail.googleapis.com"),
            "{url}"
        );
        assert_eq!(bad(&view, 5).len(), 1);
    }
    let told = desktop.next_notifications().await.unwrap();
    assert_eq!((told.len(), told[0].place.as_str()), (1, "/help/fix"), "{told:?}");
    assert!(told[0].title.contains("API") && told[0].body.contains("Enable it there"), "{told:?}");
    assert_eq!(desktop.next_notifications().await.unwrap(), []);
    set(&computer, json!({ "apis_off": [] }));
    let view = desktop.fix_a_backup(None).await.unwrap();
    assert_eq!((bad(&view, 1).len(), causes(&view)), (0, vec![]), "tested again at once: {view:#?}");

    let scopes: Vec<String> = computer.delegated().into_iter().filter(|one| !one.contains("drive")).collect();
    set(&computer, json!({ "delegated_scopes": scopes, "tokens_revoked": true }));
    runs = run(&desktop, runs, each).await;
    let view = fixed_until(&desktop, Some(user.clone()), &["cloud.access_missing"]).await;
    let found = bad(&view, 2);
    assert_eq!(found.len(), 2, "for the Domain and for the user: {found:#?}");
    let Some(FixAction::OpenLink { url, copy }) = &found[0].fix else { panic!("{:?}", found[0]) };
    assert!(url.contains("domainwidedelegation") && copy.as_deref().unwrap().ends_with("drive.readonly"));
    set(&computer, json!({ "delegated_scopes": computer.delegated() }));
    run(&desktop, runs, each).await;
    let view = fixed_until(&desktop, Some(user), &[]).await;
    assert_eq!(view.bad, 0, "{view:#?}");
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_user_an_unprotected_one_and_a_service_left_out_are_mended_by_their_buttons() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let user = somebody(&desktop, connection).await;
    let view = desktop.fix_a_backup(Some(user.clone())).await.unwrap();
    let fix = bad(&view, 3)[0].fix.clone().unwrap();
    assert_eq!(fix, FixAction::Protect { connection, user: user.clone() });
    let view = desktop.apply_fix(fix, Some(user.clone())).await.unwrap();
    assert_eq!(bad(&view, 3), Vec::<&FixFinding>::new(), "tested again at once");
    let each = stage::runs_ended(&desktop, 2).await;

    desktop.set_paused(SetPaused { connection, user: user.clone(), paused: true }).await.unwrap();
    let view = desktop.fix_a_backup(Some(user.clone())).await.unwrap();
    let found = bad(&view, 3);
    assert!(found[0].evidence.ends_with("is paused."), "{found:?}");
    let fix = found[0].fix.clone().unwrap();
    let everyone = desktop.fix_a_backup(None).await.unwrap();
    assert_eq!(bad(&everyone, 3)[0].fix.as_ref(), Some(&fix), "the only one who is protected is paused");
    let view = desktop.apply_fix(fix, Some(user.clone())).await.unwrap();
    assert_eq!(bad(&view, 3).len(), 0);
    stage::runs_ended(&desktop, each + 1).await;

    let mut policy = desktop.policy(connection).await.unwrap().policy;
    policy.services.remove(&holdfast_model::Service::Gmail);
    desktop.set_policy(connection, policy).await.unwrap();
    let view = desktop.fix_a_backup(Some(user.clone())).await.unwrap();
    let fix = bad(&view, 11)[0].fix.clone().unwrap();
    let view = desktop.apply_fix(fix, Some(user.clone())).await.unwrap();
    assert_eq!(bad(&view, 11).len(), 0, "{view:#?}");
    let place = FixAction::OpenLicenses;
    assert_eq!(desktop.apply_fix(place, None).await.unwrap_err().code, "input.bad");
    desktop.shut_down().await;
}

/// Waits until the page is told to test again.
async fn told_to_test_again(events: &mut tokio::sync::broadcast::Receiver<AppEvent>) {
    let told = async { while !matches!(events.recv().await, Ok(AppEvent::Checks)) {} };
    tokio::time::timeout(stage::PATIENCE, told).await.expect("it is to be tested again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fix_that_starts_a_run_is_tested_again_when_that_run_ends() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let user = somebody(&desktop, connection).await;
    // Its mails come for as long as the test wants.
    let slow =
        json!({ "method": "gmail.users.messages.get", "kind": "slow", "delay_ms": 3_600_000, "times": 0 });
    computer.control("fault", &slow);
    let fix = FixAction::Protect { connection, user: user.clone() };
    let view = desktop.apply_fix(fix, Some(user.clone())).await.unwrap();
    assert!(view.running > 0, "a Run goes on: {view:#?}");
    let everyone = desktop.fix_a_backup(None).await.unwrap();
    assert!(everyone.running > 0, "{everyone:#?}");
    let mut events = desktop.subscribe();
    let filter = ActivityFilter { live: Some(true), limit: 100, ..ActivityFilter::default() };
    for run in desktop.activity(filter).await.unwrap().runs {
        // Only the one that hangs is sure to go on.
        if run.service == holdfast_model::Service::Gmail {
            desktop.cancel_run(run.id.0).await.unwrap();
        }
    }
    told_to_test_again(&mut events).await;
    let view = desktop.fix_a_backup(Some(user.clone())).await.unwrap();
    assert_eq!(view.running, 0, "{view:#?}");

    // Of somebody else's Runs nothing is waited for.
    desktop.run_now(RunNow { connection: None, user: Some(user.clone()), service: None }).await.unwrap();
    let all = desktop.users(connection).await.unwrap();
    let other = all.into_iter().map(|row| row.address).find(|address| *address != user).unwrap();
    assert_eq!(desktop.fix_a_backup(Some(other)).await.unwrap().running, 0);
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_a_run_from_beginning_is_said_at_the_button() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let (user, runs) = protected(&desktop, connection).await;
    // Runs that ended a moment ago may have the Repository open still, and more of them would join in.
    desktop.shut_down().await;
    let desktop = computer.desktop("data");
    let (backup, away) = (computer.path("data-backup"), computer.path("unplugged"));
    std::fs::rename(&backup, &away).unwrap();
    let now = || RunNow { connection: None, user: None, service: None };
    let fix = FixAction::RunNow { connection: Some(connection), user: Some(user.clone()) };
    let refused = [
        desktop.run_now(now()).await.unwrap_err(),
        desktop.retry_run(1).await.unwrap_err(),
        desktop.apply_fix(fix, None).await.unwrap_err(),
        desktop.start_backup(one_user(connection, &user), None).await.unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.code, "repository.not_found", "{error:?}");
        assert!(error.todo.contains("Plug in the disk"), "{error:?}");
    }
    assert_eq!(desktop.home().await.unwrap().attention.len(), 1, "and its notification is open, once");
    std::fs::rename(&away, &backup).unwrap();
    run(&desktop, runs, runs).await;
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn licenses_that_are_used_up_and_a_storage_that_is_away_are_found_and_good_again() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let (_user, _runs) = protected(&desktop, connection).await;
    desktop.set_licenses(Some(1)).await.unwrap();
    let view = desktop.fix_a_backup(None).await.unwrap();
    assert_eq!(bad(&view, 6)[0].fix, Some(FixAction::OpenLicenses));
    desktop.set_licenses(Some(3)).await.unwrap();
    assert_eq!(bad(&desktop.fix_a_backup(None).await.unwrap(), 6).len(), 0);

    let (backup, away) = (computer.path("data-backup"), computer.path("unplugged"));
    std::fs::rename(&backup, &away).unwrap();
    let view = desktop.fix_a_backup(None).await.unwrap();
    assert_eq!(causes(&view), ["repository.not_found"], "{view:#?}");
    assert_eq!(desktop.home().await.unwrap().attention.len(), 1, "Home tells the same cause, once");
    let told = desktop.next_notifications().await.unwrap();
    assert_eq!((told.len(), told[0].place.as_str()), (1, "/settings/storage"));
    std::fs::rename(&away, &backup).unwrap();
    let view = desktop.fix_a_backup(None).await.unwrap();
    assert_eq!((view.bad, causes(&view)), (0, vec![]), "{view:#?}");
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_left_is_a_note() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let people: Vec<String> = desktop
        .users(connection)
        .await
        .unwrap()
        .into_iter()
        .filter(|row| row.selectable)
        .map(|row| row.address)
        .filter(|address| *address != computer.admin())
        .take(2)
        .collect();
    let selection = SelectionInput { users: people.clone(), ..stage::selection(connection) };
    let started = desktop.start_backup(selection, None).await.unwrap();
    all_ended(&desktop, started.runs as usize).await;
    computer.control("change", &json!({ "op": "user.delete", "user": people[0] }));
    desktop.sync(Some(connection), SyncWhat::All, false).await.unwrap();
    let view = fixed_until(&desktop, None, &["user.left"]).await;
    let told = view.checks.iter().find(|check| check.number == 5).unwrap();
    assert_eq!((told.verdict, view.bad), (FixVerdict::Note, 0), "nobody is kept from protection: {view:#?}");
    assert_eq!(told.findings[0].fix, Some(FixAction::OpenCauses));

    // What does keep someone from protection is a cause all the same.
    set(&computer, json!({ "apis_off": ["gmail"] }));
    desktop.run_now(RunNow { connection: None, user: None, service: None }).await.unwrap();
    let both = async {
        loop {
            let view = desktop.fix_a_backup(None).await.unwrap();
            if causes(&view).len() == 2 {
                return view;
            }
        }
    };
    let view = tokio::time::timeout(stage::PATIENCE, both).await.expect("the cause is told");
    assert_eq!(bad(&view, 5).len(), 1, "{view:#?}");
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_says_how_things_stand_and_nothing_that_nobody_should_read() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let (user, _runs) = protected(&desktop, connection).await;
    let key = desktop.recovery_key().await.unwrap().words;
    let open = desktop.fix_report(Some(user.clone()), false).await.unwrap();
    assert!(open.contains(&user) && open.contains(" ok: "), "{open}");
    assert!(open.contains("1 protected") && open.contains(": complete; listed"), "{open}");
    let masked = desktop.fix_report(Some(user.clone()), true).await.unwrap();
    let domain = user.split_once('@').unwrap().1;
    for report in [&open, &masked] {
        assert!(!report.contains(&key) && !report.contains("PRIVATE KEY"), "{report}");
    }
    assert!(!masked.contains(&user) && !masked.contains(domain), "{masked}");
    assert!(masked.contains("user1@domain"), "{masked}");
    desktop.shut_down().await;
}
