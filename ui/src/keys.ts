// The names under which server state is kept. An event makes a key and all that begin with it stale.
import type { ActivityFilter, LevelKey, OwnersFilter, OwnersQuery } from "./bindings";

export const keys = {
  boot: () => ["boot"] as const,
  home: () => ["home"] as const,
  clouds: () => ["clouds"] as const,
  guideProgress: () => ["guide_progress"] as const,
  connections: () => ["connections"] as const,
  domains: () => ["domains"] as const,
  /** Everything of a Domain's Directory; of all Domains without a Connection. */
  directory: (connection?: number) => (connection === undefined ? (["directory"] as const) : (["directory", connection] as const)),
  users: (connection: number) => ["directory", connection, "users"] as const,
  groups: (connection: number) => ["directory", connection, "groups"] as const,
  groupMembers: (connection: number, address: string) => ["directory", connection, "group", address] as const,
  orgUnits: (connection: number) => ["directory", connection, "org_units"] as const,
  orgUnitUsers: (connection: number, path: string) => ["directory", connection, "org_unit", path] as const,
  /** Lists of users and shared drives, a part at a time; everything of all Directories may show in them. */
  owners: (filter: OwnersFilter, sort: OwnersQuery["sort"], descending: boolean, page: number) => ["directory", "owners", filter, sort, descending, page] as const,
  ownerCauses: (owner: string) => ["directory", "causes", owner] as const,
  /** The settings of a Domain, an org unit, a group or a user. */
  levelPolicy: ({ connection, level, id }: LevelKey) => ["directory", connection, "policy", level, id] as const,
  ownerArchive: (owner: string) => ["directory", "owner", owner] as const,
  /** A selection may name ten thousand users: it is told apart by its revision, not by its content. */
  plan: (connection: number, revision: number) => ["directory", connection, "plan", revision] as const,
  restore: () => ["restore"] as const,
  activity: (filter?: ActivityFilter) => (filter === undefined ? (["activity"] as const) : (["activity", filter] as const)),
  run: (run?: number) => (run === undefined ? (["run"] as const) : (["run", run] as const)),
  storage: () => ["storage"] as const,
  licenses: () => ["licenses"] as const,
  labels: (connection: number) => ["labels", connection] as const,
  policy: (connection?: number) => (connection === undefined ? (["policy"] as const) : (["policy", connection] as const)),
  retention: (connection?: number) => (connection === undefined ? (["retention"] as const) : (["retention", connection] as const)),
  schedule: () => ["schedule"] as const,
  appSettings: () => ["settings"] as const,
  alerts: () => ["alerts"] as const,
  updates: () => ["updates"] as const,
  audit: () => ["audit"] as const,
  /** What Fix a backup found for a user, or for all Domains. */
  fix: (user: string | null) => ["fix", user] as const,
  about: () => ["about"] as const,
};
