// Generated from the types in crates/app/src/views and crates/model/src. Do not edit: change those, then run
// HOLDFAST_WRITE_BINDINGS=1 cargo test -p holdfast-app bindings

export type AboutView = { 
/**
 * The app's version.
 */
version: string, 
/**
 * Under which licence it may be used.
 */
licence: string, 
/**
 * How the Repository is written.
 */
repository_format: string, 
/**
 * What it is made with.
 */
notices: string, };

export type Account = "active" | "suspended" | "archived" | "deleted";

export type AccountView = { 
/**
 * The Connection.
 */
connection: ConnectionView, 
/**
 * How it is authorised.
 */
way: AuthorisedBy, 
/**
 * When what authorises it was made or renewed, where that is known.
 */
since: string | null, 
/**
 * When its Directory comes in next by itself; none while it cannot.
 */
next_sync: string | null, 
/**
 * The last sync of its users.
 */
sync: SyncOutcome, 
/**
 * What is wrong, or will be.
 */
health: Array<HealthItem>, };

export type ActivityFilter = { 
/**
 * Those that go on, or those that ended.
 */
live: boolean | null, 
/**
 * With this result.
 */
result: RunResult | null, 
/**
 * Of this Service.
 */
service: Service | null, 
/**
 * Of this Connection.
 */
connection: number | null, 
/**
 * With this in the owner's address or name.
 */
search: string | null, 
/**
 * Older than this Run.
 */
before: number | null, 
/**
 * At most so many.
 */
limit: number, };

export type ActivityView = { 
/**
 * The Runs.
 */
runs: Array<RunView>, 
/**
 * There are older ones.
 */
more: boolean, };

export type AlertSecrets = { 
/**
 * The mail server's password.
 */
password: string | null, 
/**
 * The webhook's address.
 */
webhook: string | null, 
/**
 * The address that is pinged on each good day.
 */
ping: string | null, };

export type AlertSettings = { 
/**
 * E-mails go out by this.
 */
email: EmailSettings | null, 
/**
 * The host of the webhook, where there is one.
 */
webhook: string | null, 
/**
 * The host that is pinged on each good day, where there is one.
 */
ping: string | null, };

export type AlertsView = { 
/**
 * E-mail and webhook.
 */
settings: AlertSettings, 
/**
 * Whether a password of the mail server is kept.
 */
has_password: boolean, 
/**
 * Whether the system looks after the backups though the app is closed.
 */
watchdog: WatchdogView, };

export type AppEvent = { "event": "run", 
/**
 * Which.
 */
run: number, } | { "event": "runs" } | { "event": "directory", 
/**
 * Of this Connection.
 */
connection: number, } | { "event": "connections" } | { "event": "storage" } | { "event": "settings" } | { "event": "schedule" } | { "event": "checks" } | { "event": "sign_in", 
/**
 * How far it is.
 */
stage: SignInStage, 
/**
 * The address to open by hand.
 */
url: string | null, } | { "event": "waiting" } | { "event": "sample", 
/**
 * How far it is.
 */
phase: SamplePhase, } | { "event": "rebuild", 
/**
 * What it does now.
 */
sentence: string, } | { "event": "verify", 
/**
 * Done so far.
 */
done: number, 
/**
 * Of how many.
 */
total: number, } | { "event": "restore", 
/**
 * Files written.
 */
files: number, 
/**
 * Bytes written.
 */
bytes: number, } | { "event": "open", 
/**
 * The page's route.
 */
place: string, } | { "event": "dropped", 
/**
 * Pixels from the page's left.
 */
x: number, 
/**
 * Pixels from its top.
 */
y: number, } | { "event": "attention", 
/**
 * So many.
 */
count: number, };

export type AppSettings = { 
/**
 * The app starts when the user logs in.
 */
start_at_login: boolean, 
/**
 * Closing the window keeps backups going.
 */
keep_in_tray: boolean, 
/**
 * Dark or light.
 */
theme: Theme, 
/**
 * What the language was set to.
 */
language: LanguageChoice, 
/**
 * The language that is spoken by that; not changed here.
 */
spoken: Language, 
/**
 * The system may show notifications.
 */
notifications: boolean, 
/**
 * Where the logs are; not changed here.
 */
log_folder: string, 
/**
 * The app's version; not changed here.
 */
version: string, 
/**
 * The data directory; not changed here.
 */
data_dir: string, };

export type ArchiveId = number;

export type AttentionAction = "start_backup" | "run_now" | "resume" | "open_run" | "reconnect" | "sync_users" | "open_storage" | "open_connections" | "open_activity" | "open_licenses" | "open_backup_settings" | "open_settings" | "open_fix";

export type AttentionView = { 
/**
 * Stable.
 */
cause: string, 
/**
 * How serious.
 */
severity: Severity, 
/**
 * In a few words.
 */
title: string, 
/**
 * What happened.
 */
what: string, 
/**
 * What to do.
 */
todo: string, 
/**
 * Since when, where that is known.
 */
since: string | null, 
/**
 * The button.
 */
action: AttentionAction, 
/**
 * What the button is about: a Run's, a Connection's number.
 */
target: string | null, };

export type AuditRow = { 
/**
 * Its number.
 */
id: number, 
/**
 * When.
 */
at: string, 
/**
 * The OS user; `holdfast` where the program acted by itself.
 */
who: string, 
/**
 * The stable word for what.
 */
what: string, 
/**
 * The same in words.
 */
title: string, 
/**
 * On whom or what.
 */
subject: string, 
/**
 * `ok`, or the code of the error.
 */
outcome: string, 
/**
 * True where it was done.
 */
ok: boolean, 
/**
 * Why it was not, or what to do, where the code has words.
 */
why: string | null, };

export type AuditView = { 
/**
 * Newest first.
 */
rows: Array<AuditRow>, 
/**
 * How many are recorded in all.
 */
total: number, 
/**
 * True where every row fits the hash of all before it.
 */
intact: boolean, 
/**
 * The first row that does not.
 */
broken_at: number | null, };

export type AuthorisedBy = "key" | "sign_in" | "app" | "unknown";

export type AwaitedView = { 
/**
 * The admin as whom the Directory is to be read.
 */
admin: string, 
/**
 * The Connection, where there is one already and only a part is missing.
 */
connection: number | null, 
/**
 * Since when.
 */
since: string, 
/**
 * A change in Google's consoles has taken effect by then.
 */
until: string, 
/**
 * True after that.
 */
is_overdue: boolean, 
/**
 * When it was last tested; none before the first test.
 */
tested_at: string | null, 
/**
 * When it is tested next.
 */
next_test: string | null, 
/**
 * What the last test found, each API and scope by name.
 */
checks: Array<CheckItem>, };

export type BackupStatus = "active" | "paused" | "waiting" | "first_copy" | "stale" | "notification";

