//! Causes that lie in the Cloud: what it refuses, what is switched off, what it cannot do just now.

use holdfast_app::views::{FixAction, FixVerdict};
use holdfast_model::Service;
use serde_json::json;

use super::scene::{Scene, bad};

/// The feed of Drive after a first copy.
const FEED: &str = "drive.changes.list";

#[tokio::test(flavor = "multi_thread")]
async fn what_an_admin_has_to_grant_is_told_once_and_closed_by_the_next_check() {
    let mut scene = Scene::new().await;
    scene.set(json!({ "apis_off": ["gmail"] }));
    scene.run().await;
    scene.is_told("cloud.api_disabled", "Enable it there").await;
    assert!(bad(&scene.check_again().await).iter().any(|one| one.title.contains("Gmail data access")));
    scene.set(json!({ "apis_off": [] }));
    assert_eq!(bad(&scene.check_again().await).len(), 1, "the last run did not succeed");
    scene.is_closed("cloud.api_disabled").await;

    let all = scene.computer.delegated();
    let some: Vec<_> = all.iter().filter(|scope| !scope.contains("drive")).collect();
    scene.set(json!({ "delegated_scopes": some, "tokens_revoked": true }));
    scene.run().await;
    scene.is_told("cloud.access_missing", "Grant the scope").await;
    scene.set(json!({ "delegated_scopes": all }));
    assert_eq!(bad(&scene.check_again().await).len(), 1, "the last run did not succeed");
    scene.is_closed("cloud.access_missing").await;

    scene.refuse(FEED, 403, "domainPolicy");
    scene.run().await;
    scene.is_told("cloud.app_blocked", "does not allow").await;
    scene.heal();
    scene.check_again().await;
    scene.is_closed("cloud.app_blocked").await;

    scene.refuse(FEED, 403, "forbidden");
    scene.run().await;
    scene.is_told("cloud.forbidden", "refuses access").await;
    scene.heal();
    let before = scene.runs().await;
    let (fix, _) = scene.press(None, |one| matches!(one.fix, Some(FixAction::RunNow { .. }))).await;
    assert_eq!(fix, FixAction::RunNow { connection: None, user: None });
    crate::stage::runs_ended(&scene.desktop, before + 1).await;
    scene.is_closed("cloud.forbidden").await;
    assert_eq!(scene.check_again().await.bad, 0);
    scene.desktop.shut_down().await;
    super::list::made(scene.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_met_is_told_once_and_closed_by_trying_again() {
    let mut scene = Scene::new().await;
    // A feed that is refused as such is listed anew, which is refused, too.
    let (feed, both) = (&[FEED][..], &[FEED, "drive.files.list"][..]);
    for (methods, status, reason, cause, says) in [
        (both, 400, "invalid", "cloud.refused", "The cloud refused a request"),
        (feed, 403, "dailyLimitExceeded", "cloud.throttled", "Nothing needs to be done"),
        (feed, 503, "backendError", "cloud.unreachable", "asks for patience"),
    ] {
        for method in methods {
            scene.refuse(method, status, reason);
        }
        scene.run().await;
        let view = scene.is_told(cause, says).await;
        assert!(view.what.contains(&format!("{} Drive", scene.user)), "{view:?}");
        scene.heal();
        scene.retry(cause).await;
        scene.is_closed(cause).await;
    }

    let mail = scene.change(json!({ "op": "mail.add", "user": scene.user })).remove(0);
    let fault = json!({ "method": "gmail.users.messages.get", "id": mail, "kind": "status", "status": 503,
        "reason": "backendError", "times": 0, "retry_after": 5_000 });
    scene.computer.control("fault", &fault);
    scene.run().await;
    scene.is_told("items.quarantined", "1 item could not be read").await;
    scene.heal();
    scene.retry("items.quarantined").await;
    scene.is_closed("items.quarantined").await;
    scene.desktop.shut_down().await;
    super::list::made(scene.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_switched_off_is_told_and_left_out_and_holds_no_light_back() {
    let mut scene = Scene::new().await;
    let light = async |scene: &Scene| {
        let rows = scene.desktop.users(scene.connection).await.unwrap();
        let row = rows.into_iter().find(|row| row.address == scene.user).unwrap();
        (row.light.color, row.light.sentence)
    };
    let off = |is_off: bool| json!({ "op": "calendar.off", "user": scene.user, "off": is_off });
    let (off, on) = (off(true), off(false));
    scene.change(off.clone());
    scene.run().await;
    scene.is_told("cloud.service_off", "Switch it on in the cloud's admin console").await;
    let (color, sentence) = light(&scene).await;
    assert_eq!(color, holdfast_app::views::LightColor::Green, "{sentence}");
    assert!(sentence.ends_with("without Calendar, switched off in the cloud"), "{sentence}");
    let user = scene.user.clone();
    for whom in [None, Some(user.as_str())] {
        let view = scene.desktop.fix_a_backup(whom.map(str::to_owned)).await.unwrap();
        let services = view.checks.iter().find(|check| check.number == 11).unwrap();
        let found = services.findings.iter().find(|one| one.verdict == FixVerdict::Note).unwrap();
        assert!(found.evidence.contains("left out until it is on"), "{found:?}");
        assert!(whom.is_some() || found.evidence.contains(&user), "{found:?}");
        assert_eq!(view.bad, 1, "nothing but the notification: {view:#?}");
    }

    // Switched on again: the next check finds out.
    scene.change(on.clone());
    scene.check_again().await;
    scene.is_closed("cloud.service_off").await;
    scene.run().await;
    assert_eq!(light(&scene).await.0, holdfast_app::views::LightColor::Green);

    // Or the admin leaves it out, by the button.
    scene.change(off);
    scene.run().await;
    scene.is_open("cloud.service_off").await;
    let told = scene.desktop.next_notifications().await.unwrap();
    assert_eq!(told, [], "a cause that comes back within the hour is the same one");
    let (fix, view) = scene.press(None, |one| matches!(one.fix, Some(FixAction::LeaveOut { .. }))).await;
    let expected =
        FixAction::LeaveOut { connection: scene.connection, user: None, service: Service::Calendar };
    assert_eq!((fix, view.bad), (expected, 0), "{view:#?}");
    scene.is_closed("cloud.service_off").await;
    let (color, sentence) = light(&scene).await;
    assert!(!sentence.contains("Calendar"), "{color:?} {sentence}");
    scene.desktop.shut_down().await;
    super::list::made(scene.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_had_a_service_is_green_without_it_and_nobody_is_alarmed() {
    let computer = crate::stage::Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let rows = desktop.users(connection).await.unwrap();
    let user = rows.into_iter().find(|row| row.selectable).unwrap().address;
    computer.control("change", &json!({ "op": "calendar.off", "user": user }));
    let started = desktop.start_backup(crate::stage::one_user(connection, &user), None).await.unwrap();
    crate::stage::runs_ended(&desktop, started.runs as usize).await;
    let waiting = async {
        loop {
            let rows = desktop.users(connection).await.unwrap();
            let light = rows.into_iter().find(|row| row.address == user).unwrap().light;
            if light.color == holdfast_app::views::LightColor::Green {
                return light.sentence;
            }
            super::scene::breathe(&desktop).await;
        }
    };
    let sentence = tokio::time::timeout(crate::stage::PATIENCE / 3, waiting).await.expect("it turns green");
    assert!(sentence.contains("without Calendar"), "{sentence}");
    let home = desktop.home().await.unwrap();
    assert_eq!(home.attention, []);
    assert!(home.services.iter().all(|one| one.service != Service::Calendar), "{:?}", home.services);
    desktop.shut_down().await;
}
