//! The program: one line of JSON when it is ready, a clean end when it is told to stop.

#![allow(clippy::expect_used)] // A test says what it expects.

#[cfg(unix)]
use std::io::Read as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

fn simcloud() -> Command {
    Command::new(env!("CARGO_BIN_EXE_simcloud"))
}

#[test]
fn the_first_line_says_where_everything_is_and_a_signal_cleans_up() {
    let mut child = simcloud()
        .args(["serve", "--users", "2", "--mail-per-user", "5", "--files-per-user", "1"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    output.read_line(&mut line).expect("a line");
    let start: Value = serde_json::from_str(&line).expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    assert!(text(&start["address"]).starts_with("http://127.0.0.1:"));
    assert_eq!(text(&start["control"]["url"]), format!("{}/control", text(&start["address"])));
    assert!(!text(&start["control"]["token"]).is_empty());
    let google = &start["google"];
    assert_eq!(google["users"].as_array().expect("users").len(), 2);
    assert_eq!(
        (&google["users"][0]["address"], &google["domain"]),
        (&google["admin"], &"example.com".into())
    );
    for file in [&start["endpoints_file"], &google["service_account_key_file"], &google["oauth_client_file"]]
    {
        assert!(std::path::Path::new(&text(file)).is_file(), "{file}");
    }
    #[cfg(unix)]
    {
        let stopped = Command::new("kill").arg(child.id().to_string()).status().expect("kill runs");
        assert!(stopped.success());
        assert!(child.wait().expect("an end").success());
        assert!(!std::path::Path::new(&text(&start["state_dir"])).exists());
        let mut rest = String::new();
        output.read_to_string(&mut rest).expect("the rest");
        assert_eq!(rest, "");
    }
    #[cfg(not(unix))]
    child.kill().expect("it can be stopped");
}

#[test]
fn what_cannot_be_is_said_in_one_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    for (arguments, code) in [
        (vec!["serve", "--port", &port], 1),
        (vec!["serve", "--corpus", "/nowhere/at/all"], 1),
        (vec!["serve", "--tls", "/nowhere", "/nowhere"], 1),
        (vec!["serve", "--time-scale", "0"], 2),
        (vec!["serve", "--colour", "red"], 2),
    ] {
        let output = simcloud().args(&arguments).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(code == 2 || told.trim_end().lines().count() == 1, "{told}");
    }
}
