//! The window, driven through WebKitWebDriver: <https://www.w3.org/TR/webdriver2/>

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use super::{PATIENCE, Seek, Session, until};

const FINDER: &str = include_str!("finder.js");
/// Control and A: <https://www.w3.org/TR/webdriver2/#keyboard-actions>
const SELECT_ALL: &str = "\u{E009}a";
const BACKSPACE: &str = "\u{E003}";
/// How an element is named in JSON: <https://www.w3.org/TR/webdriver2/#dfn-web-element-identifier>
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The driver takes a picture of the next frame, and where nothing on the page changes there is none, up to the next minute's
/// "5 min ago": a dot that nobody sees is drawn anew until it is taken away.
const DRAWS: &str = "
    const dot = document.createElement('i');
    dot.id = 'holdfast-draws';
    dot.ariaHidden = 'true';
    dot.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 1px; height: 1px; pointer-events: none';
    document.body.append(dot);
    let light = false;
    const draw = () => {
      light = !light;
      dot.style.backgroundColor = light ? 'rgb(255 255 255 / 0)' : 'rgb(0 0 0 / 0)';
      if (dot.isConnected) requestAnimationFrame(draw);
    };
    draw();
    return null;";

/// An open window of a running program.
pub struct Window {
    runtime: Runtime,
    client: Client,
    driver: Child,
    program: u32,
}

impl Window {
    /// Starts a program at a desktop, with this environment besides, and drives its window.
    pub fn open(
        session: &Session,
        program: &Path,
        arguments: &[String],
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut command = session.command(Path::new("WebKitWebDriver"));
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.envs(environment.iter().copied()).stdout(Stdio::null());
        let driver = command.spawn().context("WebKitWebDriver does not start")?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut driver = Unclaimed(Some(driver));
        until("the driver answers", || Ok(std::net::TcpStream::connect(("127.0.0.1", port)).map(drop)?))?;
        let mut capabilities = Map::new();
        let options = json!({ "binary": program, "args": arguments });
        capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
        // <https://www.w3.org/TR/webdriver2/#timeouts>: half a minute by default, which a busy machine may need.
        let patience = u64::try_from(PATIENCE.as_millis())?;
        capabilities.insert("timeouts".to_owned(), json!({ "script": patience, "pageLoad": patience }));
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        let connecting = async { tokio::time::timeout(PATIENCE, builder.connect(&address)).await };
        let client = runtime.block_on(connecting).context("the window does not open")??;
        let driver = driver.0.take().context("the driver is gone")?;
        let program = until("the program runs", || child_of(driver.id()))?;
        Ok(Self { runtime, client, driver, program })
    }

    /// The process of the program.
    pub fn program(&self) -> u32 {
        self.program
    }

    /// Waits until there is exactly one such thing in view, and returns it.
    pub fn find(&self, seek: &Seek) -> Result<Element> {
        until(&format!("one {seek} is in view"), || self.find_now(seek)).with_context(|| self.told())
    }

    /// Whether there is such a thing in view at this moment.
    pub fn has(&self, seek: &Seek) -> Result<bool> {
        Ok(!self.all(seek)?.is_empty())
    }

    /// Waits until there is no such thing in view.
    pub fn gone(&self, seek: &Seek) -> Result<()> {
        let gone = || if self.has(seek)? { bail!("{seek} is still there") } else { Ok(()) };
        until(&format!("no {seek} is in view"), gone).with_context(|| self.told())
    }

    /// Clicks it as soon as it is there and can be clicked.
    pub fn click(&self, seek: &Seek) -> Result<()> {
        let mut last = Value::Null;
        let click = || {
            let element = self.find_now(seek)?;
            ensure!(self.can_be_used(&element)?, "{seek} cannot be used yet");
            let place: Value = self.script_on(&element, "return it.getBoundingClientRect()")?;
            let is_still = place == last;
            last = place;
            ensure!(is_still, "{seek} still moves");
            let seen = self.what_is_seen_of(element.clone())?;
            let clicked = self.runtime.block_on(seen.click());
            if clicked.is_err() {
                // It may lie below the foot of a form: as a person scrolls on then.
                self.script_on::<Value>(&element, "it.scrollIntoView({ block: 'center' })")?;
            }
            Ok(clicked?)
        };
        until(&format!("{seek} can be clicked"), click).with_context(|| self.told())
    }

    /// Puts a text into a field instead of what is in it.
    pub fn fill(&self, seek: &Seek, text: &str) -> Result<()> {
        let fill = || {
            let element = self.find_now(seek)?;
            ensure!(self.can_be_used(&element)?, "{seek} cannot be used yet");
            self.runtime.block_on(async {
                element.send_keys(SELECT_ALL).await?;
                element.send_keys(if text.is_empty() { BACKSPACE } else { text }).await
            })?;
            let holds = self.runtime.block_on(element.prop("value"))?.unwrap_or_default();
            ensure!(holds == text, "{seek} holds '{holds}'");
            Ok(())
        };
        until(&format!("{seek} takes a text"), fill).with_context(|| self.told())
    }

