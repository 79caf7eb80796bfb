// The company in memory that answers in place of the engine, in tests and under `npm run dev` only. It keeps what the
// pages rely on (who is chosen, what is protected, licenses, settings) and does what a command says, so that a page
// that sends the wrong thing shows the wrong thing. A test may replace any answer.
import type {
  AccountView, AlertsView, Boot, CloudKind, CloudView, ConnectionView, CsvRow, DomainView, GroupView, GuideProgress, HealthItem, Language, LanguageChoice, LicensesView, UpdatesView, OrgUnitView, PlanView, Policy, PolicyPreview, RunView, SelectionInput, ServiceChoice, StorageView, SyncOutcome, UserError, RestoreState,
  UserRow,
} from "../bindings";
import { auditOf } from "./audit";
import { ownersOf } from "./owners";
import { activityOf, homeOf, runsOf } from "./activity";
import { groupsOf, hoursAgo, membersOf, people, unitsOf } from "./people";
import { setUpCommands } from "./firstLaunch";
import { FOREVER, retentionOf } from "./retention";
import { alertCommands, noAlerts } from "./alerts";
import { updateCommands, upToDate } from "./updates";
import { fixCommands, type FixState } from "./fix";
import { levelCommands, noLevels } from "./levels";

export type Answer = (args: never) => unknown;

export type CompanyOptions = {
  users: number;
  stage?: Boot["stage"];
  profile?: Boot["profile"];
  /** Licenses; none for no limit. */
  limit?: number | null;
  state?: DomainView["state"];
  /** False: connected, and no sync has been yet. */
  synced?: boolean;
  theme?: Boot["theme"];
  language?: Language;
};

export const CONNECTION = 1;

/** What each Cloud has to back up, as the engine says. */
const SERVICES: Record<CloudKind, ServiceChoice[]> = {
  google: [
    { service: "gmail", name: "Gmail", is_of_domain: false, settings: ["mail"] },
    { service: "drive", name: "Drive", is_of_domain: false, settings: ["files", "trash", "documents", "export"] },
    { service: "shared_drive", name: "Shared drive", is_of_domain: true, settings: ["files", "trash", "export"] },
  ],
  box: [{ service: "box_files", name: "Box files", is_of_domain: false, settings: ["files", "documents"] }],
  microsoft: [],
};

export class Company {
  readonly calls: { command: string; args: Record<string, unknown> }[] = [];
  readonly answers: Record<string, Answer>;
  boot: Boot;
  users: UserRow[];
  groups: GroupView[];
  units: OrgUnitView[];
  limit: number | null;
  runs: RunView[];
  addsNewUsers = false;
  policy: Policy = {
    services: ["gmail", "drive", "shared_drive"], mail_trash: true, mail_spam: false, exclude_labels: [], drive_documents: "own", drive_trash: true, previous_versions: false,
    exclude_extensions: [], exclude_larger_than: null, export: ["office"], frequency_hours: 24, hours: { from: 0, until: 24 },
  };
  retention = FOREVER;
  storage: StorageView;
  /** Why what is to be erased is not erased yet. */
  eraseWaits: string | null = null;
  domain: DomainView;
  /** What is wrong with the Connection, or will be. */
  health: HealthItem[] = [];
  /** Accounts beside the company's own. */
  moreAccounts: AccountView[] = [];
  alerts: AlertsView = structuredClone(noAlerts);
  /** The restore that goes on, or ended last. */
  restore: RestoreState | null = null;
  /** What is decided at each level, and the schedule. */
  levels = noLevels();
  updates: UpdatesView = { ...upToDate };
  /** What keeps backups from running. */
  fix: FixState = { paused: null, apiOff: false, causes: [], running: 0 };
  /** How far connecting Google is. */
  guide: GuideProgress = { done: [], key_file: "", admin: "", endpoints: null, waiting: null, made: null };
  /** False until someone connects: the first launch begins without a Cloud. */
  isConnected: boolean;
  settings = {
    start_at_login: true, keep_in_tray: true, theme: "system" as Boot["theme"], language: "system" as LanguageChoice, spoken: "english" as Language, notifications: true, log_folder: "/home/anna/.local/share/holdfast/logs",
    version: "0.2.0", data_dir: "/home/anna/.local/share/holdfast",
  };

