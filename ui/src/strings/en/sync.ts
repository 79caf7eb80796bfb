// Syncs of the Directory, and Settings > Manage Domains.
import type { SyncOutcome } from "../../bindings";
import { count, counted } from "../../format";

export const sync = {
  names: { users: "User Sync", groups: "Group Sync", org_units: "OU Sync" } satisfies Record<SyncOutcome["what"], string>,
  slow: (cloud: string) => `Still waiting for ${cloud}. With many people this takes a while.`,
  mass: {
    title: "Most of the directory is gone. Take it over?",
    confirm: "Take it over",
    text: "If people really left, take it over: their archives are kept. If not, cancel and look at the cloud's admin console first.",
  },
};

export const domains = {
  title: "Manage Domains",
  text: "The domains that Holdfast reaches, and what the last sync brought in. All of it also comes in every 24 hours and before backups.",
  connect: "Connect",
  reconnect: "Reconnect",
  disconnect: "Disconnect",
  none: { title: "No cloud is connected", text: "Connect your company's Google Workspace. Its users, groups and org units then come in by themselves." },
  states: { connected: "Connected", expired: "Expired", disconnected: "Disconnected" },
  signedIn: (as: string, domain: string) => `Signed in as ${as} of ${domain}`,
  endpoints: (where: string) => `Addresses: ${where}`,
  kinds: {
    users: (n: number) => counted(n, "user", "users"),
    groups: (n: number) => counted(n, "group", "groups"),
    org_units: (n: number) => counted(n, "org unit", "org units"),
  } satisfies Record<SyncOutcome["what"], (n: number) => string>,
  outcome: { never: "Never synced", ok: "Synced", failed: "The last sync failed", running: "Syncing" } satisfies Record<SyncOutcome["state"], string>,
  nothingChanged: "nothing changed",
  changes: {
    joined: (n: number) => `${count(n)} joined`,
    left: (n: number) => `${count(n)} left`,
    renamed: (n: number) => `${count(n)} renamed`,
    suspended: (n: number) => `${count(n)} suspended`,
    restored: (n: number) => `${count(n)} restored`,
  },
  changedTitle: (name: string, domain: string) => `${name} of ${domain}: what changed`,
  changedButton: (what: string) => `What changed: ${what}`,
  leavers: {
    left: "What is kept of those who were protected stays, and their licenses are free for others. Archive & Restore lists them under Left the domain.",
    suspended: "While they are suspended nothing new is backed up. What is kept of them stays, their licenses are free, and who comes back is protected again if a license is left.",
  },
  leaversSource: (cloud: string) => `What ${cloud} keeps of deleted accounts`,
  leaversButton: "Open Archive & Restore",
  more: (n: number) => `and ${count(n)} more`,
  groups: { joined: "Joined", left: "Left", renamed: "Renamed", suspended: "Suspended", restored: "Restored" },
  tableHeads: { what: "What", found: "Found", last: "Last sync", changed: "Changes", action: "Action" },
  failedWhy: "Why",
};
