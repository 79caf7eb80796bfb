// Hilfe > Prüfprotokoll.
import { count as n } from "../../format";
import type { audit as English } from "../en/audit";

export const audit: typeof English = {
  title: "Prüfprotokoll",
  text: "Wer wann was getan hat, und was daraus wurde. Einträge kommen nur hinzu.",
  noun: ["Eintrag", "Einträge"],
  search: "Einträge durchsuchen",
  area: "Art",
  anyArea: "Jede Art",
  outcome: "Ergebnis",
  anyOutcome: "Jedes Ergebnis",
  done: "Erledigt",
  failed: "Nicht erledigt",
  areas: {
    connection: "Verbindungen", protection: "Wer geschützt ist", policy: "Sicherungseinstellungen", licenses: "Lizenzen", schedule: "Pausen", view: "Einsichten",
    restore: "Wiederherstellungen", archive: "Löschungen", retention: "Aufbewahrung", recovery_key: "Wiederherstellungsschlüssel", verify: "Prüfung", other: "Sonstiges",
  },
  columns: { at: "Wann", who: "Wer", what: "Was", subject: "Woran", outcome: "Ergebnis" },
  byItself: "Holdfast selbst",
  subjects: { all: "alle", structure: "Aufbau", "every byte": "jedes Byte", "a part of the data": "ein Teil der Daten" },
  save: "Als CSV speichern",
  saveTitle: "Prüfprotokoll speichern",
  fileName: "holdfast-pruefprotokoll.csv",
  savedTo: (path) => `Gespeichert unter ${path}`,
  empty: "Noch ist nichts verzeichnet",
  emptyText: "Jede Änderung an Einstellungen, Verbindungen und Lizenzen, jede Einsicht, Wiederherstellung und Löschung erscheint hier.",
  intact: (total) => `Niemand hat das Protokoll verändert: Jeder der ${n(total)} Einträge passt zu allen davor.`,
  broken: "Das Protokoll wurde außerhalb von Holdfast verändert",
  brokenText: (row) =>
    `Eintrag ${n(row)} passt nicht zu dem, was davor verzeichnet wurde. Den Einträgen davor können Sie trauen; prüfen Sie, wer in den Datenordner von Holdfast schreiben kann.`,
  newestOnly: (shown, total) => `Die neuesten ${n(shown)} von ${n(total)} Einträgen sind zu sehen. Die CSV-Datei enthält alle.`,
};
