// The only file that talks to the shell: a typed function per command. Each rejects with a UserError, never anything else.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type {
  AboutView, ActivityFilter, ActivityView, AlertsView, AppEvent, AppSettings, AttentionView, AuditView, Boot, CheckItem,
  CloudView, ConnectBoxApp, ConnectGoogleKey, ConnectionView, CsvView, DomainView, DroppedCsv, ErasedView, FixAction, FixView, GoogleGuide,
  GroupView, GuideProgress, HomeView, KeepGuide, LabelView, LevelKey, LevelPolicy, LicensesView, NotificationTest, OrgUnitView, OwnerArchive, OwnerRow, OwnersDeed,
  OwnersDone, OwnersFilter, OwnersPage, OwnersQuery, PauseLength, PlanView, Policy, PolicyForm, PolicyOverride, PolicyPreview, RebuildView,
  ReconnectBoxApp, ReconnectBoxSignIn, ReconnectGoogleKey, ReconnectGoogleSignIn, RecoveryKeyView, RestoreInput, RestoreState, RestoreView,
  Retention, RetentionEffect, RetentionView, RunDetail, RunNow, SavedFile, ScheduleSettings, ScheduleView, SelectionInput, SetAlerts, SetAutoBackup, SetPaused, SetupProgress,
  SetupStep, SignInBox, SignInGoogle, StartedView, StorageCheck, StorageOption, StorageView, SyncOutcome, UpdatesView, UserError, UserRow,
  VerifyView, WatchdogView,
} from "./bindings";
import { S } from "./strings";

/** True where a rejection is one of ours; the shell itself (a refused permission, a lost window) rejects with a string. */
export function isUserError(error: unknown): error is UserError {
  return typeof error === "object" && error !== null && "code" in error && "what" in error && "todo" in error;
}

/** Any rejection as a UserError. */
export function asUserError(error: unknown): UserError {
  if (isUserError(error)) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return { code: "defect", what: S.errors.defect.what, todo: S.errors.defect.todo, can_retry: true, detail };
}

async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (error) {
    throw asUserError(error);
  }
}

