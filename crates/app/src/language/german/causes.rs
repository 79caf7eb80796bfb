//! The titles of causes in German.

use super::is_same;
use crate::causes::CAUSES;
use crate::language::phrases::Pair;

const _: () = {
    assert!(CAUSES.len() == GERMAN.len(), "a cause has no German");
    let mut at = 0;
    while at < CAUSES.len() {
        assert!(
            is_same(CAUSES[at].code, GERMAN[at].0),
            "the German causes are in another order than the English ones"
        );
        at += 1;
    }
};

pub(super) fn pairs() -> impl Iterator<Item = Pair> {
    let listed = CAUSES.iter().zip(GERMAN).map(|(english, (_, title))| (english.title, *title));
    listed.chain(OF_THE_CLOUD.iter().copied()).chain([
        ("Backups of {domain} do not run", "Sicherungen von {} laufen nicht"),
        ("Still: {}", "Weiterhin: {}"),
    ])
}

/// Where no Domain is known: `the cloud` is declined, which a name is not.
const OF_THE_CLOUD: &[Pair] = &[
    ("Access to data of the cloud is missing", "Zugriff auf Daten der Cloud fehlt"),
    ("Accounts of the cloud are closed", "Konten der Cloud sind geschlossen"),
    ("An API of the cloud is not enabled", "Eine API der Cloud ist nicht aktiviert"),
    ("Something of the cloud is no longer there", "Etwas in der Cloud ist nicht mehr da"),
    (
        "A service is switched off for people of the cloud",
        "Für Personen der Cloud ist ein Dienst ausgeschaltet",
    ),
    ("The sign-in to the cloud ends soon", "Die Anmeldung bei der Cloud endet bald"),
    ("Backups of the cloud are out of date", "Sicherungen der Cloud sind veraltet"),
    ("Backups of the cloud do not run", "Sicherungen der Cloud laufen nicht"),
    ("The directory of the cloud could not be brought in", "Das Verzeichnis der Cloud ließ sich nicht holen"),
    (
        "Most users of the cloud are gone from its directory",
        "Die meisten Nutzer der Cloud fehlen in ihrem Verzeichnis",
    ),
    ("The lists of the cloud cannot be read", "Die Listen der Cloud lassen sich nicht lesen"),
    ("The lists of the cloud are old", "Die Listen der Cloud sind alt"),
    ("Backups of the cloud have been paused for long", "Sicherungen der Cloud sind seit langem pausiert"),
    ("Accounts of the cloud were deleted in the cloud", "Konten der Cloud wurden dort gelöscht"),
];

const GERMAN: &[(&str, &str)] = &[
    ("alerts.email_failed", "E-Mails über Probleme gehen nicht hinaus"),
    ("alerts.not_shown", "Dieser Computer zeigt keine Benachrichtigungen"),
    ("alerts.webhook_failed", "Der Webhook antwortet nicht"),
    ("clock.wrong", "Die Uhr dieses Computers geht falsch"),
    ("cloud.access_missing", "Zugriff auf Daten von {} fehlt"),
    ("cloud.account_closed", "Konten von {} sind geschlossen"),
    ("cloud.api_disabled", "Eine API von {} ist nicht aktiviert"),
    ("cloud.app_blocked", "{} lässt Holdfast nicht zu"),
    ("cloud.forbidden", "{} verweigert den Zugriff"),
    ("cloud.gone", "Etwas von {} ist nicht mehr da"),
    ("cloud.refused", "{} lehnt Anfragen ab"),
    ("cloud.service_off", "Für Personen von {} ist ein Dienst ausgeschaltet"),
    ("cloud.throttled", "{} bittet um Geduld"),
    ("cloud.unreachable", "{} ist nicht erreichbar"),
    ("connection.admin_lost", "Der Admin, der {} verbunden hat, darf das nicht mehr"),
    ("connection.disconnected", "{} ist nicht verbunden"),
    ("connection.ending", "Die Anmeldung bei {} endet bald"),
    ("connection.expired", "{} muss neu verbunden werden"),
    ("copies.stale", "Sicherungen von {} sind veraltet"),
    ("directory.failed", "Das Verzeichnis von {} ließ sich nicht holen"),
    ("directory.mass_deletion", "Die meisten Nutzer von {} fehlen im Verzeichnis"),
    ("directory.refused", "Die Listen von {} lassen sich nicht lesen"),
    ("directory.stale", "Die Listen von {} sind alt"),
    ("disk.full", "Der Speicher ist voll"),
    ("disk.read_only", "In den Speicher lässt sich nicht schreiben"),
    ("items.quarantined", "Elemente ließen sich nicht lesen"),
    ("licenses.too_few", "Es werden mehr Lizenzen gebraucht"),
    ("repository.damaged", "Der Speicher ist beschädigt"),
    ("repository.failed", "Der Speicher lässt sich nicht verwenden"),
    ("repository.locked", "Der Speicher wird anderswo verwendet"),
    ("repository.not_found", "Der Speicher ist nicht erreichbar"),
    ("repository.other", "An seiner Stelle ist ein anderer Speicher"),
    ("repository.wrong_password", "Der Speicher lässt sich nicht öffnen"),
    ("retention.held", "Eine Sicherung hat weit mehr geändert als üblich"),
    ("schedule.paused_long", "Sicherungen von {} sind seit langem pausiert"),
    ("secrets.damaged", "Die Datei der Geheimnisse ist beschädigt"),
    ("secrets.locked", "Der Schlüsselbund ist gesperrt"),
    ("secrets.unavailable", "Der Schlüsselbund lässt sich nicht lesen"),
    ("storage.low_space", "Kaum noch Platz übrig"),
    ("user.left", "Konten von {} wurden in der Cloud gelöscht"),
];
