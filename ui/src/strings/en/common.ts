// Words used on more than one page.
import type { CloudKind, RunResult, Service } from "../../bindings";
import { count, counted } from "../../format";

export const common = {
  product: "Holdfast",
  cancel: "Cancel",
  close: "Close",
  yes: "Yes",
  save: "Save",
  copy: "Copy",
  copied: "Copied",
  retry: "Try again",
  details: "Details",
  loading: "Loading",
  none: "none",
  never: "never",
  unknown: "not known",
  search: "Search",
  clearSearch: "Clear the search",
  clouds: { google: "Google Workspace", box: "Box", microsoft: "Microsoft 365" } satisfies Record<CloudKind, string>,
  services: { gmail: "Gmail", drive: "Drive", shared_drive: "Shared drives", calendar: "Calendar", contacts: "Contacts", tasks: "Tasks", box_files: "Box files" } satisfies Record<Service, string>,
  results: {
    complete: "Complete", complete_with_skips: "Complete with skips", partial: "Partial", failed: "Failed", cancelled: "Cancelled",
  } satisfies Record<RunResult, string>,
  users: (n: number) => counted(n, "user", "users"),
  groups: (n: number) => counted(n, "group", "groups"),
  orgUnits: (n: number) => counted(n, "org unit", "org units"),
  items: (n: number) => counted(n, "item", "items"),
  table: {
    selectAll: (n: number) => `Select all ${count(n)} listed`,
    select: (name: string) => `Select ${name}`,
    shown: (shown: number, all: number, one: string, many: string) =>
      shown === all ? counted(all, one, many) : `${count(shown)} of ${counted(all, one, many)}`,
    ticked: (n: number) => `${count(n)} ticked`,
    nothingFound: "Nothing found",
    nothingFoundHint: "No entry matches this search and filter.",
  },
};

export const nav = {
  /** What its longest entries need, in pixels. */
  width: 196,
  label: "Main",
  home: "Home",
  backup: "Backup",
  startBackup: "Start Backup",
  archive: "Archive & Restore",
  activity: "Activity",
  settings: "Settings",
  clouds: "Cloud Connection Centre",
  manageDomains: "Manage Domains",
  manageUsers: "Manage Users",
  backupSettings: "Backup Settings",
  storage: "Storage",
  licenses: "Licenses",
  app: "App",
  help: "Help",
  auditLog: "Audit log",
  fix: "Fix a backup",
  about: "About",
};

export const sample = {
  banner: "Sample company: nothing here is real, and your own data is not touched.",
  leave: "Leave the sample",
  title: "Leave the sample company?",
  text: "Delete takes away the sample company, its storage and its settings whole. Keep lets you come back to it.",
  remove: "Delete",
  keep: "Keep",
};