    /// Gives a file to a file input.
    pub fn give_file(&self, seek: &Seek, path: &Path) -> Result<()> {
        let element = self.find(seek)?;
        let path = path.to_str().context("the path is not UTF-8")?;
        Ok(self.runtime.block_on(element.send_keys(path))?)
    }

    /// The middle of it, in pixels from the window's corner.
    pub fn middle_of(&self, seek: &Seek) -> Result<(f64, f64)> {
        let element = self.find(seek)?;
        let middle = "const { x, y, width, height } = it.getBoundingClientRect(); return [x + width / 2, y + height / 2]";
        self.script_on(&element, middle)
    }

    /// Whether it is ticked, chosen or switched on.
    pub fn is_on(&self, seek: &Seek) -> Result<bool> {
        let element = self.find(seek)?;
        self.script_on(
            &element,
            "return it.checked ?? (it.ariaChecked === 'true' || it.ariaSelected === 'true')",
        )
    }

    /// Whether it can be clicked or typed into.
    pub fn is_enabled(&self, seek: &Seek) -> Result<bool> {
        let element = self.find(seek)?;
        self.can_be_used(&element)
    }

    /// Waits until the page shows these words.
    pub fn sees(&self, words: &str) -> Result<()> {
        let sees = || ensure_shown(&self.text()?, words);
        until(&format!("the page says '{words}'"), sees).with_context(|| self.told())
    }

    /// Waits until something in the page shows these words.
    pub fn sees_in(&self, seek: &Seek, words: &str) -> Result<()> {
        let sees = || ensure_shown(&self.text_of(seek)?, words);
        until(&format!("{seek} says '{words}'"), sees).with_context(|| self.told())
    }

    /// All that the page shows.
    pub fn text(&self) -> Result<String> {
        self.script("return document.body.innerText", &[])
    }

    /// All that something in the page shows.
    pub fn text_of(&self, seek: &Seek) -> Result<String> {
        let element = self.find_now(seek)?;
        self.script_on(&element, "return it.innerText")
    }

    /// Where in the app the page is: `/backup/start`.
    pub fn place(&self) -> Result<String> {
        let hash: String = self.script("return location.hash", &[])?;
        Ok(hash.trim_start_matches('#').to_owned())
    }

    /// Waits until the page is at a place that begins so.
    pub fn is_at(&self, place: &str) -> Result<()> {
        let is_at = || {
            let at = self.place()?;
            ensure!(at.starts_with(place), "it is at {at}");
            Ok(())
        };
        until(&format!("the page is at {place}"), is_at).with_context(|| self.told())
    }

    /// Goes there by the navigation at the left.
    pub fn go(&self, entry: &str) -> Result<()> {
        self.click(&super::link(entry).within(Seek::navigation()))
    }

    /// Waits until nothing on the page is still being read.
    pub fn settled(&self) -> Result<()> {
        let loads = "return document.querySelectorAll('.mantine-Loader-root, [role=status][aria-label=Loading]').length";
        until("the page has read everything", || {
            let loading: u64 = self.script(loads, &[])?;
            ensure!(loading == 0, "{loading} things are being read");
            Ok(())
        })
    }

    /// Runs a script in the page.
    pub fn script<T: DeserializeOwned>(&self, script: &str, arguments: &[Value]) -> Result<T> {
        let value = self.runtime.block_on(self.client.execute(script, arguments.to_vec()))?;
        serde_json::from_value(value).context("the script returned something else")
    }

    /// Runs a script in the page that ends when it calls its last argument.
    pub fn script_async<T: DeserializeOwned>(&self, script: &str, arguments: &[Value]) -> Result<T> {
        let value = self.runtime.block_on(self.client.execute_async(script, arguments.to_vec()))?;
        serde_json::from_value(value).context("the script returned something else")
    }

    /// How long it takes from what a script does until something is so and on the display. `looks` are definitions for
    /// both.
    pub fn time_until(&self, looks: &str, act: &str, is_done: &str) -> Result<Duration> {
        let timed = format!(
            "const done = arguments[arguments.length - 1]; {looks} const begin = performance.now(); {act}; \
             const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin))); \
             const look = () => ({is_done}) ? painted() : performance.now() - begin > 10000 ? done(null) : setTimeout(look); look();"
        );
        let milliseconds: Option<f64> = self.script_async(&timed, &[])?;
        let milliseconds = milliseconds.with_context(|| format!("in ten seconds it is not so: {is_done}"))?;
        Ok(Duration::from_secs_f64(milliseconds / 1000.0))
    }

