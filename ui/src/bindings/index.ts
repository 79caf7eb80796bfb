// The types that cross between the window and the engine. Field names are the same on both sides.

export type UserError = { code: string; what: string; todo: string; can_retry: boolean; detail: string | null };

export type CloudKind = "google" | "box" | "microsoft";

export type Service = "gmail" | "drive" | "shared_drive";

export type Account = "active" | "suspended" | "archived" | "deleted";

export type Protection = "unprotected" | "protected" | "excluded" | "retained";

export type Schedule = "active" | "paused" | "waiting";

export type RunResult = "complete" | "complete_with_skips" | "partial" | "failed" | "cancelled";

/** The one table axes → light → sentence → button (crates/app/src/light.rs). Colour never alone: icon + sentence. */
export type Light = {
  color: "green" | "amber" | "red" | "grey" | "blue";
  state: "protected" | "first_copy" | "running" | "stale" | "partial" | "failed" | "paused" | "waiting" | "unprotected"
       | "excluded" | "retained" | "account_suspended" | "account_deleted" | "not_connected";
  sentence: string;                 // "First copy 12 %", "Last good copy 4 days ago", "Not protected"
  action: LightAction | null;       // the button
};

export type LightAction = "start_backup" | "run_now" | "resume" | "open_run" | "reconnect" | "sync_users" | "open_storage";

export type Boot = {
  version: string;
  profile: "own" | "sample";
  data_dir: string;
  stage: "first_launch" | "setting_up" | "ready" | "blocked";
  setup: SetupProgress | null;      // while setting_up
  error: UserError | null;          // while blocked (keychain locked, storage gone, newer catalogue ...); boot() again retries
  theme: Theme;
};

export type Theme = "system" | "light" | "dark";

export type SetupStep = "storage" | "recovery_key" | "cloud" | "people" | "finish";

export type SetupProgress = { step: SetupStep; storage_path: string | null; recovery_key_saved: boolean; connection: number | null };

export type StorageOption = { path: string; kind: "usb_disk" | "network_folder" | "local_disk"; label: string; free: number; total: number; is_default: boolean };

export type ConnectionView = {
  id: number; cloud: CloudKind; domain: string; tenant_id: string; signed_in_as: string;
  state: "connected" | "expired" | "disconnected"; state_reason: string | null; endpoints: string | null;
  created_at: string; users: number; last_sync: string | null;
};

export type CheckItem = { id: string; title: string; ok: boolean | null; sentence: string; todo: string | null; copy: string | null; link: string | null }; // ok null = not reached yet

export type GoogleGuide = { scopes_line: string; client_id: string | null; steps: { id: string; title: string; text: string; link: string | null; copy: string | null }[] };

export type SyncOutcome = { what: "users" | "groups" | "org_units"; at: string | null; state: "never" | "ok" | "failed" | "running";
  error: UserError | null; count: number; joined: string[]; left: string[]; renamed: string[]; suspended: string[]; restored: string[];
  joined_count: number; left_count: number; renamed_count: number; suspended_count: number; restored_count: number };   // lists: at most 100 each

export type DomainView = { connection: number; cloud: CloudKind; cloud_name: string; domain: string; state: "connected" | "expired" | "disconnected"; state_reason: string | null;
  has_groups: boolean; has_org_units: boolean; users: number; groups: number; org_units: number; syncs: SyncOutcome[] };

export type UserRow = { connection: number; id: string; address: string; name: string; aliases: string[]; account: Account; org_unit: string | null; is_admin: boolean;
  protection: Protection; schedule: Schedule; licensed: boolean; selectable: boolean; why_not: string | null; light: Light;
  services: { service: Service; items: number; bytes: number; last_result: RunResult | null; last_complete_at: string | null }[] };

export type GroupView = { connection: number; id: string; address: string; name: string; users: number; protected: number; is_rule: boolean };

export type OrgUnitView = { connection: number; id: string; path: string; users: number; protected: number; is_rule: boolean; include_sub_units: boolean };

export type OrgUnitChoice = { path: string; include_sub_units: boolean };

export type SelectionInput = { connection: number; users: string[]; groups: string[]; org_units: OrgUnitChoice[]; csv: { line: number; address: string }[] };

export type CsvRow = { line: number; entry: string; address: string | null; name: string | null; usable: boolean; already_protected: boolean; problem: string | null };

export type CsvView = { rows: CsvRow[]; usable: number; problems: number };

export type Forecast = { items: number | null; bytes: number | null; seconds_low: number | null; seconds_high: number | null; free: number | null; fits: boolean | null; sentence: string };

export type PlanView = { users: { id: string; address: string; already_protected: boolean }[]; problems: { line: number | null; entry: string; why: string }[];
  licenses_needed: number; licenses_free: number | null; licenses_sentence: string /* "You have allocated 2 out of 5 licenses" */; over_limit: boolean; todo: string | null; forecast: Forecast };

export type LedgerView = { listed: number; stored: number; unchanged: number; removed: number; skipped: number; quarantined: number; pending: number; bytes: number };

