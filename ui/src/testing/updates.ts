// What the app would know of new versions.
import type { UpdatesView } from "../bindings";
import type { Company } from "./company";

export const upToDate: UpdatesView = { version: "0.1.0", is_possible: true, installs: true, looks: false, looked_at: null, found: null, runs: 0 };

/** The commands about new versions, on a company's state. */
export function updateCommands(company: Company) {
  return {
    updates: () => company.updates,
    set_looks_for_updates: ({ looks }: { looks: boolean }) => (company.updates = { ...company.updates, looks }),
    look_for_update: () => (company.updates = { ...company.updates, looked_at: new Date().toISOString(), found: { version: "0.2.0", notes: "Restores into the cloud." } }),
    install_update: () => null,
  };
}
