// Manage Users and Archive & Restore of the company in memory: lists by filter, deeds, points in time, and restores.
import type { AttentionView, LevelKey, OwnerRow, OwnersDeed, OwnersFilter, OwnersQuery, PointInTime, RestoreInput, RestoreView } from "../bindings";
import type { Answer, Company } from "./company";
import { hoursAgo } from "./people";

const DAY = 24;

/** What a company in memory knows beside its users. */
const decided = new WeakMap<Company, { erased: Map<string, string> }>();

function decidedIn(company: Company) {
  const known = decided.get(company) ?? { erased: new Map<string, string>() };
  decided.set(company, known);
  return known;
}

export function rowsOf(company: Company): OwnerRow[] {
  const { erased } = decidedIn(company);
  const domain = company.domain.domain;
  const users = company.users.map((it, at): OwnerRow => {
    const hasCopy = it.light.state !== "first_copy";
    const isProtected = it.protection === "protected";
    return {
      key: `${it.connection}/user/${it.id}`, connection: it.connection, domain, kind: "user", id: it.id, name: it.name, address: it.address, account: it.account,
      org_unit: it.org_unit, left: it.account === "deleted" && it.services.length > 0, protection: it.protection, schedule: it.schedule, own_settings: company.levels.own.has(`${it.connection}/user/${it.id}`), pause: it.pause, waits_for: it.waits_for,
      erased_at: erased.get(`${it.connection}/user/${it.id}`) ?? null, erase_waits: company.eraseWaits,
      frequency_hours: 24, progress: isProtected ? (hasCopy ? 100 : 12) : null, light: it.light, causes: it.light.color === "red" ? 1 : 0,
      items: it.services.reduce((n, one) => n + one.items, 0), bytes: it.services.reduce((n, one) => n + one.bytes, 0),
      last_good_copy: isProtected && hasCopy ? hoursAgo(3 + (at % 5)) : null,
      services: it.services.map(({ service, items, bytes, last_complete_at }) => ({
        service, items, bytes, last_complete_at,
        result: it.light.state === "failed" ? "failed" as const : it.light.state === "stale" ? "stale" as const : hasCopy ? "complete" as const : "running" as const,
      })),
    };
  });
  if (users.length === 0) return [];
  return [...users, {
    key: "1/drive/d1", connection: 1, domain, kind: "shared_drive", id: "d1", name: "Marketing", address: null, account: null, org_unit: null, left: false,
    protection: "protected", schedule: "active", pause: null, waits_for: null, own_settings: false, erased_at: null, erase_waits: null, frequency_hours: 24, items: 412, bytes: 1_200_000_000, progress: 100, last_good_copy: hoursAgo(2),
    light: { color: "green", state: "protected", sentence: "Protected, last good copy 2 h ago", action: null }, causes: 0,
    services: [{ service: "shared_drive", items: 412, bytes: 1_200_000_000, result: "complete", last_complete_at: hoursAgo(2) }],
  }];
}

