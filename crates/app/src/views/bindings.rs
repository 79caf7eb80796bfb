//! Holds `ui/src/bindings/index.ts` to the types here. To write it anew after a change:
//! `HOLDFAST_WRITE_BINDINGS=1 cargo test -p holdfast-app bindings`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use holdfast_model as model;
use ts_rs::{Config, TS};

use super::*;
use crate::error::{ROWS, UserError};
use crate::language::{Language, LanguageChoice};

const HEAD: &str = "// Generated from the types in crates/app/src/views and crates/model/src. Do not edit: change those, then run\n\
                    // HOLDFAST_WRITE_BINDINGS=1 cargo test -p holdfast-app bindings\n";

macro_rules! declared {
    ($config:expr, $($type:ty),* $(,)?) => {{
        let mut all = BTreeMap::new();
        let mut needed = Vec::new();
        $(
            all.insert(<$type>::ident($config), <$type>::decl($config));
            needed.extend(<$type>::dependencies($config).into_iter().map(|other| other.ts_name));
        )*
        (all, needed)
    }};
}

fn generated() -> String {
    let config = Config::new().with_large_int("number");
    let (mut all, needed) = declared!(
        &config,
        AboutView,
        NewVersion,
        UpdatesView,
        AccountView,
        AuthorisedBy,
        CloudStatus,
        CloudView,
        HealthItem,
        ActivityView,
        ActivityFilter,
        AppEvent,
        AppSettings,
        crate::alerts::AlertSecrets,
        crate::alerts::AlertSettings,
        crate::alerts::EmailSettings,
        crate::alerts::Encryption,
        crate::alerts::system::NotificationTest,
        crate::watchdog::WatchdogView,
        AlertsView,
        SetAlerts,
        AttentionAction,
        AttentionView,
        AuditRow,
        AuditView,
        Boot,
        CheckItem,
        ConnectionView,
        ConnectBoxApp,
        MoveView,
        DroppedCsv,
        ConnectGoogleKey,
        ReconnectBoxApp,
        ReconnectBoxSignIn,
        ReconnectGoogleKey,
        ReconnectGoogleSignIn,
        RunNow,
        FieldSource,
        LevelKey,
        LevelPolicy,
        LevelWord,
        PauseLength,
        PauseView,
        ScheduleSettings,
        ScheduleView,
        WaitView,
        SetAutoBackup,
        SetPaused,
        SignInBox,
        SignInGoogle,
        CsvChoice,
        CsvRow,
        CsvView,
        DomainView,
        PausedPart,
        FixAction,
        FixCheck,
        FixFinding,
        FixVerdict,
        FixView,
        Forecast,
        GoogleGuide,
        GuideProgress,
        KeepGuide,
        AwaitedView,
        GroupView,
        GrowthPoint,
        HoldView,
        RetentionEffect,
        ChoreView,
        RetentionView,
        GuideStep,
        HomeView,
        KeptService,
        LabelView,
        Language,
        LanguageChoice,
        LicenseHolder,
        LicensesView,
        Light,
        LightAction,
        LightColor,
        LightCount,
        LightState,
        BackupStatus,
        OrgUnitChoice,
        OrgUnitView,
        OwnerColumn,
        OwnerKind,
        OwnerRow,
        OwnerService,
        OwnersDeed,
        OwnersDone,
        OwnersFilter,
        OwnersPage,
        OwnersQuery,
        ErasedView,
        OwnerArchive,
        PointInTime,
        RestoreInput,
        RestoreProblemView,
        RestoreState,
        RestoreView,
        RestoredName,
        ServicePoints,
        ServiceResult,
        PlanProblem,
        PlanUser,
        PlanView,
        PolicyForm,
        PolicyPart,
        ServiceChoice,
        PolicyPreview,
        ProfileKind,
        Protection,
        RebuildView,
        RecoveryKeyView,
        RunDetail,
        RunItemView,
        RunPhase,
        RunStateWord,
        RunView,
        SamplePhase,
        SavedFile,
        Schedule,
        SelectionInput,
        ServiceSummary,
        SetupProgress,
        SetupStep,
        Severity,
        SignInStage,
        Stage,
        StartedView,
        StorageCheck,
        StorageKind,
        StorageOption,
        StorageView,
        SyncOutcome,
        SyncPart,
        SyncState,
        Theme,
        UserError,
        UserRow,
        VerifyView,
        model::Account,
        model::ArchiveId,
        model::CloudKind,
        model::ConnectionId,
        model::DriveDocuments,
        model::ExportFormat,
        model::Ledger,
        model::Policy,
        model::PolicyOverride,
        model::Retention,
        model::RunHours,
        model::RunId,
        model::RunResult,
        model::Service,
        model::SizeLimit,
    );
    for name in needed {
        assert!(all.contains_key(&name), "{name} is used and not declared: add it to the list");
    }
    let codes: Vec<String> = ROWS.iter().map(|row| format!("  | \"{}\"", row.code)).collect();
    all.insert("UserErrorCode".into(), format!("type UserErrorCode =\n{};", codes.join("\n")));
    let states = "type ConnectionState = \"connected\" | \"expired\" | \"disconnected\";";
    all.insert("ConnectionState".into(), states.into());
    all.insert("LedgerView".into(), "type LedgerView = Ledger;".into());
    let declarations: Vec<String> = all.into_values().map(|text| format!("export {text}\n")).collect();
    format!("{HEAD}\n{}", declarations.join("\n"))
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/bindings/index.ts")
}

#[test]
fn bindings_are_up_to_date() {
    let (generated, path) = (generated(), committed());
    if std::env::var_os("HOLDFAST_WRITE_BINDINGS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &generated).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap();
    assert!(
        known == generated,
        "ui/src/bindings is not what the types say; {}",
        HEAD.lines().nth(1).unwrap()
    );
}

#[test]
fn the_states_of_a_connection_are_those_of_the_catalogue() {
    for state in holdfast_engine::catalog::ConnectionState::ALL {
        assert!(generated().contains(&format!("\"{}\"", state.as_str())), "{}", state.as_str());
    }
}