export type Boot = { 
/**
 * The app's version.
 */
version: string, 
/**
 * Whose data is open.
 */
profile: ProfileKind, 
/**
 * The data directory.
 */
data_dir: string, 
/**
 * What to show.
 */
stage: Stage, 
/**
 * Where the set-up was left, while setting up.
 */
setup: SetupProgress | null, 
/**
 * Why nothing can be shown, while blocked.
 */
error: UserError | null, 
/**
 * Dark or light.
 */
theme: Theme, 
/**
 * The language that is spoken.
 */
language: Language, };

export type CheckItem = { 
/**
 * The scope or the setting; stable.
 */
id: string, 
/**
 * What a person calls it.
 */
title: string, 
/**
 * None where it could not be tested yet.
 */
ok: boolean | null, 
/**
 * What was found.
 */
sentence: string, 
/**
 * What to do.
 */
todo: string | null, 
/**
 * Text to paste there.
 */
copy: string | null, 
/**
 * The provider's page where it is done.
 */
link: string | null, };

export type ChoreView = { 
/**
 * What is done.
 */
what: string, 
/**
 * What it waits for, in a sentence.
 */
why: string, 
/**
 * When it is done, where it only waits for its time.
 */
at: string | null, };

export type CloudKind = "google" | "box" | "microsoft";

export type CloudStatus = "none" | "connected" | "attention" | "disconnected";

export type CloudView = { 
/**
 * Which.
 */
cloud: CloudKind, 
/**
 * Its name.
 */
name: string, 
/**
 * This program can connect it.
 */
available: boolean, 
/**
 * What can be backed up of it.
 */
services: Array<Service>, 
/**
 * How its accounts stand together.
 */
status: CloudStatus, 
/**
 * Its accounts, oldest first.
 */
accounts: Array<AccountView>, };

export type ConnectBoxApp = { 
/**
 * Path of the application's file from Box's developer console.
 */
app_file: string, 
/**
 * Path of a file with other addresses than Box's own.
 */
endpoints: string | null, };

export type ConnectGoogleKey = { 
/**
 * Path of the service account's key file.
 */
key_file: string, 
/**
 * Address of the admin as whom the Directory is read.
 */
admin: string, 
/**
 * Path of a file with other addresses than Google's own.
 */
endpoints: string | null, };

export type ConnectionId = number;

export type ConnectionState = "connected" | "expired" | "disconnected";

export type ConnectionView = { 
/**
 * For `reconnect` and `disconnect`.
 */
id: ConnectionId, 
/**
 * The Cloud.
 */
cloud: CloudKind, 
/**
 * The Domain's name.
 */
domain: string, 
/**
 * The tenant's id at the Cloud.
 */
tenant_id: string, 
/**
 * The account that authorised it.
 */
signed_in_as: string, 
/**
 * Whether it can be used.
 */
state: ConnectionState, 
/**
 * Why it is not connected.
 */
state_reason: string | null, 
/**
 * Where the Cloud's addresses are not the published ones, which.
 */
endpoints: string | null, 
/**
 * When it was made.
 */
created_at: string, 
/**
 * Users in the Directory.
 */
users: number, 
/**
 * When users were last brought in.
 */
last_sync: string | null, };

export type CsvChoice = { 
/**
 * Its line in the file.
 */
line: number, 
/**
 * As written there.
 */
address: string, };

export type CsvRow = { 
/**
 * Its line in the file.
 */
line: number, 
/**
 * What stands there.
 */
entry: string, 
/**
 * The user's primary address, where there is such a user.
 */
address: string | null, 
/**
 * The user's name.
 */
name: string | null, 
/**
 * True where the row can be chosen.
 */
usable: boolean, 
/**
 * True where the user is protected; the row is usable all the same.
 */
already_protected: boolean, 
/**
 * Why it cannot be used.
 */
problem: string | null, };

export type CsvView = { 
/**
 * Every row that is not empty, in the order of the file.
 */
rows: Array<CsvRow>, 
/**
 * How many can be used.
 */
usable: number, 
/**
 * How many cannot.
 */
problems: number, };

export type DomainView = { 
/**
 * Its Connection.
 */
connection: ConnectionId, 
/**
 * The Cloud.
 */
cloud: CloudKind, 
/**
 * The Cloud's name.
 */
cloud_name: string, 
/**
 * The Domain's name.
 */
domain: string, 
/**
 * Whether the Connection can be used.
 */
state: ConnectionState, 
/**
 * Why it is not connected.
 */
state_reason: string | null, 
/**
 * The Cloud has groups.
 */
has_groups: boolean, 
/**
 * The Cloud has org units.
 */
has_org_units: boolean, 
/**
 * Users in the Directory.
 */
users: number, 
/**
 * Groups in it.
 */
groups: number, 
/**
 * Org units in it.
 */
org_units: number, 
/**
 * The last sync of each kind.
 */
syncs: Array<SyncOutcome>, 
/**
 * What the Cloud itself does with the data of accounts that are deleted there, in a sentence.
 */
after_deletion: string, 
/**
 * The Cloud's own page that says so.
 */
after_deletion_source: string | null, };

export type DriveDocuments = "own" | "all";

export type DroppedCsv = { 
/**
 * The file's name.
 */
name: string, 
/**
 * Its rows.
 */
view: CsvView, };

export type EmailSettings = { 
/**
 * Its name.
 */
server: string, 
/**
 * Its port.
 */
port: number, 
/**
 * How the way there is kept private.
 */
encryption: Encryption, 
/**
 * The account there, where it wants one.
 */
user: string | null, 
/**
 * The sender.
 */
from: string, 
/**
 * The receivers.
 */
to: Array<string>, 
/**
 * A summary each week, also where all is well.
 */
weekly: boolean, };

export type Encryption = "tls" | "starttls" | "none";

export type ErasedView = { 
/**
 * Done; otherwise it is done by itself as soon as no backup runs.
 */
done: boolean, 
/**
 * Bytes that the storage gave back.
 */
removed_bytes: number | null, };

export type ExportFormat = "office" | "pdf";

export type FieldSource = { 
/**
 * The setting, by its name in a Policy.
 */
field: string, 
/**
 * The level that sets it.
 */
level: LevelWord, 
/**
 * The unit's path, the group's or user's address, the Domain's name.
 */
name: string, };

export type FixAction = { "fix": "connect" } | { "fix": "reconnect", connection: number, } | { "fix": "open_link", url: string, copy: string | null, } | { "fix": "sync_users", connection: number, } | { "fix": "protect", connection: number, user: string, } | { "fix": "open_start" } | { "fix": "resume", connection: number, user: string, } | { "fix": "open_users" } | { "fix": "auto_backup", connection: number, target: LevelWord, id: string, name: string, } | { "fix": "end_pause", target: PausedPart, } | { "fix": "run_now", connection: number | null, user: string | null, } | { "fix": "switch_on", connection: number, user: string | null, service: Service, } | { "fix": "leave_out", connection: number, user: string | null, service: Service, } | { "fix": "open_run", run: number, } | { "fix": "open_causes" } | { "fix": "open_licenses" } | { "fix": "open_storage" } | { "fix": "open_settings" } | { "fix": "start_watchdog" };