  constructor(options: CompanyOptions) {
    const { users, stage = "ready", profile = "own", limit = null, state = "connected", synced = true, theme = "system", language = "english" } = options;
    this.settings.theme = theme;
    this.settings.spoken = language;
    if (language !== "english") this.settings.language = language;
    this.boot = {
      version: "0.2.0", profile, data_dir: this.settings.data_dir, stage, theme, language, error: null,
      setup: stage === "setting_up" ? { step: "storage", storage_path: null, recovery_key_saved: false, connection: null } : null,
    };
    this.users = people(synced ? users : 0, CONNECTION);
    this.groups = groupsOf(this.users, CONNECTION);
    this.units = unitsOf(this.users, CONNECTION);
    this.limit = limit;
    this.runs = runsOf(this.users, CONNECTION);
    this.storage = storageOf(users);
    this.isConnected = stage === "ready";
    this.domain = {
      connection: CONNECTION, cloud: "google", cloud_name: "Google Workspace", domain: "acme.example", state,
      state_reason: state === "expired" ? "The sign-in was revoked in the Google admin console." : null, has_groups: true, has_org_units: true,
      after_deletion: "Google Workspace keeps a deleted account for 20 days, then its data is gone.", after_deletion_source: "https://support.google.com/a/answer/1397578",
      users: this.users.length, groups: this.groups.length, org_units: this.units.length,
      syncs: (["users", "groups", "org_units"] as const).map((what) => this.outcome(what, synced)),
    };
    this.answers = { ...this.commands(), ...setUpCommands(this), ...ownersOf(this), ...fixCommands(this), ...levelCommands(this), ...alertCommands(this), ...updateCommands(this) };
  }

  /** What the engine would answer. An unknown command fails as it does in the shell. */
  answer(command: string, args: Record<string, unknown>): unknown {
    this.calls.push({ command, args });
    const answer = this.answers[command];
    if (!answer) throw `Command ${command} not found`;
    // As over the wire: what the page gets is a copy.
    const given = answer(args as never) ?? null;
    return given instanceof Promise ? given : structuredClone(given);
  }

  /** The arguments of the last call of a command. */
  lastCall(command: string): Record<string, unknown> | undefined {
    return this.calls.findLast((call) => call.command === command)?.args;
  }

  licenses(): LicensesView {
    const holders = this.users.filter((it) => it.licensed).map(({ connection, address, name }) => ({ connection, address, name }));
    return { limit: this.limit, used: holders.length, free: this.limit === null ? null : Math.max(0, this.limit - holders.length), holders };
  }

  connection(): ConnectionView {
    const { connection: id, cloud, domain, state, state_reason, users } = this.domain;
    return {
      id, cloud, domain, state, state_reason, users, tenant_id: "C0123abcd", signed_in_as: "anna.adler@acme.example", endpoints: null,
      created_at: hoursAgo(400), last_sync: this.domain.syncs[0]?.at ?? null,
    };
  }

  clouds(): CloudView[] {
    const account: AccountView = {
      connection: this.connection(), way: "key", since: hoursAgo(290), next_sync: this.domain.state === "connected" ? hoursAgo(-19) : null,
      sync: this.domain.syncs[0] as SyncOutcome, health: this.health,
    };
    const accounts = this.isConnected ? [account, ...this.moreAccounts] : [];
    const status = accounts.length === 0 ? "none" : this.domain.state === "expired" || this.health.some((it) => it.is_warning) ? "attention" : this.domain.state;
    return [
      { cloud: "google", name: "Google Workspace", available: true, services: ["gmail", "drive", "shared_drive"], status, accounts },
      { cloud: "box", name: "Box", available: true, services: ["box_files"], status: "none", accounts: [] },
      { cloud: "microsoft", name: "Microsoft 365", available: false, services: [], status: "none", accounts: [] },
    ];
  }

  /** The distinct users that a selection names. */
  chosen(selection: SelectionInput): UserRow[] {
    const ids = new Set(selection.users);
    selection.groups.forEach((address) => {
      const at = this.groups.findIndex((it) => it.address === address);
      if (at >= 0) membersOf(this.users, at).forEach((it) => ids.add(it.id));
    });
    for (const { path, include_sub_units } of selection.org_units) {
      for (const it of this.users) {
        const below = path === "/" || (it.org_unit ?? "").startsWith(`${path}/`);
        if (it.org_unit === path || (include_sub_units && below)) ids.add(it.id);
      }
    }
    const addresses = new Set(selection.csv.map((it) => it.address));
    return this.users.filter((it) => it.selectable && (ids.has(it.id) || ids.has(it.address) || addresses.has(it.address)));
  }

