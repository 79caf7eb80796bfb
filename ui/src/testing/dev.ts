// `npm run dev` without the shell: `?users=0|3|10000&stage=…&state=…&limit=…&theme=…` in the address chooses the company.
import { mockIPC } from "@tauri-apps/api/mocks";
import type { Boot, DomainView } from "../bindings";
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
    theme: (asked.get("theme") ?? "system") as Boot["theme"],
    limit: limit === null ? null : Number(limit),
  });
  const wait = Number(asked.get("wait") ?? 60);
  mockIPC(async (command, args) => {
    await new Promise((resolve) => setTimeout(resolve, wait));
    return company.answer(command, (args ?? {}) as Record<string, unknown>);
  }, { shouldMockEvents: true });
}