export type FixCheck = { 
/**
 * Its number, from 1.
 */
number: number, 
/**
 * What it is about.
 */
title: string, 
/**
 * The worst of what was found.
 */
verdict: FixVerdict, 
/**
 * What was found.
 */
findings: Array<FixFinding>, };

export type FixFinding = { 
/**
 * What.
 */
title: string, 
/**
 * Whether it is a cause.
 */
verdict: FixVerdict, 
/**
 * What was seen.
 */
evidence: string, 
/**
 * What to do.
 */
todo: string | null, 
/**
 * The button.
 */
fix: FixAction | null, };

export type FixVerdict = "bad" | "unknown" | "note" | "good";

export type FixView = { 
/**
 * When.
 */
at: string, 
/**
 * Why this user is not backed up; none for all Domains.
 */
user: string | null, 
/**
 * The checks of the list of causes: those that found one first, each part in the list's order.
 */
checks: Array<FixCheck>, 
/**
 * The open causes, the worst first.
 */
causes: Array<AttentionView>, 
/**
 * How many findings are causes.
 */
bad: number, 
/**
 * Runs that go on of what was tested: when they have ended, it is tested again.
 */
running: number, };

export type Forecast = { 
/**
 * Items to fetch, where all are known.
 */
items: number | null, 
/**
 * Bytes to fetch, where they can be told from what is kept already.
 */
bytes: number | null, 
/**
 * At best.
 */
seconds_low: number | null, 
/**
 * At worst.
 */
seconds_high: number | null, 
/**
 * Bytes free in the storage.
 */
free: number | null, 
/**
 * Whether it fits, where both are known.
 */
fits: boolean | null, 
/**
 * All of it in words.
 */
sentence: string, };

export type GoogleGuide = { 
/**
 * The one line of read-only scopes to paste.
 */
scopes_line: string, 
/**
 * The service account's number, from its key file.
 */
client_id: string | null, 
/**
 * What to do, in order.
 */
steps: Array<GuideStep>, };

export type GroupView = { 
/**
 * The Connection whose Directory it is in.
 */
connection: ConnectionId, 
/**
 * The Cloud's id.
 */
id: string, 
/**
 * Its address.
 */
address: string, 
/**
 * Display name.
 */
name: string, 
/**
 * Users in it, those of groups in it included.
 */
users: number, 
/**
 * Those of them that are protected.
 */
protected: number, 
/**
 * True where a rule protects whoever joins.
 */
is_rule: boolean, 
/**
 * Settings of its own are set.
 */
own_settings: boolean, 
/**
 * Its own pause, where there is one.
 */
pause: PauseView | null, };

export type GrowthPoint = { 
/**
 * When.
 */
at: string, 
/**
 * Bytes of content, before they are deduplicated.
 */
content_bytes: number, 
/**
 * Bytes in the Repository.
 */
stored_bytes: number, };

export type GuideProgress = { 
/**
 * Steps of the guide that a person ticked.
 */
done: Array<string>, 
/**
 * The key file that was chosen last; empty for none.
 */
key_file: string, 
/**
 * The admin that was typed last; empty for none.
 */
admin: string, 
/**
 * The file with other addresses than Google's own.
 */
endpoints: string | null, 
/**
 * What Holdfast waits for, while it does.
 */
waiting: AwaitedView | null, 
/**
 * The Connection that the last waiting ended with.
 */
made: ConnectionView | null, };

export type GuideStep = { 
/**
 * Stable.
 */
id: string, 
/**
 * What it is about.
 */
title: string, 
/**
 * What to do.
 */
text: string, 
/**
 * The provider's page where it is done.
 */
link: string | null, 
/**
 * Text to paste there.
 */
copy: string | null, };

export type HealthItem = { 
/**
 * Stable.
 */
id: string, 
/**
 * True where something has to be done.
 */
is_warning: boolean, 
/**
 * What is the matter.
 */
title: string, 
/**
 * What to do.
 */
text: string, };

export type HoldView = { 
/**
 * Whose, and which service.
 */
title: string, 
/**
 * What happened.
 */
what: string, 
/**
 * When.
 */
at: string, 
/**
 * The last point in time before it that is known to be good.
 */
quiet_at: string | null, };

export type HomeView = { 
/**
 * Users that are protected.
 */
protected: number, 
/**
 * Active users that are not.
 */
unprotected: number, 
/**
 * Protected users that are paused.
 */
paused: number, 
/**
 * Protected users whose backup is due and waits.
 */
waiting: number, 
/**
 * The pause of everything, and what due backups wait for.
 */
schedule: ScheduleView, 
/**
 * Users of all Directories.
 */
users: number, 
/**
 * The lights of protected users; what belongs to the Domains is among the services.
 */
lights: Array<LightCount>, 
/**
 * By Service.
 */
services: Array<ServiceSummary>, 
/**
 * What is kept, over time.
 */
growth: Array<GrowthPoint>, 
/**
 * What keeps someone from being protected, the worst first.
 */
attention: Array<AttentionView>, 
/**
 * Runs going on.
 */
running: Array<RunView>, 
/**
 * The Run that ended last.
 */
last_run: RunView | null, 
/**
 * There is no second copy.
 */
only_one_copy: boolean, 
/**
 * The storage.
 */
storage: StorageView | null, 
/**
 * Places for protected users.
 */
licenses: LicensesView, };

export type KeepGuide = { 
/**
 * Steps of the guide that are ticked.
 */
done: Array<string>, 
/**
 * The key file that is chosen; empty for none.
 */
key_file: string, 
/**
 * The admin that is typed; empty for none.
 */
admin: string, 
/**
 * The file with other addresses than Google's own.
 */
endpoints: string | null, };

export type KeptService = { 
/**
 * Which.
 */
service: Service, 
/**
 * Items kept.
 */
items: number, 
/**
 * Bytes of content.
 */
bytes: number, 
/**
 * How the last Run ended.
 */
last_result: RunResult | null, 
/**
 * The last good copy.
 */
last_complete_at: string | null, };

export type LabelView = { 
/**
 * Its name.
 */
name: string, 
/**
 * How many of those who were asked have it.
 */
users: number, };

export type Language = "english" | "german";

export type LanguageChoice = "system" | "english" | "german";

export type Ledger = { 
/**
 * Distinct Items that the Run has to account for.
 */
listed: number, 
/**
 * New content or new metadata kept.
 */
stored: number, 
/**
 * Looked at and already held as it is.
 */
unchanged: number, 
/**
 * Vanished in the Cloud.
 */
removed: number, 
/**
 * Cannot be stored, for a documented reason.
 */
skipped: number, 
/**
 * Failed; tried again at the next Run.
 */
quarantined: number, 
/**
 * Not reached.
 */
pending: number, 
/**
 * Content bytes fetched from the Cloud.
 */
bytes: number, };

export type LedgerView = Ledger;

export type LevelKey = { 
/**
 * The Connection.
 */
connection: number, 
/**
 * Which level.
 */
level: LevelWord, 
/**
 * The unit's, group's or user's id in the Cloud; empty for the Domain.
 */
id: string, };

