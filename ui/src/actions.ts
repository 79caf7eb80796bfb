// Which button an error or a light gets. Exhaustive by code: nothing here looks at English text.
import type { LightAction, UserError, UserErrorCode } from "./bindings";

/** The place or step that mends an error. */
export type Remedy = "retry" | "clouds" | "domains" | "storage" | "licenses" | "activity" | "app" | "logs" | "none";

const TABLE = {
  "app.not_set_up": "none",
  cancelled: "none",
  "catalogue.damaged": "storage",
  "catalogue.failed": "retry",
  "catalogue.newer": "none",
  "clock.wrong": "none",
  "cloud.forbidden": "clouds",
  "cloud.gone": "clouds",
  "cloud.refused": "retry",
  "cloud.skipped": "none",
  "cloud.unreachable": "retry",
  "connection.admin_lost": "clouds",
  "connection.already": "clouds",
  "connection.disconnected": "clouds",
  "connection.endpoints_needed": "none",
  "connection.ending": "clouds",
  "connection.expired": "clouds",
  "connection.incomplete": "clouds",
  "connection.none": "clouds",
  "connection.other_tenant": "none",
  "connection.which": "none",
  "copies.stale": "activity",
  "data_dir.on_network": "none",
  defect: "logs",
  "directory.failed": "clouds",
  "directory.mass_deletion": "domains",
  "directory.not_synced": "domains",
  "disk.full": "storage",
  "disk.read_only": "storage",
  "file.exists": "none",
  "file.failed": "retry",
  "input.bad": "none",
  "input.csv": "none",
  "input.endpoints": "none",
  "input.file": "none",
  "input.item": "none",
  "input.key_file": "none",
  "input.nobody_protected": "none",
  "input.not_found": "none",
  "input.path": "none",
  "input.recovery_key": "none",
  "input.recovery_key_place": "none",
  "input.secrets": "none",
  "input.settings": "none",
  "input.terminal_needed": "none",
  "input.time": "none",
  "input.too_long": "none",
  "input.too_many": "none",
  "input.usage": "none",
  "items.quarantined": "activity",
  "licenses.too_few": "licenses",
  "random.failed": "retry",
  "recovery_key.lost": "none",
  "recovery_key.same_disk": "none",
  "repository.already_exists": "none",
  "repository.already_set_up": "storage",
  "repository.damaged": "storage",
  "repository.failed": "retry",
  "repository.locked": "retry",
  "repository.none": "storage",
  "repository.not_a_repository": "none",
  "repository.not_empty": "none",
  "repository.not_found": "storage",
  "repository.other": "storage",
  "repository.too_new": "none",
  "repository.wrong_password": "none",
  "restore.busy": "none",
  "restore.in_repository": "none",
  "sample.failed": "retry",
  "secrets.damaged": "logs",
  "secrets.locked": "retry",
  "secrets.passphrase_needed": "none",
  "secrets.unavailable": "retry",
  "secrets.wrong_passphrase": "none",
  "sign_in.busy": "retry",
  "sign_in.cancelled": "none",
  "sign_in.failed": "retry",
  "sign_in.no_client": "none",
  "sign_in.timeout": "retry",
  "storage.not_a_folder": "none",
  "storage.not_writable": "storage",
  "storage.slow": "retry",
  "verify.busy": "none",
  "worker.busy": "retry",
  "worker.gone": "retry",
  "worker.silent": "retry",
} as const satisfies Record<string, Remedy>;

/** Exhaustive: a new code of the engine does not compile until it has its row. */
const REMEDIES: Record<UserErrorCode, Remedy> = TABLE;

/** The remedy of an error; a code that this window does not know yet is judged by whether it can be tried again. */
export function remedyOf(error: UserError): Remedy {
  return (REMEDIES as Partial<Record<string, Remedy>>)[error.code] ?? (error.can_retry ? "retry" : "none");
}

/** The page that each remedy leads to. */
export const REMEDY_PLACE = {
  clouds: "/settings/clouds",
  domains: "/settings/domains",
  storage: "/settings/storage",
  licenses: "/settings/licenses",
  activity: "/backup/activity",
  app: "/settings/app",
} as const satisfies Partial<Record<Remedy, string>>;

/** The page on which a light's button is pressed; those without a page act where they are. */
export const LIGHT_PLACE = {
  start_backup: "/backup/start",
  reconnect: "/settings/clouds",
  sync_users: "/settings/domains",
  open_storage: "/settings/storage",
  open_run: "/backup/activity",
  run_now: null,
  resume: null,
} as const satisfies Record<LightAction, string | null>;
