// German, with "Sie". One word for each thing of Holdfast, here and in crates/app/src/language:
//
// | English | German |
// | --- | --- |
// | Connection, to connect, to reconnect, to disconnect | Verbindung, verbinden, neu verbinden, trennen |
// | Domain | die Domain |
// | Directory | das Verzeichnis |
// | User, Group, Org unit | Nutzer, Gruppe, Organisationseinheit |
// | Service, Item, Version | Dienst, Element, Version |
// | Archive, Repository, storage | Archiv, Repository, Speicher |
// | Snapshot, point in time | Snapshot, Zeitpunkt |
// | backup, to back up; Run | Sicherung, sichern; Lauf |
// | complete, complete with skips (where room is short: mit Auslassungen), partial, failed, cancelled | vollständig, vollständig mit Auslassungen, teilweise, fehlgeschlagen, abgebrochen |
// | Skip, Quarantine | Auslassung (übersprungen), Quarantäne |
// | Policy | Sicherungseinstellungen |
// | License | Lizenz |
// | Notification (a cause that is open); of the system | Meldung; Benachrichtigung |
// | protected, unprotected, excluded, retained | geschützt, nicht geschützt, ausgenommen, aufbewahrt |
// | active, paused, waiting, stale | aktiv, pausiert, wartend, veraltet |
// | good copy, first copy | gute Kopie, erste Kopie |
// | recovery key | Wiederherstellungsschlüssel |
// | scope | Berechtigung |
import type { english } from "../en";
import { activity } from "./activity";
import { alerts } from "./alerts";
import { audit } from "./audit";
import { clouds } from "./clouds";
import { common, nav, sample } from "./common";
import { connect } from "./connect";
import { errors } from "./errors";
import { fix } from "./fix";
import { about } from "./help";
import { home } from "./home";
import { levels } from "./levels";
import { archive, manageUsers, owners } from "./owners";
import { backupSettings, policy } from "./policy";
import { retention } from "./retention";
import { app, licenses, storage } from "./settings";
import { start } from "./start";
import { domains, sync } from "./sync";
import { updates } from "./updates";
import { welcome } from "./welcome";

export const german: typeof english = {
  common, nav, sample, errors, audit, about, activity, alerts, clouds, connect, start, sync, domains, fix, home, levels, owners, manageUsers, archive, policy,
  backupSettings, retention, storage, licenses, app, updates, welcome,
};
