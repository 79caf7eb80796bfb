//! The program as people and scripts use it, against a simulated company in this process.

mod stage;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use simcloud::Options;
use stage::{Stage, files_below};

fn small() -> Options {
    Options { users: 4, mail_per_user: 12, files_per_user: 10, ..Options::default() }
}

#[test]
fn the_main_job_from_init_to_restore() {
    let stage = Stage::connected(small());
    let user = stage.somebody();

    let lines = stage.lines(&["start", "--user", &user, "--wait"]);
    let kinds: Vec<&str> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
    assert!(kinds.contains(&"run_started") && kinds.contains(&"run_ended"), "{kinds:?}");
    let done = lines.last().unwrap();
    assert_eq!((done["event"].as_str(), done["exit_code"].as_u64()), (Some("done"), Some(0)), "{done}");

    let users = stage.json(&["users", "--filter", &user]);
    assert_eq!(users["users"][0]["protection"], "protected");
    let status = stage.json(&["status"]);
    assert_eq!((&status["protected"], &status["first_copy"]), (&Value::from(1), &Value::from(0)), "{status}");

    let run = done["runs"][0]["id"].to_string();
    let detail = stage.json(&["activity", &run]);
    assert_eq!(detail["run"]["closes"], true);

    let verified = stage.lines(&["verify", "--read-data"]);
    assert_eq!(verified.last().unwrap()["report"]["problem_count"], 0);

    let folder = stage.path("restored");
    stage.ok(&["restore", &user, "--to-folder", folder.to_str().unwrap()]);
    let listed = stage.json(&["ls", &format!("{user}/gmail")]);
    let mails = listed["entries"].as_array().unwrap();
    let restored = files_below(&folder);
    assert_eq!(
        restored.iter().filter(|file| file.extension().is_some_and(|end| end == "eml")).count(),
        mails.len()
    );
    let mail = mails[0]["path"].as_str().unwrap();
    let bytes = stage.command(&["cat", mail]).output().unwrap().stdout;
    assert!(
        restored.iter().any(|file| fs::read(file).unwrap() == bytes),
        "{mail} differs from its restored file"
    );
}

#[test]
fn one_file_is_found_by_its_path_and_restored_alone() {
    let stage = Stage::backed_up(small());
    let user = stage.somebody();
    let listed = stage.json(&["ls", &format!("{user}/drive")]);
    let file =
        listed["entries"].as_array().unwrap().iter().find(|entry| entry["size"].as_u64() > Some(0)).unwrap();
    let (path, id) = (file["path"].as_str().unwrap(), file["id"].as_str().unwrap());
    let by_path = stage.command(&["cat", path]).output().unwrap().stdout;
    let by_id = stage.command(&["cat", id]).output().unwrap().stdout;
    assert_eq!(by_path.len() as u64, file["size"].as_u64().unwrap());
    assert_eq!(by_path, by_id);

    let folder = stage.path("one");
    let report = stage.lines(&["restore", path, "--to-folder", folder.to_str().unwrap()]).pop().unwrap();
    assert_eq!(report["report"]["files"], 1);
    for missing in ["drive/no such file", "gmail/no-such-id"] {
        let target = stage.path("missing");
        let wanted = format!("{user}/{missing}");
        let (code, told) = stage.failed(&["restore", &wanted, "--to-folder", target.to_str().unwrap()]);
        assert_eq!(code, 2, "{told}");
    }
}

