// Wörter, die auf mehreren Seiten vorkommen.
import { count, counted } from "../../format";
import type { common as English, nav as EnglishNav, sample as EnglishSample } from "../en/common";

export const common: typeof English = {
  product: "Holdfast",
  cancel: "Abbrechen",
  close: "Schließen",
  yes: "Ja",
  save: "Speichern",
  copy: "Kopieren",
  copied: "Kopiert",
  retry: "Erneut versuchen",
  details: "Details",
  loading: "Lädt",
  none: "keine",
  never: "nie",
  unknown: "nicht bekannt",
  search: "Suchen",
  clearSearch: "Suche leeren",
  clouds: { google: "Google Workspace", box: "Box", microsoft: "Microsoft 365" },
  services: { gmail: "Gmail", drive: "Drive", shared_drive: "Geteilte Ablagen", calendar: "Kalender", contacts: "Kontakte", tasks: "Aufgaben", box_files: "Box-Dateien" },
  results: { complete: "Vollständig", complete_with_skips: "Mit Auslassungen", partial: "Teilweise", failed: "Fehlgeschlagen", cancelled: "Abgebrochen" },
  users: (n) => counted(n, "Nutzer", "Nutzer"),
  groups: (n) => counted(n, "Gruppe", "Gruppen"),
  orgUnits: (n) => counted(n, "Organisationseinheit", "Organisationseinheiten"),
  items: (n) => counted(n, "Element", "Elemente"),
  table: {
    selectAll: (n) => `Alle ${count(n)} aufgeführten auswählen`,
    select: (name) => `${name} auswählen`,
    shown: (shown, all, one, many) => (shown === all ? counted(all, one, many) : `${count(shown)} von ${counted(all, one, many)}`),
    ticked: (n) => `${count(n)} angehakt`,
    nothingFound: "Nichts gefunden",
    nothingFoundHint: "Kein Eintrag passt zu dieser Suche und diesem Filter.",
  },
};

export const nav: typeof EnglishNav = {
  width: 212,
  label: "Hauptmenü",
  home: "Übersicht",
  backup: "Sicherung",
  startBackup: "Sicherung starten",
  archive: "Wiederherstellung",
  activity: "Aktivität",
  settings: "Einstellungen",
  clouds: "Cloud-Verbindungen",
  manageDomains: "Domains verwalten",
  manageUsers: "Nutzer verwalten",
  backupSettings: "Sicherungs\u00adeinstellungen",
  storage: "Speicher",
  licenses: "Lizenzen",
  app: "App",
  help: "Hilfe",
  auditLog: "Prüfprotokoll",
  fix: "Sicherung reparieren",
  about: "Über Holdfast",
};

export const sample: typeof EnglishSample = {
  banner: "Beispielfirma: Nichts hier ist echt, und Ihre eigenen Daten bleiben unberührt.",
  leave: "Beispiel verlassen",
  title: "Beispielfirma verlassen?",
  text: "Löschen entfernt die Beispielfirma, ihren Speicher und ihre Einstellungen vollständig. Behalten lässt Sie später zurückkehren.",
  remove: "Löschen",
  keep: "Behalten",
};