export type LevelPolicy = { 
/**
 * As they apply, with what a form has to know.
 */
form: PolicyForm, 
/**
 * What is set at this level itself.
 */
own: PolicyOverride, 
/**
 * What would apply if nothing were set here.
 */
above: Policy, 
/**
 * Where what comes from above is from; what is not here has its built-in value.
 */
sources: Array<FieldSource>, };

export type LevelWord = "domain" | "org_unit" | "group" | "user";

export type LicenseHolder = { 
/**
 * The Connection whose Directory it is in.
 */
connection: ConnectionId, 
/**
 * Primary address.
 */
address: string, 
/**
 * Display name.
 */
name: string, };

export type LicensesView = { 
/**
 * None for no limit.
 */
limit: number | null, 
/**
 * Places taken.
 */
used: number, 
/**
 * Places left, where there is a limit.
 */
free: number | null, 
/**
 * Who holds them.
 */
holders: Array<LicenseHolder>, };

export type Light = { 
/**
 * Green, amber, red, grey or blue.
 */
color: LightColor, 
/**
 * The state that it stands for, for an icon.
 */
state: LightState, 
/**
 * `First copy 12 %`, `Last good copy 4 days ago`.
 */
sentence: string, 
/**
 * The button.
 */
action: LightAction | null, };

export type LightAction = "start_backup" | "run_now" | "resume" | "open_run" | "reconnect" | "sync_users" | "open_storage";

export type LightColor = "green" | "blue" | "grey" | "amber" | "red";

export type LightCount = { 
/**
 * The colour.
 */
color: LightColor, 
/**
 * How many.
 */
count: number, };

export type LightState = "protected" | "first_copy" | "running" | "stale" | "partial" | "failed" | "paused" | "waiting" | "unprotected" | "excluded" | "retained" | "account_suspended" | "account_deleted" | "not_connected";

export type MoveView = { 
/**
 * The folder.
 */
to: string, 
/**
 * Bytes copied and checked.
 */
done: number, 
/**
 * Of how many; none is known before it has begun.
 */
total: number, 
/**
 * All is copied but what Runs that go on still store.
 */
waits: boolean, 
/**
 * What ended it.
 */
error: UserError | null, };

export type NewVersion = { 
/**
 * `0.2.0`.
 */
version: string, 
/**
 * What it brings, as its makers say.
 */
notes: string | null, };

export type NotificationTest = { 
/**
 * True where the system took a notification and knew it afterwards; none where this system does not say.
 */
works: boolean | null, 
/**
 * What was seen.
 */
evidence: string, };

export type OrgUnitChoice = { 
/**
 * `/Berlin/Sales`.
 */
path: string, 
/**
 * With the units below it.
 */
include_sub_units: boolean, };

export type OrgUnitView = { 
/**
 * The Connection whose Directory it is in.
 */
connection: ConnectionId, 
/**
 * The Cloud's id.
 */
id: string, 
/**
 * `/Berlin/Sales`.
 */
path: string, 
/**
 * Users in it, without those of its sub-units.
 */
users: number, 
/**
 * Those of them that are protected.
 */
protected: number, 
/**
 * True where a rule protects whoever joins.
 */
is_rule: boolean, 
/**
 * The rule reaches the sub-units too.
 */
include_sub_units: boolean, 
/**
 * The unit above whose rule reaches this one.
 */
rule_of: string | null, 
/**
 * Settings of its own are set.
 */
own_settings: boolean, 
/**
 * Its own pause, or that of a unit above it.
 */
pause: PauseView | null, };

export type OwnerArchive = { 
/**
 * Whose.
 */
owner: OwnerRow, 
/**
 * Points in time of all Services together, newest first.
 */
points: Array<PointInTime>, 
/**
 * By Service.
 */
services: Array<ServicePoints>, };

export type OwnerColumn = "name" | "address" | "account" | "items" | "size" | "progress" | "last_good_copy" | "status";

export type OwnerKind = "user" | "shared_drive";

export type OwnerRow = { 
/**
 * By which it is named in requests: unique over all Domains.
 */
key: string, 
/**
 * The Connection whose Directory it is in.
 */
connection: ConnectionId, 
/**
 * The Domain's name.
 */
domain: string, 
/**
 * User or shared drive.
 */
kind: OwnerKind, 
/**
 * The Cloud's id.
 */
id: string, 
/**
 * Display name.
 */
name: string, 
/**
 * Primary address; none for a shared drive.
 */
address: string | null, 
/**
 * Account status; none for a shared drive.
 */
account: Account | null, 
/**
 * The org unit's path.
 */
org_unit: string | null, 
/**
 * It has an Archive and is no longer in the Domain.
 */
left: boolean, 
/**
 * Whether it is backed up.
 */
protection: Protection, 
/**
 * Whether Runs happen.
 */
schedule: Schedule, 
/**
 * Whose pause it is, where Runs rest.
 */
pause: PauseView | null, 
/**
 * What Runs wait for, where they wait: read after "waiting for".
 */
waits_for: string | null, 
/**
 * Settings of its own are set.
 */
own_settings: boolean, 
/**
 * Hours between two Runs.
 */
frequency_hours: number, 
/**
 * What is kept, by Service.
 */
services: Array<OwnerService>, 
/**
 * Items kept.
 */
items: number, 
/**
 * Bytes of content.
 */
bytes: number, 
/**
 * Of what is chosen, so many percent are kept; none where nothing is chosen.
 */
progress: number | null, 
/**
 * The oldest of the last good copies of what is chosen; none while something has none.
 */
last_good_copy: string | null, 
/**
 * What a person sees of all that.
 */
light: Light, 
/**
 * What is kept is erased then, unless a person undoes it before.
 */
erased_at: string | null, 
/**
 * Why it is not erased yet although its time has come, in a sentence.
 */
erase_waits: string | null, 
/**
 * Open causes that keep it from being protected.
 */
causes: number, };

export type OwnerService = { 
/**
 * Which.
 */
service: Service, 
/**
 * Items kept.
 */
items: number, 
/**
 * Bytes of content.
 */
bytes: number, 
/**
 * How its last Run ended, or how it stands.
 */
result: ServiceResult, 
/**
 * The last good copy.
 */
last_complete_at: string | null, };

export type OwnersDeed = "pause" | "resume" | "back_up_now" | "protect" | "stop_protecting";

export type OwnersDone = { 
/**
 * For so many it was done.
 */
done: number, 
/**
 * So many were left as they are: it makes no sense for them.
 */
left_out: number, };

export type OwnersFilter = { 
/**
 * Of this Connection.
 */
connection: number | null, 
/**
 * Only those of whom something is kept.
 */
archives_only: boolean, 
/**
 * With all these words in name, address or alias, whatever the case.
 */
search: string | null, 
/**
 * With this account status.
 */
account: Account | null, 
/**
 * With this protection.
 */
protection: Protection | null, 
/**
 * With this backup status.
 */
status: BackupStatus | null, 
/**
 * Only those that have an Archive and left the Domain.
 */
left: boolean, };

