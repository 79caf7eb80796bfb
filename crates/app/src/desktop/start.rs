//! Start Backup: a CSV file row by row, what a selection comes to, and making it so.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use base64::Engine as _;
use holdfast_engine::catalog::{Protection, users};
use holdfast_engine::csv_file::{self, CsvFault};
use holdfast_engine::{OrgUnitChoice, PlanProblem as Problem, Request, Response, Selection};
use holdfast_model::{Account, ConnectionId, PolicyOverride};

use super::{Desktop, directory, limits, policy};
use crate::error::Result;
use crate::people::account_now;
use crate::verbs::unexpected;
use crate::views::{
    AppEvent, CsvRow, CsvView, DroppedCsv, PlanProblem, PlanUser, PlanView, SavedFile, SelectionInput,
    StartedView,
};
use crate::{UserError, format, log, places};

/// Files of the same name in Downloads that are stepped over.
const MOST_TWINS: u32 = 1_000;

impl Desktop {
    /// The rows of a CSV file, each with why it cannot be used, where it cannot.
    pub async fn read_csv(&self, connection: i64, name: String, content_base64: String) -> Result<CsvView> {
        limits::file_name(&name)?;
        let name = format::one_line(&name);
        if content_base64.len() > limits::CSV_BYTES.div_ceil(3) * 4 + 4 {
            return Err(no_list(&name, TOO_LARGE));
        }
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(content_base64)
            .map_err(|_| no_list(&name, "its content did not arrive whole"))?;
        self.rows_of(connection, &name, bytes).await
    }

    /// A person has dropped files on the window: here, in pixels from the page's corner.
    pub fn was_dropped(&self, files: Vec<PathBuf>, x: i32, y: i32) {
        *self.0.dropped.lock().unwrap_or_else(PoisonError::into_inner) = files;
        self.tell(AppEvent::Dropped { x, y });
    }

    /// The rows of the file that a person dropped last. The page names no file: it reads none that nobody gave it.
    pub async fn read_dropped_csv(&self, connection: i64) -> Result<DroppedCsv> {
        let files = std::mem::take(&mut *self.0.dropped.lock().unwrap_or_else(PoisonError::into_inner));
        let file = match <[PathBuf; 1]>::try_from(files) {
            Ok([file]) => file,
            Err(none) if none.is_empty() => return Err(UserError::of("input.csv", "no file was dropped")),
            Err(many) => {
                let told = format!("{} files were dropped, and one at a time is read", many.len());
                return Err(UserError::of("input.csv", told));
            }
        };
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        let name = format::one_line(&name);
        let read = tokio::task::spawn_blocking(move || bytes_of(&file)).await;
        let read = read.map_err(|error| UserError::of("defect", error.to_string()))?;
        let bytes = read.map_err(|why| no_list(&name, &why))?;
        let view = self.rows_of(connection, &name, bytes).await?;
        Ok(DroppedCsv { name, view })
    }

    async fn rows_of(&self, connection: i64, name: &str, bytes: Vec<u8>) -> Result<CsvView> {
        if bytes.len() > limits::CSV_BYTES {
            return Err(no_list(name, TOO_LARGE));
        }
        let app = self.seat().await?;
        let read = tokio::task::spawn_blocking(move || csv_file::read(&bytes)).await;
        let read = read.map_err(|error| UserError::of("defect", error.to_string()))?;
        let (addresses, faults) = read.map_err(|error| no_list(name, &error.to_string()))?;
        let looked = app.engine.read(move |tx| {
            let known = directory::find(tx, connection)?;
            let mut rows = BTreeMap::new();
            for fault in faults {
                rows.insert(fault.line, unusable(fault.line, fault.text, fault.why.sentence()));
            }
            let mut first_lines = HashMap::new();
            for found in addresses {
                let line = found.line;
                let row = match users::by_address(tx, known.id, &found.address)? {
                    None => unusable(line, found.address, CsvFault::NoSuchUser.sentence()),
                    Some(user) => {
                        let why = match account_now(&user) {
                            Account::Active => None,
                            Account::Suspended => Some(CsvFault::Suspended.sentence().to_owned()),
                            Account::Archived => Some(CsvFault::Archived.sentence().to_owned()),
                            Account::Deleted => Some(CsvFault::Deleted.sentence().to_owned()),
                        };
                        // An alias names the same person as the primary address further up.
                        let first = *first_lines.entry(user.user.id.clone()).or_insert(line);
                        let twin = (first != line).then(|| format!("the same person stands in line {first}"));
                        let problem = why.or(twin);
                        CsvRow {
                            line,
                            entry: found.address,
                            address: Some(user.user.address),
                            name: Some(user.user.name),
                            usable: problem.is_none(),
                            already_protected: user.protection == Protection::Protected,
                            problem,
                        }
                    }
                };
                rows.insert(line, row);
            }
            let rows: Vec<CsvRow> = rows.into_values().collect();
            let usable = rows.iter().filter(|row| row.usable).count() as u64;
            Ok(CsvView { problems: rows.len() as u64 - usable, usable, rows })
        });
        Ok(looked.await?)
    }

    /// Writes the sample file to Downloads, under a new name where that one is taken.
    pub async fn save_sample_csv(&self) -> Result<SavedFile> {
        let folder = places::downloads()?;
        let saved = tokio::task::spawn_blocking(move || save_sample(&folder)).await;
        let path = saved.map_err(|error| UserError::of("defect", error.to_string()))??;
        Ok(SavedFile { path: path.to_string_lossy().into_owned() })
    }

