//! The support bundle: states, causes, versions and the recent log as one text, to be read before it is sent. No secret
//! is in it, no content, and on request no address.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use holdfast_engine::catalog::{
    Protection, RunFilter, Schedule, SyncKind, UserFilter, connections, runs, syncs, users,
};
use holdfast_engine::{Finding, Verdict};
use holdfast_model::Account;

use crate::error::Result;
use crate::{App, UserError, format, log};

/// Lines of the log that are in it.
const LOG_LINES: usize = 200;
/// The end of a log file that is looked at.
const LOG_BYTES: u64 = 256 << 10;
const MOST_RUNS: u32 = 20;

impl App {
    /// The report, with what the checks just found. With `mask`, addresses and domains are numbered instead.
    pub async fn report(
        &self,
        user: Option<&str>,
        mask: bool,
        of_this_computer: Vec<Finding>,
    ) -> Result<String> {
        let mut findings = self.doctor(user).await?;
        findings.extend(of_this_computer);
        let causes = self.known_causes(user).await?;
        let mut text = String::new();
        let mut line = |words: String| {
            text.push_str(&words);
            text.push('\n');
        };
        line("Holdfast report".to_owned());
        line(format!("time      {:.0}", self.now()));
        line(format!("version   {}", env!("CARGO_PKG_VERSION")));
        line(format!("system    {} {}", std::env::consts::OS, std::env::consts::ARCH));
        line(format!(
            "secrets   {}",
            if self.secrets == crate::SecretsChoice::Keychain { "keychain" } else { "age file" }
        ));
        if let Some(user) = user {
            line(format!("user      {user}"));
        }
        line("\nStates".to_owned());
        for words in self.states().await? {
            line(format!("  {words}"));
        }
        line("\nOpen causes".to_owned());
        if causes.is_empty() {
            line("  none".to_owned());
        }
        for cause in &causes {
            let since = cause.since.map_or_else(String::new, |at| format!(" since {at:.0}"));
            line(format!("  {}{since}: {} {}", cause.cause, cause.title, cause.what));
        }
        line("\nChecks".to_owned());
        for finding in &findings {
            line(format!("  {}", told(finding)));
        }
        line("\nLast runs".to_owned());
        for words in self.last_runs().await? {
            line(format!("  {words}"));
        }
        let folder = log::folder(self.data_dir());
        let read = tokio::task::spawn_blocking(move || recent(&folder)).await;
        line(format!("\nLog, the last {LOG_LINES} lines"));
        text.push_str(&read.map_err(|error| UserError::of("defect", error.to_string()))?);
        let text = self.redactor.redact(&text);
        if !mask {
            return Ok(text);
        }
        let known = self.engine.read(|tx| {
            let names = connections::list(tx)?.into_iter().map(|known| known.tenant_name);
            Ok(names.collect::<Vec<_>>())
        });
        Ok(masked(&text, &known.await?))
    }

    async fn states(&self) -> Result<Vec<String>> {
        let now = self.now();
        let repository = self.engine.repository_place().await?;
        let mut lines = self
            .engine
            .read(move |tx| {
                let mut lines = Vec::new();
                for known in connections::list(tx)? {
                    let is =
                        |protection| UserFilter { protection: Some(protection), ..UserFilter::default() };
                    let protected = users::count(tx, known.id, &is(Protection::Protected))?;
                    let paused = UserFilter { schedule: Some(Schedule::Paused), ..is(Protection::Protected) };
                    let active = UserFilter { account: Some(Account::Active), ..UserFilter::default() };
                    let synced = syncs::last_good(tx, known.id, SyncKind::Users)?.and_then(|sync| sync.ended);
                    lines.push(format!(
                        "{} {}: {}, {} active users, {protected} protected, {} paused, users came in {}",
                        known.cloud.title(),
                        known.tenant_name,
                        known.state,
                        users::count(tx, known.id, &active)?,
                        users::count(tx, known.id, &paused)?,
                        synced.map_or_else(|| "never".to_owned(), |at| format::ago(at, now)),
                    ));
                }
                Ok(lines)
            })
            .await?;
        lines.push(match repository {
            Some(place) => format!("Repository {} at {}", place.id, place.path.display()),
            None => "no Repository".to_owned(),
        });
        Ok(lines)
    }

