//! Fix a backup: the causes for "the backup does not run", tested live, each with evidence and what to do.

use holdfast_catalog::{ArchiveFilter, ConnectionState, Protection, Schedule, archives, connections, users};
use holdfast_clouds::contract::CheckOutcome;
use holdfast_model::{Account, RunResult};
use holdfast_vault::LockKind;
use serde::{Deserialize, Serialize};

use crate::data_dir::free_space;
use crate::engine::{Engine, RECOVERY_KEY, blocking};
use crate::error::{EngineError, Result};
use crate::policy;
use crate::settings::{license_limit, licenses_free};

/// Less space than this is a finding.
const LEAST_FREE: u64 = 1 << 30;

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The check's number in the list of causes.
    pub number: u8,
    /// What was tested.
    pub title: String,
    /// Whether it is a cause.
    pub verdict: Verdict,
    /// What was seen.
    pub evidence: String,
    /// What to do, where something is wrong.
    pub todo: Option<String>,
}

/// Whether a check found a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// A cause.
    Bad,
    /// It could not be tested now.
    Unknown,
}

impl Finding {
    fn good(number: u8, title: &str, evidence: impl Into<String>) -> Self {
        Self {
            number,
            title: title.to_owned(),
            verdict: Verdict::Good,
            evidence: evidence.into(),
            todo: None,
        }
    }

    fn bad(number: u8, title: &str, evidence: impl Into<String>, todo: impl Into<String>) -> Self {
        let todo = Some(todo.into());
        Self { number, title: title.to_owned(), verdict: Verdict::Bad, evidence: evidence.into(), todo }
    }

    fn unknown(number: u8, title: &str, evidence: impl Into<String>) -> Self {
        Self {
            number,
            title: title.to_owned(),
            verdict: Verdict::Unknown,
            evidence: evidence.into(),
            todo: None,
        }
    }
}