    /// Makes the page of this size, in pixels.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        Ok(self.runtime.block_on(self.client.set_window_size(width, height))?)
    }

    /// What the window looks like, as PNG, when it has come to rest.
    pub fn picture(&self) -> Result<Vec<u8>> {
        let mut last = Vec::new();
        until("two pictures are the same", || {
            let next = self.glimpse()?;
            let is_still = next == last;
            last = next;
            ensure!(is_still, "the picture changes");
            Ok(())
        })?;
        Ok(last)
    }

    /// What the window looks like at this moment, as PNG.
    pub fn glimpse(&self) -> Result<Vec<u8>> {
        self.script::<Value>(DRAWS, &[])?;
        let picture = self.runtime.block_on(self.client.screenshot())?;
        self.script::<Value>("document.getElementById('holdfast-draws').remove(); return null", &[])?;
        Ok(picture)
    }

    /// Does something with the driver's own client.
    pub(super) fn drive<T>(
        &self,
        work: impl AsyncFnOnce(&Client) -> Result<T, fantoccini::error::CmdError>,
    ) -> Result<T> {
        Ok(self.runtime.block_on(work(&self.client))?)
    }

    /// Ends the program in the middle of what it does, and waits until it is gone: the next one would be its second launch.
    pub fn kill(self) -> Result<()> {
        let killed = Command::new("kill").args(["-KILL", &self.program.to_string()]).status()?;
        ensure!(killed.success(), "the program was gone already");
        self.ended()
    }

    /// Whether the program still runs.
    pub fn is_running(&self) -> bool {
        let of = |what: &str| format!("/proc/{}/{what}", self.program);
        // One that ended and that nobody asked about yet is a zombie. So is the first thread of one whose other threads
        // still end: until they have, its places on the desktop's bus are taken.
        fs::read_to_string(of("stat")).is_ok_and(|stat| {
            let is_zombie = stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'));
            let threads = fs::read_dir(of("task")).map_or(0, Iterator::count);
            !is_zombie || threads > 1
        })
    }

    /// Waits until the program has ended by itself.
    pub fn ended(&self) -> Result<()> {
        until("the program ends", || if self.is_running() { bail!("it still runs") } else { Ok(()) })
    }

    fn find_now(&self, seek: &Seek) -> Result<Element> {
        let mut found = self.all(seek)?;
        if seek.is_first {
            found.truncate(1);
        }
        match (found.len(), found.pop()) {
            (1, Some(element)) => Ok(element),
            (0, _) => bail!("there is no {seek}"),
            (many, _) => bail!("there are {many} of {seek}"),
        }
    }

    fn all(&self, seek: &Seek) -> Result<Vec<Element>> {
        let scope = match &seek.within {
            Some(outer) => serde_json::to_value(self.find_now(outer)?)?,
            None => Value::Null,
        };
        let arguments = vec![json!(seek.role), json!(seek.name), json!(seek.is_part), scope];
        let found = self.runtime.block_on(self.client.execute(FINDER, arguments))?;
        let found = found.as_array().context("the finder returned no list")?;
        let element = |value: &Value| {
            let id = value[ELEMENT].as_str().context("the finder returned something else")?;
            Ok(Element::from_element_id(self.client.clone(), id.to_owned().into()))
        };
        found.iter().map(element).collect()
    }

    fn can_be_used(&self, element: &Element) -> Result<bool> {
        self.script_on(element, "return !it.disabled && it.ariaDisabled !== 'true'")
    }

    /// The element itself; its label, where the element is drawn by that alone.
    fn what_is_seen_of(&self, element: Element) -> Result<Element> {
        let label = "const { width, height } = it.getBoundingClientRect(); \
                     return width * height < 1 ? it.labels?.[0] ?? null : null";
        let label: Value = self.script_on(&element, label)?;
        Ok(label[ELEMENT]
            .as_str()
            .map_or(element, |id| Element::from_element_id(self.client.clone(), id.to_owned().into())))
    }

    fn script_on<T: DeserializeOwned>(&self, element: &Element, script: &str) -> Result<T> {
        self.script(&format!("const it = arguments[0]; {script}"), &[serde_json::to_value(element)?])
    }

    /// What is to be seen when something is not.
    fn told(&self) -> String {
        let place = self.place().unwrap_or_default();
        format!(
            "the window is at '{place}' and shows:\n{}",
            self.text().unwrap_or_else(|error| format!("nothing: {error}"))
        )
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The program may be gone, and the driver with it; then there is nothing left to end.
        drop(Command::new("kill").args(["-KILL", &self.program.to_string()]).stderr(Stdio::null()).status());
        if self.driver.kill().is_ok() {
            drop(self.driver.wait());
        }
    }
}

/// A driver that ends unless it is taken.
struct Unclaimed(Option<Child>);

impl Drop for Unclaimed {
    fn drop(&mut self) {
        if let Some(mut driver) = self.0.take()
            && driver.kill().is_ok()
        {
            drop(driver.wait());
        }
    }
}

fn ensure_shown(text: &str, words: &str) -> Result<()> {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain(text).contains(&plain(words)) { Ok(()) } else { Err(anyhow!("'{words}' is not shown")) }
}

/// The one process that another one started.
fn child_of(parent: u32) -> Result<u32> {
    let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"))?;
    let first = children.split_whitespace().next().context("it has started nothing yet")?;
    Ok(first.parse()?)
}
