//! Every command, once: the build script makes a permission of each, the program makes and registers each, and a test
//! holds the capability of the window to them.

/// Calls a macro with all commands. Those of `app` are the function of `Desktop` with the same name: with named values in
/// round brackets, or with all of them as one structure in square ones. Those of `browser` also open a sign-in page. Those of
/// `shell` are written out, as `file::name`, for what only the shell can do.
macro_rules! each_command {
    ($use:ident) => {
        $use! {
            app {
                boot() -> Boot;
                storage_options() -> Vec<StorageOption>;
                check_storage(path: String) -> StorageCheck;
                init_storage(path: String) -> StorageView;
                recovery_key() -> RecoveryKeyView;
                save_recovery_key(path: String, accept_same_disk: bool) -> SavedFile;
                set_setup_step(step: SetupStep, recovery_key_saved: bool) -> SetupProgress;
                open_existing(path: String, recovery_key: String) -> RebuildView;

                clouds() -> Vec<CloudView>;
                connections() -> Vec<ConnectionView>;
                google_guide(key_file: Option<String>) -> GoogleGuide;
                guide_progress() -> GuideProgress;
                keep_guide[KeepGuide] -> GuideProgress;
                test_waiting() -> GuideProgress;
                stop_waiting() -> GuideProgress;
                connect_google_key[ConnectGoogleKey] -> ConnectionView;
                reconnect_google_key[ReconnectGoogleKey] -> ConnectionView;
                connect_box_app[ConnectBoxApp] -> ConnectionView;
                reconnect_box_app[ReconnectBoxApp] -> ConnectionView;
                cancel_sign_in() -> ();
                check_connection(connection: i64) -> Vec<CheckItem>;
                disconnect(connection: i64) -> ConnectionView;

                domains() -> Vec<DomainView>;
                sync(connection: Option<i64>, what: SyncWhat, accept_mass_deletion: bool) -> Vec<DomainView>;
                users(connection: i64) -> Vec<UserRow>;
                groups(connection: i64) -> Vec<GroupView>;
                group_members(connection: i64, address: String) -> Vec<UserRow>;
                org_units(connection: i64) -> Vec<OrgUnitView>;
                org_unit_users(connection: i64, path: String) -> Vec<UserRow>;

                owners[OwnersQuery] -> OwnersPage;
                owner_keys(filter: OwnersFilter) -> Vec<String>;
                save_owners_csv(filter: OwnersFilter, path: String) -> SavedFile;
                change_owners(keys: Vec<String>, deed: OwnersDeed) -> OwnersDone;
                owner_causes(owner: String) -> Vec<AttentionView>;
                delete_owner(owner: String, typed: String) -> OwnerRow;
                keep_owner(owner: String) -> OwnerRow;
                erase_owner(owner: String, typed: String) -> ErasedView;
                owner_archive(owner: String) -> OwnerArchive;
                preview_restore(input: RestoreInput) -> RestoreView;
                restore(input: RestoreInput) -> RestoreView;
                cancel_restore() -> ();
                restore_state() -> Option<RestoreState>;
                forget_restore() -> ();

                read_dropped_csv(connection: i64) -> DroppedCsv;
                read_csv(connection: i64, name: String, content_base64: String) -> CsvView;
                save_sample_csv() -> SavedFile;
                plan(selection: SelectionInput) -> PlanView;
                start_backup(selection: SelectionInput, policy: Option<PolicyOverride>) -> StartedView;

                activity[ActivityFilter] -> ActivityView;
                run_detail(run: i64) -> RunDetail;
                cancel_run(run: i64) -> ();
                pause_run(run: i64) -> ();
                resume_run(run: i64) -> ();
                retry_run(run: i64) -> ();
                run_now[RunNow] -> ();
                set_paused[SetPaused] -> UserRow;

                home() -> HomeView;
                storage() -> StorageView;
                set_bandwidth(limit: Option<u64>) -> StorageView;
                point_storage(path: String) -> StorageView;
                move_storage(path: String) -> StorageView;
                cancel_move() -> ();
                verify(read_data: bool) -> VerifyView;
                cancel_verify() -> ();
                licenses() -> LicensesView;
                set_licenses(limit: Option<u64>) -> LicensesView;
                labels(connection: i64) -> Vec<LabelView>;
                policy(connection: i64) -> PolicyForm;
                preview_policy(connection: i64, policy: Policy) -> PolicyPreview;
                set_policy(connection: i64, policy: Policy) -> PolicyForm;
                level_policy(level: LevelKey) -> LevelPolicy;
                preview_level_policy(level: LevelKey, policy: PolicyOverride) -> PolicyPreview;
                set_level_policy(level: LevelKey, policy: PolicyOverride) -> LevelPolicy;
                set_auto_backup[SetAutoBackup] -> PolicyForm;
                pause_backups(level: Option<LevelKey>, length: PauseLength) -> ();
                resume_backups(level: Option<LevelKey>) -> ();
                schedule() -> ScheduleView;
                set_schedule(settings: ScheduleSettings) -> ScheduleView;
                retention(connection: i64) -> RetentionView;
                preview_retention(connection: i64, retention: Option<Retention>) -> RetentionEffect;
                set_retention(connection: i64, retention: Option<Retention>) -> RetentionView;
                release_retention(connection: i64) -> RetentionView;
                app_settings() -> AppSettings;
                about() -> AboutView;

                alerts() -> AlertsView;
                set_alerts(input: SetAlerts) -> AlertsView;
                test_email() -> ();
                test_webhook() -> ();
                test_notification() -> NotificationTest;
                set_watchdog(on: bool) -> WatchdogView;
                updates() -> UpdatesView;
                set_looks_for_updates(looks: bool) -> UpdatesView;

                fix_a_backup(user: Option<String>) -> FixView;
                apply_fix(fix: FixAction, user: Option<String>) -> FixView;
                fix_report(user: Option<String>, mask: bool) -> String;
                audit_log() -> AuditView;
                save_audit_csv(path: String) -> SavedFile;
            }
            browser {
                sign_in_google[SignInGoogle];
                reconnect_google_sign_in[ReconnectGoogleSignIn];
                sign_in_box[SignInBox];
                reconnect_box_sign_in[ReconnectBoxSignIn];
            }
            shell {
                profile::finish_setup;
                profile::set_app_settings;
                profile::enter_sample;
                profile::cancel_sample;
                profile::leave_sample;
                profile::look_for_update;
                profile::install_update;
                system::choose_folder;
                system::choose_file;
                system::choose_save_file;
                system::open_url;
                system::reveal;
                system::open_logs;
                system::quit;
            }
        }
    };
}

/// The names alone.
macro_rules! names_only {
    (
        app { $($app:ident $values:tt -> $result:ty;)* }
        browser { $($browser:ident $input:tt;)* }
        shell { $($file:ident :: $shell:ident;)* }
    ) => {
        &[$(stringify!($app),)* $(stringify!($browser),)* $(stringify!($shell),)*]
    };
}

/// The name of each command.
#[allow(dead_code)] // Of the build script and of the test: the program itself makes more of each.
pub const NAMES: &[&str] = each_command!(names_only);