    async fn last_runs(&self) -> Result<Vec<String>> {
        let read = self.engine.read(|tx| {
            let listed = runs::list(tx, &RunFilter::default(), MOST_RUNS)?;
            let told = |run: holdfast_engine::catalog::Run| {
                let result = run.result.map_or("running", |result| result.title());
                let error = run.error_code.map_or_else(String::new, |code| format!(" ({code})"));
                let ledger = run.ledger;
                format!(
                    "{:.0} run {} of archive {}: {result}{error}; listed {}, stored {}, unchanged {}, removed {}, \
                     skipped {}, quarantined {}, pending {}",
                    run.started, run.id, run.archive, ledger.listed, ledger.stored, ledger.unchanged,
                    ledger.removed, ledger.skipped, ledger.quarantined, ledger.pending
                )
            };
            Ok(listed.into_iter().map(told).collect())
        });
        Ok(read.await?)
    }
}

fn told(finding: &Finding) -> String {
    let verdict = match finding.verdict {
        Verdict::Good => "ok",
        Verdict::Bad => "PROBLEM",
        Verdict::Note => "note",
        Verdict::Unknown => "unknown",
    };
    format!("{:>2} {verdict}: {}: {}", finding.number, finding.title, format::one_line(&finding.evidence))
}

/// The last lines of the newest log file. What cannot be read is said.
fn recent(folder: &Path) -> String {
    let newest = fs::read_dir(folder).ok().and_then(|entries| {
        let files = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        files.filter(|path| path.extension().is_some_and(|end| end == "log")).max()
    });
    let Some(newest) = newest else { return "  there is no log\n".to_owned() };
    let read = || {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let mut file = fs::File::open(&newest)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LOG_BYTES)))?;
        let mut bytes = Vec::new();
        file.take(LOG_BYTES).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&bytes).into_owned())
    };
    match read() {
        Ok(text) => {
            let lines: Vec<&str> = text.lines().collect();
            let from = lines.len().saturating_sub(LOG_LINES);
            let mut told = String::new();
            for line in &lines[from..] {
                // Writing to a String cannot fail.
                let _infallible = writeln!(told, "  {}", format::one_line(line));
            }
            told
        }
        Err(error) => format!("  the log cannot be read: {error}\n"),
    }
}

/// Addresses become `user1@domain1`, the same for each, and the Domains' names `domain1`.
fn masked(text: &str, domains: &[String]) -> String {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut number_of_domain = |name: &str| {
        let next = known.len() + 1;
        *known.entry(name.to_ascii_lowercase()).or_insert(next)
    };
    for domain in domains {
        number_of_domain(domain);
    }
    let (mut users, mut out) = (BTreeMap::<String, usize>::new(), String::with_capacity(text.len()));
    let is_part = |c: char| c.is_alphanumeric() || "._%+-'@".contains(c);
    for piece in text.split_inclusive(|c: char| !is_part(c)) {
        let word = piece.trim_end_matches(|c: char| !is_part(c));
        let (word, dots) =
            (word.trim_end_matches(['.', '\'']), &word[word.trim_end_matches(['.', '\'']).len()..]);
        let rest = &piece[word.len() + dots.len()..];
        let quotes = &word[..word.len() - word.trim_start_matches(['.', '\'']).len()];
        let word = &word[quotes.len()..];
        out.push_str(quotes);
        match word.split_once('@') {
            Some((user, domain)) if !user.is_empty() && domain.contains('.') => {
                let domain = number_of_domain(domain);
                let next = users.len() + 1;
                let user = *users.entry(word.to_ascii_lowercase()).or_insert(next);
                out.push_str(&format!("user{user}@domain{domain}"));
            }
            _ => out.push_str(word),
        }
        out.push_str(dots);
        out.push_str(rest);
    }
    for domain in domains.iter().filter(|domain| !domain.is_empty()) {
        let number = number_of_domain(domain);
        out = out.replace(domain.as_str(), &format!("domain{number}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_numbered_the_same_each_time_and_nothing_of_them_is_left() {
        let text = "Ada.L@acme.example: paused. 'ada.l@acme.example', bob@other.example (acme.example)\nuser 1, a@b, 3.5 GB.\n";
        let told = masked(text, &["acme.example".to_owned()]);
        assert_eq!(
            told,
            "user1@domain1: paused. 'user1@domain1', user2@domain2 (domain1)\nuser 1, a@b, 3.5 GB.\n"
        );
    }

    #[test]
    fn the_log_is_told_from_its_end() {
        let folder = tempfile::tempdir().unwrap();
        assert!(recent(folder.path()).contains("no log"));
        let lines: String = (0..500).map(|n| format!("line {n}\n")).collect();
        fs::write(folder.path().join("holdfast.2026-01-01.log"), "old\n").unwrap();
        fs::write(folder.path().join("holdfast.2026-01-02.log"), lines).unwrap();
        let told = recent(folder.path());
        assert_eq!(told.lines().count(), LOG_LINES);
        assert!(told.starts_with("  line 300\n") && told.ends_with("  line 499\n"), "{told}");
    }
}
