//! Manage Users and Archive & Restore through the window's door, against a simulated company over HTTP.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test file whole: what is not there fails the test.

use crate::stage;

use holdfast_app::Desktop;
use holdfast_app::views::{
    AppEvent, BackupStatus, OwnerColumn, OwnerKind, OwnerRow, OwnersDeed, OwnersFilter, OwnersQuery,
    Protection, RestoreInput, Schedule,
};

use stage::{Computer, all_ended, one_user};

fn query(filter: OwnersFilter) -> OwnersQuery {
    OwnersQuery { filter, sort: OwnerColumn::Name, descending: false, offset: 0, limit: 100 }
}

async fn rows(desktop: &Desktop, filter: OwnersFilter) -> Vec<OwnerRow> {
    desktop.owners(query(filter)).await.unwrap().rows
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_listed_paused_resumed_and_let_go_with_their_archives_kept() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let all = rows(&desktop, OwnersFilter::default()).await;
    assert!(all.iter().filter(|row| row.kind == OwnerKind::User).count() >= 6);
    assert!(rows(&desktop, OwnersFilter { archives_only: true, ..OwnersFilter::default() }).await.is_empty());
    let active = |row: &&OwnerRow| row.account == Some(holdfast_model::Account::Active);
    let (anna, other) = {
        let mut users = all.iter().filter(active);
        (users.next().unwrap().clone(), users.next().unwrap().clone())
    };

    let done =
        desktop.change_owners(vec![anna.key.clone(), "1/user/nobody".into()], OwnersDeed::Protect).await;
    let done = done.unwrap();
    assert_eq!((done.done, done.left_out), (1, 1));
    all_ended(&desktop, 2).await;
    let kept = rows(&desktop, OwnersFilter { archives_only: true, ..OwnersFilter::default() }).await;
    let row = kept.iter().find(|row| row.key == anna.key).unwrap();
    assert_eq!((row.progress, row.protection, row.causes), (Some(100), Protection::Protected, 0));
    assert!(row.items > 0 && row.bytes > 0 && row.last_good_copy.is_some(), "{row:?}");
    assert!(kept.iter().any(|row| row.kind == OwnerKind::SharedDrive), "shared drives have rows too");

    let status = |status| OwnersFilter { status: Some(status), ..OwnersFilter::default() };
    let keys = vec![anna.key.clone(), other.key.clone()];
    assert_eq!(desktop.change_owners(keys.clone(), OwnersDeed::Pause).await.unwrap().left_out, 1);
    let paused = rows(&desktop, status(BackupStatus::Paused)).await;
    assert_eq!(paused.iter().map(|row| &row.key).collect::<Vec<_>>(), [&anna.key]);
    let runs = desktop.activity(holdfast_app::views::ActivityFilter { limit: 99, ..Default::default() });
    let before = runs.await.unwrap().runs.len();
    assert_eq!(desktop.change_owners(keys.clone(), OwnersDeed::Resume).await.unwrap().done, 1);
    assert!(rows(&desktop, status(BackupStatus::Paused)).await.is_empty());
    all_ended(&desktop, before + 2).await;

    let csv = computer.path("people.csv");
    desktop.save_owners_csv(OwnersFilter::default(), csv.clone()).await.unwrap();
    let text = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(text.lines().count(), 1 + all.len().max(rows(&desktop, OwnersFilter::default()).await.len()));
    assert!(text.contains(anna.address.as_deref().unwrap()), "{text}");

    assert_eq!(desktop.change_owners(keys, OwnersDeed::StopProtecting).await.unwrap().done, 1);
    assert_eq!(desktop.licenses().await.unwrap().used, 0);
    let gone = OwnersFilter { archives_only: true, connection: Some(connection), ..OwnersFilter::default() };
    let gone = rows(&desktop, gone).await;
    let row = gone.iter().find(|row| row.key == anna.key).expect("what is kept stays");
    assert_eq!((row.protection, row.schedule, row.progress), (Protection::Excluded, Schedule::Active, None));
    let typed = |text: &str| desktop.delete_owner(anna.key.clone(), text.to_owned());
    assert_eq!(typed("somebody@else.example").await.unwrap_err().code, "input.bad");
    let deleted = typed(anna.address.as_deref().unwrap()).await.unwrap();
    assert!(deleted.erased_at.is_some());
    assert_eq!(deleted.erase_waits, None, "its time has not come");
    let chores = desktop.storage().await.unwrap().chores;
    assert_eq!((chores.len(), chores[0].at), (1, deleted.erased_at));
    assert!(chores[0].what.ends_with(anna.address.as_deref().unwrap()), "{chores:?}");
    assert_eq!(desktop.keep_owner(anna.key.clone()).await.unwrap().erased_at, None);
    let erased = desktop.erase_owner(anna.key.clone(), anna.address.clone().unwrap()).await.unwrap();
    assert!(erased.done, "{erased:?}");
    assert_eq!(desktop.storage().await.unwrap().chores, []);
    let kept = OwnersFilter { archives_only: true, ..OwnersFilter::default() };
    assert!(rows(&desktop, kept).await.iter().all(|row| row.key != anna.key), "nothing of it is kept");
    let log = desktop.audit_log().await.unwrap();
    for what in ["schedule.pause", "schedule.resume", "protection.remove"] {
        let deed = log.rows.iter().find(|row| row.what == what).expect(what);
        assert!(deed.ok && deed.subject.contains(anna.address.as_deref().unwrap()), "{deed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_comes_back_to_this_computer_as_it_was_at_a_point_in_time() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let all = rows(&desktop, OwnersFilter::default()).await;
    let anna = all.iter().find(|row| row.account == Some(holdfast_model::Account::Active)).unwrap();
    let selection = one_user(connection, anna.address.as_deref().unwrap());
    let started = desktop.start_backup(selection, None).await.unwrap();
    all_ended(&desktop, started.runs as usize).await;

    let kept = desktop.owner_archive(anna.key.clone()).await.unwrap();
    assert!(kept.services.len() >= 2 && kept.points[0].complete, "{kept:?}");
    let input = |folder: String| RestoreInput {
        owner: anna.key.clone(),
        service: None,
        at: Some(kept.points[0].at),
        partial_too: false,
        folder,
    };
    let inside = desktop.preview_restore(input(computer.path("data-backup") + "/x")).await.unwrap_err();
    assert_eq!(inside.code, "restore.in_repository");
    let target = computer.path("restored");
    let would = desktop.preview_restore(input(target.clone())).await.unwrap();
    assert!(would.files > 0 && would.fits && would.problems_total == 0, "{would:?}");
    assert!(!std::path::Path::new(&target).exists(), "a preview writes nothing");

    assert_eq!(desktop.restore_state().await.unwrap(), None, "a preview is no restore");
    let mut events = desktop.subscribe();
    let did = desktop.restore(input(target.clone())).await.unwrap();
    assert_eq!((did.files, did.bytes, did.renamed), (would.files, would.bytes, would.renamed));
    let state = desktop.restore_state().await.unwrap().expect("whoever comes back sees it");
    assert_eq!(
        (state.of_files, state.files, state.result.as_ref()),
        (Some(would.files), did.files, Some(&did))
    );
    assert_eq!(Some(&state.whose), anna.address.as_ref());
    desktop.forget_restore().await.unwrap();
    assert_eq!(desktop.restore_state().await.unwrap(), None);
    let index = std::fs::read_to_string(std::path::Path::new(&did.folder).join("index.csv")).unwrap();
    assert!(index.lines().count() as u64 > did.files);
    let mut told = None;
    while let Ok(event) = tokio::time::timeout(stage::PATIENCE, events.recv()).await.expect("it is told") {
        if let AppEvent::Restore { files, .. } = event {
            told = Some(files);
            if files == did.files {
                break;
            }
        }
    }
    assert_eq!(told, Some(did.files), "how far it is is told, to the end");
    let deed =
        desktop.audit_log().await.unwrap().rows.into_iter().find(|row| row.what == "restore.to_folder");
    assert!(deed.unwrap().subject.starts_with(anna.address.as_deref().unwrap()));
    let mail = RestoreInput { service: Some(holdfast_model::Service::Gmail), ..input(target) };
    let mail = desktop.restore(mail).await.unwrap();
    assert!(mail.folder.contains("Holdfast restore "), "what is there is not touched: {}", mail.folder);
    assert!(mail.files < did.files);
}
