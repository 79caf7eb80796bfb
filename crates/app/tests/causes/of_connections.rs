//! Causes of a Connection and its Directory: sign-ins that end, lists that cannot be read, people who leave, licenses.

use holdfast_app::SyncWhat;
use holdfast_app::views::{
    AppEvent, FixAction, FixVerdict, LevelWord, OwnerColumn, OwnersFilter, OwnersQuery, ReconnectGoogleKey,
    ReconnectGoogleSignIn, SetAutoBackup, SignInGoogle,
};
use holdfast_model::Service;
use serde_json::json;
use tokio::sync::broadcast::Receiver;

use super::scene::Scene;
use crate::stage::{Computer, PATIENCE, http, runs_ended};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ended_lists_that_are_refused_and_a_clock_that_is_wrong() {
    let mut scene = Scene::new().await;
    scene.desktop.disconnect(scene.connection).await.unwrap();
    scene.is_told("connection.disconnected", "Connect it again").await;
    scene.reconnect().await;
    scene.is_closed("connection.disconnected").await;

    scene.change(json!({ "op": "user.demote", "user": scene.computer.admin() }));
    assert!(scene.sync().await.is_err());
    scene.is_told("directory.refused", "Give that account its admin role back").await;
    let view = scene.check_again().await;
    let roles = view.checks.iter().flat_map(|check| &check.findings).any(|one| {
        matches!(&one.fix, Some(FixAction::OpenLink { url, .. }) if url.contains("admin.google.com/ac/roles"))
    });
    assert!(roles, "the exact page is named: {view:#?}");
    scene.change(json!({ "op": "user.promote", "user": scene.computer.admin() }));
    assert_eq!(scene.check_again().await.bad, 0);
    scene.is_closed("directory.refused").await;

    scene.set(json!({ "clock_skew_seconds": -1200 }));
    scene.check_again().await;
    scene.is_told("clock.wrong", "Let this computer set its clock by itself").await;
    scene.set(json!({ "clock_skew_seconds": 0 }));
    assert_eq!(scene.check_again().await.bad, 0);
    scene.is_closed("clock.wrong").await;
    scene.desktop.shut_down().await;
    super::list::made(scene.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_ends_soon_and_one_that_was_revoked_are_renewed_by_signing_in_again() {
    let computer = Computer::new().await;
    let desktop = computer.desktop("data");
    desktop.init_storage(computer.path("data-backup")).await.unwrap();
    let events = desktop.subscribe();
    let signing = tokio::spawn({
        let (desktop, input) = (desktop.clone(), computer.sign_in());
        async move { desktop.sign_in_google(input, |_| {}).await }
    });
    consent(events, &computer.admin(), "7").await;
    let connection = signing.await.unwrap().unwrap().id.0;
    desktop.sync(Some(connection), SyncWhat::All, false).await.unwrap();
    let mut scene = Scene { user: computer.admin(), computer, desktop, connection, told: Default::default() };
    scene.is_told("connection.ending", "Reconnect it before that").await;
    scene.sign_in_again().await;
    scene.is_closed("connection.ending").await;

    scene.set(json!({ "tokens_revoked": true }));
    assert!(scene.sync().await.is_err());
    scene.is_told("connection.expired", "Reconnect it").await;
    scene.sign_in_again().await;
    scene.is_closed("connection.expired").await;
    scene.sync().await.unwrap();
    scene.desktop.shut_down().await;
    super::list::made(scene.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_is_told_with_the_days_of_the_cloud_and_a_license_that_is_missing_is_given() {
    let mut scene = Scene::new().await;
    scene.refuse("gmail.users.history.list", 403, "accountDisabled");
    scene.run().await;
    let view = scene.is_told("cloud.account_closed", "Run a sync").await;
    assert_eq!(view.target, Some(scene.connection.to_string()));
    scene.change(json!({ "op": "user.suspend", "user": scene.user }));
    scene.desktop.sync(Some(scene.connection), SyncWhat::Users, false).await.unwrap();
    scene.is_closed("cloud.account_closed").await;
    scene.heal();
    scene.change(json!({ "op": "user.unsuspend", "user": scene.user }));
    scene.sync().await.unwrap();
    assert_eq!(scene.desktop.licenses().await.unwrap().used, 1, "taken back");

    scene.change(json!({ "op": "user.delete", "user": scene.user }));
    scene.sync().await.unwrap();
    let says = "Google Workspace keeps a deleted account for 20 days, then its data is gone";
    scene.is_told("user.left", says).await;
    let left = OwnersFilter { left: true, ..OwnersFilter::default() };
    let query =
        OwnersQuery { filter: left, sort: OwnerColumn::Name, descending: false, offset: 0, limit: 10 };
    let rows = scene.desktop.owners(query).await.unwrap().rows;
    assert_eq!(rows.len(), 1);
    let told = &rows[0].light.sentence;
    assert!(told.ends_with("; the cloud keeps the data for at most 20 days more"), "{told}");
    let domain = scene.desktop.domains().await.unwrap().remove(0);
    assert_eq!(domain.after_deletion, format!("{says}."));
    assert!(holdfast_app::links::allowed(&domain.after_deletion_source.unwrap()).is_ok());
    assert_eq!(scene.desktop.licenses().await.unwrap().used, 0, "the license is free");
    scene.change(json!({ "op": "user.undelete", "user": scene.user }));
    scene.sync().await.unwrap();
    scene.is_closed("user.left").await;

    scene.desktop.set_licenses(Some(1)).await.unwrap();
    let everyone = SetAutoBackup {
        connection: scene.connection,
        target: LevelWord::Domain,
        id: String::new(),
        include_sub_units: false,
        on: true,
    };
    scene.desktop.set_auto_backup(everyone).await.unwrap();
    scene.change(json!({ "op": "user.add", "address": scene.address("joined") }));
    scene.sync().await.unwrap();
    scene.is_told("licenses.too_few", &scene.address("joined")).await;
    scene.desktop.set_licenses(Some(5)).await.unwrap();
    scene.is_closed("licenses.too_few").await;
    assert_eq!(scene.desktop.licenses().await.unwrap().used, 2, "who waited is protected at once");
    scene.desktop.shut_down().await;
    super::list::made(scene.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_by_itself_that_fails_or_would_delete_most_people_is_told_and_a_person_decides() {
    let mut scene = Scene::new().await;
    scene.refuse("directory.users.list", 400, "invalid");
    let before = scene.runs().await;
    scene.a_day_later().await;
    scene.is_told("directory.failed", "Look at the checks in Cloud Connection Centre").await;
    scene.heal();
    scene.sync().await.unwrap();
    scene.is_closed("directory.failed").await;
    runs_ended(&scene.desktop, before + 1).await;

    // A shared drive of which no member is left is refused, which is a cause of its own.
    let mut policy = scene.desktop.policy(scene.connection).await.unwrap().policy;
    policy.services.remove(&Service::SharedDrive);
    scene.desktop.set_policy(scene.connection, policy).await.unwrap();
    let rows = scene.desktop.users(scene.connection).await.unwrap();
    let keep = [scene.computer.admin(), scene.user.clone()];
    for row in rows.iter().filter(|row| !keep.contains(&row.address)) {
        scene.change(json!({ "op": "user.delete", "user": row.address }));
    }
    scene.a_day_later().await;
    scene.is_told("directory.mass_deletion", "If those accounts were really deleted").await;
    let still =
        scene.desktop.users(scene.connection).await.unwrap().iter().filter(|row| row.selectable).count();
    assert!(still > 2, "nothing was taken over");
    scene.desktop.sync(Some(scene.connection), SyncWhat::Users, true).await.unwrap();
    scene.is_closed("directory.mass_deletion").await;
    scene.desktop.shut_down().await;
    super::list::made(scene.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_of_all_of_a_group_or_of_a_unit_is_found_and_ended_by_its_button() {
    let scene = Scene::new().await;
    let app = scene.desktop.shown().await.unwrap();
    app.pause_all(holdfast_app::PauseFor::AnHour).await.unwrap();
    for whom in [None, Some(scene.user.as_str())] {
        let view = scene.desktop.fix_a_backup(whom.map(str::to_owned)).await.unwrap();
        let found = super::scene::bad(&view);
        assert_eq!(found.len(), 1, "{view:#?}");
        assert!(
            found[0].evidence.contains("everything") && found[0].evidence.contains("until 2"),
            "{found:?}"
        );
    }
    let is_it = |one: &holdfast_app::views::FixFinding| one.verdict == FixVerdict::Bad;
    let (_, view) = scene.press(Some(&scene.user), is_it).await;
    assert_eq!(view.bad, 0, "{view:#?}");
    assert!(app.paused().await.unwrap().is_none());

    let group = {
        let of = scene.desktop.groups(scene.connection).await.unwrap();
        of.into_iter().next().expect("a group").address
    };
    scene.change(json!({ "op": "group.add_member", "group": group, "member": scene.user }));
    scene.sync().await.unwrap();
    let whose = holdfast_app::Whose::Group(group);
    app.pause_level(None, &whose, None).await.unwrap();
    let (fix, view) = scene.press(None, is_it).await;
    assert!(matches!(fix, FixAction::EndPause { .. }), "{fix:?}");
    assert_eq!(view.bad, 0, "{view:#?}");
    scene.desktop.shut_down().await;
}

impl Scene {
    async fn reconnect(&self) {
        let key = self.computer.key();
        let input = ReconnectGoogleKey {
            connection: self.connection,
            key_file: key.key_file,
            admin: key.admin,
            endpoints: key.endpoints,
        };
        self.desktop.reconnect_google_key(input).await.unwrap();
    }

    async fn sign_in_again(&self) {
        let SignInGoogle { client_file, endpoints } = self.computer.sign_in();
        let input = ReconnectGoogleSignIn { connection: self.connection, client_file, endpoints };
        let events = self.desktop.subscribe();
        let signing = tokio::spawn({
            let desktop = self.desktop.clone();
            async move { desktop.reconnect_google_sign_in(input, |_| {}).await }
        });
        consent(events, &self.computer.admin(), "").await;
        signing.await.unwrap().unwrap();
    }

    fn address(&self, name: &str) -> String {
        format!("{name}@{}", self.user.split_once('@').unwrap().1)
    }

    /// The computer was off for a day; the schedule looks at once when it starts again.
    async fn a_day_later(&mut self) {
        self.computer.move_on(25);
        self.reopen().await;
        // What changes something takes the work, and with it the schedule.
        self.desktop.set_licenses(None).await.unwrap();
    }
}

/// Signs in on the page that is opened, as a person does, for so many days, and follows the way back.
async fn consent(mut events: Receiver<AppEvent>, account: &str, days: &str) {
    let opened = async {
        loop {
            if let AppEvent::SignIn { url: Some(url), .. } = events.recv().await.unwrap() {
                return url;
            }
        }
    };
    let url = tokio::time::timeout(PATIENCE, opened).await.expect("a page is opened");
    let (page, query) = url.split_once('?').unwrap();
    let account = account.replace('@', "%40");
    let form = format!("{query}&login_hint={account}&decision=approve&days={days}");
    let answer = http("POST", page, "Content-Type: application/x-www-form-urlencoded\r\n", &form);
    let back = answer.lines().find_map(|line| line.strip_prefix("location: ")).expect("the way back");
    let landed = http("GET", back.trim(), "", "");
    assert!(landed.starts_with("HTTP/1.1 200"), "{landed}");
}