#[test]
fn the_recovery_key_opens_the_repository_elsewhere() {
    let stage = Stage::backed_up(small());
    let key = stage.json(&["recovery-key"])["recovery_key"].as_str().unwrap().to_owned();
    assert_eq!(key.split('-').count(), 12);
    let kept = stage.json(&["archives"]);

    let other = Stage::beside(&stage, "other");
    let repository = stage.repository();
    let take = |text: &str| {
        let file = stage.path("typed-key");
        fs::write(&file, text).unwrap();
        let arguments =
            ["init", "--existing", repository.to_str().unwrap(), "--key-file", file.to_str().unwrap()];
        other.command(&arguments).output().unwrap()
    };
    assert_eq!(take("no such words").status.code(), Some(2));
    let wrong = ["zoo"; 12].join("-");
    assert_eq!(take(&wrong).status.code(), Some(1));
    let typed = format!("  {} \n", key.to_uppercase().replace('-', " "));
    assert_eq!(take(&typed).status.code(), Some(0));

    let paths = |archives: &Value| -> Vec<String> {
        archives["archives"].as_array().unwrap().iter().map(|one| one["path"].to_string()).collect()
    };
    assert_eq!(paths(&other.json(&["archives"])), paths(&kept));
    assert_eq!(other.json(&["connections"])["connections"][0]["state"], "disconnected");
    let folder = stage.path("restored-elsewhere");
    other.ok(&["restore", &stage.somebody(), "--to-folder", folder.to_str().unwrap()]);
    assert!(files_below(&folder).len() > 3);
}

#[test]
fn a_recovery_key_is_saved_beside_nothing_that_it_opens() {
    let stage = Stage::new(small());
    let safe = stage.path("key.txt");
    let printed = stage.ok(&[
        "init",
        "--repository",
        stage.repository().to_str().unwrap(),
        "--save",
        safe.to_str().unwrap(),
    ]);
    let saved = fs::read_to_string(&safe).unwrap();
    assert!(printed.contains(saved.trim()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&safe).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let inside = stage.repository().join("key.txt");
    let (code, told) = stage.failed(&["recovery-key", "--save", inside.to_str().unwrap()]);
    assert_eq!(code, 2, "{told}");
    assert!(!inside.exists());
    let (code, told) = stage.failed(&["recovery-key", "--save", safe.to_str().unwrap()]);
    assert_eq!(code, 1, "{told}");
}

#[test]
fn no_secret_reaches_a_file_of_the_data_directory() {
    let stage = Stage::backed_up(small());
    let key = stage.json(&["recovery-key"])["recovery_key"].as_str().unwrap().to_owned();
    let private = fs::read_to_string(&stage.google().service_account_key_file).unwrap();
    let private: Value = serde_json::from_str(&private).unwrap();
    let body = private["private_key"].as_str().unwrap().lines().nth(1).unwrap().to_owned();
    let output = stage.command(&["--verbose", "sync"]).env("HOLDFAST_LOG", "trace").output().unwrap();
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(shown.len() > 1000, "nothing was logged");
    let files = files_below(&stage.data_dir());
    assert!(files.iter().any(|file| file.extension().is_some_and(|end| end == "log")));
    for secret in [key.as_str(), stage.passphrase(), &body] {
        assert!(!shown.contains(secret));
        for file in &files {
            let bytes = fs::read(file).unwrap();
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret is in {}", file.display());
        }
    }
}

#[test]
fn the_passphrase_may_come_from_the_environment() {
    let stage = Stage::new(small());
    stage.ok(&["init", "--repository", stage.repository().to_str().unwrap()]);
    let run = |passphrase: Option<&str>| {
        let mut command = stage.bare_command(&["recovery-key"]);
        command.env_remove("HOLDFAST_PASSPHRASE");
        command.envs(passphrase.map(|passphrase| ("HOLDFAST_PASSPHRASE", passphrase)));
        command.output().unwrap().status.code()
    };
    assert_eq!(run(Some(stage.passphrase())), Some(0));
    assert_eq!(run(Some("wrong")), Some(1));
    assert_eq!(run(None), Some(1));
}

#[test]
fn a_backup_goes_on_after_its_command_has_ended() {
    let stage = Stage::connected(small());
    let user = stage.somebody();
    let told = stage.ok(&["start", "--user", &user]);
    assert!(told.contains("background"), "{told}");
    loop {
        let archives = stage.json(&["archives", "--filter", &user]);
        let archives = archives["archives"].as_array().unwrap();
        if archives.len() == 5 && archives.iter().all(|archive| archive["last_complete_at"].is_string()) {
            break;
        }
    }
}

#[test]
fn what_keeps_a_backup_from_going_on_in_the_background_is_said_before_the_command_ends() {
    let stage = Stage::connected(small());
    let user = stage.somebody();
    let refused = |arguments: &[&str], passphrase: &str, code: i32, words: &str| {
        let mut command = stage.bare_command(arguments);
        let output = command.env("HOLDFAST_PASSPHRASE", passphrase).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(words) && output.stdout.is_empty(), "{arguments:?}: {told}");
    };
    let start = ["start", "--user", &user];
    refused(&start, "wrong", 1, "passphrase");
    refused(&["run", "--user", "nobody@example.com"], stage.passphrase(), 2, "There is no protected user");
    let away = stage.path("unplugged");
    std::fs::rename(stage.repository(), &away).unwrap();
    refused(&start, stage.passphrase(), 1, "is not where it was");
    assert_eq!(stage.json(&["archives"])["archives"].as_array().unwrap().len(), 0, "nobody was chosen");
    std::fs::rename(&away, stage.repository()).unwrap();
    stage.ok(&["start", "--user", &user, "--wait"]);
    refused(&["run"], "wrong", 1, "passphrase");

    // Beside an agent, which has the passphrase, it is the agent that backs up.
    let begun = stage.json(&["activity"])["runs"].as_array().unwrap().len();
    let mut agent = Ended(stage.command(&["agent", "--json"]).stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(agent.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("\"keeps_schedule\":true"), "{line}");
    let mut command = stage.bare_command(&["run"]);
    let output = command.env("HOLDFAST_PASSPHRASE", "wrong").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let is_done = || {
        let runs = stage.json(&["activity"])["runs"].as_array().unwrap().clone();
        runs.len() == 2 * begun && runs.iter().all(|run| run["result"] == "complete")
    };
    while !is_done() {}
}

/// A process that is killed at the latest with its test.
struct Ended(std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ended = self.0.kill();
        let _waited = self.0.wait();
    }
}

