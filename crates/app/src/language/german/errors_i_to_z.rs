//! The second half of the table of errors in German, in the order of the English one.

use super::errors::Row;

pub(super) const ROWS: &[Row] = &[
    (
        "items.quarantined",
        "Einige Elemente ließen sich nicht lesen.",
        "Sie werden bei jedem Lauf erneut versucht, und was von ihnen gesichert war, bleibt. Der Lauf sagt bei jedem, warum.",
    ),
    (
        "licenses.too_few",
        "Es sind zu wenige Lizenzen frei.",
        "Wählen Sie weniger Nutzer, oder heben Sie die Grenze der Lizenzen an.",
    ),
    (
        "random.failed",
        "Das System gab keine Zufallszahlen aus.",
        "Versuchen Sie es erneut; tritt es wieder auf, starten Sie den Computer neu.",
    ),
    (
        "recovery_key.lost",
        "Der Schlüsselbund dieses Computers enthält den Wiederherstellungsschlüssel Ihrer Sicherung nicht mehr.",
        "Öffnen Sie den Speicher mit dem Wiederherstellungsschlüssel, den Sie gespeichert oder gedruckt haben.",
    ),
    (
        "recovery_key.same_disk",
        "Das liegt auf dem Datenträger des Speichers.",
        "Ein Schlüssel neben der Sicherung geht mit ihr verloren und öffnet sie jedem, der den Datenträger findet. Wählen Sie einen anderen Datenträger, oder nehmen Sie es in Kauf.",
    ),
    (
        "repository.already_exists",
        "Dort ist schon ein Repository.",
        "Öffnen Sie es mit seinem Wiederherstellungsschlüssel als vorhandene Sicherung, oder wählen Sie einen anderen Ordner.",
    ),
    (
        "repository.busy",
        "Sicherungen laufen, und dies braucht den Speicher für sich.",
        "Versuchen Sie es erneut, wenn sie zu Ende sind, oder pausieren Sie sie zuerst.",
    ),
    (
        "repository.already_set_up",
        "Ein Repository ist schon eingerichtet.",
        "Ein Datenverzeichnis hält eine Sicherung: Ein weiteres Repository braucht ein weiteres Datenverzeichnis.",
    ),
    (
        "repository.damaged",
        "Etwas im Repository ist nicht, wie es sein muss.",
        "Prüfen Sie den Speicher und lesen Sie dabei jedes Byte, um zu sehen, wie weit es reicht, und prüfen Sie den Datenträger.",
    ),
    (
        "repository.failed",
        "Das Repository ließ sich nicht lesen oder schreiben.",
        "Prüfen Sie den Speicher, und versuchen Sie es dann erneut.",
    ),
    (
        "repository.locked",
        "Jemand anderes arbeitet im Repository.",
        "Warten Sie, bis das fertig ist, und versuchen Sie es erneut. Die Sperre eines abgestürzten Programms wird nach 30 Minuten entfernt.",
    ),
    ("repository.none", "Noch ist kein Speicher eingerichtet.", "Richten Sie ihn zuerst ein."),
    (
        "repository.not_a_repository",
        "Das ist kein Repository.",
        "Prüfen Sie den Pfad: Ein Repository ist ein Ordner mit einer Datei namens config.",
    ),
    (
        "repository.not_empty",
        "Dieser Ordner enthält andere Dateien.",
        "Wählen Sie einen leeren Ordner oder einen neuen.",
    ),
    (
        "repository.not_found",
        "Das Repository ist nicht, wo es war.",
        "Schließen Sie den Datenträger an, oder hängen Sie die Freigabe ein, und versuchen Sie es dann erneut.",
    ),
    (
        "repository.other",
        "An dieser Stelle ist ein anderes Repository.",
        "Schließen Sie den richtigen Datenträger an. Nichts wurde geschrieben.",
    ),
    (
        "repository.too_new",
        "Dieses Repository hat ein neueres Format.",
        "Installieren Sie eine neuere Version von Holdfast. Nichts wurde geändert.",
    ),
    (
        "repository.wrong_password",
        "Der Wiederherstellungsschlüssel öffnet dieses Repository nicht.",
        "Prüfen Sie die zwölf Wörter und ob dies das Repository ist, zu dem sie gehören.",
    ),
    (
        "restore.busy",
        "Eine Wiederherstellung auf diesen Computer läuft schon.",
        "Warten Sie, bis sie fertig ist, oder brechen Sie sie ab.",
    ),
    (
        "restore.in_repository",
        "Dieser Ordner liegt im Speicher der Sicherung: {}",
        "Wählen Sie einen Ordner außerhalb davon.",
    ),
    (
        "sample.failed",
        "Die Beispielfirma ließ sich nicht starten: {}",
        "Versuchen Sie es erneut. Tritt es wieder auf, löschen Sie die Beispielfirma: Sie entsteht dann neu.",
    ),
    (
        "sample.port_taken",
        "Ein anderes Programm belegt die Adresse der Beispielfirma: {}",
        "Beenden Sie das andere Holdfast oder Programm, das sie belegt, und versuchen Sie es erneut. Oder löschen Sie die Beispielfirma: Sie entsteht dann unter einer anderen Adresse neu.",
    ),
    (
        "retention.held",
        "Eine Sicherung hat weit mehr geändert als üblich.",
        "Alte Snapshots bleiben, bis Sie nachgesehen haben. War es gewollt, geben Sie die Aufbewahrung in den Sicherungseinstellungen frei; wenn nicht, stellen Sie den letzten ruhigen Zeitpunkt wieder her.",
    ),
    (
        "schedule.paused_long",
        "Sicherungen sind seit langer Zeit pausiert.",
        "Setzen Sie sie wieder auf Aktiv, oder nehmen Sie diese Personen aus.",
    ),
    (
        "secrets.damaged",
        "Die Datei der Geheimnisse ist beschädigt.",
        "Stellen Sie sie aus einer Kopie wieder her, oder richten Sie mit `init --existing` neu ein, und verbinden Sie die Clouds wieder.",
    ),
    (
        "secrets.locked",
        "Der Schlüsselbund ist gesperrt.",
        "Entsperren Sie ihn, und versuchen Sie es dann erneut.",
    ),
    (
        "secrets.passphrase_needed",
        "Die Datei der Geheimnisse braucht ihre Passphrase.",
        "Geben Sie sie mit --passphrase-file, mit HOLDFAST_PASSPHRASE oder auf einem Terminal.",
    ),
    (
        "secrets.unavailable",
        "Die Geheimnisse sind nicht erreichbar.",
        "Verwenden Sie auf einem Computer ohne Schlüsselbund --secrets age:DATEI.",
    ),
    (
        "secrets.wrong_passphrase",
        "Die Passphrase öffnet die Datei der Geheimnisse nicht.",
        "Prüfen Sie die Passphrase.",
    ),
    (
        "sign_in.busy",
        "Eine andere Anmeldung wartet auf den Browser.",
        "Schließen Sie diese zuerst ab, oder brechen Sie sie ab.",
    ),
    (
        "sign_in.cancelled",
        "Die Anmeldung wurde abgebrochen.",
        "Nichts wurde geändert. Melden Sie sich wieder an, wenn Sie so weit sind.",
    ),
    (
        "sign_in.failed",
        "Die Anmeldung gelang nicht.",
        "Melden Sie sich erneut an, und erlauben Sie, worum Holdfast bittet. Die Details enthalten die Worte des Anbieters.",
    ),
    (
        "sign_in.no_client",
        "Diese Ausgabe von Holdfast hat keine eigene Anmeldung.",
        "Wählen Sie die OAuth-Client-Datei Ihres Unternehmens, oder verwenden Sie die Schlüsseldatei eines Dienstkontos.",
    ),
    (
        "sign_in.timeout",
        "Niemand hat die Anmeldung rechtzeitig abgeschlossen.",
        "Melden Sie sich erneut an, und erlauben Sie innerhalb von fünf Minuten, worum Holdfast bittet.",
    ),
    (
        "storage.in_use",
        "Der Speicher lässt sich jetzt nicht verschieben: {}.",
        "Warten Sie, bis Sicherungen zu Ende sind, oder brechen Sie sie ab, und schließen Sie andere Programme von Holdfast. Versuchen Sie es dann erneut.",
    ),
    (
        "storage.low_space",
        "Auf dem Datenträger des Speichers ist kaum noch Platz.",
        "Schaffen Sie Platz, oder verlegen Sie die Sicherung auf einen größeren Datenträger, bevor Sicherungen stehen bleiben.",
    ),
    ("storage.not_a_folder", "Das ist kein Ordner.", "Wählen Sie einen Ordner, oder den Namen eines neuen."),
    (
        "storage.not_writable",
        "In diesen Ordner lässt sich nicht schreiben.",
        "Wählen Sie einen Ordner, in den Sie schreiben dürfen, oder ändern Sie seine Rechte.",
    ),
    (
        "storage.slow",
        "Ein Datenträger oder Netzwerkordner antwortet nicht.",
        "Prüfen Sie, was angeschlossen und eingehängt ist, und versuchen Sie es dann erneut; oder wählen Sie selbst einen Ordner.",
    ),
    (
        "update.failed",
        "Die neue Version ließ sich nicht installieren: {}",
        "Diese Version läuft weiter. Versuchen Sie es später erneut, oder laden Sie die neue dort herunter, woher Sie Holdfast haben.",
    ),
    ("update.not_newer", "Diese Version ist nicht neuer.", "Es ist nichts zu tun."),
    (
        "update.not_possible",
        "Diese Ausgabe weiß nicht, wer neue Versionen signiert.",
        "Laden Sie neue Versionen dort herunter, woher Sie Holdfast haben.",
    ),
    (
        "update.not_told",
        "Es ließ sich nicht feststellen, ob es eine neue Version gibt: {}",
        "Prüfen Sie das Netzwerk, und versuchen Sie es dann erneut.",
    ),
    ("update.run", "Noch läuft etwas.", "Installieren Sie die neue Version, wenn das zu Ende ist."),
    (
        "verify.busy",
        "Eine Prüfung des Speichers läuft schon.",
        "Warten Sie, bis sie fertig ist, oder brechen Sie sie ab.",
    ),
    (
        "worker.busy",
        "Ein anderer Prozess von Holdfast arbeitet mit diesem Datenverzeichnis.",
        "Schließen Sie ihn, oder warten Sie, bis er fertig ist, und versuchen Sie es dann erneut.",
    ),
    (
        "worker.gone",
        "Der Prozess von Holdfast, der die Arbeit tat, endete, bevor er fertig war.",
        "Versuchen Sie es erneut; was gesichert wurde, bleibt.",
    ),
    (
        "worker.silent",
        "Ein anderer Prozess von Holdfast arbeitet mit diesem Datenverzeichnis und hat nicht geantwortet.",
        "Schließen Sie ihn, oder warten Sie, bis er fertig ist, und versuchen Sie es dann erneut.",
    ),
    (
        "user.left",
        "Konten wurden in der Cloud gelöscht.",
        "Fehlt etwas in der letzten guten Kopie, stellen Sie das Konto in der Admin-Konsole der Cloud wieder her, bevor seine Frist abläuft; der nächste Sync nimmt es von selbst zurück.",
    ),
];