export const api = {
  boot: () => call<Boot>("boot"),
  storageOptions: () => call<StorageOption[]>("storage_options"),
  checkStorage: (path: string) => call<StorageCheck>("check_storage", { path }),
  initStorage: (path: string) => call<StorageView>("init_storage", { path }),
  recoveryKey: () => call<RecoveryKeyView>("recovery_key"),
  saveRecoveryKey: (path: string, accept_same_disk: boolean) => call<SavedFile>("save_recovery_key", { path, accept_same_disk }),
  setSetupStep: (step: SetupStep, recovery_key_saved: boolean) => call<SetupProgress>("set_setup_step", { step, recovery_key_saved }),
  finishSetup: (start_at_login: boolean) => call<Boot>("finish_setup", { start_at_login }),
  openExisting: (path: string, recovery_key: string) => call<RebuildView>("open_existing", { path, recovery_key }),
  enterSample: () => call<Boot>("enter_sample"),
  cancelSample: () => call<null>("cancel_sample"),
  leaveSample: (remove: boolean) => call<Boot>("leave_sample", { delete: remove }),
  chooseFolder: (title: string) => call<string | null>("choose_folder", { title }),
  chooseFile: (title: string, extensions: string[]) => call<string | null>("choose_file", { title, extensions }),
  chooseSaveFile: (title: string, name: string) => call<string | null>("choose_save_file", { title, name }),
  openUrl: (url: string) => call<null>("open_url", { url }),
  reveal: (path: string) => call<null>("reveal", { path }),
  quit: () => call<null>("quit"),

  clouds: () => call<CloudView[]>("clouds"),
  connections: () => call<ConnectionView[]>("connections"),
  googleGuide: (key_file: string | null) => call<GoogleGuide>("google_guide", { key_file }),
  guideProgress: () => call<GuideProgress>("guide_progress"),
  keepGuide: (input: KeepGuide) => call<GuideProgress>("keep_guide", input),
  testWaiting: () => call<GuideProgress>("test_waiting"),
  stopWaiting: () => call<GuideProgress>("stop_waiting"),
  connectGoogleKey: (input: ConnectGoogleKey) => call<ConnectionView>("connect_google_key", input),
  signInGoogle: (input: SignInGoogle) => call<ConnectionView>("sign_in_google", input),
  cancelSignIn: () => call<null>("cancel_sign_in"),
  checkConnection: (connection: number) => call<CheckItem[]>("check_connection", { connection }),
  reconnectGoogleKey: (input: ReconnectGoogleKey) => call<ConnectionView>("reconnect_google_key", input),
  reconnectGoogleSignIn: (input: ReconnectGoogleSignIn) => call<ConnectionView>("reconnect_google_sign_in", input),
  connectBoxApp: (input: ConnectBoxApp) => call<ConnectionView>("connect_box_app", input),
  signInBox: (input: SignInBox) => call<ConnectionView>("sign_in_box", input),
  reconnectBoxApp: (input: ReconnectBoxApp) => call<ConnectionView>("reconnect_box_app", input),
  reconnectBoxSignIn: (input: ReconnectBoxSignIn) => call<ConnectionView>("reconnect_box_sign_in", input),
  disconnect: (connection: number) => call<ConnectionView>("disconnect", { connection }),

  domains: () => call<DomainView[]>("domains"),
  sync: (connection: number | null, what: SyncOutcome["what"] | "all", accept_mass_deletion: boolean) =>
    call<DomainView[]>("sync", { connection, what, accept_mass_deletion }),
  users: (connection: number) => call<UserRow[]>("users", { connection }),
  groups: (connection: number) => call<GroupView[]>("groups", { connection }),
  groupMembers: (connection: number, address: string) => call<UserRow[]>("group_members", { connection, address }),
  orgUnits: (connection: number) => call<OrgUnitView[]>("org_units", { connection }),
  orgUnitUsers: (connection: number, path: string) => call<UserRow[]>("org_unit_users", { connection, path }),

  owners: (query: OwnersQuery) => call<OwnersPage>("owners", query),
  ownerKeys: (filter: OwnersFilter) => call<string[]>("owner_keys", { filter }),
  saveOwnersCsv: (filter: OwnersFilter, path: string) => call<SavedFile>("save_owners_csv", { filter, path }),
  changeOwners: (keys: string[], deed: OwnersDeed) => call<OwnersDone>("change_owners", { keys, deed }),
  ownerCauses: (owner: string) => call<AttentionView[]>("owner_causes", { owner }),
  deleteOwner: (owner: string, typed: string) => call<OwnerRow>("delete_owner", { owner, typed }),
  keepOwner: (owner: string) => call<OwnerRow>("keep_owner", { owner }),
  eraseOwner: (owner: string, typed: string) => call<ErasedView>("erase_owner", { owner, typed }),
  ownerArchive: (owner: string) => call<OwnerArchive>("owner_archive", { owner }),
  previewRestore: (input: RestoreInput) => call<RestoreView>("preview_restore", { input }),
  restore: (input: RestoreInput) => call<RestoreView>("restore", { input }),
  cancelRestore: () => call<null>("cancel_restore"),
  restoreState: () => call<RestoreState | null>("restore_state"),
  forgetRestore: () => call<null>("forget_restore"),

  readCsv: (connection: number, name: string, content_base64: string) => call<CsvView>("read_csv", { connection, name, content_base64 }),
  readDroppedCsv: (connection: number) => call<DroppedCsv>("read_dropped_csv", { connection }),
  saveSampleCsv: () => call<SavedFile>("save_sample_csv"),
  plan: (selection: SelectionInput) => call<PlanView>("plan", { selection }),
  startBackup: (selection: SelectionInput, policy: PolicyOverride | null) => call<StartedView>("start_backup", { selection, policy }),

  activity: (filter: ActivityFilter) => call<ActivityView>("activity", filter),
  runDetail: (run: number) => call<RunDetail>("run_detail", { run }),
  cancelRun: (run: number) => call<null>("cancel_run", { run }),
  pauseRun: (run: number) => call<null>("pause_run", { run }),
  resumeRun: (run: number) => call<null>("resume_run", { run }),
  retryRun: (run: number) => call<null>("retry_run", { run }),
  runNow: (input: RunNow) => call<null>("run_now", input),
  setPaused: (input: SetPaused) => call<UserRow>("set_paused", input),

  home: () => call<HomeView>("home"),
  setBandwidth: (limit: number | null) => call<StorageView>("set_bandwidth", { limit }),
  pointStorage: (path: string) => call<StorageView>("point_storage", { path }),
  moveStorage: (path: string) => call<StorageView>("move_storage", { path }),
  cancelMove: () => call<null>("cancel_move"),
  storage: () => call<StorageView>("storage"),
  verify: (read_data: boolean) => call<VerifyView>("verify", { read_data }),
  cancelVerify: () => call<null>("cancel_verify"),
  licenses: () => call<LicensesView>("licenses"),
  setLicenses: (limit: number | null) => call<LicensesView>("set_licenses", { limit }),
  labels: (connection: number) => call<LabelView[]>("labels", { connection }),
  policy: (connection: number) => call<PolicyForm>("policy", { connection }),
  previewPolicy: (connection: number, policy: Policy) => call<PolicyPreview>("preview_policy", { connection, policy }),
  setPolicy: (connection: number, policy: Policy) => call<PolicyForm>("set_policy", { connection, policy }),
  levelPolicy: (level: LevelKey) => call<LevelPolicy>("level_policy", { level }),
  previewLevelPolicy: (level: LevelKey, policy: PolicyOverride) => call<PolicyPreview>("preview_level_policy", { level, policy }),
  setLevelPolicy: (level: LevelKey, policy: PolicyOverride) => call<LevelPolicy>("set_level_policy", { level, policy }),
  setAutoBackup: (input: SetAutoBackup) => call<PolicyForm>("set_auto_backup", input),
  pauseBackups: (level: LevelKey | null, length: PauseLength) => call<null>("pause_backups", { level, length }),
  resumeBackups: (level: LevelKey | null) => call<null>("resume_backups", { level }),
  schedule: () => call<ScheduleView>("schedule"),
  setSchedule: (settings: ScheduleSettings) => call<ScheduleView>("set_schedule", { settings }),
  appSettings: () => call<AppSettings>("app_settings"),
  setAppSettings: (settings: AppSettings) => call<AppSettings>("set_app_settings", { settings }),
  openLogs: () => call<null>("open_logs"),
  retention: (connection: number) => call<RetentionView>("retention", { connection }),
  previewRetention: (connection: number, retention: Retention | null) => call<RetentionEffect>("preview_retention", { connection, retention }),
  setRetention: (connection: number, retention: Retention | null) => call<RetentionView>("set_retention", { connection, retention }),
  releaseRetention: (connection: number) => call<RetentionView>("release_retention", { connection }),
  auditLog: () => call<AuditView>("audit_log"),
  saveAuditCsv: (path: string) => call<SavedFile>("save_audit_csv", { path }),
  about: () => call<AboutView>("about"),
  alerts: () => call<AlertsView>("alerts"),
  setAlerts: (input: SetAlerts) => call<AlertsView>("set_alerts", { input }),
  testEmail: () => call<null>("test_email"),
  testWebhook: () => call<null>("test_webhook"),
  testNotification: () => call<NotificationTest>("test_notification"),
  updates: () => call<UpdatesView>("updates"),
  setLooksForUpdates: (looks: boolean) => call<UpdatesView>("set_looks_for_updates", { looks }),
  lookForUpdate: () => call<UpdatesView>("look_for_update"),
  installUpdate: (version: string) => call<null>("install_update", { version }),
  setWatchdog: (on: boolean) => call<WatchdogView>("set_watchdog", { on }),
  fixABackup: (user: string | null) => call<FixView>("fix_a_backup", { user }),
  applyFix: (fix: FixAction, user: string | null) => call<FixView>("apply_fix", { fix, user }),
  fixReport: (user: string | null, mask: boolean) => call<string>("fix_report", { user, mask }),
};

/** Calls `heard` for each event of the engine until the returned function is called. */
export function onAppEvent(heard: (event: AppEvent) => void): () => void {
  const listening = listen<AppEvent>("holdfast", ({ payload }) => heard(payload));
  return () => {
    // Listening fails only while the window is being torn down; there is nothing to undo then.
    listening.then((unlisten) => unlisten()).catch(() => undefined);
  };
}
