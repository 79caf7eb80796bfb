// What Fix a backup answers for the company in memory: the causes are those of its state, so that a fix mends them.
import type { AttentionView, FixAction, FixCheck, FixFinding, FixView } from "../bindings";
import type { Answer, Company } from "./company";
import { CONNECTION } from "./company";
import { hoursAgo } from "./people";

const good = (title: string, evidence: string): FixFinding => ({ title, verdict: "good", evidence, todo: null, fix: null });
const bad = (title: string, evidence: string, todo: string, fix: FixAction): FixFinding => ({ title, verdict: "bad", evidence, todo, fix });

/** The address of whoever is paused in the company. */
export type FixState = { paused: string | null; apiOff: boolean; causes: AttentionView[]; running: number };

export const API_PAGE = "https://console.cloud.google.com/apis/library/gmail.googleapis.com?project=acme";

export function fixCommands(company: Company): Record<string, Answer> {
  return {
    fix_a_backup: ({ user }: { user: string | null }) => fixOf(company, user),
    apply_fix: ({ fix, user }: { fix: FixAction; user: string | null }) => {
      if (fix.fix === "resume") company.fix.paused = null;
      if (fix.fix === "auto_backup") company.addsNewUsers = true;
      return fixOf(company, user);
    },
    fix_report: ({ mask }: { mask: boolean }) => `Holdfast report\nuser      ${mask ? "user1@domain1" : "anna.adler@acme.example"}\n`,
  };
}

function fixOf({ fix, domain, limit, licenses, addsNewUsers }: Company, user: string | null): FixView {
  const free = limit === null ? null : Math.max(0, limit - 1);
  const checks: FixCheck[] = [
    check(1, "API access", fix.apiOff
      ? [bad("acme.example: Gmail data access", "Gmail API has not been used in project acme before or it is disabled.", "Enable the Gmail API in the company's Google Cloud project.", { fix: "open_link", url: API_PAGE, copy: null })]
      : [good("acme.example: Directory: users", "https://www.googleapis.com/auth/admin.directory.user.readonly")]),
    check(2, "Data access", [
      good("acme.example: Gmail data access", "https://www.googleapis.com/auth/gmail.readonly"),
      good("acme.example: Drive data access", "https://www.googleapis.com/auth/drive.readonly"),
    ]),
    check(3, "Backup is active", fix.paused !== null && (user === null || user === fix.paused)
      ? [bad("Backup is active for the user", `${fix.paused} is paused.`, "Set the backup active.", { fix: "resume", connection: CONNECTION, user: fix.paused })]
      : [good("Backups are active", `${domain.users} users are protected, none is paused.`)]),
    check(4, "Auto-backup", addsNewUsers ? [good("acme.example: who joins the domain is protected", "Add new Domain users is on.")] : [{
      title: "acme.example: who joins the domain is protected", verdict: "note", evidence: "Add new Domain users is off.", todo: "Switch it on, and every new active user is protected.",
      fix: { fix: "auto_backup", connection: CONNECTION, target: "domain", id: "", name: "acme.example" },
    }]),
    check(5, "Notifications", fix.causes.length > 0
      ? [bad("Notifications", fix.causes.map((it) => it.title).join("; "), fix.causes[0]!.todo, { fix: "open_causes" })]
      : [good("Notifications", "None is open.")]),
    check(6, "Licenses", free === 0 && licenses !== undefined
      ? [bad("Licenses are left", `All ${limit} licenses are taken.`, "Raise the limit: Settings > Licenses.", { fix: "open_licenses" })] : [good("Licenses are left", "No limit is set.")]),
    check(8, "Repository", [good("The repository is reachable", "/media/anna/Backup/Holdfast")]),
  ];
  // As the app does: whoever looks begins with the first button.
  checks.sort((one, other) => Number(other.verdict === "bad") - Number(one.verdict === "bad"));
  return { at: hoursAgo(0), user, running: fix.running, checks, causes: fix.causes, bad: checks.flatMap((it) => it.findings).filter((it) => it.verdict === "bad").length };
}

function check(number: number, title: string, findings: FixFinding[]): FixCheck {
  const order = ["bad", "unknown", "note", "good"] as const;
  return { number, title, findings, verdict: order.find((it) => findings.some((finding) => finding.verdict === it)) ?? "good" };
}
