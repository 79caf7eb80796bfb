//! What is said of the Clouds, in German: live tests, sign-ins, the guide. Names in Google's and Box's consoles stay as they
//! are in the English consoles.

use crate::language::phrases::Pair;

pub(super) const PAIRS: &[Pair] = &[
    // The live tests.
    ("{}: {} data access", "{}: Datenzugriff auf {}"),
    ("Gmail data access", "Datenzugriff auf Gmail"),
    ("Drive data access", "Datenzugriff auf Drive"),
    ("Calendar data access", "Datenzugriff auf Kalender"),
    ("Contacts data access", "Datenzugriff auf Kontakte"),
    ("Tasks data access", "Datenzugriff auf Aufgaben"),
    ("Directory: users", "Verzeichnis: Nutzer"),
    ("Directory: groups and members", "Verzeichnis: Gruppen und Mitglieder"),
    ("Directory: org units", "Verzeichnis: Organisationseinheiten"),
    ("Directory: the company", "Verzeichnis: das Unternehmen"),
    ("{}: Directory: users", "{}: Verzeichnis: Nutzer"),
    ("{}: Directory: groups and members", "{}: Verzeichnis: Gruppen und Mitglieder"),
    ("{}: Directory: org units", "{}: Verzeichnis: Organisationseinheiten"),
    ("{}: Directory: the company", "{}: Verzeichnis: das Unternehmen"),
    ("Files and folders", "Dateien und Ordner"),
    ("{}: Files and folders", "{}: Dateien und Ordner"),
    ("Acting as users", "Handeln im Namen von Nutzern"),
    ("{}: Acting as users", "{}: Handeln im Namen von Nutzern"),
    ("It works.", "Es funktioniert."),
    ("there is no other active user to test with", "es gibt keinen anderen aktiven Nutzer zum Testen"),
    ("an admin role with the privilege Users > Read", "eine Admin-Rolle mit dem Recht „Users > Read“"),
    ("an admin role with the privilege Groups > Read", "eine Admin-Rolle mit dem Recht „Groups > Read“"),
    (
        "an admin role with the privilege Organizational Units > Read",
        "eine Admin-Rolle mit dem Recht „Organizational Units > Read“",
    ),
    ("the role of a super admin", "die Rolle eines Super-Admins"),
    ("of the service account", "des Dienstkontos"),
    (
        "In the Admin console, under Security > Access and data control > API controls > Domain-wide delegation, add the scope {} to the client {}. It can take up to 24 hours to work.",
        "Fügen Sie in der Admin-Konsole unter Security > Access and data control > API controls > Domain-wide delegation die Berechtigung {} zum Client {} hinzu. Es kann bis zu 24 Stunden dauern, bis sie wirkt.",
    ),
    (
        "Enable the {} in the company's Google Cloud project.",
        "Aktivieren Sie die {} im Google-Cloud-Projekt des Unternehmens.",
    ),
    (
        "Reconnect, and leave {} ticked on Google's page.",
        "Verbinden Sie neu, und lassen Sie auf der Seite von Google {} angehakt.",
    ),
    (
        "In the Admin console, under Security > Access and data control > API controls, allow this app.",
        "Lassen Sie diese App in der Admin-Konsole unter Security > Access and data control > API controls zu.",
    ),
    (
        "Reconnect with the address of an admin of today: {} is none.",
        "Verbinden Sie mit der Adresse von jemandem neu, der jetzt Admin ist: {} ist es nicht.",
    ),
    ("it is switched off for {}: {}", "für {} ausgeschaltet: {}"),
    (
        "Switch it on for {} in the Admin console, or leave it out in the backup settings.",
        "Schalten Sie es für {} in der Admin-Konsole ein, oder lassen Sie es in den Sicherungseinstellungen aus.",
    ),
    ("Set the clock of this computer.", "Stellen Sie die Uhr dieses Computers."),
    (
        "Allow {} to use this service in the Admin console.",
        "Erlauben Sie {} diesen Dienst in der Admin-Konsole.",
    ),
    ("Give {} an admin role with the privilege {}.", "Geben Sie {} eine Admin-Rolle mit dem Recht „{}“."),
    ("Give {} the role of a super admin.", "Geben Sie {} die Rolle eines Super-Admins."),
    (
        "See in the Admin console whether the account {} is active, then do a User Sync.",
        "Sehen Sie in der Admin-Konsole nach, ob das Konto {} aktiv ist, und starten Sie dann einen Nutzer-Sync.",
    ),
    (
        "Reconnect: Google no longer accepts this sign-in or key.",
        "Verbinden Sie neu: Google nimmt diese Anmeldung oder diesen Schlüssel nicht mehr an.",
    ),
    (
        "In the Box Admin Console, under Integrations > Platform Apps Manager, authorize this application.",
        "Autorisieren Sie diese Anwendung in der Box Admin Console unter Integrations > Platform Apps Manager.",
    ),
    (
        "Reconnect with the application's file: Box knows no application with this id and secret.",
        "Verbinden Sie mit der Datei der Anwendung neu: Box kennt keine Anwendung mit dieser ID und diesem Geheimnis.",
    ),
    (
        "In Box's developer console, turn on \"Make API calls using the as-user header\" and \"Manage users\" for the application, and have it authorized again. For a sign-in: sign in as an admin.",
        "Schalten Sie in der Entwicklerkonsole von Box „Make API calls using the as-user header“ und „Manage users“ für die Anwendung ein, und lassen Sie sie erneut autorisieren. Bei einer Anmeldung: Melden Sie sich als Admin an.",
    ),
    (
        "In Box's developer console, tick \"{}\" ({}) for the application, and have it authorized again. For a sign-in: sign in again as an admin.",
        "Haken Sie in der Entwicklerkonsole von Box „{}“ ({}) für die Anwendung an, und lassen Sie sie erneut autorisieren. Bei einer Anmeldung: Melden Sie sich erneut als Admin an.",
    ),
    (
        "Reconnect: Box no longer accepts this sign-in or application.",
        "Verbinden Sie neu: Box nimmt diese Anmeldung oder Anwendung nicht mehr an.",
    ),
    // Files and sign-ins.
    ("this is no service account's key file ({})", "das ist keine Schlüsseldatei eines Dienstkontos ({})"),
    ("this is no OAuth client's file ({})", "das ist keine Datei eines OAuth-Clients ({})"),
    ("this is no configuration of a Box application ({})", "das ist keine Datei einer Box-Anwendung ({})"),
    ("line {}, column {}", "Zeile {}, Spalte {}"),
    (
        "a key of the kind 'service_account' is needed, this one is '{}'",
        "gebraucht wird ein Schlüssel der Art „service_account“, dieser ist „{}“",
    ),
    ("its token_uri points to {} instead of {}", "seine token_uri zeigt auf {} statt auf {}"),
    ("it points to {} instead of {}", "sie zeigt auf {} statt auf {}"),
    ("'{}' is not the address of an admin", "„{}“ ist nicht die Adresse eines Admins"),
    ("the client id or the client secret is missing", "die Client-ID oder das Client-Geheimnis fehlt"),
    (
        "it does not name the enterprise (enterpriseID), whom client credentials act for",
        "sie nennt nicht das Unternehmen (enterpriseID), für das die Client-Anmeldedaten gelten",
    ),
    (
        "Google gave no lasting authorisation; remove this app from the account and try again",
        "Google gab keine dauerhafte Autorisierung; entfernen Sie diese App aus dem Konto, und versuchen Sie es erneut",
    ),
    (
        "an OAuth client of the type 'Desktop app' is needed, this is of another",
        "gebraucht wird ein OAuth-Client vom Typ „Desktop app“, dieser ist von einem anderen",
    ),
    ("Google does not tell who signed in", "Google sagt nicht, wer sich angemeldet hat"),
    ("Box gave no lasting authorisation", "Box gab keine dauerhafte Autorisierung"),
    ("Box does not tell who signed in", "Box sagt nicht, wer sich angemeldet hat"),
    ("the sign-in page was answered with: {}", "die Anmeldeseite wurde beantwortet mit: {}"),
    (
        "nobody finished the sign-in within {} minutes",
        "niemand hat die Anmeldung innerhalb von {} Minuten abgeschlossen",
    ),
    (
        "no port of this computer can be listened on: {}",
        "auf keinem Port dieses Computers lässt sich lauschen: {}",
    ),
    (
        "neither a service account nor a sign-in is kept",
        "weder ein Dienstkonto noch eine Anmeldung ist hinterlegt",
    ),
    ("there is no service account", "es gibt kein Dienstkonto"),
    ("no sign-in is kept any more", "keine Anmeldung ist mehr hinterlegt"),
    (
        "only {} is signed in: without a service account nobody else can be read",
        "nur {} ist angemeldet: Ohne Dienstkonto lässt sich niemand sonst lesen",
    ),
    (
        "the clock of this computer is wrong: it is {} minutes behind Google's. Google says: {}",
        "die Uhr dieses Computers geht falsch: Sie geht {} Minuten nach. Google sagt: {}",
    ),
    (
        "the clock of this computer is wrong: it is {} minutes ahead of Google's. Google says: {}",
        "die Uhr dieses Computers geht falsch: Sie geht {} Minuten vor. Google sagt: {}",
    ),
    (
        "the clock of this computer is wrong: it differs from Google's. Google says: {}",
        "die Uhr dieses Computers geht falsch: Sie weicht von der von Google ab. Google sagt: {}",
    ),
    (
        "domain-wide delegation of client {} does not cover {}: {}",
        "die domainweite Delegation des Clients {} deckt {} nicht ab: {}",
    ),
    ("Google knows no user {}", "Google kennt keinen Nutzer {}"),
    ("the account {} has been deleted", "das Konto {} wurde gelöscht"),
    ("the cloud's own", "die der Cloud selbst"),
    // How an account stands.
    ("This sign-in may end on {}.", "Diese Anmeldung endet möglicherweise am {}."),
    (
        "Google does not tell whether the app's consent screen was left in Testing, where sign-ins end after 7 days. Publish the app, or make it internal, to be sure.",
        "Google sagt nicht, ob der Zustimmungsbildschirm der App auf „Testing“ steht, wo Anmeldungen nach 7 Tagen enden. Veröffentlichen Sie die App, oder machen Sie sie intern, um sicherzugehen.",
    ),
    ("Unless it is used, this sign-in ends on {}.", "Wird sie nicht genutzt, endet diese Anmeldung am {}."),
    (
        "Each backup and each sync uses it. Leave this computer on at least once in that time.",
        "Jede Sicherung und jeder Sync nutzt sie. Lassen Sie diesen Computer in dieser Zeit mindestens einmal an.",
    ),
    // What is waited for at Google.
    (
        "Google lets Holdfast in. The set-up can go on.",
        "Google lässt Holdfast ein. Die Einrichtung kann weitergehen.",
    ),
    (
        "Every scope and API that backups of {} need works now.",
        "Jede Berechtigung und API, die Sicherungen von {} brauchen, wirkt jetzt.",
    ),
    ("Google has granted everything", "Google hat alles erteilt"),
    ("Google still does not let Holdfast in", "Google lässt Holdfast noch nicht ein"),
    (
        "After 24 hours this is missing: {}. Open Holdfast to see what to do.",
        "Nach 24 Stunden fehlt noch: {}. Öffnen Sie Holdfast, um zu sehen, was zu tun ist.",
    ),
    // The guide.
    ("A Google Cloud project", "Ein Google-Cloud-Projekt"),
    (
        "Sign in to the Google Cloud console as an admin of your company and create a project, for example with the name Holdfast, or choose one that you have. It costs nothing.",
        "Melden Sie sich als Admin Ihres Unternehmens in der Google Cloud Console an, und legen Sie ein Projekt an, zum Beispiel mit dem Namen Holdfast, oder wählen Sie ein vorhandenes. Es kostet nichts.",
    ),
    ("Enable the {}", "Die {} aktivieren"),
    (
        "Open the {} in this project and press Enable. Holdfast only reads through it.",
        "Öffnen Sie in diesem Projekt die {}, und klicken Sie auf „Enable“. Holdfast liest darüber nur.",
    ),
    ("If your organisation forbids keys", "Wenn Ihre Organisation Schlüssel verbietet"),
    (
        "Many organisations forbid keys of service accounts by the policy iam.disableServiceAccountKeyCreation. An Organization Policy Administrator lifts it for this project alone: open the policy, choose Manage policy, override the parent's policy, and set enforcement to Off. It can be switched on again after the key is made.",
        "Viele Organisationen verbieten Schlüssel von Dienstkonten mit der Richtlinie iam.disableServiceAccountKeyCreation. Ein „Organization Policy Administrator“ hebt sie nur für dieses Projekt auf: Öffnen Sie die Richtlinie, wählen Sie „Manage policy“, überschreiben Sie die übergeordnete Richtlinie, und setzen Sie die Durchsetzung auf „Off“. Ist der Schlüssel erstellt, lässt sie sich wieder einschalten.",
    ),
    ("A service account and its key", "Ein Dienstkonto und sein Schlüssel"),
    (
        "Create a service account, for example with the name holdfast; it needs no role. Open it, choose Keys > Add key > Create new key > JSON. The file that is downloaded is the key file. Holdfast reads it once and keeps its secret part in the keychain; delete the file after that.",
        "Legen Sie ein Dienstkonto an, zum Beispiel mit dem Namen holdfast; es braucht keine Rolle. Öffnen Sie es, und wählen Sie Keys > Add key > Create new key > JSON. Die heruntergeladene Datei ist die Schlüsseldatei. Holdfast liest sie einmal und legt ihren geheimen Teil in den Schlüsselbund; löschen Sie die Datei danach.",
    ),
    ("Domain-wide delegation with read-only scopes", "Domainweite Delegation nur mit Leseberechtigungen"),
    (
        "In the Admin console, under Security > Access and data control > API controls > Domain-wide delegation, press Add new. Enter the client ID of the service account (its number, in the key file) and paste the one line of scopes. They allow reading only. It works within minutes, but can take up to 24 hours.",
        "Klicken Sie in der Admin-Konsole unter Security > Access and data control > API controls > Domain-wide delegation auf „Add new“. Geben Sie die Client-ID des Dienstkontos ein (seine Nummer, in der Schlüsseldatei), und fügen Sie die eine Zeile der Berechtigungen ein. Sie erlauben nur das Lesen. Es wirkt innerhalb von Minuten, kann aber bis zu 24 Stunden dauern.",
    ),
    ("Only for signing in: the consent screen", "Nur für die Anmeldung: der Zustimmungsbildschirm"),
    (
        "If you sign in instead of using a key file, set the audience of the app to Internal. An app that is External and in Testing loses its sign-in after 7 days: publish it, or make it internal.",
        "Melden Sie sich an, statt eine Schlüsseldatei zu verwenden, setzen Sie die Zielgruppe der App auf „Internal“. Eine App, die „External“ und in „Testing“ ist, verliert ihre Anmeldung nach 7 Tagen: Veröffentlichen Sie sie, oder machen Sie sie intern.",
    ),
    ("Only for signing in: session control", "Nur für die Anmeldung: Sitzungssteuerung"),
    (
        "If Google Cloud session control is on for your company, sign-ins end after some hours. In the Admin console, under Security > Access and data control > Google Cloud session control, exempt trusted apps and trust this one under API controls.",
        "Ist die Sitzungssteuerung von Google Cloud für Ihr Unternehmen an, enden Anmeldungen nach einigen Stunden. Nehmen Sie in der Admin-Konsole unter Security > Access and data control > Google Cloud session control vertrauenswürdige Apps aus, und vertrauen Sie dieser unter API controls.",
    ),
];