  plan(selection: SelectionInput): PlanView {
    const users = this.chosen(selection);
    const needed = users.filter((it) => it.protection !== "protected").length;
    const free = this.licenses().free;
    const over = free !== null && needed > free;
    const bytes = needed * 6_200_000_000;
    return {
      users: users.map(({ id, address, protection }) => ({ id, address, already_protected: protection === "protected" })),
      problems: [], licenses_needed: needed, licenses_free: free, over_limit: over,
      licenses_sentence: free === null ? `You have allocated ${needed} ${needed === 1 ? "license" : "licenses"} (no limit set)` : `You have allocated ${needed} out of ${free} licenses`,
      todo: over ? "Remove entries from the list, or raise the limit in Settings > Licenses." : null,
      forecast: {
        items: null, bytes: needed === 0 ? 0 : bytes, seconds_low: needed * 3_600, seconds_high: needed * 9_000, free: 812_000_000_000, fits: bytes < 812_000_000_000,
        sentence: needed === 0 ? "Nothing new to copy." : "First copy: about 1 h to 3 h a mailbox, newest first.",
      },
    };
  }

  private outcome(what: SyncOutcome["what"], synced: boolean): SyncOutcome {
    const count = what === "users" ? this.users.length : what === "groups" ? this.groups.length : this.units.length;
    const some = synced && what === "users" && count > 0;
    return {
      what, at: synced ? hoursAgo(5) : null, state: synced ? "ok" : "never", error: null, count,
      joined: some ? ["Nora Quist (nora.quist@acme.example)"] : [], left: [], renamed: [], suspended: some ? ["Hiro Huang (hiro.huang@acme.example)"] : [], restored: [],
      joined_count: some ? 1 : 0, left_count: 0, renamed_count: 0, suspended_count: some ? 1 : 0, restored_count: 0,
    };
  }

  private csv(content_base64: string): CsvRow[] {
    const seen = new Set<string>();
    return atob(content_base64).split(/\r?\n/).map((entry, at) => ({ entry: entry.trim(), line: at + 1 }))
      .filter(({ entry, line }) => entry !== "" && !(line === 1 && entry.toLowerCase() === "email"))
      .map(({ entry, line }) => {
        const user = this.users.find((it) => it.address === entry.toLowerCase());
        const problem = !entry.includes("@") ? "Not an address" : !user ? "No such user in acme.example" : !user.selectable ? user.why_not
          : seen.has(user.address) ? "A duplicate of a line above" : null;
        if (user) seen.add(user.address);
        return { line, entry, address: user?.address ?? null, name: user?.name ?? null, usable: problem === null, already_protected: user?.protection === "protected", problem };
      });
  }

