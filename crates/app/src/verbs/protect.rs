//! Whom to back up, and backing them up.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use holdfast_engine::Events;
use holdfast_engine::catalog::{Protection, UserFilter, connections, users};
use holdfast_engine::{
    OrgUnitChoice, Plan, PlanProblem, PlannedUser, Request, Response, RunSummary, Selection, csv_file,
    license_limit,
};
use holdfast_model::{Policy, PolicyOverride, RunId, Service};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::verbs::storage::unexpected;
use crate::views::{EndedRun, LicenseHolder, LicensesView};
use crate::{App, UserError};

/// What is in the box of Start Backup, from all four tabs.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The Domain, where there are several.
    pub domain: Option<String>,
    /// Addresses.
    pub users: Vec<String>,
    /// Group addresses.
    pub groups: Vec<String>,
    /// Org unit paths.
    pub org_units: Vec<String>,
    /// Org units with those below them.
    pub include_sub_units: bool,
    /// CSV files with addresses.
    pub csv: Vec<PathBuf>,
    /// Settings for just this selection.
    pub settings: Option<PathBuf>,
}

/// An entry or a row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The CSV file it is from.
    pub file: Option<PathBuf>,
    /// Its line there.
    pub line: Option<u64>,
    /// What was written.
    pub entry: String,
    /// Why it cannot be used.
    pub why: String,
}

/// What a choice comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Planned {
    /// Distinct active users.
    pub users: Vec<PlannedUser>,
    /// What cannot be used, and why.
    pub problems: Vec<Problem>,
    /// Licenses that it would take.
    pub licenses_needed: u64,
    /// Licenses left, where there is a limit.
    pub licenses_free: Option<u64>,
}

/// What a start did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Started {
    /// The users, protected now.
    pub users: Vec<PlannedUser>,
    /// What could not be used, and why.
    pub problems: Vec<Problem>,
    /// The Runs that ended, where it was asked to wait for them.
    pub runs: Vec<EndedRun>,
}

/// A choice with its files read.
struct Read {
    selection: Selection,
    policy: Option<PolicyOverride>,
    problems: Vec<Problem>,
}

impl App {
    /// What a choice comes to, without doing it.
    pub async fn plan(&self, choice: &Choice) -> Result<Planned> {
        let read = self.read_choice(choice).await?;
        let Plan { users, problems, licenses_needed, licenses_free } =
            self.engine.plan(read.selection).await?;
        let problems = all_problems(choice, read.problems, problems);
        Ok(Planned { users, problems, licenses_needed, licenses_free })
    }

