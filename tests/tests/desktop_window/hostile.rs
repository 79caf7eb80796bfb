//! What the page sends is not trusted: whatever a planted script could call is answered with a clear error, and the app
//! goes on.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, anyhow, ensure};
use holdfast_tests::desktop::{Desktop, FirstLaunch, Window, heading};
use serde_json::{Value, json};

use crate::hostile_values::{self, Known};

const COMPANY: &str = "--seed 8 --users 3 --mail-per-user 10 --files-per-user 5";

/// Commands that a hostile value can do no more with than a click: they take nothing, or open a native dialog.
const LEFT_OUT: [&str; 6] =
    ["quit", "enter_sample", "leave_sample", "choose_folder", "choose_file", "choose_save_file"];

/// So many calls are sent at once.
const AT_ONCE: usize = 50;

#[test]
fn every_command_answers_hostile_values_with_a_clear_error() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    window.find(&heading("Start Backup"))?;

    let commands = hostile_values::commands()?;
    let called: BTreeSet<&str> = commands.keys().map(String::as_str).collect();
    let granted = granted()?;
    let granted: BTreeSet<&str> = granted.iter().map(String::as_str).collect();
    ensure!(called == granted, "what the page calls is not what it may: {called:?} and {granted:?}");

    let known = known(&window, &desktop)?;
    let mut wrong = Vec::new();
    // A cloud that is disconnected ends most calls early: that comes last.
    let order = commands.iter().filter(|(name, _)| *name != "disconnect");
    for (name, shape) in order.chain(commands.get_key_value("disconnect")) {
        if !LEFT_OUT.contains(&name.as_str()) {
            for form in 0..shape.forms() {
                let good = shape.well_formed("", form, &known);
                wrong.extend(try_out(&window, name, &good).with_context(|| name.clone())?);
            }
        }
    }
    ensure!(wrong.is_empty(), "{} answers are wrong: {wrong:#?}", wrong.len());

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

/// Calls a command as the page does, which has to be understood, then with each hostile value; what was answered badly.
fn try_out(window: &Window, command: &str, good: &Value) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let answer = call(window, command, good)?;
    let told = answer["error"]["what"].as_str().unwrap_or_default();
    if told.contains("is not understood") {
        wrong.push(format!("{command} as the page calls it, with {good}: {told}"));
    }
    let hostile = hostile_values::hostile(good);
    for some in hostile.chunks(AT_ONCE) {
        let arguments = some.iter().map(|it| it.arguments.clone()).collect();
        for (sent, answer) in some.iter().zip(call_each(window, command, arguments)?) {
            let is_taken = sent.is_of_wrong_type && answer.get("error").is_none();
            let clear = if is_taken { Err(anyhow!("it is taken")) } else { is_clear(&answer) };
            if let Err(error) = clear {
                wrong.push(format!("{command} with {}: {error}", sent.what));
            }
        }
    }
    Ok(wrong)
}

/// Values with which commands get to work: of somebody who is there.
fn known(window: &Window, desktop: &Desktop) -> Result<Known> {
    let users = call(window, "users", &json!({ "connection": 1 }))?;
    let user = users["ok"].as_array().and_then(|all| all.last()).context("no user")?;
    let filter = json!({
        "connection": null, "archives_only": false, "search": user["address"], "account": null, "protection": null,
        "status": null, "left": false,
    });
    let query = json!({ "filter": filter, "sort": "name", "descending": false, "offset": 0, "limit": 1 });
    let owners = call(window, "owners", &query)?;
    let owner = owners["ok"]["rows"].get(0).with_context(|| format!("no owner: {owners}"))?;
    Ok(hostile_values::known(desktop.session.elsewhere(), user, owner))
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

/// The commands that the window's capability grants.
fn granted() -> Result<BTreeSet<String>> {
    let text = include_str!("../../../src-tauri/capabilities/main.json");
    let capability: Value = serde_json::from_str(text)?;
    let granted = capability["permissions"].as_array().context("no permissions")?;
    let names = granted.iter().filter_map(|it| it.as_str()?.strip_prefix("allow-"));
    Ok(names.map(|name| name.replace('-', "_")).collect())
}

/// `{ok: …}` or `{error: …}`.
fn call(window: &Window, command: &str, arguments: &Value) -> Result<Value> {
    call_each(window, command, vec![arguments.clone()])?.pop().context("no answer")
}

/// The same with one after another of these arguments.
fn call_each(window: &Window, command: &str, arguments: Vec<Value>) -> Result<Vec<Value>> {
    let script = "const [command, all, done] = arguments;
        (async () => {
          const answers = [];
          for (const args of all) {
            answers.push(await window.__TAURI_INTERNALS__.invoke(command, args).then((ok) => ({ ok: ok ?? null }), (error) => ({ error })));
          }
          return answers;
        })().then(done, (error) => done(String(error)));";
    window.script_async(script, &[json!(command), Value::Array(arguments)])
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
