// Words of Help > Audit log.
import { count as n } from "../../format";

export const audit = {
  title: "Audit log",
  text: "Who did what, when, and what came of it. Entries are only ever added.",
  noun: ["entry", "entries"] as [string, string],
  search: "Search by who, what or whom",
  area: "Kind",
  anyArea: "Every kind",
  outcome: "Outcome",
  anyOutcome: "Any outcome",
  done: "Done",
  failed: "Not done",
  areas: {
    connection: "Connections", protection: "Who is protected", policy: "Backup settings", licenses: "Licenses", schedule: "Pauses", view: "Views",
    restore: "Restores", archive: "Deletions", retention: "Retention", recovery_key: "Recovery key", verify: "Verification", other: "Other",
  },
  columns: { at: "When", who: "Who", what: "What", subject: "On", outcome: "Outcome" },
  byItself: "Holdfast, by itself",
  // What the log says in words of its own where a deed is about no one in particular.
  subjects: { all: "everyone", structure: "structure", "every byte": "every byte", "a part of the data": "a part of the data" } as Readonly<Record<string, string>>,
  save: "Save as CSV",
  saveTitle: "Save the audit log",
  fileName: "holdfast-audit.csv",
  savedTo: (path: string) => `Saved to ${path}`,
  empty: "Nothing is recorded yet",
  emptyText: "Every change of settings, connections and licenses, every view, restore and deletion appears here.",
  intact: (total: number) => `Nobody changed the log: each of the ${n(total)} entries fits all before it.`,
  broken: "The log was changed outside Holdfast",
  brokenText: (row: number) =>
    `Entry ${n(row)} does not fit what was recorded before it. Entries before it can be trusted; look into who can write Holdfast's data folder.`,
  newestOnly: (shown: number, total: number) => `The newest ${n(shown)} of ${n(total)} entries are shown. The CSV file has all of them.`,
};
