//! Fix a backup: the list of causes, checked live, and the report for whoever helps.

use holdfast_engine::notifications::LEFT;
use holdfast_engine::{Events, Finding, Fix, Verdict};

use crate::error::Result;
use crate::views::FixView;
use crate::watchdog::WatchdogCommand;
use crate::{App, alerts, watchdog};

impl App {
    /// Tests every cause for "the backup does not run", for the Domains or for one user.
    pub async fn doctor(&self, user: Option<&str>) -> Result<Vec<Finding>> {
        let events = Events::nobody();
        self.engine.look(&events).await?;
        let mut findings = self.engine.doctor(user.map(str::to_owned), &events).await?;
        findings.push(self.open_causes(user).await?);
        findings.sort_by_key(|finding| finding.number);
        Ok(findings)
    }

    /// What was found as a screen shows it, with the open causes themselves.
    pub(crate) async fn fix_view(&self, user: Option<&str>, findings: Vec<Finding>) -> Result<FixView> {
        let causes = self.known_causes(user).await?;
        Ok(FixView::of(self.now(), user.map(str::to_owned), findings, causes))
    }

    /// 5: the open notifications.
    async fn open_causes(&self, user: Option<&str>) -> Result<Finding> {
        let title = match user {
            Some(user) => format!("Notifications of {user}"),
            None => "Notifications".to_owned(),
        };
        let causes = self.known_causes(user).await?;
        Ok(match causes.as_slice() {
            [] => Finding::good(5, &title, "none is open"),
            // Whoever left is news for the admin, and keeps nobody from being protected.
            causes if causes.iter().all(|cause| cause.cause == LEFT) => {
                let titles: Vec<&str> = causes.iter().map(|cause| cause.title.as_str()).collect();
                Finding::note(5, &title, titles.join("; "), causes[0].todo.clone()).with(Fix::OpenCauses)
            }
            causes => {
                let titles: Vec<&str> = causes.iter().map(|cause| cause.title.as_str()).collect();
                let todo = causes[0].todo.clone();
                Finding::bad(5, &title, titles.join("; "), todo).with(Fix::OpenCauses)
            }
        })
    }
}

/// 10: what tells a person that something is wrong although they do not look: the system's notifications and the
/// watchdog.
pub async fn of_this_computer(command: WatchdogCommand) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let (title, shows) = ("This computer shows notifications", alerts::system::look().await);
    findings.push(match shows.works {
        Some(true) => Finding::good(10, title, shows.evidence),
        Some(false) => {
            let todo = "allow notifications in the system's settings, then test them under Settings > App";
            Finding::note(10, title, shows.evidence, todo).with(Fix::OpenSettings)
        }
        None => Finding::unknown(10, title, shows.evidence).with(Fix::OpenSettings),
    });
    let (title, view) = ("The watchdog looks every hour", watchdog::status(command).await?);
    findings.push(match view.how {
        Some(how) => Finding::good(10, title, how),
        None => {
            let todo = "have the system start it: `holdfast watchdog install`, or Settings > App";
            let evidence = "nobody looks after the backups while Holdfast is closed";
            Finding::note(10, title, evidence, todo).with(Fix::StartWatchdog)
        }
    });
    Ok(findings)
}

/// True where nothing is a cause.
pub fn is_well(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.verdict != Verdict::Bad)
}