#[test]
#[cfg_attr(windows, ignore = "nothing sends Ctrl-C to one process of a console there")]
fn ctrl_c_ends_a_backup_cleanly_long_before_it_is_done() {
    // Minutes, even on a computer that has nothing else to do.
    let slow = Options { latency: Duration::from_millis(100), mail_per_user: 50_000, users: 2, ..small() };
    let stage = Stage::connected(slow);
    let arguments = ["--json", "start", "--user", &stage.somebody(), "--wait"];
    let mut child = stage.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.find(|line| line.as_ref().unwrap().contains("run_started")).unwrap().unwrap();

    let interrupted = Instant::now();
    let signal = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    // What it still says is read, so that it never waits for us.
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    let status = child.wait().unwrap();
    // It takes a fraction of a second; this much only where others need the computer.
    assert!(interrupted.elapsed() < Duration::from_secs(60), "{:?}", interrupted.elapsed());
    assert_eq!(status.code(), Some(4), "{rest:?}");
    stage.ok(&["verify"]);
}

#[test]
fn an_admin_signs_in_with_the_browser() {
    let stage = Stage::new(small());
    stage.ok(&["init", "--repository", stage.repository().to_str().unwrap()]);
    let (google, endpoints) = (stage.google(), stage.endpoints_file());
    let arguments = [
        "connect",
        "google",
        "--sign-in",
        "--no-browser",
        "--client-file",
        google.oauth_client_file.to_str().unwrap(),
        "--endpoints",
        endpoints.to_str().unwrap(),
    ];
    let mut child = stage.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let told = BufReader::new(child.stderr.take().unwrap()).lines();
    let page = told
        .map(Result::unwrap)
        .find_map(|line| line.trim().strip_prefix("http").map(|rest| format!("http{rest}")));
    stage::consent(&page.unwrap(), &google.admin);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    let connections = stage.json(&["connections"]);
    assert_eq!(connections["connections"][0]["signed_in_as"], google.admin);
}