export type OwnersPage = { 
/**
 * Without any filter but the Connection's and that something is kept.
 */
total: number, 
/**
 * With the filter.
 */
listed: number, 
/**
 * The asked part of those.
 */
rows: Array<OwnerRow>, };

export type OwnersQuery = { 
/**
 * Whom.
 */
filter: OwnersFilter, 
/**
 * By what they are sorted.
 */
sort: OwnerColumn, 
/**
 * The other way round.
 */
descending: boolean, 
/**
 * After so many.
 */
offset: number, 
/**
 * At most so many.
 */
limit: number, };

export type PauseLength = "hour" | "tomorrow" | "until_resumed";

export type PauseView = { 
/**
 * Whose pause it is; none for that of everything.
 */
of: LevelKey | null, 
/**
 * The unit's path, the group's or user's address; empty for everything.
 */
name: string, 
/**
 * Until when; none until a person ends it.
 */
until: string | null, };

export type PausedPart = { "part": "everything" } | { "part": "org_unit", connection: number, id: string, } | { "part": "group", connection: number, id: string, } | { "part": "user", connection: number, id: string, };

export type PlanProblem = { 
/**
 * Its line in the CSV file, where it is from one.
 */
line: number | null, 
/**
 * What was written.
 */
entry: string, 
/**
 * Why it cannot be used.
 */
why: string, };

export type PlanUser = { 
/**
 * The Cloud's id.
 */
id: string, 
/**
 * Primary address.
 */
address: string, 
/**
 * Takes no license; a Run starts all the same.
 */
already_protected: boolean, };

export type PlanView = { 
/**
 * Distinct active users.
 */
users: Array<PlanUser>, 
/**
 * What cannot be used, and why.
 */
problems: Array<PlanProblem>, 
/**
 * Licenses that it would take.
 */
licenses_needed: number, 
/**
 * Licenses left, where there is a limit.
 */
licenses_free: number | null, 
/**
 * `You have allocated 2 out of 5 licenses`.
 */
licenses_sentence: string, 
/**
 * More are needed than are left.
 */
over_limit: boolean, 
/**
 * What to do then.
 */
todo: string | null, 
/**
 * What it will take.
 */
forecast: Forecast, };

export type PointInTime = { 
/**
 * The time it shows.
 */
at: string, 
/**
 * How the Run ended that made it.
 */
result: RunResult, 
/**
 * Everything that was chosen is in it.
 */
complete: boolean, };

export type Policy = { 
/**
 * Services that are backed up.
 */
services: Array<Service>, 
/**
 * Mail in the trash is kept.
 */
mail_trash: boolean, 
/**
 * Mail marked as spam is kept.
 */
mail_spam: boolean, 
/**
 * Mail with any of these labels is left out: by the id that Gmail gives its own, by the name of a user's.
 */
exclude_labels: Array<string>, 
/**
 * Own documents, or all that the user can see.
 */
drive_documents: DriveDocuments, 
/**
 * Files in the trash are kept.
 */
drive_trash: boolean, 
/**
 * Previous versions of files are kept, where the Cloud has some of its own: Box.
 */
previous_versions: boolean, 
/**
 * File name extensions left out, lower case, without the dot.
 */
exclude_extensions: Array<string>, 
/**
 * Files larger than this many bytes are left out.
 */
exclude_larger_than: number | null, 
/**
 * How Google documents are exported.
 */
export: Array<ExportFormat>, 
/**
 * Hours between two Runs: 1, 2, 4, 6, 12 or 24.
 */
frequency_hours: number, 
/**
 * Hours in which scheduled Runs may begin.
 */
hours: RunHours, };

export type PolicyForm = { 
/**
 * The Connection to the Domain.
 */
connection: number, 
/**
 * As it is.
 */
policy: Policy, 
/**
 * Gmail's own labels, to choose from.
 */
labels: Array<string>, 
/**
 * The Services of this Domain's Cloud.
 */
services: Array<ServiceChoice>, 
/**
 * Every active user who appears in the Domain is protected.
 */
add_new_users: boolean, };

export type PolicyOverride = { services?: Array<Service>, mail_trash?: boolean, mail_spam?: boolean, exclude_labels?: Array<string>, drive_documents?: DriveDocuments, drive_trash?: boolean, previous_versions?: boolean, exclude_extensions?: Array<string>, exclude_larger_than?: SizeLimit, export?: Array<ExportFormat>, frequency_hours?: number, hours?: RunHours, };

export type PolicyPart = "mail" | "files" | "trash" | "documents" | "versions" | "export";

export type PolicyPreview = { 
/**
 * Who or what is protected from then on.
 */
gains: Array<string>, 
/**
 * Who or what no longer is.
 */
loses: Array<string>, 
/**
 * What else to know.
 */
notes: Array<string>, };

export type ProfileKind = "own" | "sample";

export type Protection = "unprotected" | "protected" | "excluded" | "retained";

export type RebuildView = { 
/**
 * Archives.
 */
archives: number, 
/**
 * Users of all Directories.
 */
users: number, 
/**
 * Items in the newest Snapshots.
 */
items: number, 
/**
 * The Domains; each has to be connected again.
 */
connections: Array<ConnectionView>, 
/**
 * Policies that were set.
 */
policies: number, 
/**
 * Places for protected users.
 */
licenses: LicensesView, 
/**
 * What could not be read.
 */
problems: Array<string>, };

export type ReconnectBoxApp = { 
/**
 * The Connection.
 */
connection: number, 
/**
 * Path of the application's file from Box's developer console.
 */
app_file: string, 
/**
 * Path of the file with its addresses, where they went with its sign-in.
 */
endpoints: string | null, };

export type ReconnectBoxSignIn = { 
/**
 * The Connection.
 */
connection: number, 
/**
 * Path of the company's application file; none for the application that is built in.
 */
client_file: string | null, 
/**
 * Path of the file with its addresses, where they went with its sign-in.
 */
endpoints: string | null, };

export type ReconnectGoogleKey = { 
/**
 * The Connection.
 */
connection: number, 
/**
 * Path of the service account's key file.
 */
key_file: string, 
/**
 * Address of the admin as whom the Directory is read.
 */
admin: string, 
/**
 * Path of the file with its addresses, where they went with its sign-in.
 */
endpoints: string | null, };

export type ReconnectGoogleSignIn = { 
/**
 * The Connection.
 */
connection: number, 
/**
 * Path of the company's OAuth client file; none for the client that is built in.
 */
client_file: string | null, 
/**
 * Path of the file with its addresses, where they went with its sign-in.
 */
endpoints: string | null, };

export type RecoveryKeyView = { 
/**
 * Twelve words joined by hyphens.
 */
words: string, 
/**
 * The same as a QR code.
 */
qr_svg: string, 
/**
 * What a person must know of it.
 */
warning: string, };

export type RestoreInput = { 
/**
 * The key of an owner's row.
 */
owner: string, 
/**
 * One Service, or all.
 */
service: Service | null, 
/**
 * As it was then; the newest complete state where none.
 */
at: string | null, 
/**
 * A state that is not complete will do.
 */
partial_too: boolean, 
/**
 * The full path of a folder.
 */
folder: string, };