    /// What a selection comes to. An empty one comes to nothing.
    pub async fn plan(&self, selection: SelectionInput) -> Result<PlanView> {
        limits::selection(&selection)?;
        let app = self.seat().await?;
        let connection = selection.connection;
        let selection = engine_selection(selection);
        let licenses_free = app.engine.read(holdfast_engine::licenses_free).await?;
        let is_empty = selection.is_empty();
        let plan = if is_empty {
            app.engine.read(move |tx| directory::find(tx, connection).map(drop)).await?;
            holdfast_engine::Plan { licenses_free, ..holdfast_engine::Plan::default() }
        } else {
            app.engine.plan(selection).await?
        };
        let over_limit = plan.licenses_free.is_some_and(|free| plan.licenses_needed > free);
        let forecast = self.forecast(&app, ConnectionId(connection), &plan.users).await?;
        Ok(PlanView {
            licenses_sentence: licenses_sentence(plan.licenses_needed, plan.licenses_free),
            over_limit,
            todo: over_limit.then(|| {
                let over = plan.licenses_needed - plan.licenses_free.unwrap_or(0);
                let people = format::counted(over, "person", "people");
                format!("Remove {people} from the list, or raise the limit in Settings > Licenses.")
            }),
            users: plan
                .users
                .into_iter()
                .map(|user| PlanUser {
                    id: user.id.0,
                    address: user.address,
                    already_protected: user.already_protected,
                })
                .collect(),
            problems: plan.problems.into_iter().map(told).collect(),
            licenses_needed: plan.licenses_needed,
            licenses_free: plan.licenses_free,
            forecast,
        })
    }

    /// Protects a selection, with settings of its own where given. Its Runs go on after this has answered.
    pub async fn start_backup(
        &self,
        selection: SelectionInput,
        policy: Option<PolicyOverride>,
    ) -> Result<StartedView> {
        limits::selection(&selection)?;
        if let Some(policy) = &policy {
            policy::check_override(policy)?;
        }
        let app = self.seat().await?;
        let connection = selection.connection;
        let request = Request::Start { selection: engine_selection(selection), policy, run_now: false };
        let started = match self.ask(&app, request).await? {
            Response::Started { started, .. } => started,
            other => return Err(unexpected(&other)),
        };
        self.tell(AppEvent::Directory { connection });
        let view = StartedView {
            users: started.users.len() as u64,
            problems: started.problems.into_iter().map(told).collect(),
            runs: started.archives.len() as u64,
        };
        self.begin(&app, started.archives).await?;
        Ok(view)
    }
}

fn unusable(line: u64, entry: String, why: &str) -> CsvRow {
    let problem = Some(why.to_owned());
    CsvRow { line, entry, address: None, name: None, usable: false, already_protected: false, problem }
}

fn told(problem: Problem) -> PlanProblem {
    PlanProblem { line: problem.line, entry: problem.entry, why: problem.why }
}

fn engine_selection(input: SelectionInput) -> Selection {
    let unit = |unit: crate::views::OrgUnitChoice| OrgUnitChoice {
        path: unit.path,
        include_sub_units: unit.include_sub_units,
    };
    Selection {
        connection: Some(ConnectionId(input.connection)),
        users: input.users,
        groups: input.groups,
        org_units: input.org_units.into_iter().map(unit).collect(),
        csv: input.csv.into_iter().map(|row| (row.line, row.address)).collect(),
    }
}

/// `You have allocated 2 out of 5 licenses`.
pub fn licenses_sentence(needed: u64, free: Option<u64>) -> String {
    match free {
        Some(free) => {
            format!("You have allocated {} out of {} licenses", format::count(needed), format::count(free))
        }
        None => {
            format!("You have allocated {} (no limit set)", format::counted(needed, "license", "licenses"))
        }
    }
}

const TOO_LARGE: &str = "the file is larger than 16 MB";

fn no_list(name: &str, why: &str) -> UserError {
    UserError::of("input.csv", format!("{name}: {why}"))
}

/// Only what is a file is opened: a pipe would be waited for. No more is read than can be a list.
fn bytes_of(file: &Path) -> std::result::Result<Vec<u8>, String> {
    let known = std::fs::metadata(file).map_err(|error| error.to_string())?;
    if known.is_dir() {
        return Err("it is a folder".to_owned());
    }
    if !known.is_file() {
        return Err("it is no file".to_owned());
    }
    let mut bytes = Vec::new();
    let most = limits::CSV_BYTES as u64 + 1;
    let read = std::fs::File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn save_sample(folder: &Path) -> Result<PathBuf> {
    for twin in 0..MOST_TWINS {
        let name = match twin {
            0 => "holdfast-users.csv".to_owned(),
            twin => format!("holdfast-users ({twin}).csv"),
        };
        let path = folder.join(name);
        match log::private_file(&path, csv_file::SAMPLE) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                let why = format!("{} cannot be written: {error}", path.display());
                return Err(UserError::of("file.failed", why));
            }
        }
    }
    Err(UserError::of("file.exists", format!("{} has too many sample files", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licenses_are_told_with_and_without_a_limit() {
        assert_eq!(licenses_sentence(2, Some(5)), "You have allocated 2 out of 5 licenses");
        assert_eq!(licenses_sentence(1, None), "You have allocated 1 license (no limit set)");
        assert_eq!(licenses_sentence(2, None), "You have allocated 2 licenses (no limit set)");
    }

    #[test]
    fn a_sample_file_never_replaces_another() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> = (0..3)
            .map(|_| save_sample(folder.path()).unwrap().file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["holdfast-users.csv", "holdfast-users (1).csv", "holdfast-users (2).csv"]);
    }
}