#[test]
fn a_connection_is_renewed_ended_and_made_again() {
    let stage = Stage::backed_up(small());
    let google = stage.google();
    let key = google.service_account_key_file.to_str().unwrap();
    stage.ok(&["reconnect", "1", "--key-file", key, "--admin", &google.admin]);
    stage.ok(&["run", "--wait"]);
    let (code, told) = stage.failed(&[
        "connect",
        "google",
        "--key-file",
        key,
        "--admin",
        &google.admin,
        "--endpoints",
        stage.endpoints_file().to_str().unwrap(),
    ]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("already connected"), "{told}");

    stage.ok(&["disconnect", "1"]);
    let (code, told) = stage.failed(&["run", "--wait"]);
    assert_eq!(code, 1, "{told}");
    assert!(stage.json(&["archives"])["archives"].as_array().unwrap().len() > 1);
    stage.connect();
    stage.ok(&["run", "--wait"]);

    stage.ok(&["disconnect", "1"]);
    let again = ["reconnect", "1", "--key-file", key, "--admin", &google.admin];
    let (_, told) = stage.failed(&again);
    assert!(told.contains("endpoints file that it was made with"), "{told}");
    let endpoints = stage.endpoints_file();
    stage.ok(&[&again[..], &["--endpoints", endpoints.to_str().unwrap()]].concat());
    stage.ok(&["run", "--wait"]);
}

#[test]
fn a_reconnect_to_another_tenant_is_refused() {
    let stage = Stage::connected(small());
    let other = Stage::connected(Options { seed: 2, ..small() });
    let google = other.google();
    // The other company's key at this company's addresses: its own token endpoint does not know it.
    let key = google.service_account_key_file.to_str().unwrap();
    let (code, told) = stage.failed(&["reconnect", "1", "--key-file", key, "--admin", &google.admin]);
    assert!(matches!(code, 1 | 2), "{told}");
    assert_eq!(stage.json(&["connections"])["connections"][0]["state"], "connected");
    stage.ok(&["sync"]);
}

#[test]
fn rows_of_a_csv_file_that_cannot_be_used_are_told_with_their_line() {
    let stage = Stage::connected(small());
    let csv = stage.path("people.csv");
    fs::write(&csv, format!("Email\n{}\nnobody@example.com\nnonsense\n", stage.somebody())).unwrap();
    let output = stage.command(&["start", "--csv", csv.to_str().unwrap(), "--wait"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("line 3") && told.contains("line 4"), "{told}");
    assert_eq!(stage.json(&["status"])["protected"], 1);
}

#[test]
fn settings_can_be_shown_changed_and_set_for_one_user() {
    let stage = Stage::backed_up(small());
    let shown = stage.ok(&["policy", "show"]);
    let file = stage.path("settings.toml");
    fs::write(&file, shown.replace("mail_spam = false", "mail_spam = true")).unwrap();
    stage.ok(&["policy", "set", "--user", &stage.somebody(), file.to_str().unwrap()]);
    assert_eq!(stage.json(&["policy", "show", "--user", &stage.somebody()])["mail_spam"], true);
    assert_eq!(stage.json(&["policy", "show"])["mail_spam"], false);
    fs::write(&file, "mail_spam = \"perhaps\"").unwrap();
    let (code, told) = stage.failed(&["policy", "set", file.to_str().unwrap()]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("line 1"), "{told}");
}

#[test]
fn licenses_cap_who_is_protected() {
    let stage = Stage::connected(small());
    stage.ok(&["licenses", "set", "1"]);
    let everybody = ["--user", &stage.somebody(), "--user", &stage.google().admin];
    let (code, told) = stage.failed(&[&["start", "--wait"][..], &everybody[..]].concat());
    assert_eq!(code, 1, "{told}");
    stage.ok(&["licenses", "set", "2"]);
    stage.ok(&[&["start", "--wait"][..], &everybody[..]].concat());
    let (code, told) = stage.failed(&["licenses", "set", "1"]);
    assert_eq!(code, 2, "{told}");
    stage.ok(&["licenses", "set", "none"]);
    let licenses = stage.json(&["licenses"]);
    assert_eq!((&licenses["limit"], &licenses["used"]), (&Value::Null, &Value::from(2)));
}

#[test]
fn the_catalogue_is_made_anew_whatever_became_of_it() {
    let stage = Stage::backed_up(small());
    let kept = stage.json(&["archives"]);
    stage.ok(&["rebuild-catalogue"]);
    for file in files_below(&stage.data_dir()) {
        if file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("catalogue.db")) {
            fs::write(file, b"torn").unwrap();
        }
    }
    let (code, told) = stage.failed(&["status"]);
    assert_eq!(code, 1);
    assert!(told.contains("rebuild-catalogue"), "{told}");
    stage.ok(&["rebuild-catalogue"]);
    let rebuilt = stage.json(&["archives"]);
    let items = |archives: &Value| -> Vec<Value> {
        archives["archives"].as_array().unwrap().iter().map(|one| one["items"].clone()).collect()
    };
    assert_eq!(items(&rebuilt), items(&kept));
    stage.ok(&["run", "--wait"]);
}

