//! A desktop app beside a company, and what every cause has in common: it is told once, and closed once it is fixed.

use std::collections::BTreeSet;

use holdfast_app::views::{
    AttentionAction, AttentionView, FixAction, FixFinding, FixVerdict, FixView, RunNow,
};
use holdfast_app::{CAUSES, Desktop, SyncWhat, ToNotify};
use serde_json::{Value, json};

use crate::stage::{Computer, PATIENCE, all_ended, one_user, runs_ended};

pub struct Scene {
    pub computer: Computer,
    pub desktop: Desktop,
    pub connection: i64,
    /// Who is backed up.
    pub user: String,
    pub told: BTreeSet<&'static str>,
}

impl Scene {
    /// One user is backed up, and nothing is wrong.
    pub async fn new() -> Self {
        Self::at(Computer::new().await).await
    }

    pub async fn at(computer: Computer) -> Self {
        let (desktop, connection) = computer.set_up("data").await;
        let rows = desktop.users(connection).await.unwrap();
        let admin = computer.admin();
        let user = rows.into_iter().find(|row| row.selectable && row.address != admin).unwrap().address;
        let started = desktop.start_backup(one_user(connection, &user), None).await.unwrap();
        all_ended(&desktop, started.runs as usize).await;
        let scene = Self { computer, desktop, connection, user, told: BTreeSet::new() };
        assert_eq!(scene.open().await, [""; 0]);
        scene
    }

    pub fn set(&self, settings: Value) {
        self.computer.control("set", &settings);
    }

    pub fn change(&self, change: Value) -> Vec<String> {
        let answer: Value = serde_json::from_str(&self.computer.control("change", &change)).unwrap();
        serde_json::from_value(answer["ids"].clone()).unwrap()
    }

    /// This method refuses from now on, at once and for as long as it is not healed.
    pub fn refuse(&self, method: &str, status: u16, reason: &str) {
        let fault = json!({
            "method": method, "kind": "status", "status": status, "reason": reason, "times": 0, "retry_after": 5_000
        });
        self.computer.control("fault", &fault);
    }

    pub fn heal(&self) {
        self.computer.ask_control("DELETE", "fault", &json!({}));
    }

    /// Backs up everything once more and waits for the end.
    pub async fn run(&self) {
        let before = self.runs().await;
        loop {
            self.desktop.run_now(RunNow { connection: None, user: None, service: None }).await.unwrap();
            if self.has_begun(before).await {
                break;
            }
        }
        runs_ended(&self.desktop, before + 1).await;
    }

    /// What has not quite ended yet is not begun again: then a person presses once more.
    async fn has_begun(&self, before: usize) -> bool {
        for _ in 0..20 {
            if self.runs().await > before {
                return true;
            }
            breathe(&self.desktop).await;
        }
        false
    }

    pub async fn runs(&self) -> usize {
        let filter = holdfast_app::views::ActivityFilter { limit: 500, ..Default::default() };
        self.desktop.activity(filter).await.unwrap().runs.len()
    }

    /// The app ends and starts again.
    pub async fn reopen(&mut self) {
        self.desktop.shut_down().await;
        self.desktop = self.computer.desktop("data");
    }

    pub async fn sync(&self) -> holdfast_app::Result<()> {
        self.desktop.sync(Some(self.connection), SyncWhat::All, false).await.map(drop)
    }

    /// The causes that are open, by their codes.
    pub async fn open(&self) -> Vec<String> {
        self.causes().await.into_iter().map(|cause| cause.cause).collect()
    }

    pub async fn causes(&self) -> Vec<AttentionView> {
        self.desktop.home().await.unwrap().attention
    }