function listed(company: Company, filter: OwnersFilter, all = rowsOf(company)): OwnerRow[] {
  const words = (filter.search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((row) => (!filter.archives_only || row.services.length > 0)
    && (filter.account === null || row.account === filter.account) && (filter.protection === null || row.protection === filter.protection)
    && (filter.connection === null || row.connection === filter.connection) && (!filter.left || row.left)
    && (filter.status === null || hasStatus(row, filter.status)) && words.every((word) => `${row.name} ${row.address}`.toLowerCase().includes(word)));
}

function hasStatus(row: OwnerRow, status: NonNullable<OwnersFilter["status"]>): boolean {
  const isProtected = row.protection === "protected";
  switch (status) {
    case "active": return isProtected && row.schedule === "active";
    case "paused": return isProtected && row.schedule === "paused";
    case "waiting": return isProtected && (row.schedule === "waiting" || row.light.state === "waiting");
    case "first_copy": return isProtected && row.last_good_copy === null;
    case "stale": return row.light.state === "stale";
    case "notification": return row.causes > 0;
  }
}

const BY: Record<OwnersQuery["sort"], (row: OwnerRow) => string | number> = {
  name: (it) => it.name.toLowerCase(), address: (it) => it.address ?? "~", account: (it) => it.account ?? "~", items: (it) => it.items, size: (it) => it.bytes,
  progress: (it) => it.progress ?? -1, last_good_copy: (it) => it.last_good_copy ?? "~", status: (it) => it.light.sentence,
};

const FAILED: AttentionView = {
  cause: "cloud.forbidden", severity: "red", title: "The cloud refuses access", what: "The cloud refuses access to this data.",
  todo: "A scope, an API or a role is missing. Check the connection: that names the exact setting.", since: hoursAgo(30), action: "open_connections", target: "1",
};

function points(): PointInTime[] {
  return Array.from({ length: 12 }, (_, at) => {
    const complete = at % 5 !== 3;
    return { at: hoursAgo(3 + at * DAY), result: complete ? "complete" : "partial", complete };
  });
}

export const RESTORED: RestoreView = {
  folder: "/home/anna/Restored", files: 1_204, bytes: 3_400_000_000, without_content: 12, skipped: 2, renamed: 2,
  renames: [{ from: "Q1/Q2: plan?.docx", to: "Q1_Q2_ plan_.docx" }, { from: "CON", to: "_CON" }], problems_total: 0, problems: [], free: 812_000_000_000, fits: true,
};

export function ownersOf(company: Company): Record<string, Answer> {
  return {
    owners: ({ filter, sort, descending, offset, limit }: OwnersQuery) => {
      const all = rowsOf(company);
      const rows = listed(company, filter, all).map((row) => ({ row, by: BY[sort](row) }));
      rows.sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0) * (descending ? -1 : 1));
      const total = listed(company, { ...filter, search: null, account: null, protection: null, status: null, left: false }, all).length;
      return { total, listed: rows.length, rows: rows.slice(offset, offset + limit).map(({ row }) => row) };
    },
    owner_keys: ({ filter }: { filter: OwnersFilter }) => listed(company, filter).map((it) => it.key),
    save_owners_csv: ({ path }: { path: string }) => ({ path }),
    change_owners: ({ keys, deed }: { keys: string[]; deed: OwnersDeed }) => {
      const chosen = company.users.filter((it) => keys.includes(`${it.connection}/user/${it.id}`));
      const wanted = chosen.filter((it) => (deed === "protect" ? it.protection !== "protected" && it.selectable : it.protection === "protected"));
      for (const it of wanted) {
        const own: LevelKey = { connection: it.connection, level: "user", id: it.id };
        if (deed === "pause") Object.assign(it, { schedule: "paused", pause: { of: own, name: it.address, until: null } });
        if (deed === "resume") Object.assign(it, { schedule: "active", pause: null });
        if (deed === "protect") Object.assign(it, { protection: "protected", licensed: true });
        if (deed === "stop_protecting") Object.assign(it, { protection: "excluded", licensed: false });
      }
      return { done: wanted.length, left_out: keys.length - wanted.length };
    },
    owner_causes: ({ owner }: { owner: string }) => (rowsOf(company).find((it) => it.key === owner)?.causes ? [FAILED] : []),
    delete_owner: ({ owner }: { owner: string }) => {
      decidedIn(company).erased.set(owner, hoursAgo(-7 * DAY));
      return rowsOf(company).find((it) => it.key === owner);
    },
    keep_owner: ({ owner }: { owner: string }) => {
      decidedIn(company).erased.delete(owner);
      return rowsOf(company).find((it) => it.key === owner);
    },
    erase_owner: ({ owner }: { owner: string }) => {
      decidedIn(company).erased.delete(owner);
      const user = company.users.find((it) => owner === `${it.connection}/user/${it.id}`);
      if (user) user.services = [];
      return { done: true, removed_bytes: 4_200_000_000 };
    },
    owner_archive: ({ owner: key }: { owner: string }) => {
      const owner = rowsOf(company).find((it) => it.key === key);
      if (!owner) throw { code: "input.not_found", what: "There is no such user.", todo: "Check the name.", can_retry: false, detail: null };
      const services = owner.services.map(({ service }) => ({ service, points: points() }));
      return { owner, services, points: services.length === 0 ? [] : points() };
    },
    preview_restore: ({ input }: { input: RestoreInput }) => ({ ...RESTORED, folder: input.folder }),
    restore: ({ input }: { input: RestoreInput }) => ({ ...RESTORED, folder: input.folder }),
    cancel_restore: () => null,
    restore_state: () => company.restore,
    forget_restore: () => {
      company.restore = null;
      return null;
    },
  };
}
