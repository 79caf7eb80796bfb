//! The one table of words by error code. `{detail}` stands for the failure's own words as a sentence.

/// The words for one code.
pub struct Row {
    /// `area.what`, stable.
    pub code: &'static str,
    /// What happened.
    pub what: &'static str,
    /// What to do.
    pub todo: &'static str,
    /// True where the same step may succeed later without a change.
    pub can_retry: bool,
}

/// The words for a code; those of a defect for one that has none.
pub(super) fn row(code: &str) -> &'static Row {
    ROWS.iter().find(|row| row.code == code).unwrap_or(&DEFECT)
}

const fn fix(code: &'static str, what: &'static str, todo: &'static str) -> Row {
    Row { code, what, todo, can_retry: false }
}

const fn retry(code: &'static str, what: &'static str, todo: &'static str) -> Row {
    Row { code, what, todo, can_retry: true }
}

const DEFECT: Row = fix(
    "defect",
    "Holdfast met something that must not happen.",
    "Nothing that was stored is lost. Try again; if it comes back, please report it with the log.",
);

/// Every code with its words, sorted by code.
pub const ROWS: &[Row] = &[
    retry(
        "alerts.email_failed",
        "An e-mail could not be sent: {detail}",
        "Check the mail server and its password under App, then send a test message.",
    ),
    fix(
        "alerts.not_shown",
        "This computer shows no notifications of Holdfast.",
        "Allow them in the system's settings, then test them under App.",
    ),
    fix("alerts.not_set", "{detail}", "Set it up first, under App or with `holdfast alerts`."),
    retry(
        "alerts.webhook_failed",
        "The webhook did not take a message: {detail}",
        "Check its address under App, then send a test message.",
    ),
    retry(
        "app.ending",
        "Another Holdfast of yours is still ending, or does not answer.",
        "Wait a minute and start it again. If it comes back, log out and in again: that ends the other one.",
    ),
    fix(
        "app.not_set_up",
        "Nothing has been set up yet.",
        "Choose where the backup goes; everything else follows from that.",
    ),
    fix(
        "archive.erasing",
        "{detail}",
        "What was erased cannot come back. To back this user up again from now on, choose the user in Start Backup.",
    ),
    fix("cancelled", "Cancelled.", "What was stored until now is kept; the next run goes on from there."),
    fix(
        "catalogue.damaged",
        "The catalogue is damaged.",
        "Your backup is not affected. Build the catalogue again from the Repository with `rebuild-catalogue`.",
    ),
    retry(
        "catalogue.failed",
        "The catalogue could not be read or written.",
        "Check that the data directory can be written and its disk has space, then try again.",
    ),
    fix(
        "catalogue.newer",
        "The catalogue was written by a newer version of Holdfast.",
        "Install that version or a later one. Nothing was changed.",
    ),
    fix(
        "clock.wrong",
        "{detail}",
        "Let this computer set its clock by itself. A cloud refuses sign-ins by a clock that is too far off.",
    ),
    fix(
        "cloud.access_missing",
        "Access to this data was not granted, or was taken back.",
        "Grant the scope that Fix a backup names, in the cloud's admin console. It may take up to 24 hours to hold.",
    ),
    fix(
        "cloud.account_closed",
        "The account is closed or suspended in the cloud.",
        "Nothing needs to be done: what is kept of it stays. Run a sync, so that the lists say so.",
    ),
    fix(
        "cloud.api_disabled",
        "An API that backups need is not enabled in the company's cloud project.",
        "Enable it there: Fix a backup names it and opens its page.",
    ),
    fix(
        "cloud.app_blocked",
        "The company's admin console does not allow this app.",
        "Allow it there under API controls: Fix a backup opens the page.",
    ),
    fix(
        "cloud.forbidden",
        "The cloud refuses access to this data.",
        "A scope, an API or a role is missing. Check the connection: that names the exact setting.",
    ),
    fix("cloud.gone", "The cloud no longer has this.", "Run a sync, so that the lists are up to date."),
    fix(
        "cloud.refused",
        "The cloud refused a request, or answered something that makes no sense.",
        "The details hold its own words. Check the connection.",
    ),
    fix(
        "cloud.service_off",
        "The service is switched off for this user in the cloud.",
        "Switch it on in the cloud's admin console, or leave it out in the backup settings.",
    ),
    fix(
        "cloud.skipped",
        "The cloud never hands this out.",
        "Nothing can be done; the reason is in the details.",
    ),
    retry(
        "cloud.throttled",
        "The cloud allows no more requests for now.",
        "Nothing needs to be done: the next backup goes on where this one stopped.",
    ),
    retry(
        "cloud.unreachable",
        "The cloud does not answer, or asks for patience.",
        "Check the network and try again later; a backup goes on by itself where it stopped.",
    ),
    fix(
        "connection.admin_lost",
        "{detail}",
        "Reconnect with an admin of today, before the cloud refuses this one.",
    ),
    fix("connection.already", "{detail}", "To renew its authorisation, reconnect it."),
    fix("connection.disconnected", "{detail}", "Connect it again. What is stored stays."),
    fix(
        "connection.endpoints_needed",
        "The addresses of this connection went with its sign-in: {detail}.",
        "Choose the endpoints file that it was made with.",
    ),
    fix(
        "connection.ending",
        "{detail}",
        "Reconnect it before that. If it was limited because the app's consent screen is in Testing, publish the app first.",
    ),
    fix(
        "connection.expired",
        "The authorisation of this connection lapsed or was revoked.",
        "Reconnect it. What is stored stays; backups go on after that.",
    ),
    fix(
        "connection.incomplete",
        "The cloud lets nobody in yet: something is missing.",
        "The details name each missing scope or setting and where it is added. Then connect again.",
    ),
    fix("connection.none", "No cloud is connected yet.", "Connect one first."),
    fix(
        "connection.other_tenant",
        "{detail}",
        "Sign in as an admin of the same company, or connect the other one as well.",
    ),
    fix("connection.which", "{detail}", "Say which one with --domain."),
    retry(
        "copies.stale",
        "Good copies are older than they should be.",
        "Start a backup now. If they get old again, leave this computer on, or let Holdfast start at login.",
    ),
    fix(
        "data_dir.on_network",
        "{detail}",
        "Choose a data directory on a local disk with --data-dir. The Repository may be on the network.",
    ),
    DEFECT,
    retry(
        "directory.failed",
        "Users, groups or org units could not be brought in.",
        "Look at the checks in Cloud Connection Centre. Backups go on; who joins is not known until then.",
    ),
    fix(
        "directory.mass_deletion",
        "The cloud listed far fewer users than it had before, so the sync was not taken over.",
        "If those accounts were really deleted, do a User Sync and confirm (holdfast sync --accept-mass-deletion); otherwise \
         check the admin's rights.",
    ),
    fix(
        "directory.refused",
        "The cloud refuses to list its users: whoever authorised the connection may no longer.",
        "Give that account its admin role back, or reconnect as another admin. What is stored stays.",
    ),
    retry(
        "directory.stale",
        "The lists of users, groups and org units are old.",
        "Do a User Sync. Until then nobody who joined is protected.",
    ),
    fix("directory.not_synced", "{detail}", "Bring in its users first: do a User Sync."),
    retry(
        "disk.full",
        "The disk has too little free space.",
        "Free some space, then try again. Nothing that was stored is lost.",
    ),
    fix(
        "disk.read_only",
        "The storage cannot be written.",
        "Check its permissions, its write protection and whether it is mounted read-only.",
    ),
    fix("file.exists", "{detail}", "Choose another name; nothing is overwritten."),
    fix(
        "file.failed",
        "A file or folder could not be read or written.",
        "Check the path and its permissions.",
    ),
    fix("input.bad", "{detail}", "Change it and try again."),
    fix(
        "input.csv",
        "The CSV file cannot be used: {detail}",
        "Save it as CSV with one e-mail address in each row, 50,000 rows at most.",
    ),
    fix("input.file", "{detail}", "Check the path and that you may read the file."),
    fix("input.item", "{detail}", "Use USER/SERVICE/PATH as `ls` prints it."),
    fix(
        "input.endpoints",
        "The endpoints file cannot be used: {detail}",
        "Give each API of the cloud an address; only loopback may go without TLS.",
    ),
    fix(
        "input.key_file",
        "The key file cannot be used: {detail}",
        "Use the JSON file that the Google console gave for the service account or the OAuth client.",
    ),
    fix(
        "input.nobody_protected",
        "Nobody who is protected and not paused is in this choice.",
        "Choose whom to back up first, or resume who is paused.",
    ),
    fix("input.not_found", "{detail}", "Check the spelling. A sync brings in what is new in the cloud."),
    fix("input.path", "{detail}", "Choose a file or folder with its full path."),
    fix(
        "input.recovery_key",
        "This is not a recovery key: {detail}",
        "Enter the twelve words in their order, with hyphens or blanks between them.",
    ),
    fix(
        "input.recovery_key_place",
        "{detail}",
        "Keep the recovery key away from the storage that it opens: on another disk, or on paper.",
    ),
    fix("input.secrets", "{detail}", "Use --secrets keychain or --secrets age:FILE."),
    fix(
        "input.settings",
        "The settings file cannot be used: {detail}",
        "Use the settings that `holdfast help start` lists, in TOML.",
    ),
    fix("input.terminal_needed", "{detail}", "Run this on a terminal, or give it as a file."),
    fix("input.too_long", "{detail}", "Make it shorter."),
    fix("input.too_many", "{detail}", "Choose fewer at once; a group or an org unit counts as one."),
    fix("input.usage", "{detail}", "See `holdfast --help`."),
    fix("input.time", "{detail}", "Use a date like 2026-05-01, a time like 2026-05-01T14:20, or RFC 3339."),
    retry(
        "items.quarantined",
        "Some items could not be read.",
        "They are tried again at each run, and what was kept of them before stays. The run says why for each.",
    ),
    fix("licenses.too_few", "{detail}", "Choose fewer users, or raise the limit of licenses."),
    retry(
        "random.failed",
        "The system gave no random numbers.",
        "Try again; if it comes back, restart the computer.",
    ),
    fix(
        "recovery_key.lost",
        "The keychain of this computer no longer holds the recovery key of your backup.",
        "Open the storage with the recovery key that you saved or printed.",
    ),
    fix(
        "recovery_key.same_disk",
        "{detail}",
        "A key beside the backup is lost with it, and opens it for whoever finds the disk. Choose another disk, or accept it.",
    ),
    fix(
        "repository.already_exists",
        "{detail}",
        "Open it as an existing backup with its recovery key, or choose another folder.",
    ),
    retry(
        "repository.busy",
        "Backups go on, and this needs the storage for itself.",
        "Try again when they have ended, or pause them first.",
    ),
    fix(
        "repository.already_set_up",
        "{detail}",
        "One data directory holds one backup: another Repository needs another data directory.",
    ),
    fix(
        "repository.damaged",
        "Something in the Repository is not what it must be.",
        "Verify the storage with every byte read, to see how far it reaches, and check the disk.",
    ),
    retry(
        "repository.failed",
        "The Repository could not be read or written.",
        "Check the storage, then try again.",
    ),
    retry(
        "repository.locked",
        "Someone else works in the Repository.",
        "Wait until they are done and try again. A lock of a program that died is removed after 30 minutes.",
    ),
    fix("repository.none", "No storage has been set up yet.", "Set it up first."),
    fix(
        "repository.not_a_repository",
        "{detail}",
        "Check the path: a Repository is a folder with a file named config.",
    ),
    fix("repository.not_empty", "{detail}", "Choose an empty folder, or a new one."),
    retry(
        "repository.not_found",
        "The Repository is not where it was.",
        "Plug in the disk or mount the share, then try again.",
    ),
    fix(
        "repository.other",
        "Another Repository is in this place.",
        "Plug in the right disk. Nothing was written.",
    ),
    fix("repository.too_new", "{detail}", "Install a newer version of Holdfast. Nothing was changed."),
    fix(
        "repository.wrong_password",
        "The recovery key does not open this Repository.",
        "Check the twelve words and that this is the Repository they belong to.",
    ),
    retry(
        "restore.busy",
        "A restore to this computer goes on already.",
        "Wait until it is done, or cancel it.",
    ),
    fix(
        "restore.in_repository",
        "This folder is inside the storage of the backup: {detail}",
        "Choose a folder outside of it.",
    ),
    retry(
        "sample.failed",
        "The sample company could not be started: {detail}",
        "Try again. If it comes back, delete the sample company: it is made anew.",
    ),
    retry(
        "sample.port_taken",
        "Another program uses the address of the sample company: {detail}",
        "End the other Holdfast or program that has it, and try again. Or delete the sample company: it is made anew at \
         another address.",
    ),
    fix(
        "retention.held",
        "{detail}",
        "Old snapshots stay until you have looked. If it was meant, release retention in Backup Settings; if not, restore \
         from the last quiet point in time.",
    ),
    fix(
        "schedule.paused_long",
        "Backups have been paused for a long time.",
        "Set them active again, or leave these people out.",
    ),
    fix(
        "secrets.damaged",
        "The secrets file is damaged.",
        "Restore it from a copy, or set up again with `init --existing` and connect the clouds again.",
    ),
    retry("secrets.locked", "The keychain is locked.", "Unlock it, then try again."),
    fix(
        "secrets.passphrase_needed",
        "The secrets file needs its passphrase.",
        "Give it with --passphrase-file, with HOLDFAST_PASSPHRASE, or on a terminal.",
    ),
    fix(
        "secrets.unavailable",
        "The secrets cannot be reached.",
        "On a machine without a keychain use --secrets age:FILE.",
    ),
    fix(
        "secrets.wrong_passphrase",
        "The passphrase does not open the secrets file.",
        "Check the passphrase.",
    ),
    retry("sign_in.busy", "Another sign-in waits for the browser.", "Finish or cancel that one first."),
    fix(
        "sign_in.cancelled",
        "The sign-in was cancelled.",
        "Nothing was changed. Sign in again when you are ready.",
    ),
    fix(
        "sign_in.failed",
        "The sign-in did not succeed.",
        "Sign in again and allow what Holdfast asks for. The details hold the provider's words.",
    ),
    fix(
        "sign_in.no_client",
        "This build of Holdfast has no sign-in of its own.",
        "Choose your company's OAuth client file, or use a service account's key file.",
    ),
    retry(
        "sign_in.timeout",
        "Nobody finished the sign-in in time.",
        "Sign in again, and allow what Holdfast asks for within five minutes.",
    ),
    retry(
        "storage.in_use",
        "The storage cannot be moved now: {detail}.",
        "Wait until backups have ended, or cancel them, and close other programs of Holdfast. Then try again.",
    ),
    fix(
        "storage.low_space",
        "Hardly any space is left on the storage's disk.",
        "Free some space, or move the backup to a larger disk, before backups stop.",
    ),
    fix("storage.not_a_folder", "{detail}", "Choose a folder, or the name of a new one."),
    fix(
        "storage.not_writable",
        "{detail}",
        "Choose a folder that you may write to, or change its permissions.",
    ),
    retry(
        "storage.slow",
        "A disk or network folder does not answer.",
        "Check what is plugged in and mounted, then try again; or choose a folder yourself.",
    ),
    retry(
        "update.failed",
        "The new version could not be installed: {detail}",
        "This version goes on working. Try again later, or download the new one from where you got Holdfast.",
    ),
    fix("update.not_newer", "{detail}", "Nothing has to be done."),
    fix(
        "update.not_possible",
        "This build does not know who signs new versions.",
        "Download new versions from where you got Holdfast.",
    ),
    retry(
        "update.not_told",
        "It could not be found out whether there is a new version: {detail}",
        "Check the network, then try again.",
    ),
    retry("update.run", "{detail}", "Install the new version when that has ended."),
    retry("verify.busy", "A check of the storage goes on already.", "Wait until it is done, or cancel it."),
    retry(
        "worker.busy",
        "Another Holdfast process works with this data directory.",
        "Close it, or wait until it is done, then try again.",
    ),
    retry(
        "worker.gone",
        "The Holdfast process that did the work ended before it was done.",
        "Try again; what was stored is kept.",
    ),
    retry(
        "worker.silent",
        "Another Holdfast process works with this data directory and did not answer.",
        "Close it, or wait until it is done, then try again.",
    ),
    fix(
        "user.left",
        "{detail}",
        "If something is missing from the last good copy, restore the account in the cloud's own admin console before its days \
         are over; the next sync takes it back by itself.",
    ),
];