    /// Waits until just this cause is open, and is told of: once, with the words of the one table, and with `says` among
    /// them.
    pub async fn is_told(&mut self, cause: &'static str, says: &str) -> AttentionView {
        let waiting = async {
            loop {
                let told = self.desktop.next_notifications().await.unwrap();
                if !told.is_empty() {
                    return told;
                }
                breathe(&self.desktop).await;
            }
        };
        let told = match tokio::time::timeout(PATIENCE / 3, waiting).await {
            Ok(told) => told,
            Err(_) => panic!("{cause} is not told; open: {:?}", self.causes().await),
        };
        let [ToNotify { title, body, place, .. }] = told.as_slice() else { panic!("{cause}: {told:#?}") };
        for _ in 0..3 {
            assert_eq!(self.desktop.next_notifications().await.unwrap(), [], "{cause} is told twice");
        }
        let open = self.causes().await;
        assert_eq!(open.len(), 1, "{cause}: {open:#?}");
        let view = open.into_iter().next().unwrap();
        assert_eq!(view.cause, cause, "{view:#?}");
        let row = CAUSES.iter().find(|row| row.code == cause).expect(cause);
        assert_eq!((view.severity, view.action), (row.severity, row.action), "{cause}");
        assert_eq!((title, body), (&view.title, &format!("{} {}", view.what, view.todo)), "{cause}");
        let whole = format!("{title} {body}");
        assert!(whole.contains(says), "{cause} says: {whole}");
        for loose in ["{domain}", "{detail}", "  ", "..", " ."] {
            assert!(!whole.contains(loose), "{cause} says: {whole}");
        }
        let page = match view.action {
            AttentionAction::OpenFix => "/help/fix".to_owned(),
            AttentionAction::OpenStorage => "/settings/storage".to_owned(),
            AttentionAction::OpenLicenses => "/settings/licenses".to_owned(),
            AttentionAction::OpenBackupSettings => "/settings/backup".to_owned(),
            AttentionAction::OpenSettings => "/settings/app".to_owned(),
            AttentionAction::Reconnect | AttentionAction::OpenConnections | AttentionAction::SyncUsers => {
                format!("/settings/clouds/{}", self.connection)
            }
            AttentionAction::OpenActivity => "/backup/activity".to_owned(),
            AttentionAction::OpenRun => format!("/backup/activity/{}", view.target.as_deref().unwrap()),
            AttentionAction::RunNow | AttentionAction::Resume | AttentionAction::StartBackup => {
                "/".to_owned()
            }
        };
        assert_eq!(*place, page, "{cause}");
        self.told.insert(cause);
        view
    }

    /// Waits until just this cause is open.
    pub async fn is_open(&self, cause: &str) {
        let waiting = async {
            while self.open().await != [cause] {
                breathe(&self.desktop).await;
            }
        };
        let opened = tokio::time::timeout(PATIENCE / 3, waiting).await;
        assert!(opened.is_ok(), "{cause} is not open: {:#?}", self.causes().await);
    }

    /// Waits until nothing is open any more.
    pub async fn is_closed(&self, cause: &str) {
        let waiting = async {
            while !self.open().await.is_empty() {
                breathe(&self.desktop).await;
            }
        };
        let closed = tokio::time::timeout(PATIENCE / 3, waiting).await;
        assert!(closed.is_ok(), "{cause} stays open: {:#?}", self.causes().await);
        assert_eq!(
            self.desktop.next_notifications().await.unwrap(),
            [],
            "{cause}: what is good says nothing"
        );
    }

    /// The button of a cause whose page is that of the Run: tries it again, and then the next one that it concerns.
    pub async fn retry(&self, cause: &str) {
        let mut tried = BTreeSet::new();
        while let Some(open) = self.causes().await.into_iter().find(|open| open.cause == cause) {
            let run: i64 = open.target.as_deref().unwrap().parse().unwrap();
            if !tried.contains(&run) {
                let before = self.runs().await;
                self.desktop.retry_run(run).await.unwrap();
                if self.has_begun(before).await {
                    runs_ended(&self.desktop, before + 1).await;
                    tried.insert(run);
                }
            }
            assert!(tried.len() < 20, "{cause} is not mended: {open:#?}");
            breathe(&self.desktop).await;
        }
    }

    /// `Check again` of Fix a backup.
    pub async fn check_again(&self) -> FixView {
        self.desktop.fix_a_backup(None).await.unwrap()
    }

    /// Presses the button of the first finding that `is_it` picks, in Fix a backup for everyone or one user.
    pub async fn press(
        &self,
        user: Option<&str>,
        is_it: impl Fn(&FixFinding) -> bool,
    ) -> (FixAction, FixView) {
        let view = self.desktop.fix_a_backup(user.map(str::to_owned)).await.unwrap();
        let mut findings = view.checks.iter().flat_map(|check| &check.findings);
        let found = findings.find(|one| one.fix.is_some() && is_it(one));
        let fix = found.unwrap_or_else(|| panic!("no such finding: {view:#?}")).fix.clone().unwrap();
        let view = self.desktop.apply_fix(fix.clone(), user.map(str::to_owned)).await.unwrap();
        (fix, view)
    }
}

/// The findings that are causes.
pub fn bad(view: &FixView) -> Vec<&FixFinding> {
    let findings = view.checks.iter().flat_map(|check| &check.findings);
    findings.filter(|one| one.verdict == FixVerdict::Bad).collect()
}

/// Until something happens, or a moment later: an event that was missed is made up for by the next look.
pub async fn breathe(desktop: &Desktop) {
    let mut events = desktop.subscribe();
    let _any_event = tokio::time::timeout(std::time::Duration::from_millis(100), events.recv()).await;
}
