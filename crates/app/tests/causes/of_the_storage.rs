//! Causes that lie in the storage. Disks that are full or cannot be written need mounts: the flows have them.

use std::fs;
use std::path::PathBuf;

use holdfast_engine::vault::{Location, LockKind, OpenOptions, Password, Vault};
use serde_json::json;

use super::scene::{Scene, bad};
use crate::stage::Computer;

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_away_another_one_a_wrong_key_a_lock_and_damage() {
    let mut scene = Scene::new().await;
    let (here, away) =
        (PathBuf::from(scene.computer.path("data-backup")), PathBuf::from(scene.computer.path("away")));
    fs::rename(&here, &away).unwrap();
    scene.is_told("repository.not_found", "Plug in the disk").await;
    fs::rename(&away, &here).unwrap();
    scene.is_closed("repository.not_found").await;

    let other = scene.computer.desktop("other");
    other.init_storage(scene.computer.path("other-backup")).await.unwrap();
    other.shut_down().await;
    let other = PathBuf::from(scene.computer.path("other-backup"));
    fs::rename(&here, &away).unwrap();
    fs::rename(&other, &here).unwrap();
    scene.reopen().await;
    scene.desktop.fix_a_backup(None).await.unwrap();
    scene.is_told("repository.other", "Plug in the right disk").await;
    fs::rename(&here, &other).unwrap();
    fs::rename(&away, &here).unwrap();
    assert_eq!(scene.check_again().await.bad, 0);
    scene.is_closed("repository.other").await;

    // Somebody took the key away and left another one, and of the old one nothing is known any more.
    fs::remove_dir_all(scene.computer.path("data/cache")).unwrap();
    fs::rename(here.join("keys"), scene.computer.path("keys")).unwrap();
    fs::rename(other.join("keys"), here.join("keys")).unwrap();
    scene.reopen().await;
    scene.desktop.fix_a_backup(None).await.unwrap();
    scene.is_told("repository.wrong_password", "Check the twelve words").await;
    fs::remove_dir_all(here.join("keys")).unwrap();
    fs::rename(scene.computer.path("keys"), here.join("keys")).unwrap();
    assert_eq!(scene.check_again().await.bad, 0);
    scene.is_closed("repository.wrong_password").await;

    let key = Password::new(scene.desktop.recovery_key().await.unwrap().words);
    let cache = PathBuf::from(scene.computer.path("cache"));
    let options = OpenOptions { cache_dir: cache, expect: None };
    let vault = Vault::open(&Location::Local(here.clone()), &key, options).unwrap();
    let lock = vault.lock(LockKind::Exclusive).unwrap();
    assert_eq!(bad(&scene.check_again().await).len(), 2);
    scene.is_told("repository.locked", "Wait until they are done").await;
    drop(lock);
    assert_eq!(scene.check_again().await.bad, 0);
    scene.is_closed("repository.locked").await;

    let packs = crate::stage::files_below(&here.join("data"));
    let pack = packs.into_iter().max_by_key(|path| path.metadata().unwrap().len()).unwrap();
    let good = fs::read(&pack).unwrap();
    let mut broken = good.clone();
    let middle = broken.len() / 2;
    broken[middle] ^= 0xff;
    crate::stage::overwrite(&pack, &broken);
    assert!(!scene.desktop.verify(true).await.unwrap().ok);
    scene.is_told("repository.damaged", "Verify the storage").await;
    crate::stage::overwrite(&pack, &good);
    assert!(scene.desktop.verify(true).await.unwrap().ok);
    scene.is_closed("repository.damaged").await;
    scene.desktop.shut_down().await;
    super::list::made(scene.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mass_change_holds_retention_until_a_person_looked() {
    let options = simcloud::Options { users: 3, mail_per_user: 4, files_per_user: 2, ..Default::default() };
    let mut scene = Scene::at(Computer::of(options).await).await;
    let mails = scene.change(json!({ "op": "mail.add", "user": scene.user, "count": 130 }));
    scene.run().await;
    let deletions: Vec<_> =
        mails.iter().map(|id| json!({ "op": "mail.delete", "user": scene.user, "id": id })).collect();
    scene.change(json!({ "changes": deletions }));
    scene.run().await;
    let view = scene.is_told("retention.held", "130 vanished in one backup").await;
    assert!(view.what.contains("the last quiet point in time is"), "{view:?}");
    assert_eq!(scene.desktop.retention(scene.connection).await.unwrap().holds.len(), 1);
    let released = scene.desktop.release_retention(scene.connection).await.unwrap();
    assert_eq!(released.holds.len(), 0);
    scene.is_closed("retention.held").await;
    scene.desktop.shut_down().await;
    super::list::made(scene.told);
}
