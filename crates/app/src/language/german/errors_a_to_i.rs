//! The first half of the table of errors in German, in the order of the English one.

use super::errors::Row;

pub(super) const ROWS: &[Row] = &[
    (
        "alerts.email_failed",
        "Eine E-Mail ließ sich nicht senden: {}",
        "Prüfen Sie den Mailserver und sein Passwort unter App, und senden Sie dann eine Testnachricht.",
    ),
    (
        "alerts.not_shown",
        "Dieser Computer zeigt keine Benachrichtigungen von Holdfast.",
        "Erlauben Sie sie in den Einstellungen des Systems, und testen Sie sie dann unter App.",
    ),
    (
        "alerts.not_set",
        "Das ist noch nicht eingerichtet.",
        "Richten Sie es zuerst ein, unter App oder mit `holdfast alerts`.",
    ),
    (
        "alerts.webhook_failed",
        "Der Webhook nahm eine Meldung nicht an: {}",
        "Prüfen Sie seine Adresse unter App, und senden Sie dann eine Testmeldung.",
    ),
    (
        "app.ending",
        "Ein anderes Holdfast von Ihnen wird noch beendet oder antwortet nicht.",
        "Warten Sie eine Minute, und starten Sie es dann erneut. Tritt es wieder auf, melden Sie sich ab und wieder an: Das beendet das andere.",
    ),
    (
        "app.not_set_up",
        "Noch ist nichts eingerichtet.",
        "Wählen Sie, wohin die Sicherung kommt; alles andere folgt daraus.",
    ),
    (
        "archive.erasing",
        "Dieses Archiv wird schon gelöscht.",
        "Was gelöscht wurde, kommt nicht zurück. Um diesen Nutzer von jetzt an wieder zu sichern, wählen Sie ihn unter Sicherung starten.",
    ),
    (
        "cancelled",
        "Abgebrochen.",
        "Was bis jetzt gesichert wurde, bleibt; der nächste Lauf macht dort weiter.",
    ),
    (
        "catalogue.damaged",
        "Der Katalog ist beschädigt.",
        "Ihre Sicherung ist nicht betroffen. Bauen Sie den Katalog mit `rebuild-catalogue` aus dem Repository neu auf.",
    ),
    (
        "catalogue.failed",
        "Der Katalog ließ sich nicht lesen oder schreiben.",
        "Prüfen Sie, dass ins Datenverzeichnis geschrieben werden darf und sein Datenträger Platz hat, und versuchen Sie es dann erneut.",
    ),
    (
        "catalogue.newer",
        "Der Katalog wurde von einer neueren Version von Holdfast geschrieben.",
        "Installieren Sie diese oder eine spätere Version. Nichts wurde geändert.",
    ),
    (
        "clock.wrong",
        "Die Uhr dieses Computers geht falsch.",
        "Lassen Sie diesen Computer seine Uhr selbst stellen. Eine Cloud lehnt Anmeldungen ab, wenn die Uhr zu weit abweicht.",
    ),
    (
        "cloud.access_missing",
        "Der Zugriff auf diese Daten wurde nicht erteilt oder wieder entzogen.",
        "Erteilen Sie in der Admin-Konsole der Cloud die Berechtigung, die Sicherung reparieren nennt. Es kann bis zu 24 Stunden dauern, bis sie wirkt.",
    ),
    (
        "cloud.account_closed",
        "Das Konto ist in der Cloud geschlossen oder gesperrt.",
        "Es ist nichts zu tun: Was davon gesichert ist, bleibt. Starten Sie einen Sync, damit die Listen es zeigen.",
    ),
    (
        "cloud.api_disabled",
        "Eine API, die Sicherungen brauchen, ist im Cloud-Projekt des Unternehmens nicht aktiviert.",
        "Aktivieren Sie sie dort: Sicherung reparieren nennt sie und öffnet ihre Seite.",
    ),
    (
        "cloud.app_blocked",
        "Die Admin-Konsole des Unternehmens lässt diese App nicht zu.",
        "Lassen Sie sie dort unter den API-Einstellungen zu: Sicherung reparieren öffnet die Seite.",
    ),
    (
        "cloud.forbidden",
        "Die Cloud verweigert den Zugriff auf diese Daten.",
        "Eine Berechtigung, eine API oder eine Rolle fehlt. Testen Sie die Verbindung: Das nennt die genaue Einstellung.",
    ),
    ("cloud.gone", "Die Cloud hat das nicht mehr.", "Starten Sie einen Sync, damit die Listen stimmen."),
    (
        "cloud.refused",
        "Die Cloud hat eine Anfrage abgelehnt oder etwas Unverständliches geantwortet.",
        "Die Details enthalten ihre eigenen Worte. Testen Sie die Verbindung.",
    ),
    (
        "cloud.service_off",
        "Der Dienst ist für diesen Nutzer in der Cloud ausgeschaltet.",
        "Schalten Sie ihn in der Admin-Konsole der Cloud ein, oder lassen Sie ihn in den Sicherungseinstellungen aus.",
    ),
    (
        "cloud.skipped",
        "Die Cloud gibt das nie heraus.",
        "Daran lässt sich nichts ändern; der Grund steht in den Details.",
    ),
    (
        "cloud.throttled",
        "Die Cloud lässt vorerst keine weiteren Anfragen zu.",
        "Es ist nichts zu tun: Die nächste Sicherung macht dort weiter, wo diese aufgehört hat.",
    ),
    (
        "cloud.unreachable",
        "Die Cloud antwortet nicht oder bittet um Geduld.",
        "Prüfen Sie das Netzwerk, und versuchen Sie es später erneut; eine Sicherung macht von selbst dort weiter, wo sie aufgehört hat.",
    ),
    (
        "connection.admin_lost",
        "Wer diese Verbindung hergestellt hat, ist kein Admin mehr.",
        "Verbinden Sie mit jemandem neu, der jetzt Admin ist, bevor die Cloud diesen Zugang ablehnt.",
    ),
    (
        "connection.already",
        "Diese Domain ist schon verbunden.",
        "Um ihre Autorisierung zu erneuern, verbinden Sie sie neu.",
    ),
    (
        "connection.disconnected",
        "Diese Domain ist getrennt.",
        "Verbinden Sie sie wieder. Was gesichert ist, bleibt.",
    ),
    (
        "connection.endpoints_needed",
        "Die Adressen dieser Verbindung gingen mit ihrer Anmeldung verloren: {}.",
        "Wählen Sie die Endpunktdatei, mit der sie hergestellt wurde.",
    ),
    (
        "connection.ending",
        "Diese Anmeldung endet bald.",
        "Verbinden Sie vorher neu. Wurde sie begrenzt, weil der Zustimmungsbildschirm der App auf „Testing“ steht, veröffentlichen Sie die App zuerst.",
    ),
    (
        "connection.expired",
        "Die Autorisierung dieser Verbindung ist abgelaufen oder wurde widerrufen.",
        "Verbinden Sie sie neu. Was gesichert ist, bleibt; Sicherungen gehen danach weiter.",
    ),
    (
        "connection.incomplete",
        "Die Cloud lässt noch niemanden ein: Etwas fehlt.",
        "Die Details nennen jede fehlende Berechtigung oder Einstellung und wo sie hinzukommt. Verbinden Sie dann erneut.",
    ),
    ("connection.none", "Noch ist keine Cloud verbunden.", "Verbinden Sie zuerst eine."),
    (
        "connection.other_tenant",
        "Das ist das Konto eines anderen Unternehmens.",
        "Melden Sie sich als Admin desselben Unternehmens an, oder verbinden Sie das andere zusätzlich.",
    ),
    ("connection.which", "Mehrere Domains sind verbunden.", "Sagen Sie mit --domain, welche."),
    (
        "copies.stale",
        "Gute Kopien sind älter, als sie sein sollten.",
        "Starten Sie jetzt eine Sicherung. Veralten sie wieder, lassen Sie diesen Computer an, oder lassen Sie Holdfast beim Anmelden starten.",
    ),
    (
        "data_dir.on_network",
        "Das Datenverzeichnis liegt auf einer Netzwerkfreigabe.",
        "Wählen Sie mit --data-dir ein Datenverzeichnis auf einem lokalen Datenträger. Das Repository darf im Netzwerk liegen.",
    ),
    (
        "defect",
        "Holdfast ist auf etwas gestoßen, das nicht vorkommen darf.",
        "Nichts Gesichertes ist verloren. Versuchen Sie es erneut; tritt es wieder auf, melden Sie es bitte mit dem Protokoll.",
    ),
    (
        "directory.failed",
        "Nutzer, Gruppen oder Organisationseinheiten ließen sich nicht holen.",
        "Sehen Sie sich die Tests unter Cloud-Verbindungen an. Sicherungen laufen weiter; wer dazukommt, ist bis dahin nicht bekannt.",
    ),
    (
        "directory.mass_deletion",
        "Die Cloud hat weit weniger Nutzer gemeldet als zuvor, darum wurde der Sync nicht übernommen.",
        "Wurden diese Konten wirklich gelöscht, starten Sie einen Nutzer-Sync, und bestätigen Sie (holdfast sync --accept-mass-deletion); sonst prüfen Sie die Rechte des Admins.",
    ),
    (
        "directory.refused",
        "Die Cloud verweigert die Liste ihrer Nutzer: Wer die Verbindung autorisiert hat, darf das nicht mehr.",
        "Geben Sie diesem Konto seine Admin-Rolle zurück, oder verbinden Sie als anderer Admin neu. Was gesichert ist, bleibt.",
    ),
    (
        "directory.stale",
        "Die Listen der Nutzer, Gruppen und Organisationseinheiten sind alt.",
        "Starten Sie einen Nutzer-Sync. Bis dahin ist niemand geschützt, der dazugekommen ist.",
    ),
    (
        "directory.not_synced",
        "Diese Domain wurde noch nie abgeglichen.",
        "Holen Sie zuerst ihre Nutzer: Starten Sie einen Nutzer-Sync.",
    ),
    (
        "disk.full",
        "Der Datenträger hat zu wenig freien Platz.",
        "Schaffen Sie Platz, und versuchen Sie es dann erneut. Nichts Gesichertes ist verloren.",
    ),
    (
        "disk.read_only",
        "In den Speicher lässt sich nicht schreiben.",
        "Prüfen Sie seine Rechte, seinen Schreibschutz und ob er nur zum Lesen eingehängt ist.",
    ),
    (
        "file.exists",
        "Eine Datei dieses Namens gibt es schon.",
        "Wählen Sie einen anderen Namen; nichts wird überschrieben.",
    ),
    (
        "file.failed",
        "Eine Datei oder ein Ordner ließ sich nicht lesen oder schreiben.",
        "Prüfen Sie den Pfad und die Rechte darauf.",
    ),
    ("input.bad", "Das lässt sich so nicht verwenden.", "Ändern Sie es, und versuchen Sie es erneut."),
    (
        "input.csv",
        "Die CSV-Datei lässt sich nicht verwenden: {}",
        "Speichern Sie sie als CSV mit einer E-Mail-Adresse je Zeile, höchstens 50.000 Zeilen.",
    ),
    (
        "input.file",
        "Diese Datei lässt sich nicht verwenden.",
        "Prüfen Sie den Pfad und ob Sie die Datei lesen dürfen.",
    ),
    ("input.item", "Dieses Element gibt es nicht.", "Verwenden Sie NUTZER/DIENST/PFAD, wie `ls` es ausgibt."),
    (
        "input.endpoints",
        "Die Endpunktdatei lässt sich nicht verwenden: {}",
        "Geben Sie jeder API der Cloud eine Adresse; nur Loopback darf ohne TLS sein.",
    ),
    (
        "input.key_file",
        "Die Schlüsseldatei lässt sich nicht verwenden: {}",
        "Verwenden Sie die JSON-Datei, die die Google-Konsole für das Dienstkonto oder den OAuth-Client ausgegeben hat.",
    ),
    (
        "input.nobody_protected",
        "In dieser Auswahl ist niemand, der geschützt und nicht pausiert ist.",
        "Wählen Sie zuerst, wer gesichert wird, oder setzen Sie Pausierte fort.",
    ),
    (
        "input.not_found",
        "Das gibt es nicht.",
        "Prüfen Sie die Schreibweise. Ein Sync holt, was in der Cloud neu ist.",
    ),
    (
        "input.path",
        "Dieser Pfad lässt sich nicht verwenden.",
        "Wählen Sie eine Datei oder einen Ordner mit vollständigem Pfad.",
    ),
    (
        "input.recovery_key",
        "Das ist kein Wiederherstellungsschlüssel: {}",
        "Geben Sie die zwölf Wörter in ihrer Reihenfolge ein, durch Bindestriche oder Leerzeichen getrennt.",
    ),
    (
        "input.recovery_key_place",
        "Der Wiederherstellungsschlüssel darf nicht in den Ordner des Speichers.",
        "Bewahren Sie den Wiederherstellungsschlüssel getrennt von dem Speicher auf, den er öffnet: auf einem anderen Datenträger oder auf Papier.",
    ),
    (
        "input.secrets",
        "Das ist kein Ort für Geheimnisse.",
        "Verwenden Sie --secrets keychain oder --secrets age:DATEI.",
    ),
    (
        "input.settings",
        "Die Einstellungsdatei lässt sich nicht verwenden: {}",
        "Verwenden Sie die Einstellungen, die `holdfast help start` nennt, in TOML.",
    ),
    (
        "input.terminal_needed",
        "Dafür braucht es ein Terminal.",
        "Führen Sie das auf einem Terminal aus, oder geben Sie es als Datei.",
    ),
    ("input.too_long", "Das ist zu lang.", "Kürzen Sie es."),
    (
        "input.too_many",
        "Das sind zu viele auf einmal.",
        "Wählen Sie weniger auf einmal; eine Gruppe oder Organisationseinheit zählt als eins.",
    ),
    ("input.usage", "So lässt sich der Befehl nicht verwenden.", "Siehe `holdfast --help`."),
    (
        "input.time",
        "Das ist kein Zeitpunkt.",
        "Verwenden Sie ein Datum wie 2026-05-01, eine Zeit wie 2026-05-01T14:20 oder RFC 3339.",
    ),
];
