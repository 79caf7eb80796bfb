// Runs of the company in memory, and how its backups stand.
import type { ActivityFilter, HomeView, LedgerView, RunResult, RunView, UserRow } from "../bindings";
import type { Answer, Company } from "./company";
import { scheduleOf } from "./levels";
import { hoursAgo } from "./people";

const RESULTS: RunResult[] = ["complete", "complete", "complete_with_skips", "partial", "failed", "cancelled"];

function ledger(listed: number, over: Partial<LedgerView> = {}): LedgerView {
  return { listed, stored: listed, unchanged: 0, removed: 0, skipped: 0, quarantined: 0, pending: 0, bytes: listed * 64_000, ...over };
}

/** Two Runs a protected user, of every result; one is going on. */
export function runsOf(users: UserRow[], connection: number): RunView[] {
  const owners = users.filter((it) => it.protection === "protected").slice(0, 60);
  return owners.flatMap((owner, at): RunView[] => (["gmail", "drive"] as const).map((service, part) => {
    const id = at * 2 + part + 1;
    const live = id === 1;
    const result = live ? null : (RESULTS[id % RESULTS.length] as RunResult);
    return {
      id, archive: id, title: `${owner.address} ${service === "gmail" ? "Gmail" : "Drive"}`, owner: owner.address, service, connection, domain: "acme.example",
      trigger: at % 2 === 0 ? "schedule" : "manual", started: hoursAgo(live ? 0.3 : id), ended: live ? null : hoursAgo(id - 0.4), state: live ? "running" : "ended",
      phase: live ? "copying" : null, is_stored: false, result,
      ledger: live ? ledger(18_204, { stored: 2_184, pending: 16_020 })
        : result === "partial" ? ledger(900, { stored: 880, quarantined: 20 }) : result === "complete_with_skips" ? ledger(900, { stored: 899, skipped: 1 })
        : result === "failed" ? ledger(0) : result === "cancelled" ? ledger(900, { stored: 100, pending: 800 }) : ledger(42, { stored: 42 }),
      closes: true, open: live ? 16_020 : 0, expected: live ? 18_204 : null, rate_items: live ? 14 : null, rate_bytes: live ? 1_200_000 : null,
      seconds_low: live ? 1_000 : null, seconds_high: live ? 1_700 : null, limited_by: live ? "Google's quota for this mailbox" : null,
      error: result === "failed"
        ? { code: "cloud.forbidden", what: "The cloud refuses access to this data.", todo: "A scope, an API or a role is missing.", can_retry: false, detail: "403 unauthorized_client" } : null,
      note: null, can_pause: live, can_resume: false, can_cancel: live, can_retry: result === "failed" || result === "partial",
    };
  }));
}

export function activityOf(company: Company): Record<string, Answer> {
  return {
    activity: (filter: ActivityFilter) => {
      const runs = company.runs.filter((run) => (filter.live === null || filter.live === undefined || (run.state !== "ended") === filter.live)
        && (!filter.result || run.result === filter.result) && (!filter.service || run.service === filter.service)
        && (!filter.search || run.title.includes(filter.search)) && (!filter.before || run.id > filter.before));
      return { runs: runs.slice(0, filter.limit), more: runs.length > filter.limit };
    },
    run_detail: ({ run: id }: { run: number }) => {
      const run = company.runs.find((it) => it.id === id);
      if (!run) throw { code: "input.not_found", what: `There is no Run ${id}.`, todo: "Open Activity for the list of Runs.", can_retry: false, detail: null };
      const items = run.ledger.quarantined > 0
        ? [{ kind: "quarantined" as const, item: "18c2f0a1", reason: "backend_error", sentence: "Google could not deliver this mail. It will be tried again.", detail: "500 backendError", failed_runs: 2, is_explained: true }]
        : [];
      return { run, items, items_total: run.ledger.quarantined + run.ledger.skipped };
    },
    cancel_run: () => null,
    pause_run: () => null,
    resume_run: () => null,
    retry_run: () => null,
    run_now: () => null,
    set_paused: ({ user, paused }: { user: string; paused: boolean }) => {
      const found = company.users.find((it) => it.id === user || it.address === user);
      return found && Object.assign(found, { schedule: paused ? "paused" : "active" });
    },
  };
}

export function homeOf(company: Company): HomeView {
  const kept = company.users.filter((it) => it.protection === "protected");
  const colors = ["green", "blue", "amber", "red", "grey"] as const;
  const running = company.runs.filter((it) => it.state === "running");
  const failing = kept.some((it) => it.light.color === "red");
  return {
    protected: kept.length, unprotected: company.users.filter((it) => it.selectable && it.protection !== "protected").length, paused: kept.filter((it) => it.schedule === "paused").length, waiting: kept.filter((it) => it.schedule === "waiting").length, schedule: scheduleOf(company), users: company.users.length,
    lights: colors.map((color) => ({ color, count: company.users.filter((it) => it.light.color === color).length })),
    services: kept.length === 0 ? [] : (["gmail", "drive"] as const).map((service) => ({
      service, archives: kept.length, complete: Math.ceil(kept.length / 2), oldest_good_copy: hoursAgo(96), newest_good_copy: hoursAgo(3),
      items: kept.length * 9_000, bytes: kept.length * 4_000_000_000,
    })),
    growth: company.storage.growth,
    attention: failing
      ? [{ cause: "cloud.forbidden", severity: "red", title: "Access to mail is missing", what: "Google refuses to hand out mail.", todo: "Grant the scope gmail.readonly.", since: hoursAgo(30), action: "open_connections", target: null }] : [],
    running, last_run: company.runs.find((it) => it.state === "ended") ?? null, only_one_copy: true, storage: company.storage, licenses: company.licenses(),
  };
}