    /// Protects a choice; with `run_now` backs it up at once.
    pub async fn start(
        &self,
        choice: &Choice,
        run_now: bool,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<Started> {
        let read = self.read_choice(choice).await?;
        let request = Request::Start { selection: read.selection, policy: read.policy, run_now };
        match self.engine.perform(request, events, cancel).await? {
            Response::Started { started, runs } => Ok(Started {
                users: started.users,
                problems: all_problems(choice, read.problems, started.problems),
                runs: runs.into_iter().map(EndedRun::from).collect(),
            }),
            other => Err(unexpected(&other)),
        }
    }

    /// Backs up who is protected already.
    pub async fn run(
        &self,
        domain: Option<&str>,
        user: Option<String>,
        service: Option<Service>,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<Vec<EndedRun>> {
        let connection = match domain {
            Some(_) => Some(self.connection(domain).await?.id),
            None => None,
        };
        match self.engine.perform(Request::Run { connection, user, service }, events, cancel).await? {
            Response::Ran { runs } => Ok(runs.into_iter().map(EndedRun::from).collect()),
            other => Err(unexpected(&other)),
        }
    }

    /// What would keep `run` from beginning: nobody is there to be backed up, or the storage does not open.
    pub async fn can_run(
        &self,
        domain: Option<&str>,
        user: Option<String>,
        service: Option<Service>,
    ) -> Result<()> {
        let connection = match domain {
            Some(_) => Some(self.connection(domain).await?.id),
            None => None,
        };
        if self.engine.archives_to_run(connection, user, service).await?.is_empty() {
            return Err(UserError::of("input.nobody_protected", ""));
        }
        self.storage_opens().await
    }

    /// The storage is there, and this process has what opens it. Where another one is at work, that one does it with what
    /// it has.
    pub async fn storage_opens(&self) -> Result<()> {
        if self.engine.is_someone_at_work().await? {
            return Ok(());
        }
        Ok(self.engine.vault().await.map(drop)?)
    }

    /// Cancels a Run that goes on in any process of this data directory.
    pub async fn cancel_run(&self, run: RunId) -> Result<()> {
        self.done(Request::Cancel { run }).await
    }

    /// Pauses or resumes a user's backups.
    pub async fn set_paused(&self, user: &str, paused: bool) -> Result<()> {
        self.done(Request::SetPaused { user: user.to_owned(), paused }).await
    }

    /// Places for protected users.
    pub async fn licenses(&self) -> Result<LicensesView> {
        let read = self.engine.read(|tx| {
            let mut holders = Vec::new();
            for connection in connections::list(tx)? {
                let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
                let listed = users::list(tx, connection.id, &filter)?;
                holders.extend(listed.into_iter().filter(|known| known.licensed).map(|known| {
                    LicenseHolder {
                        connection: connection.id,
                        address: known.user.address,
                        name: known.user.name,
                    }
                }));
            }
            let (limit, used) = (license_limit(tx)?, users::licenses_used(tx)?);
            Ok(LicensesView { limit, used, free: limit.map(|limit| limit.saturating_sub(used)), holders })
        });
        Ok(read.await?)
    }

    /// Caps how many users are protected; `None` for no limit.
    pub async fn set_licenses(&self, limit: Option<u64>) -> Result<LicensesView> {
        self.done(Request::SetLicenses { limit }).await?;
        self.licenses().await
    }

    pub(crate) async fn done(&self, request: Request) -> Result<()> {
        match self.engine.perform(request, Events::nobody(), CancellationToken::new()).await? {
            Response::Done => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    async fn read_choice(&self, choice: &Choice) -> Result<Read> {
        let unit =
            |path: &str| OrgUnitChoice { path: path.to_owned(), include_sub_units: choice.include_sub_units };
        let mut selection = Selection {
            connection: match &choice.domain {
                Some(domain) => Some(self.connection(Some(domain)).await?.id),
                None => None,
            },
            users: choice.users.clone(),
            groups: choice.groups.clone(),
            org_units: choice.org_units.iter().map(|path| unit(path)).collect(),
            csv: Vec::new(),
        };
        let mut problems = Vec::new();
        for file in &choice.csv {
            let bytes = read_whole(file, csv_file::MOST_BYTES as u64 + 1)?;
            let read = csv_file::read(&bytes)
                .map_err(|error| UserError::of("input.csv", format!("{}: {error}", file.display())))?;
            selection.add_csv(read.0);
            problems.extend(read.1.into_iter().map(|found| Problem {
                file: Some(file.clone()),
                line: Some(found.line),
                entry: found.text,
                why: found.why.sentence().to_owned(),
            }));
        }
        let policy = choice.settings.as_deref().map(read_settings).transpose()?;
        Ok(Read { selection, policy, problems })
    }
}

/// The problems of the files and of what they named, in the order of the lines.
fn all_problems(choice: &Choice, mut problems: Vec<Problem>, found: Vec<PlanProblem>) -> Vec<Problem> {
    let only_file = match choice.csv.as_slice() {
        [file] => Some(file.clone()),
        _ => None,
    };
    problems.extend(found.into_iter().map(|found| Problem {
        file: found.line.and(only_file.clone()),
        line: found.line,
        entry: found.entry,
        why: found.why,
    }));
    problems.sort_by_key(|problem| problem.line);
    problems
}

/// Settings in TOML; those that are not there stay as they are.
pub(super) fn read_settings(file: &Path) -> Result<PolicyOverride> {
    const MOST_BYTES: u64 = 1 << 20;
    let bytes = read_whole(file, MOST_BYTES)?;
    let wrong = |error: String| UserError::of("input.settings", format!("{}: {error}", file.display()));
    let text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        wrong(format!("line {line}: {}", error.message()))
    })
}

/// Settings as a file that `policy set` and `start --settings` read.
pub fn settings_as_toml(policy: &Policy) -> String {
    // A Policy is a flat table of strings, numbers and lists, which always has a TOML form.
    toml::to_string(policy).unwrap_or_default()
}

pub(super) fn read_whole(file: &Path, most: u64) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| {
        UserError::of("input.file", format!("{} cannot be read: {error}", file.display()))
    };
    let mut bytes = Vec::new();
    File::open(file).map_err(failed)?.take(most).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

impl From<RunSummary> for EndedRun {
    fn from(run: RunSummary) -> Self {
        Self {
            id: run.run,
            archive: run.archive,
            title: run.title,
            result: run.result,
            ledger: run.ledger,
            error: run.error.map(|(code, detail)| UserError::of(&code, detail)),
            note: run.note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<PolicyOverride> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, text).unwrap();
        read_settings(&file)
    }

    #[test]
    fn settings_set_only_what_they_name() {
        let read = settings("services = [\"gmail\"]\nmail_spam = true\nfrequency_hours = 6\n").unwrap();
        let policy = Policy::default().overridden_by(&read);
        assert_eq!(policy.services, [Service::Gmail].into());
        assert!(policy.mail_spam && policy.mail_trash);
        assert_eq!(policy.frequency_hours, 6);
    }

    #[test]
    fn shown_settings_can_be_set_again() {
        let policy = Policy { exclude_larger_than: Some(5), ..Policy::default() };
        let read = settings(&settings_as_toml(&policy)).unwrap();
        assert_eq!(Policy::default().overridden_by(&read), policy);
    }

    #[test]
    fn wrong_settings_are_told_with_their_line() {
        for (text, line) in [("mail_spam = 3", "line 1"), ("\nmail_spma = true", "line 2"), ("x", "line 1")] {
            let error = settings(text).unwrap_err();
            assert_eq!(error.code, "input.settings");
            assert!(error.what.contains(line), "{}", error.what);
        }
        assert_eq!(read_settings(Path::new("/nowhere/x.toml")).unwrap_err().code, "input.file");
    }
}
