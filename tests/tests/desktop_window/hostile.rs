//! What the page sends is not trusted: whatever a planted script could call is answered with a clear error, and the app
//! goes on.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};
use holdfast_tests::desktop::{Desktop, FirstLaunch, Window, heading};
use serde_json::{Value, json};

const COMPANY: &str = "--seed 8 --users 3 --mail-per-user 10 --files-per-user 5";

/// Commands that a hostile value can do no more with than a click: they take nothing, or open a native dialog.
const LEFT_OUT: [&str; 6] =
    ["quit", "enter_sample", "leave_sample", "choose_folder", "choose_file", "choose_save_file"];

#[test]
fn every_command_answers_hostile_values_with_a_clear_error() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    window.find(&heading("Start Backup"))?;

    let commands = commands()?;
    ensure!(commands.len() > 40, "{commands:?}");
    let mut wrong = Vec::new();
    for command in commands.iter().filter(|command| !LEFT_OUT.contains(&command.as_str())) {
        for (kind, arguments) in hostile(command) {
            let answer = call(&window, command, &arguments)?;
            if let Err(error) = is_clear(&answer) {
                wrong.push(format!("{command} with {kind}: {error}"));
            }
        }
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");

    ensure!(window.is_running(), "the app is gone");
    let boot = call(&window, "boot", &json!({}))?;
    ensure!(boot["ok"]["profile"] == "own", "{boot}");
    // One of the values that were understood has gone back to a step of the set-up.
    let ready = call(&window, "finish_setup", &json!({ "start_at_login": false }))?;
    ensure!(ready["ok"]["stage"] == "ready", "{ready}");
    let log = desktop.session.home();
    for file in
        holdfast_tests::files_below(&log)?.iter().filter(|file| file.to_string_lossy().contains("log"))
    {
        let text = String::from_utf8_lossy(&fs::read(file)?).into_owned();
        ensure!(!text.contains("panicked"), "{}: {text}", file.display());
    }
    window.go("Home")?;
    window.go("Start Backup")?;
    window.find(&heading("Start Backup")).map(drop)
}

#[test]
fn commands_that_are_not_the_windows_are_refused() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    window.find(&heading("Your company's data, on storage you own"))?;
    for command in [
        "plugin:opener|open_url",
        "plugin:dialog|open",
        "plugin:event|emit",
        "plugin:fs|read_file",
        "unknown",
    ] {
        let answer = call(&window, command, &json!({ "url": "https://example.com", "path": "/etc/passwd" }))?;
        ensure!(answer.get("ok").is_none(), "{command}: {answer}");
    }
    Ok(())
}

#[test]
fn the_page_runs_no_script_and_loads_nothing_from_elsewhere() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    window.find(&heading("Your company's data, on storage you own"))?;
    let broken: Vec<String> = window.script_async(
        "const done = arguments[arguments.length - 1]; const told = [];
         new ReportingObserver((all) => told.push(...all.map((one) => JSON.stringify(one.body))),
                               { types: ['csp-violation'], buffered: true }).observe();
         requestAnimationFrame(() => setTimeout(() => done(told)));",
        &[],
    )?;
    ensure!(broken.is_empty(), "the page itself breaks its policy: {broken:?}");
    let tried: Value = window.script_async(
        "const done = arguments[arguments.length - 1];
         const script = document.createElement('script');
         script.textContent = 'window.planted = true';
         document.body.append(script);
         const image = new Image();
         image.onload = () => done('an image was loaded');
         image.onerror = () => fetch('https://example.com/').then(() => done('fetched'), () => done(window.planted ?? null));
         image.src = 'https://example.com/x.png';",
        &[],
    )?;
    ensure!(tried.is_null(), "{tried}");
    let open: String = window.script("return typeof window.__TAURI__", &[])?;
    ensure!(open == "undefined", "the shell is open to any script");
    let frozen =
        "return Object.isFrozen(Object.prototype) && Object.assign({}, { toString: 1 }).toString === 1";
    ensure!(window.script::<bool>(frozen, &[])?, "what all objects inherit can be changed");
    Ok(())
}