  private commands(): Record<string, Answer> {
    return {
      boot: () => this.boot,
      leave_sample: () => (this.boot = { ...this.boot, profile: "own" }),
      clouds: () => this.clouds(),
      connections: () => (this.isConnected ? [this.connection()] : []),
      disconnect: () => {
        this.domain = { ...this.domain, state: "disconnected", state_reason: "Disconnected here." };
        return this.connection();
      },
      domains: () => (this.isConnected ? [this.domain] : []),
      sync: ({ what }: { what: string }) => {
        const syncs = this.domain.syncs.map((it) => (what === "all" || it.what === what ? { ...it, at: new Date().toISOString(), state: "ok" as const } : it));
        this.domain = { ...this.domain, syncs };
        return [this.domain];
      },
      users: () => this.users,
      groups: () => this.groups,
      group_members: ({ address }: { address: string }) => membersOf(this.users, this.groups.findIndex((it) => it.address === address)),
      org_units: () => this.units,
      org_unit_users: ({ path }: { path: string }) => this.users.filter((it) => it.org_unit === path),
      read_csv: ({ content_base64 }: { content_base64: string }) => {
        const rows = this.csv(content_base64);
        return { rows, usable: rows.filter((it) => it.usable).length, problems: rows.filter((it) => it.problem !== null).length };
      },
      read_dropped_csv: () => {
        const rows = this.csv(btoa("email\nanna.adler@acme.example\nnobody@acme.example\n"));
        return { name: "dropped.csv", view: { rows, usable: 1, problems: 1 } };
      },
      save_sample_csv: () => ({ path: "/home/anna/Downloads/holdfast-users.csv" }),
      plan: ({ selection }: { selection: SelectionInput }) => this.plan(selection),
      start_backup: ({ selection }: { selection: SelectionInput }) => {
        const chosen = new Set(this.chosen(selection).map((it) => it.id));
        this.users = this.users.map((it) => (chosen.has(it.id) && it.protection !== "protected"
          ? { ...it, protection: "protected", licensed: true, light: { color: "blue", state: "first_copy", sentence: "First copy 0 %", action: "open_run" } } : it));
        return { users: chosen.size, problems: [], runs: chosen.size * 2 };
      },
      ...activityOf(this),
      ...retentionOf(this),
      home: () => homeOf(this),
      storage: () => this.storage,
      set_bandwidth: ({ limit }: { limit: number | null }) => (this.storage = { ...this.storage, bandwidth_limit: limit }),
      point_storage: ({ path }: { path: string }) => {
        if (path.includes("other")) throw { code: "repository.wrong", what: "Another storage is in this folder.", todo: "Choose the folder of your own.", can_retry: false, detail: null };
        return (this.storage = { ...this.storage, path, reachable: true });
      },
      move_storage: ({ path }: { path: string }) => (this.storage = { ...this.storage, moving: { to: path, done: 0, total: 0, waits: false, error: null } }),
      cancel_move: () => {
        const { moving } = this.storage;
        const error = { code: "cancelled", what: "It was cancelled.", todo: "Start it again when you like.", can_retry: true, detail: null } as const;
        this.storage = { ...this.storage, moving: moving === null || moving.error !== null ? null : { ...moving, error } };
        return null;
      },
      labels: () => [{ name: "Newsletters", users: 9 }, { name: "Invoices", users: 4 }],
      verify: () => ({ ok: true, packs: 412, bytes: 6_400_000_000, problems: [], took_ms: 5200 }),
      cancel_verify: () => null,
      licenses: () => this.licenses(),
      set_licenses: ({ limit }: { limit: number | null }) => {
        const used = this.licenses().used;
        if (limit !== null && limit < used) throw tooFew(used);
        this.limit = limit;
        return this.licenses();
      },
      policy: () => this.form(),
      preview_policy: ({ policy }: { policy: Policy }) => this.preview(policy),
      set_policy: ({ policy }: { policy: Policy }) => {
        this.policy = policy;
        return this.form();
      },
      app_settings: () => this.settings,
      set_app_settings: ({ settings }: { settings: Company["settings"] }) => {
        const spoken = settings.language === "system" ? "english" : settings.language;
        this.boot = { ...this.boot, theme: settings.theme, language: spoken };
        return (this.settings = { ...settings, spoken });
      },
      open_logs: () => null,
      open_url: () => null,
      reveal: () => null,
      quit: () => null,
      audit_log: () => auditOf(6),
      save_audit_csv: ({ path }: { path: string }) => ({ path }),
      about: () => ({
        version: "0.2.0", licence: "MIT or Apache-2.0", repository_format: "restic repository format, version 2",
        notices: "react 19.3.1, MIT\nmantine 9.7.3, MIT\nrustic_core 0.13.0, MIT or Apache-2.0",
      }),
    };
  }

  private form() {
    return { connection: CONNECTION, policy: this.policy, labels: ["CATEGORY_PROMOTIONS", "CATEGORY_SOCIAL"], services: SERVICES[this.domain.cloud], add_new_users: this.addsNewUsers };
  }

  private preview(next: Policy): PolicyPreview {
    const on = (from: Policy, to: Policy) => to.services.filter((it) => !from.services.includes(it)).map((it) => `${it} is backed up for everyone.`);
    return {
      gains: on(this.policy, next), loses: on(next, this.policy).map((it) => it.replace("is backed up", "is no longer backed up")),
      notes: next.frequency_hours === this.policy.frequency_hours ? [] : [`A backup runs every ${next.frequency_hours} h.`],
    };
  }
}

function tooFew(used: number): UserError {
  return { code: "licenses.too_few", what: `${used} users are protected; the limit cannot be lower.`, todo: "Choose a higher number, or stop protecting someone first.", can_retry: false, detail: null };
}

function storageOf(users: number): StorageView {
  const content = users * 7_400_000_000;
  return {
    path: "/media/anna/Backup/Holdfast", id: "7c3a91f0d2", reachable: true, free: 812_000_000_000, total: 2_000_000_000_000, content_bytes: content,
    stored_bytes: Math.round(content * 0.58), items: users * 19_000,
    growth: users === 0 ? [] : Array.from({ length: 30 }, (_, day) => ({
      at: hoursAgo(24 * (30 - day)), content_bytes: Math.round((content * (day + 3)) / 33), stored_bytes: Math.round((content * 0.58 * (day + 3)) / 33),
    })),
    days_until_full: users === 0 ? null : 210, last_verified_at: users === 0 ? null : hoursAgo(70), last_verify_ok: users === 0 ? null : true,
    moving: null, chores: [], more_chores: 0, bandwidth_limit: null, last_verify_sentence: users === 0 ? null : "412 packs were read and found whole.",
    restic_commands: ["restic -r /media/anna/Backup/Holdfast snapshots", "restic -r /media/anna/Backup/Holdfast check", "restic -r /media/anna/Backup/Holdfast restore latest --target DIR"],
  };
}