export type RunView = { id: number; archive: number; title: string; owner: string; service: Service; connection: number; domain: string; trigger: string; started: string; ended: string | null;
  state: "queued" | "running" | "paused" | "ended"; phase: "counting" | "copying" | "saving" | null; result: RunResult | null; ledger: LedgerView; closes: boolean;
  open: number; expected: number | null; rate_items: number | null /* per s */; rate_bytes: number | null; seconds_low: number | null; seconds_high: number | null;
  limited_by: string | null; error: UserError | null; note: string | null;
  can_pause: boolean; can_resume: boolean; can_cancel: boolean; can_retry: boolean };

export type RunItemView = { kind: "skipped" | "quarantined"; item: string; reason: string; sentence: string; detail: string | null; failed_runs: number; is_explained: boolean };

export type RunDetail = { run: RunView; items: RunItemView[]; items_total: number };

export type HomeView = { protected: number; unprotected: number; paused: number; users: number; lights: { color: Light["color"]; count: number }[];
  services: { service: Service; archives: number; complete: number; oldest_good_copy: string | null; newest_good_copy: string | null; items: number; bytes: number }[];
  growth: { at: string; content_bytes: number; stored_bytes: number }[];
  attention: AttentionView[]; running: RunView[]; last_run: RunView | null; only_one_copy: boolean; storage: StorageView | null; licenses: LicensesView };

export type AttentionView = { cause: string; severity: "red" | "amber"; title: string; what: string; todo: string; since: string | null; action: LightAction | "open_storage" | "open_connections" | "open_run" | "open_activity"; target: string | null };

export type StorageView = { path: string; id: string; reachable: boolean; free: number | null; total: number | null; content_bytes: number; stored_bytes: number | null; items: number;
  growth: { at: string; content_bytes: number; stored_bytes: number }[]; days_until_full: number | null; last_verified_at: string | null; last_verify_ok: boolean | null; last_verify_sentence: string | null; restic_commands: string[] };

export type VerifyView = { ok: boolean; packs: number; bytes: number; problems: string[]; took_ms: number };

export type LicensesView = { limit: number | null; used: number; free: number | null; holders: { connection: number; address: string; name: string }[] };

export type AppSettings = { start_at_login: boolean; keep_in_tray: boolean; theme: Theme; notifications: boolean; log_folder: string; version: string; data_dir: string };

export type AppEvent =
  | { event: "run"; run: number }                 // that Run changed (≤ 5 a second per Run)
  | { event: "runs" }                             // a Run began or ended
  | { event: "directory"; connection: number }    // users, groups, org units or protection changed
  | { event: "connections" } | { event: "storage" } | { event: "settings" }
  | { event: "sign_in"; stage: "browser_opened" | "answered"; url: string | null }   // url to copy where no browser opened
  | { event: "rebuild"; sentence: string } | { event: "verify"; done: number; total: number }
  | { event: "open"; place: string }              // tray or notification: navigate to this hash route, e.g. "/backup/activity/12"
  | { event: "attention"; count: number };

export type DriveDocuments = "own" | "all";
export type ExportFormat = "office" | "pdf";
export type Policy = { services: Service[]; mail_trash: boolean; mail_spam: boolean; exclude_labels: string[]; drive_documents: DriveDocuments; drive_trash: boolean; exclude_extensions: string[]; exclude_larger_than: number | null; export: ExportFormat[]; frequency_hours: number };
export type PolicyOverride = { services?: Service[]; mail_trash?: boolean; mail_spam?: boolean; exclude_labels?: string[]; drive_documents?: DriveDocuments; drive_trash?: boolean; exclude_extensions?: string[]; exclude_larger_than?: number; export?: ExportFormat[]; frequency_hours?: number };
export type PolicyForm = { policy: Policy; labels: string[] };
export type PolicyPreview = { gains: string[]; loses: string[]; notes: string[] };
export type StorageCheck = { path: string; free: number | null; exists: boolean; is_empty: boolean; is_repository: boolean; same_disk_as_data: boolean; problem: UserError | null };
export type RecoveryKeyView = { words: string; qr_svg: string; warning: string };
export type RebuildView = { archives: number; users: number; items: number; connections: ConnectionView[]; policies: number; licenses: LicensesView };
export type StartedView = { users: number; problems: PlanProblem[]; runs: number };
export type PlanProblem = PlanView["problems"][number];
export type ActivityFilter = { live: boolean | null; result: RunResult | null; service: Service | null; connection: number | null; search: string | null; before: number | null; limit: number };
export type ActivityView = { runs: RunView[]; more: boolean };
export type RunNow = { connection: number | null; user: string | null; service: Service | null };
export type SetPaused = { connection: number; user: string; paused: boolean };
export type ConnectGoogleKey = { key_file: string; admin: string; endpoints: string | null };
export type SignInGoogle = { client_file: string | null; endpoints: string | null };
export type ReconnectGoogleKey = { connection: number; key_file: string; admin: string };
export type ReconnectGoogleSignIn = { connection: number; client_file: string | null };
export type SavedFile = { path: string };
export type AboutView = { version: string; licence: string; repository_format: string; notices: string };
