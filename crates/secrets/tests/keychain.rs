//! The OS keychain itself. Needs one that is there and unlocked, and `HOLDFAST_TEST_KEYCHAIN=1` to say that it may
//! be written to; on Linux `dbus-run-session` with an unlocked `gnome-keyring-daemon` does. Says so when it is skipped.

#![allow(clippy::unwrap_used)] // A test: what fails here must stop it.

use std::io::Write;

use holdfast_secrets::{Secrets, SecretsError, SecretsKind};

/// Past the test harness, which would keep it to itself.
#[allow(clippy::explicit_write)] // `eprintln!` is what the harness captures.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

fn keychain(test: &str) -> Option<Secrets> {
    if std::env::var_os("HOLDFAST_TEST_KEYCHAIN").is_none() {
        println!(
            "SKIPPED {test}: no keychain was offered (set HOLDFAST_TEST_KEYCHAIN=1 where one may be written to)"
        );
        return None;
    }
    let service = format!("holdfast-test-{test}-{}", std::process::id());
    Some(Secrets::open(SecretsKind::Keychain { service }).unwrap())
}

#[test]
fn the_keychain_keeps_values_of_every_size_and_gives_them_to_another_opening() {
    if std::env::var("HOLDFAST_TEST_KEYCHAIN").as_deref() == Ok("locked") {
        return say("SKIPPED values: the keychain that is offered is locked");
    }
    let Some(secrets) = keychain("values") else { return };
    for size in [0, 1, 100, 2047, 2048, 2049, 2560, 2561, 5000, 20_000] {
        let value: Vec<u8> = (0..size).map(|n| n as u8).collect();
        secrets.set("token", &value).unwrap();
        let service = format!("holdfast-test-values-{}", std::process::id());
        let other = Secrets::open(SecretsKind::Keychain { service }).unwrap();
        assert!(other.get("token").unwrap().unwrap().as_bytes() == value, "{size}");
    }
    secrets.set("other", b"x").unwrap();
    assert_eq!(secrets.names().unwrap(), ["other", "token"]);
    secrets.delete("token").unwrap();
    secrets.delete("other").unwrap();
    assert!(secrets.get("token").unwrap().is_none());
    assert_eq!(secrets.names().unwrap(), [] as [&str; 0]);
}

/// With `HOLDFAST_TEST_KEYCHAIN=locked` the keychain that is offered is locked, nobody is there to unlock it, and it
/// holds an entry with `service` "holdfast-test-locked" and `username` "token".
#[test]
fn a_locked_keychain_says_so() {
    if std::env::var("HOLDFAST_TEST_KEYCHAIN").as_deref() != Ok("locked") {
        return say(
            "SKIPPED locked: no locked keychain is offered (HOLDFAST_TEST_KEYCHAIN=locked offers one)",
        );
    }
    let service = "holdfast-test-locked".to_owned();
    let secrets = Secrets::open(SecretsKind::Keychain { service }).unwrap();
    for error in [
        secrets.get("token").map(drop).unwrap_err(),
        secrets.set("token", b"x").unwrap_err(),
        secrets.set("new", b"x").unwrap_err(),
        secrets.delete("token").unwrap_err(),
    ] {
        assert!(matches!(error, SecretsError::Locked { .. }), "{error:?}");
    }
}
