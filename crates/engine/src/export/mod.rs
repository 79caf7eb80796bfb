//! Events, tasks and contacts in the formats that every calendar and address book reads: one `.ics` for each calendar
//! and task list, one `.vcf` for the contacts. They are made from the API's JSON, which stays beside them.

mod event;
mod ical;
mod person;
mod task;
mod text;
mod zone;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;

use holdfast_model::Service;
use serde_json::Value;

use crate::error::{EngineError, Result};
use crate::safe_name;

/// The most that is read of a stored JSON or photo: more than any that was ever kept.
pub(crate) const LARGEST: u64 = 48 * 1024 * 1024;

/// The exports of one Archive.
pub(crate) struct Exports {
    service: Service,
    base: String,
    names: Names,
    files: BTreeMap<String, Out>,
}

/// What the Archive's documents call calendars, lists and groups.
#[derive(Default)]
struct Names {
    by_id: HashMap<String, String>,
    /// The folder and the file of each id.
    claimed: HashMap<String, (String, String)>,
    taken: safe_name::Folder,
}

/// One file on its way.
#[derive(Default)]
struct Out {
    title: String,
    zones: BTreeSet<String>,
    /// Series wait for the instances that were taken out of them.
    series: Vec<Value>,
    taken_out: HashMap<String, Vec<Value>>,
}

impl Exports {
    /// For a Service whose Items are JSON; `None` for all others. `document` is its list of calendars, task lists or
    /// groups.
    pub(crate) fn of(service: Service, base: &str, document: Option<&Value>) -> Option<Self> {
        if !is_exported(service) {
            return None;
        }
        let mut by_id = HashMap::new();
        for entry in document.and_then(Value::as_array).into_iter().flatten() {
            let name = ["summaryOverride", "summary", "title", "formattedName", "name"]
                .iter()
                .find_map(|name| entry[*name].as_str())
                .unwrap_or_default();
            let id = match service {
                Service::Calendar if entry["primary"] == Value::Bool(true) => Some("primary"),
                Service::Contacts if entry["groupType"] == "SYSTEM_CONTACT_GROUP" => None,
                Service::Contacts => {
                    entry["resourceName"].as_str().and_then(|name| name.strip_prefix("contactGroups/"))
                }
                _ => entry["id"].as_str(),
            };
            if let Some(id) = id {
                by_id.insert(id.to_owned(), name.to_owned());
            }
        }
        let names = Names { by_id, ..Names::default() };
        Some(Self { service, base: base.to_owned(), names, files: BTreeMap::new() })
    }

    /// The folder for Items of this calendar or list; contacts lie together.
    pub(crate) fn folder(&mut self, parent: Option<&str>) -> String {
        match parent {
            Some(parent) => format!("{}/{}", self.base, self.names.claim(parent).0),
            None => self.base.clone(),
        }
    }

    /// Takes an Item whose files have just been written below `root`.
    pub(crate) fn add(&mut self, root: &Path, parent: Option<&str>, files: &[String]) -> Result<()> {
        let Some(json) = files.iter().find(|path| path.ends_with(".json")) else { return Ok(()) };
        let Ok(item) = serde_json::from_slice::<Value>(&read(root, json)?) else { return Ok(()) };
        let photo = files.iter().find(|path| !path.ends_with(".json"));
        let photo = photo.map(|path| Ok::<_, EngineError>((path, read(root, path)?))).transpose()?;
        let relative = match parent {
            Some(parent) => format!("{}/{}", self.base, self.names.claim(parent).1),
            None => format!("{}/contacts.vcf", self.base),
        };
        let title = parent.map(|parent| self.names.title(parent)).unwrap_or_default();
        if !self.files.contains_key(&relative) {
            let begin = if self.service == Service::Contacts { String::new() } else { ical::begin(&title) };
            create(root, &relative, &begin)?;
            self.files.insert(relative.clone(), Out { title, ..Out::default() });
        }
        let Some(out) = self.files.get_mut(&relative) else { return Ok(()) };
        let written = match self.service {
            Service::Contacts => person::card(
                &item,
                &self.names.by_id,
                photo.as_ref().map(|(path, bytes)| {
                    (path.rsplit_once('.').map_or("", |(_, extension)| extension), bytes.as_slice())
                }),
            ),
            Service::Tasks => task::todo(&item),
            _ if event::is_taken_out(&item) => {
                let series = item["recurringEventId"].as_str().unwrap_or_default().to_owned();
                out.taken_out.entry(series).or_default().push(item["originalStartTime"].clone());
                return Ok(());
            }
            _ if item["recurrence"].is_array() => {
                out.series.push(item);
                return Ok(());
            }
            _ => event::event(&item, &[], &mut out.zones),
        };
        append(root, &relative, &written)
    }

    /// Completes every file; their paths below `root`, each with its title.
    pub(crate) fn finish(self, root: &Path) -> Result<Vec<(String, String)>> {
        let mut done = Vec::new();
        for (relative, mut out) in self.files {
            for series in &out.series {
                let id = series["id"].as_str().unwrap_or_default();
                let taken_out = out.taken_out.get(id).map(Vec::as_slice).unwrap_or_default();
                append(root, &relative, &event::event(series, taken_out, &mut out.zones))?;
            }
            if self.service != Service::Contacts {
                let zones: String = out.zones.iter().map(|zone| zone::component(zone)).collect();
                append(root, &relative, &format!("{zones}{}", ical::END))?;
            }
            done.push((relative, out.title));
        }
        Ok(done)
    }
}

/// True where Items are JSON that has a common format of its own.
pub(crate) fn is_exported(service: Service) -> bool {
    matches!(service, Service::Calendar | Service::Contacts | Service::Tasks)
}

/// The Archive's document that names calendars, lists or groups.
pub(crate) const fn document(service: Service) -> Option<&'static str> {
    match service {
        Service::Calendar => Some("_calendars.json"),
        Service::Contacts => Some("_groups.json"),
        Service::Tasks => Some("_lists.json"),
        _ => None,
    }
}

impl Names {
    fn title(&self, id: &str) -> String {
        self.by_id.get(id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// Safe names of its own for each id: of the folder and of the file beside it.
    fn claim(&mut self, id: &str) -> (String, String) {
        if let Some(names) = self.claimed.get(id) {
            return names.clone();
        }
        let folder = self.taken.claim(&self.title(id));
        let file = self.taken.claim(&format!("{folder}.ics"));
        self.claimed.insert(id.to_owned(), (folder.clone(), file.clone()));
        (folder, file)
    }
}

fn read(root: &Path, relative: &str) -> Result<Vec<u8>> {
    let path = root.join(relative);
    let attempt = || format!("reading {}", path.display());
    let size = fs::metadata(&path).map_err(EngineError::io(attempt()))?.len();
    if size > LARGEST {
        return Ok(Vec::new());
    }
    fs::read(&path).map_err(EngineError::io(attempt()))
}

fn create(root: &Path, relative: &str, begin: &str) -> Result<()> {
    let path = root.join(relative);
    let attempt = || format!("writing {}", path.display());
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(EngineError::io(attempt()))?;
    }
    let mut file = File::create_new(&path).map_err(EngineError::io(attempt()))?;
    file.write_all(begin.as_bytes()).map_err(EngineError::io(attempt()))
}

fn append(root: &Path, relative: &str, text: &str) -> Result<()> {
    let path = root.join(relative);
    let attempt = || format!("writing {}", path.display());
    let mut file = OpenOptions::new().append(true).open(&path).map_err(EngineError::io(attempt()))?;
    file.write_all(text.as_bytes()).map_err(EngineError::io(attempt()))
}