/// The commands, as the capability of the window grants them.
fn commands() -> Result<BTreeSet<String>> {
    let text = include_str!("../../../src-tauri/capabilities/main.json");
    let capability: Value = serde_json::from_str(text)?;
    let granted = capability["permissions"].as_array().context("no permissions")?;
    let names = granted.iter().filter_map(|it| it.as_str()?.strip_prefix("allow-"));
    Ok(names.map(|name| name.replace('-', "_")).collect())
}

/// Arguments by what is wrong with them.
fn hostile(command: &str) -> Vec<(&'static str, Value)> {
    let huge = "x".repeat(100_000);
    let every = |value: Value| {
        let names = [
            "path",
            "recovery_key",
            "accept_same_disk",
            "step",
            "recovery_key_saved",
            "start_at_login",
            "delete",
            "title",
            "extensions",
            "name",
            "url",
            "key_file",
            "admin",
            "endpoints",
            "client_file",
            "connection",
            "what",
            "accept_mass_deletion",
            "address",
            "content_base64",
            "selection",
            "policy",
            "live",
            "result",
            "service",
            "search",
            "before",
            "limit",
            "run",
            "user",
            "paused",
            "read_data",
            "settings",
        ];
        Value::Object(names.into_iter().map(|name| (name.to_owned(), value.clone())).collect())
    };
    let ids = json!({
        "connection": 9_007_199_254_740_991_i64, "run": -1, "user": "nobody", "address": "nobody@example.com", "path": "../../etc/shadow",
        "recovery_key": "zoo-zoo", "what": "users", "accept_mass_deletion": false, "accept_same_disk": false, "paused": true,
        "key_file": "/etc/shadow", "admin": "admin@example.com", "endpoints": "/proc/self/mem", "client_file": "/dev/zero",
        "name": "../../x.csv", "content_base64": "////", "url": "https://example.com/", "limit": 4_294_967_295_u32,
        "selection": { "connection": -5, "users": ["nobody"], "groups": [], "org_units": [], "csv": [] },
        "live": null, "result": null, "service": null, "search": "'; drop table runs; --", "before": -1,
        "step": "cloud", "recovery_key_saved": true, "read_data": false, "start_at_login": false,
    });
    let mut tried = vec![
        ("nothing at all", json!({})),
        ("null", every(Value::Null)),
        ("arrays", every(json!([[[]]]))),
        ("objects", every(json!({ "__proto__": { "x": 1 } }))),
        ("huge numbers", every(json!(1e308))),
        ("unknown ids and paths outside", ids),
    ];
    // It changes the limit to what it is, which is no harm.
    if command != "open_logs" {
        tried.push(("huge strings", every(json!(huge))));
        tried.push(("control characters", every(json!("\u{0}\u{202e}\n; rm -rf /"))));
    }
    tried
}

/// `{ok: …}` or `{error: …}`.
fn call(window: &Window, command: &str, arguments: &Value) -> Result<Value> {
    let script = "const [command, args, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(command, args).then((ok) => done({ ok: ok ?? null }), (error) => done({ error }));";
    window.script_async(script, &[json!(command), arguments.clone()])
}

/// An answer, or an error with a code, what happened, and what to do.
fn is_clear(answer: &Value) -> Result<()> {
    let Some(error) = answer.get("error") else {
        ensure!(answer.get("ok").is_some(), "no answer: {answer}");
        return Ok(());
    };
    for part in ["code", "what", "todo"] {
        let text = error[part].as_str().unwrap_or_default();
        ensure!(!text.is_empty(), "no {part}: {error}");
        ensure!(text.len() < 2000, "{part} repeats what was sent, {} bytes", text.len());
    }
    ensure!(error["code"] != "defect", "a defect: {error}");
    Ok(())
}