export type RestoreProblemView = { 
/**
 * The Item.
 */
item: string, 
/**
 * Why.
 */
why: string, };

export type RestoreState = { 
/**
 * What was asked.
 */
input: RestoreInput, 
/**
 * The address of the user, or the name of the shared drive.
 */
whose: string, 
/**
 * Files written so far.
 */
files: number, 
/**
 * Their bytes.
 */
bytes: number, 
/**
 * Of so many files, where the preview of the same restore told.
 */
of_files: number | null, 
/**
 * And bytes.
 */
of_bytes: number | null, 
/**
 * When it began.
 */
started: string, 
/**
 * When it ended; none while it goes on.
 */
ended: string | null, 
/**
 * What it did.
 */
result: RestoreView | null, 
/**
 * Why it ended early.
 */
error: UserError | null, };

export type RestoreView = { 
/**
 * Where the files are.
 */
folder: string, 
/**
 * Files written.
 */
files: number, 
/**
 * Their bytes.
 */
bytes: number, 
/**
 * Items without content: folders, shortcuts.
 */
without_content: number, 
/**
 * Items whose content was never kept, with the documented reason.
 */
skipped: number, 
/**
 * Names that are changed for this system.
 */
renamed: number, 
/**
 * The first of them.
 */
renames: Array<RestoredName>, 
/**
 * Items that cannot be restored.
 */
problems_total: number, 
/**
 * The first of them.
 */
problems: Array<RestoreProblemView>, 
/**
 * Bytes free where the folder is, as far as the system says.
 */
free: number | null, 
/**
 * True where that is enough, or not known.
 */
fits: boolean, };

export type RestoredName = { 
/**
 * In the Cloud.
 */
from: string, 
/**
 * In the folder.
 */
to: string, };

export type Retention = { 
/**
 * The last snapshot of each of so many days that have one.
 */
daily: number, 
/**
 * The last snapshot of each of so many weeks.
 */
weekly: number, 
/**
 * The last snapshot of each of so many months.
 */
monthly: number, 
/**
 * The last snapshot of each of so many years.
 */
yearly: number, };

export type RetentionEffect = { 
/**
 * Snapshots there are.
 */
snapshots: number, 
/**
 * How many would go.
 */
removed: number, 
/**
 * The times of those that would go, oldest first, at most a thousand.
 */
remove: string[], 
/**
 * At most so many bytes would be given back.
 */
bytes: number, 
/**
 * Why nothing is removed for now.
 */
held: string | null, };

export type RetentionView = { 
/**
 * How many snapshots of each kind are kept; none keeps all forever.
 */
retention: Retention | null, 
/**
 * Mass changes that hold it until someone has looked.
 */
holds: Array<HoldView>, };

export type RunDetail = { 
/**
 * The Run.
 */
run: RunView, 
/**
 * Quarantined and skipped Items, each with its reason.
 */
items: Array<RunItemView>, 
/**
 * How many there are, which may be more than are listed.
 */
items_total: number, };

export type RunHours = { 
/**
 * 0 to 23.
 */
from: number, 
/**
 * 1 to 24; another than `from`.
 */
until: number, };

export type RunId = number;

export type RunItemView = { 
/**
 * `skipped` or `quarantined`.
 */
kind: "skipped" | "quarantined", 
/**
 * The Cloud's id.
 */
item: string, 
/**
 * A stable word.
 */
reason: string, 
/**
 * What a person reads.
 */
sentence: string, 
/**
 * The Cloud's own words.
 */
detail: string | null, 
/**
 * In how many Runs it has failed.
 */
failed_runs: number, 
/**
 * False where nobody knows why.
 */
is_explained: boolean, };

export type RunNow = { 
/**
 * Of this Connection.
 */
connection: number | null, 
/**
 * Of the user with this address.
 */
user: string | null, 
/**
 * Of this Service.
 */
service: Service | null, };

export type RunPhase = "counting" | "copying" | "saving";

export type RunResult = "complete" | "complete_with_skips" | "partial" | "failed" | "cancelled";

export type RunStateWord = "queued" | "running" | "paused" | "ended";

export type RunView = { 
/**
 * Its number.
 */
id: RunId, 
/**
 * Its Archive.
 */
archive: ArchiveId, 
/**
 * `anna@example.com Gmail`.
 */
title: string, 
/**
 * The owner's address, or the shared drive's name.
 */
owner: string, 
/**
 * Which Service.
 */
service: Service, 
/**
 * The Connection.
 */
connection: ConnectionId, 
/**
 * The Domain's name.
 */
domain: string, 
/**
 * Why it was started.
 */
trigger: string, 
/**
 * When it began.
 */
started: string, 
/**
 * When it ended.
 */
ended: string | null, 
/**
 * Whether it goes on.
 */
state: RunStateWord, 
/**
 * What it is doing; none when it ended.
 */
phase: RunPhase | null, 
/**
 * All that it will have is stored: it ends, and is a copy, with the next save, within 15 minutes.
 */
is_stored: boolean, 
/**
 * How it ended.
 */
result: RunResult | null, 
/**
 * Its counts.
 */
ledger: Ledger, 
/**
 * True when every listed Item is accounted for.
 */
closes: boolean, 
/**
 * Items known to be still open.
 */
open: number, 
/**
 * How many Items the Cloud said there are.
 */
expected: number | null, 
/**
 * Items a second, lately.
 */
rate_items: number | null, 
/**
 * Bytes a second, lately.
 */
rate_bytes: number | null, 
/**
 * How long it will still take at best, once that can be known.
 */
seconds_low: number | null, 
/**
 * How long it will still take at worst.
 */
seconds_high: number | null, 
/**
 * What limits it now.
 */
limited_by: string | null, 
/**
 * What ended it early.
 */
error: UserError | null, 
/**
 * What a person should know although nothing failed.
 */
note: string | null, 
/**
 * It can be paused.
 */
can_pause: boolean, 
/**
 * It can go on.
 */
can_resume: boolean, 
/**
 * It can be cancelled.
 */
can_cancel: boolean, 
/**
 * Its Archive can be backed up again now.
 */
can_retry: boolean, };

export type SamplePhase = "founding" | "storage" | "google" | "box" | "people";

export type SavedFile = { 
/**
 * Where it is.
 */
path: string, };

export type Schedule = "active" | "paused" | "waiting";

export type ScheduleSettings = { 
/**
 * Wait while the computer runs on its battery.
 */
wait_on_battery: boolean, 
/**
 * Wait while the network is metered.
 */
wait_on_metered: boolean, 
/**
 * Keep the computer awake while backups that the schedule began go on.
 */
keep_awake: boolean, };