impl Engine {
    /// Tests every cause, for the Domains or for one user.
    pub async fn doctor(&self, user: Option<String>) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let known = self.read(|tx| Ok(connections::list(tx)?)).await?;
        if known.is_empty() {
            let todo = "connect a cloud: holdfast connect google …";
            findings.push(Finding::bad(1, "A cloud is connected", "no cloud is connected", todo));
        }
        for connection in known {
            self.access(&connection, &mut findings).await;
        }
        match user {
            Some(user) => self.one_user(&user, &mut findings).await?,
            None => self.all_users(&mut findings).await?,
        }
        self.licenses(&mut findings).await?;
        self.keychain(&mut findings).await;
        self.repository(&mut findings).await?;
        findings.sort_by_key(|finding| finding.number);
        Ok(findings)
    }

    /// 1 and 2: API access and data access, by asking the Cloud; with them 9, network and clock.
    async fn access(&self, connection: &holdfast_catalog::Connection, findings: &mut Vec<Finding>) {
        let domain = &connection.tenant_name;
        if connection.state != ConnectionState::Connected {
            let title = format!("{domain} is connected");
            let evidence = connection.state_reason.clone().unwrap_or_else(|| connection.state.to_string());
            let todo = format!("reconnect it: holdfast reconnect {}", connection.id);
            findings.push(Finding::bad(1, &title, evidence, todo));
            return;
        }
        let mut reached = false;
        let checks = match self.check_connection(connection.id).await {
            Ok(checks) => checks,
            Err(error) => {
                findings.push(Finding::unknown(1, &format!("{domain} can be reached"), error.to_string()));
                return;
            }
        };
        for check in checks {
            let number = if check.subject.contains("auth/") { 2 } else { 1 };
            let title = format!("{domain}: {}", check.title);
            findings.push(match check.outcome {
                CheckOutcome::Works => {
                    reached = true;
                    Finding::good(number, &title, check.subject)
                }
                CheckOutcome::Missing { todo, link, detail } => {
                    reached = true;
                    let todo = match link {
                        Some(link) => format!("{todo} ({link})"),
                        None => todo,
                    };
                    Finding::bad(number, &title, detail, todo)
                }
                CheckOutcome::Unknown { detail } => Finding::unknown(number, &title, detail),
            });
        }
        let title = format!("{domain}: network and clock");
        findings.push(if reached {
            Finding::good(9, &title, "the cloud answered and accepted this computer's time")
        } else {
            let todo = "check the network connection and the clock of this computer";
            Finding::bad(9, &title, "the cloud could not be reached", todo)
        });
    }

    /// 3, 10 and 11 for one user.
    async fn one_user(&self, address: &str, findings: &mut Vec<Finding>) -> Result<()> {
        let wanted = address.to_owned();
        let found = self
            .read(move |tx| {
                for known in connections::list(tx)? {
                    if let Some(user) = users::by_address(tx, known.id, &wanted)? {
                        let policy = policy::of_user(tx, known.id, &user.user)?;
                        let owner = holdfast_model::Owner::User(user.user.id.clone());
                        let archives = archives::by_owner(tx, known.id, &owner)?;
                        return Ok(Some((user, policy, archives, known.cloud)));
                    }
                }
                Ok(None)
            })
            .await?;
        let Some((user, policy, archives, cloud)) = found else {
            return Err(EngineError::NotFound { what: "user", name: address.to_owned() });
        };
        let address = &user.user.address;
        findings.push(match user.user.account {
            Account::Active => Finding::good(3, "The account is active", address),
            other => Finding::bad(
                3,
                "The account is active",
                format!("{address} is {}", other.as_str()),
                "restore the account in the cloud's admin console, then: holdfast sync users",
            ),
        });
        let start = format!("holdfast start --user {address}");
        findings.push(match (user.protection, user.schedule) {
            (Protection::Protected, Schedule::Active) => {
                Finding::good(3, "Backup is active for the user", format!("{address} is protected"))
            }
            (Protection::Protected, Schedule::Paused) => Finding::bad(
                3,
                "Backup is active for the user",
                format!("{address} is paused"),
                format!("holdfast resume --user {address}"),
            ),
            (other, _) => {
                Finding::bad(3, "Backup is active for the user", format!("{address} is {other}"), start)
            }
        });
        let own = |service: &holdfast_model::Service| service.cloud() == cloud && !service.is_of_domain();
        for service in holdfast_model::Service::ALL.into_iter().filter(own) {
            let title = format!("{} is switched on", service.title());
            findings.push(if policy.services.contains(&service) {
                Finding::good(11, &title, "the backup settings include it")
            } else {
                let todo = "switch the service on: holdfast policy set";
                Finding::bad(11, &title, "the backup settings leave it out", todo)
            });
        }
        for archive in archives {
            findings.push(last_run(&archive, &format!("{address} {}", archive.scope.service.title())));
        }
        Ok(())
    }

    async fn all_users(&self, findings: &mut Vec<Finding>) -> Result<()> {
        let archives = self.read(|tx| Ok(archives::list(tx, &ArchiveFilter::default())?)).await?;
        let bad: Vec<_> = archives
            .iter()
            .filter(|archive| archive.last_result.is_some_and(|result| !result.is_complete()))
            .collect();
        findings.push(match (archives.is_empty(), bad.first()) {
            (true, _) => Finding::bad(
                10,
                "Backups have run",
                "nothing has been backed up yet",
                "choose whom to back up: holdfast start --user …",
            ),
            (false, None) => {
                Finding::good(10, "The last runs were complete", format!("{} archives", archives.len()))
            }
            (false, Some(_)) => Finding::bad(
                10,
                "The last runs were complete",
                format!("{} of {} archives are not complete", bad.len(), archives.len()),
                "see why: holdfast activity; try again: holdfast run",
            ),
        });
        Ok(())
    }

    /// 6: licenses left.
    async fn licenses(&self, findings: &mut Vec<Finding>) -> Result<()> {
        let (limit, free) = self.read(|tx| Ok((license_limit(tx)?, licenses_free(tx)?))).await?;
        findings.push(match (limit, free) {
            (Some(limit), Some(0)) => Finding::bad(
                6,
                "Licenses are left",
                format!("all {limit} licenses are taken"),
                "raise the limit: holdfast licenses set N, or none for no limit",
            ),
            (Some(limit), Some(free)) => {
                Finding::good(6, "Licenses are left", format!("{free} of {limit} are free"))
            }
            _ => Finding::good(6, "Licenses are left", "no limit is set"),
        });
        Ok(())
    }

    /// 7: the keychain can be read.
    async fn keychain(&self, findings: &mut Vec<Finding>) {
        let secrets = self.secrets().clone();
        let read = blocking(move || Ok(secrets.get(RECOVERY_KEY)?)).await;
        findings.push(match read {
            Ok(_) => Finding::good(7, "The keychain can be read", "it answered"),
            Err(error) => Finding::bad(
                7,
                "The keychain can be read",
                error.to_string(),
                "unlock the keychain of this computer, or give the right passphrase",
            ),
        });
    }

    /// 8: the Repository is there, the right one, unlocked, and has space.
    async fn repository(&self, findings: &mut Vec<Finding>) -> Result<()> {
        let Some(place) = self.repository_place().await? else {
            let todo = "set up storage: holdfast init";
            findings.push(Finding::bad(8, "The repository is set up", "there is none", todo));
            return Ok(());
        };
        let shown = place.path.display().to_string();
        let opened = async {
            let vault = self.vault().await?;
            blocking(move || {
                vault.refresh_index()?;
                let _lock = vault.lock(LockKind::Shared)?;
                Ok(())
            })
            .await
        };
        findings.push(match opened.await {
            Ok(()) => {
                Finding::good(8, "The repository is reachable, the right one and unlocked", shown.as_str())
            }
            Err(error) => Finding::bad(
                8,
                "The repository is reachable, the right one and unlocked",
                format!("{shown}: {error}"),
                "plug in or mount the disk that holds it",
            ),
        });
        findings.push(match blocking(move || Ok(free_space(&place.path))).await? {
            Some(free) if free < LEAST_FREE => Finding::bad(
                8,
                "The repository's disk has space",
                format!("{} MB are free", free >> 20),
                "free some space on this disk",
            ),
            Some(free) => {
                Finding::good(8, "The repository's disk has space", format!("{} GB are free", free >> 30))
            }
            None => Finding::unknown(8, "The repository's disk has space", "this system does not say"),
        });
        Ok(())
    }
}

fn last_run(archive: &holdfast_catalog::Archive, title: &str) -> Finding {
    let title = format!("{title}: last run");
    match (archive.last_result, archive.last_complete_at) {
        (Some(RunResult::Complete | RunResult::CompleteWithSkips), Some(at)) => {
            Finding::good(10, &title, format!("last good copy {at}"))
        }
        (Some(result), at) => {
            let good = at.map_or_else(|| "never a good copy".to_owned(), |at| format!("last good copy {at}"));
            let todo = "see why: holdfast activity; try again: holdfast run";
            Finding::bad(10, &title, format!("{}; {good}", result.title()), todo)
        }
        (None, _) => Finding::bad(10, &title, "it has never run", "holdfast run"),
    }
}
