// The audit log of the company in memory.
import type { AuditRow, AuditView } from "../bindings";
import { hoursAgo } from "./people";

const DEEDS: Pick<AuditRow, "who" | "what" | "title" | "subject" | "outcome">[] = [
  { who: "anna", what: "connection.add", title: "Cloud connected", subject: "acme.example", outcome: "ok" },
  { who: "anna", what: "protection.add", title: "Users chosen for backup", subject: "GROUP:sales@acme.example", outcome: "ok" },
  { who: "anna", what: "licenses.set", title: "Licenses set", subject: "1", outcome: "licenses.too_few" },
  { who: "anna", what: "view", title: "Archive looked into", subject: "bruno.brandt@acme.example/gmail", outcome: "ok" },
  { who: "anna", what: "view.item", title: "Item opened", subject: "carla.costa@acme.example: 18f3a2", outcome: "ok" },
  { who: "holdfast", what: "retention.forget", title: "Old snapshots removed", subject: "acme.example: 3 snapshots", outcome: "ok" },
];

/** So many deeds, over and over the same. */
export function auditOf(count: number): AuditView {
  const rows = Array.from({ length: count }, (_, at) => {
    const deed = DEEDS[(count - 1 - at) % DEEDS.length] as (typeof DEEDS)[number];
    const why = deed.outcome === "ok" ? null : "Choose fewer users, or raise the limit of licenses.";
    return { ...deed, why, id: count - at, at: hoursAgo(1 + at), ok: deed.outcome === "ok" };
  });
  return { rows, total: count, intact: true, broken_at: null };
}
