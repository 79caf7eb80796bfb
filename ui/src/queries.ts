// Server state, keyed by what it shows. `events.ts` says which event makes which key stale.
import { QueryClient, queryOptions } from "@tanstack/react-query";
import { api } from "./api";
import type { ActivityFilter, LevelKey, OwnersFilter, OwnersQuery, SelectionInput, UserError } from "./bindings";
import { keys } from "./keys";
import { speak } from "./language";

declare module "@tanstack/react-query" {
  interface Register {
    /** `api.ts` rejects with nothing else. */
    defaultError: UserError;
  }
}

/** Rows that are asked for at once. */
export const OWNERS_PAGE = 100;

/** The engine answers from this computer: being offline is no reason to wait, and a failure is an answer, not a hiccup. */
export function newQueryClient() {
  return new QueryClient({
    defaultOptions: {
      queries: { networkMode: "always", retry: false, staleTime: 60_000, refetchOnReconnect: false },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** The language is known before anything is drawn. */
async function booted() {
  const boot = await api.boot();
  speak(boot.language);
  return boot;
}

export const queries = {
  boot: () => queryOptions({ queryKey: keys.boot(), queryFn: booted, staleTime: Infinity }),
  home: () => queryOptions({ queryKey: keys.home(), queryFn: api.home }),
  /** Times and what is foreseen change without an event: it is read whenever it is opened. */
  clouds: () => queryOptions({ queryKey: keys.clouds(), queryFn: api.clouds, staleTime: 0 }),
  /** A live test asks the Cloud itself: once for a visit, and again on demand. */
  checks: (connection: number) => queryOptions({ queryKey: ["check_connection", connection], queryFn: () => api.checkConnection(connection), staleTime: 5 * 60_000 }),
  /** How far connecting Google is. It is tested in the background, and an event says so. */
  guideProgress: () => queryOptions({ queryKey: keys.guideProgress(), queryFn: api.guideProgress, staleTime: 0 }),
  connections: () => queryOptions({ queryKey: keys.connections(), queryFn: api.connections }),
  domains: () => queryOptions({ queryKey: keys.domains(), queryFn: api.domains }),
  users: (connection: number) =>
    // Comparing ten thousand users field by field costs more than drawing the few in view.
    queryOptions({ queryKey: keys.users(connection), queryFn: () => api.users(connection), structuralSharing: false }),
  groups: (connection: number) => queryOptions({ queryKey: keys.groups(connection), queryFn: () => api.groups(connection) }),
  groupMembers: (connection: number, address: string) =>
    queryOptions({ queryKey: keys.groupMembers(connection, address), queryFn: () => api.groupMembers(connection, address) }),
  orgUnits: (connection: number) => queryOptions({ queryKey: keys.orgUnits(connection), queryFn: () => api.orgUnits(connection) }),
  orgUnitUsers: (connection: number, path: string) =>
    queryOptions({ queryKey: keys.orgUnitUsers(connection, path), queryFn: () => api.orgUnitUsers(connection, path) }),
  owners: (filter: OwnersFilter, sort: OwnersQuery["sort"], descending: boolean, page: number) =>
    queryOptions({
      queryKey: keys.owners(filter, sort, descending, page), structuralSharing: false,
      queryFn: () => api.owners({ filter, sort, descending, offset: page * OWNERS_PAGE, limit: OWNERS_PAGE }),
    }),
  ownerCauses: (owner: string) => queryOptions({ queryKey: keys.ownerCauses(owner), queryFn: () => api.ownerCauses(owner) }),
  levelPolicy: (level: LevelKey) => queryOptions({ queryKey: keys.levelPolicy(level), queryFn: () => api.levelPolicy(level), staleTime: 0 }),
  ownerArchive: (owner: string) => queryOptions({ queryKey: keys.ownerArchive(owner), queryFn: () => api.ownerArchive(owner) }),
  plan: (selection: SelectionInput, revision: number) =>
    queryOptions({ queryKey: keys.plan(selection.connection, revision), queryFn: () => api.plan(selection), structuralSharing: false }),
  /** A restore is the app's, not the page's: whoever comes back sees how far it is. */
  restore: () => queryOptions({ queryKey: keys.restore(), queryFn: api.restoreState, staleTime: 0 }),
  activity: (filter: ActivityFilter) => queryOptions({ queryKey: keys.activity(filter), queryFn: () => api.activity(filter) }),
  run: (run: number) => queryOptions({ queryKey: keys.run(run), queryFn: () => api.runDetail(run) }),
  storage: () => queryOptions({ queryKey: keys.storage(), queryFn: api.storage }),
  licenses: () => queryOptions({ queryKey: keys.licenses(), queryFn: api.licenses }),
  /** People's mailboxes are asked: once for a visit. */
  labels: (connection: number) => queryOptions({ queryKey: keys.labels(connection), queryFn: () => api.labels(connection), staleTime: 10 * 60_000 }),
  policy: (connection: number) => queryOptions({ queryKey: keys.policy(connection), queryFn: () => api.policy(connection) }),
  retention: (connection: number) => queryOptions({ queryKey: keys.retention(connection), queryFn: () => api.retention(connection) }),
  /** What is due changes with the time alone: it is read whenever it is opened. */
  schedule: () => queryOptions({ queryKey: keys.schedule(), queryFn: api.schedule, staleTime: 0 }),
  appSettings: () => queryOptions({ queryKey: keys.appSettings(), queryFn: api.appSettings }),
  // Whatever page one comes from may just have added to it.
  audit: () => queryOptions({ queryKey: keys.audit(), queryFn: api.auditLog, staleTime: 0, structuralSharing: false }),
  alerts: () => queryOptions({ queryKey: keys.alerts(), queryFn: api.alerts }),
  fix: (user: string | null) => queryOptions({ queryKey: keys.fix(user), queryFn: () => api.fixABackup(user), staleTime: 0 }),
  updates: () => queryOptions({ queryKey: keys.updates(), queryFn: api.updates }),
  about: () => queryOptions({ queryKey: keys.about(), queryFn: api.about, staleTime: Infinity }),
};