export type ScheduleView = { 
/**
 * What is set.
 */
settings: ScheduleSettings, 
/**
 * This system tells of its battery; else a backup never waits for power.
 */
knows_battery: boolean, 
/**
 * Whether it runs on its battery now, where backups are to wait then; none where that is not known: no backup waits.
 */
on_battery: boolean | null, 
/**
 * This system tells whether its network is metered; else a backup never waits for another.
 */
knows_metered: boolean, 
/**
 * Whether its network is metered now, where backups are to wait then; none where that is not known: no backup waits.
 */
is_metered: boolean | null, 
/**
 * This system can be kept awake.
 */
can_keep_awake: boolean, 
/**
 * What due backups wait for now.
 */
waiting: Array<WaitView>, 
/**
 * The pause of everything, where there is one.
 */
pause: PauseView | null, 
/**
 * When the next backup is due; in the past for one that waits, none as long as nothing is scheduled.
 */
next: string | null, };

export type SelectionInput = { 
/**
 * The Connection.
 */
connection: number, 
/**
 * Addresses.
 */
users: Array<string>, 
/**
 * Group addresses.
 */
groups: Array<string>, 
/**
 * Org units.
 */
org_units: Array<OrgUnitChoice>, 
/**
 * Rows of a CSV file.
 */
csv: Array<CsvChoice>, };

export type Service = "gmail" | "drive" | "shared_drive" | "calendar" | "contacts" | "tasks" | "box_files";

export type ServiceChoice = { 
/**
 * Which.
 */
service: Service, 
/**
 * Its name.
 */
name: string, 
/**
 * It belongs to the Domain and takes no license.
 */
is_of_domain: boolean, 
/**
 * Which groups of settings.
 */
settings: Array<PolicyPart>, };

export type ServicePoints = { 
/**
 * Which.
 */
service: Service, 
/**
 * Newest first.
 */
points: Array<PointInTime>, };

export type ServiceResult = "never" | "running" | "complete" | "complete_with_skips" | "partial" | "failed" | "cancelled" | "stale" | "left_out";

export type ServiceSummary = { 
/**
 * Which.
 */
service: Service, 
/**
 * Archives.
 */
archives: number, 
/**
 * Those with a good copy that is fresh.
 */
complete: number, 
/**
 * The oldest of the last good copies; none while an Archive has none.
 */
oldest_good_copy: string | null, 
/**
 * The newest of them.
 */
newest_good_copy: string | null, 
/**
 * Items kept.
 */
items: number, 
/**
 * Bytes of content.
 */
bytes: number, };

export type SetAlerts = { 
/**
 * E-mails go out by this; none for no e-mails.
 */
email: EmailSettings | null, 
/**
 * Secrets; those that are left out stay as they are.
 */
secrets: AlertSecrets, };

export type SetAutoBackup = { 
/**
 * The Connection.
 */
connection: number, 
/**
 * Where; a user is no place.
 */
target: LevelWord, 
/**
 * The unit's or group's id in the Cloud; empty for the Domain.
 */
id: string, 
/**
 * Of a unit: and in all below it.
 */
include_sub_units: boolean, 
/**
 * On or off.
 */
on: boolean, };

export type SetPaused = { 
/**
 * The Connection.
 */
connection: number, 
/**
 * The user's address.
 */
user: string, 
/**
 * Paused or active.
 */
paused: boolean, };

export type SetupProgress = { 
/**
 * The step that comes next.
 */
step: SetupStep, 
/**
 * The storage, once there is one.
 */
storage_path: string | null, 
/**
 * A person said that the recovery key is kept.
 */
recovery_key_saved: boolean, 
/**
 * The Connection, once there is one.
 */
connection: number | null, };

export type SetupStep = "storage" | "recovery_key" | "cloud" | "people" | "finish";

export type Severity = "red" | "amber";

export type SignInBox = { 
/**
 * Path of the company's application file; none for the application that is built in.
 */
client_file: string | null, 
/**
 * Path of a file with other addresses than Box's own.
 */
endpoints: string | null, };

export type SignInGoogle = { 
/**
 * Path of the company's OAuth client file; none for the client that is built in.
 */
client_file: string | null, 
/**
 * Path of a file with other addresses than Google's own.
 */
endpoints: string | null, };

export type SignInStage = "browser_opened" | "answered";

export type SizeLimit = number | "none";

export type Stage = "first_launch" | "setting_up" | "ready" | "blocked";

export type StartedView = { 
/**
 * Users that are protected now.
 */
users: number, 
/**
 * What could not be used, and why.
 */
problems: Array<PlanProblem>, 
/**
 * Archives whose Runs start now.
 */
runs: number, };

export type StorageCheck = { 
/**
 * The folder.
 */
path: string, 
/**
 * Bytes free there, where the system says.
 */
free: number | null, 
/**
 * The folder exists.
 */
exists: boolean, 
/**
 * Nothing is in it.
 */
is_empty: boolean, 
/**
 * A Repository is in it.
 */
is_repository: boolean, 
/**
 * It is on the disk of the data directory: lost with this computer.
 */
same_disk_as_data: boolean, 
/**
 * Why no new Repository can be made there.
 */
problem: UserError | null, };

export type StorageKind = "usb_disk" | "network_folder" | "local_disk";

export type StorageOption = { 
/**
 * The folder that would be made.
 */
path: string, 
/**
 * What it is on.
 */
kind: StorageKind, 
/**
 * What a person calls it.
 */
label: string, 
/**
 * Bytes free.
 */
free: number, 
/**
 * Bytes in all.
 */
total: number, 
/**
 * True for the one that is chosen when nobody chooses.
 */
is_default: boolean, };

export type StorageView = { 
/**
 * Its folder.
 */
path: string, 
/**
 * Its identity.
 */
id: string, 
/**
 * True where the folder can be reached now and is the right one.
 */
reachable: boolean, 
/**
 * Bytes free on its disk, where the system says.
 */
free: number | null, 
/**
 * Bytes of its disk, where the system says.
 */
total: number | null, 
/**
 * Bytes of content, before they are deduplicated.
 */
content_bytes: number, 
/**
 * Bytes in the Repository, where it can be reached.
 */
stored_bytes: number | null, 
/**
 * Items kept.
 */
items: number, 
/**
 * What was kept, over time.
 */
growth: Array<GrowthPoint>, 
/**
 * At the pace of the last weeks.
 */
days_until_full: number | null, 
/**
 * When it was last verified.
 */
last_verified_at: string | null, 
/**
 * Whether it was sound.
 */
last_verify_ok: boolean | null, 
/**
 * What that verify found.
 */
last_verify_sentence: string | null, 
/**
 * How stock restic reads it.
 */
restic_commands: Array<string>, 
/**
 * What downloads may take, in bytes a second; none for no limit.
 */
bandwidth_limit: number | null, 
/**
 * The move to another place that goes on, or that failed.
 */
moving: MoveView | null, 
/**
 * What has still to be removed, and what each waits for; the first of them.
 */
chores: Array<ChoreView>, 
/**
 * So many more.
 */
more_chores: number, };

