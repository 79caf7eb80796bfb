// The people of the company in memory: the same ones each time, of every kind that the pages have to tell apart.
import type { Account, GroupView, Light, OrgUnitView, UserRow } from "../bindings";

const FIRST = ["Anna", "Ben", "Chloé", "Dmitri", "Eva", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kofi", "Lucía", "Mei", "Nils", "Olga", "Priya"];
const LAST = ["Adler", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Huang", "Ivanov", "Jensen", "Khan", "Lindqvist", "Mwangi", "Novak"];
export const UNITS = ["/", "/Berlin", "/Berlin/Sales", "/Berlin/Support", "/Lisbon", "/Lisbon/Finance", "/Lisbon/Finance/Payroll"];
const UNIT_OF = ["/Berlin/Sales", "/Berlin/Support", "/Lisbon/Finance", "/Berlin", "/Lisbon/Finance/Payroll", "/Lisbon"];

const NOT_PROTECTED: Light = { color: "grey", state: "unprotected", sentence: "Not protected", action: "start_backup" };
const LIGHTS: Light[] = [
  { color: "green", state: "protected", sentence: "Last good copy 3 h ago", action: "run_now" },
  { color: "blue", state: "first_copy", sentence: "First copy 12 %", action: "open_run" },
  { color: "amber", state: "stale", sentence: "Last good copy 4 days ago", action: "run_now" },
  { color: "red", state: "failed", sentence: "The last backup failed", action: "open_run" },
];
const WHY_NOT: Partial<Record<Account, string>> = {
  suspended: "Suspended in Google Workspace: its data cannot be read",
  archived: "Archived in Google Workspace: its data cannot be read",
  deleted: "Deleted in Google Workspace",
};

/** `n` users: of every 25 one is suspended and of every 40 one deleted; each third of the others is protected. */
export function people(n: number, connection: number): UserRow[] {
  return Array.from({ length: n }, (_, i) => {
    const first = FIRST[i % FIRST.length] as string;
    const last = LAST[(i * 5) % LAST.length] as string;
    const account: Account = n > 3 && i % 25 === 7 ? "suspended" : n > 3 && i % 40 === 9 ? "deleted" : "active";
    const isProtected = account === "active" && i % 3 === 2;
    const address = `${first}.${last}${i >= FIRST.length ? i : ""}@acme.example`.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    const light: Light = isProtected ? (LIGHTS[i % LIGHTS.length] as Light)
      : account === "suspended" ? { color: "grey", state: "account_suspended", sentence: "Account suspended", action: null }
      : account === "deleted" ? { color: "grey", state: "account_deleted", sentence: "Account deleted", action: null }
      : NOT_PROTECTED;
    return {
      connection, id: `u${i}`, address, name: `${first} ${last}`, aliases: [], account, org_unit: UNIT_OF[i % UNIT_OF.length] as string, is_admin: i === 0,
      protection: isProtected ? "protected" : "unprotected", schedule: "active", pause: null, waits_for: null, licensed: isProtected,
      selectable: account === "active", why_not: WHY_NOT[account] ?? null, light,
      services: isProtected
        ? [{ service: "gmail", items: 18_204 + i, bytes: 2_400_000_000 + i * 1000, last_result: "complete", last_complete_at: hoursAgo(3) },
          { service: "drive", items: 904 + i, bytes: 8_100_000_000, last_result: "complete", last_complete_at: hoursAgo(3) }]
        : [],
    };
  });
}

export function groupsOf(users: UserRow[], connection: number): GroupView[] {
  if (users.length === 0) return [];
  return ["Everyone", "Sales", "Support"].map((name, at) => {
    const members = membersOf(users, at);
    return {
      connection, id: `g${at}`, address: `${name.toLowerCase()}@acme.example`, name, users: members.length,
      protected: members.filter((it) => it.protection === "protected").length, is_rule: at === 2, own_settings: false, pause: null,
    };
  });
}

/** The first group holds everyone, the others every second and third user. */
export function membersOf(users: UserRow[], at: number): UserRow[] {
  return users.filter((_, i) => i % (at + 1) === 0);
}

export function unitsOf(users: UserRow[], connection: number): OrgUnitView[] {
  if (users.length === 0) return [];
  return UNITS.map((path, at) => {
    const members = users.filter((it) => it.org_unit === path);
    return {
      connection, id: `o${at}`, path, users: members.length, protected: members.filter((it) => it.protection === "protected").length,
      is_rule: false, include_sub_units: false, rule_of: null, own_settings: false, pause: null,
    };
  });
}

export function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString();
}