#[test]
fn the_doctor_names_what_is_missing() {
    let stage = Stage::new(small());
    stage.ok(&["init", "--repository", stage.repository().to_str().unwrap()]);
    let output = stage.command(&["doctor", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    stage.connect();
    stage.ok(&["start", "--wait", "--user", &stage.somebody()]);
    stage.ok(&["doctor"]);
    stage.ok(&["doctor", "--user", &stage.somebody()]);
    let unprotected = stage.google().admin;
    assert_eq!(stage.command(&["doctor", "--user", &unprotected]).output().unwrap().status.code(), Some(3));
}

#[test]
fn who_did_what_is_shown_and_exported() {
    let stage = Stage::connected(small());
    stage.ok(&["licenses", "set", "7"]);
    let log = stage.json(&["audit"]);
    let newest = &log["rows"][0];
    assert_eq!(
        (newest["what"].as_str(), newest["subject"].as_str()),
        (Some("licenses.set"), Some("7")),
        "{log}"
    );
    assert_eq!((newest["ok"].as_bool(), log["intact"].as_bool()), (Some(true), Some(true)));
    let csv = stage.ok(&["audit", "--csv"]);
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len() as u64, log["total"].as_u64().unwrap() + 1);
    assert!(rows[1].contains(",licenses.set,Licenses set,7,ok"), "{csv}");
}

#[test]
fn retention_is_previewed_and_applied_and_an_archive_is_erased_for_good() {
    let stage = Stage::connected(small());
    let user = stage.somebody();
    stage.ok(&["start", "--user", &user, "--wait"]);
    stage.ok(&["run", "--wait"]);
    let shown = stage.json(&["retention", "set", "--daily", "1"]);
    assert_eq!(shown["retention"]["daily"], 1);
    let preview = stage.json(&["forget", "--preview"]);
    let forgotten = stage.json(&["forget"]);
    assert_eq!(forgotten["removed"], preview["removed"]);
    assert_eq!(forgotten["left"], 1);
    stage.ok(&["prune"]);
    let folder = stage.path("restored");
    stage.ok(&["restore", &user, "--to-folder", folder.to_str().unwrap()]);
    assert!(!files_below(&folder).is_empty());

    assert_eq!(stage.failed(&["archives", "delete", &user]).0, 2, "nobody typed the address");
    stage.ok(&["archives", "delete", &user, "--yes"]);
    assert_eq!(stage.json(&["archives", "keep", &user])["protected"], true);
    let erased = stage.json(&["archives", "erase", &user, "--yes"]);
    assert_eq!(erased["erased"]["rewritten"], 1);
    assert!(
        stage.json(&["archives"])["archives"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["owner"] != user.as_str())
    );
    let part = stage.lines(&["verify", "--next-part"]);
    assert_eq!(part.last().unwrap()["report"]["problem_count"], 0);
    assert!(stage.ok(&["status"]).contains("part 1 of 8 of the data was read"));
    let log = stage.ok(&["audit", "--csv"]);
    for deed in [
        "archive.erase",
        "archive.erase_begun",
        "archive.keep",
        "archive.delete",
        "retention.set",
        "retention.forget",
    ] {
        assert!(log.contains(&format!(",{deed},")), "{deed}: {log}");
    }
}
