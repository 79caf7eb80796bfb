// `npm run dev` without the shell: `?users=0|3|10000&stage=…&state=…&limit=…&theme=…&step=…` in the address chooses the company;
// `waiting=yes` has it wait for Google, `fail=home,storage` has these commands fail, `hang=home` has them never answer.
import { mockIPC } from "@tauri-apps/api/mocks";
import type { AwaitedView, Boot, DomainView, Language, SetupStep, UserError } from "../bindings";
import { Company } from "./company";

export function startDevCompany() {
  const asked = new URLSearchParams(window.location.search);
  const limit = asked.get("limit");
  const company = new Company({
    users: Number(asked.get("users") ?? 40),
    stage: (asked.get("stage") ?? "ready") as Boot["stage"],
    profile: (asked.get("profile") ?? "own") as Boot["profile"],
    state: (asked.get("state") ?? "connected") as DomainView["state"],
    synced: asked.get("synced") !== "no",
    language: (asked.get("language") ?? "english") as Language,
    theme: (asked.get("theme") ?? "system") as Boot["theme"],
    limit: limit === null ? null : Number(limit),
  });
  const step = asked.get("step");
  if (step !== null) {
    company.isConnected = false;
    company.boot = { ...company.boot, stage: "setting_up", setup: { step: step as SetupStep, storage_path: "/media/anna/Backup/Holdfast", recovery_key_saved: true, connection: null } };
  }
  if (asked.get("waiting") === "yes") company.guide = { ...company.guide, key_file: "/home/anna/key.json", admin: "anna.adler@acme.example", waiting: waitingForGoogle() };
  const wait = Number(asked.get("wait") ?? 60);
  const named = (name: string) => new Set(asked.get(name)?.split(","));
  const [fails, hangs] = [named("fail"), named("hang")];
  mockIPC(async (command, args) => {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (hangs.has(command)) await new Promise(() => undefined);
    if (fails.has(command)) throw FAILURE;
    return company.answer(command, (args ?? {}) as Record<string, unknown>);
  }, { shouldMockEvents: true });
}

const FAILURE: UserError = {
  code: "catalogue.failed", what: "The catalogue could not be read.", todo: "Try again. If it comes back, restart Holdfast.", can_retry: true, detail: "disk I/O error",
};

function waitingForGoogle(): AwaitedView {
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const delegation = "https://admin.google.com/ac/owl/domainwidedelegation";
  const missing = (title: string, scope: string) => ({
    id: scope, title, ok: false, sentence: "Google does not know this scope for the service account yet.", copy: scope, link: delegation,
    todo: `In the Admin console, under Security > Access and data control > API controls > Domain-wide delegation, add the scope ${scope}. It can take up to 24 hours to work.`,
  });
  return {
    admin: "anna.adler@acme.example", connection: null, since: at(-40), until: at(1400), is_overdue: false, tested_at: at(-1), next_test: at(4),
    checks: [
      missing("Directory: users", "https://www.googleapis.com/auth/admin.directory.user.readonly"), missing("Gmail data access", "https://www.googleapis.com/auth/gmail.readonly"),
      { id: "drive", title: "Drive data access", ok: true, sentence: "It works.", todo: null, copy: null, link: null },
    ],
  };
}