export type SyncOutcome = { 
/**
 * Which part.
 */
what: SyncPart, 
/**
 * When it ended, or began while it goes on.
 */
at: string | null, 
/**
 * How it went.
 */
state: SyncState, 
/**
 * Why it failed.
 */
error: UserError | null, 
/**
 * How many the Cloud told of.
 */
count: number, 
/**
 * New.
 */
joined: Array<string>, 
/**
 * No longer there.
 */
left: Array<string>, 
/**
 * `old → new`.
 */
renamed: Array<string>, 
/**
 * Suspended or archived since.
 */
suspended: Array<string>, 
/**
 * Active again.
 */
restored: Array<string>, 
/**
 * How many joined.
 */
joined_count: number, 
/**
 * How many left.
 */
left_count: number, 
/**
 * How many have another address.
 */
renamed_count: number, 
/**
 * How many were suspended.
 */
suspended_count: number, 
/**
 * How many are active again.
 */
restored_count: number, };

export type SyncPart = "users" | "groups" | "org_units";

export type SyncState = "never" | "ok" | "failed" | "running";

export type Theme = "system" | "light" | "dark";

export type UpdatesView = { 
/**
 * The version that runs.
 */
version: string, 
/**
 * This build knows where new versions are and whose signature to believe.
 */
is_possible: boolean, 
/**
 * It installs them itself; where not, the system's own packages do.
 */
installs: boolean, 
/**
 * A person wants it to look once a day.
 */
looks: boolean, 
/**
 * When it looked last.
 */
looked_at: string | null, 
/**
 * The newest version, where that is newer than the one that runs.
 */
found: NewVersion | null, 
/**
 * So many backups, restores and checks go on, the end of which an installation waits for.
 */
runs: number, };

export type UserError = { 
/**
 * Stable; a screen maps it to a button, a script to a decision.
 */
code: UserErrorCode, 
/**
 * What happened, a sentence.
 */
what: string, 
/**
 * What to do, one or two sentences.
 */
todo: string, 
/**
 * True where the same step may succeed later without a change.
 */
can_retry: boolean, 
/**
 * The words of whatever failed first: the provider's reason, the system's error.
 */
detail: string | null, };

export type UserErrorCode =
  | "alerts.email_failed"
  | "alerts.not_shown"
  | "alerts.not_set"
  | "alerts.webhook_failed"
  | "app.ending"
  | "app.not_set_up"
  | "archive.erasing"
  | "cancelled"
  | "catalogue.damaged"
  | "catalogue.failed"
  | "catalogue.newer"
  | "clock.wrong"
  | "cloud.access_missing"
  | "cloud.account_closed"
  | "cloud.api_disabled"
  | "cloud.app_blocked"
  | "cloud.forbidden"
  | "cloud.gone"
  | "cloud.refused"
  | "cloud.service_off"
  | "cloud.skipped"
  | "cloud.throttled"
  | "cloud.unreachable"
  | "connection.admin_lost"
  | "connection.already"
  | "connection.disconnected"
  | "connection.endpoints_needed"
  | "connection.ending"
  | "connection.expired"
  | "connection.incomplete"
  | "connection.none"
  | "connection.other_tenant"
  | "connection.which"
  | "copies.stale"
  | "data_dir.on_network"
  | "defect"
  | "directory.failed"
  | "directory.mass_deletion"
  | "directory.refused"
  | "directory.stale"
  | "directory.not_synced"
  | "disk.full"
  | "disk.read_only"
  | "file.exists"
  | "file.failed"
  | "input.bad"
  | "input.csv"
  | "input.file"
  | "input.item"
  | "input.endpoints"
  | "input.key_file"
  | "input.nobody_protected"
  | "input.not_found"
  | "input.path"
  | "input.recovery_key"
  | "input.recovery_key_place"
  | "input.secrets"
  | "input.settings"
  | "input.terminal_needed"
  | "input.too_long"
  | "input.too_many"
  | "input.usage"
  | "input.time"
  | "items.quarantined"
  | "licenses.too_few"
  | "random.failed"
  | "recovery_key.lost"
  | "recovery_key.same_disk"
  | "repository.already_exists"
  | "repository.busy"
  | "repository.already_set_up"
  | "repository.damaged"
  | "repository.failed"
  | "repository.locked"
  | "repository.none"
  | "repository.not_a_repository"
  | "repository.not_empty"
  | "repository.not_found"
  | "repository.other"
  | "repository.too_new"
  | "repository.wrong_password"
  | "restore.busy"
  | "restore.in_repository"
  | "sample.failed"
  | "sample.port_taken"
  | "retention.held"
  | "schedule.paused_long"
  | "secrets.damaged"
  | "secrets.locked"
  | "secrets.passphrase_needed"
  | "secrets.unavailable"
  | "secrets.wrong_passphrase"
  | "sign_in.busy"
  | "sign_in.cancelled"
  | "sign_in.failed"
  | "sign_in.no_client"
  | "sign_in.timeout"
  | "storage.in_use"
  | "storage.low_space"
  | "storage.not_a_folder"
  | "storage.not_writable"
  | "storage.slow"
  | "update.failed"
  | "update.not_newer"
  | "update.not_possible"
  | "update.not_told"
  | "update.run"
  | "verify.busy"
  | "worker.busy"
  | "worker.gone"
  | "worker.silent"
  | "user.left";

export type UserRow = { 
/**
 * The Connection whose Directory it is in.
 */
connection: ConnectionId, 
/**
 * The Cloud's id.
 */
id: string, 
/**
 * Primary address.
 */
address: string, 
/**
 * Display name.
 */
name: string, 
/**
 * Other addresses.
 */
aliases: Array<string>, 
/**
 * Account status.
 */
account: Account, 
/**
 * The org unit's path.
 */
org_unit: string | null, 
/**
 * True for an admin of the tenant.
 */
is_admin: boolean, 
/**
 * Whether it is backed up.
 */
protection: Protection, 
/**
 * Whether Runs happen.
 */
schedule: Schedule, 
/**
 * Whose pause it is, where they rest.
 */
pause: PauseView | null, 
/**
 * What they wait for, where they wait: read after "waiting for".
 */
waits_for: string | null, 
/**
 * True where the User holds a License.
 */
licensed: boolean, 
/**
 * True where the User can be chosen for a backup.
 */
selectable: boolean, 
/**
 * Why not.
 */
why_not: string | null, 
/**
 * What a person sees of all that.
 */
light: Light, 
/**
 * What is kept, by Service.
 */
services: Array<KeptService>, };

export type VerifyView = { 
/**
 * Nothing is wrong.
 */
ok: boolean, 
/**
 * Packs that are there.
 */
packs: number, 
/**
 * Bytes that were read and checked.
 */
bytes: number, 
/**
 * What is wrong.
 */
problems: Array<string>, 
/**
 * How long it took.
 */
took_ms: number, };

export type WaitView = { 
/**
 * What a person reads after "waiting for".
 */
what: string, 
/**
 * Those of this Domain; of all where none.
 */
domain: string | null, 
/**
 * Since when.
 */
since: string, };

export type WatchdogView = { 
/**
 * The system starts it.
 */
installed: boolean, 
/**
 * By what, and where that is written.
 */
how: string | null, };
