// Was sich einstellen lässt, mit denselben Wörtern in den Sicherungseinstellungen und unter EINSTELLUNGEN »».
import { counted } from "../../format";
import type { backupSettings as EnglishBackupSettings, policy as English } from "../en/policy";

export const policy: typeof English = {
  services: "Dienste",
  ofDomain: (name) => `${name} (gehören der Domain und belegen keine Lizenz)`,
  noService: "Wählen Sie mindestens einen Dienst.",
  mail: "E-Mail",
  mailTrash: "Auch den Papierkorb",
  mailSpam: "Auch Spam",
  excludeLabels: "E-Mails mit diesen Labels auslassen",
  excludeLabelsHint: "Wählen Sie Labels, oder geben Sie eines ein, und drücken Sie die Eingabetaste. Ein Label Ihres Unternehmens zählt nach seinem Namen in allen Postfächern.",
  gmailLabels: "Labels von Gmail selbst",
  ownLabels: "Labels Ihres Unternehmens",
  ownLabelsComing: "Die Labels Ihres Unternehmens werden gelesen",
  ownLabelsFailed: "Die Labels Ihres Unternehmens ließen sich jetzt nicht lesen. Geben Sie ein Label ein, und drücken Sie die Eingabetaste.",
  files: "Dateien",
  documents: "Dokumente",
  documentNames: { own: "Eigene Dokumente", all: "Alle Dokumente, auch mit dem Nutzer geteilte" },
  driveTrash: "Auch den Papierkorb",
  previousVersions: "Auch frühere Versionen",
  previousVersionsHint: "Jeder frühere Stand einer Datei, den Box noch hat. Die erste Sicherung wird dadurch größer.",
  excludeExtensions: "Dateien mit diesen Endungen auslassen",
  excludeExtensionsHint: "Etwa iso oder mp4; drücken Sie nach jeder die Eingabetaste.",
  excludeLarger: "Größere Dateien auslassen als",
  excludeLargerHint: "Leer: Dateien jeder Größe werden gesichert.",
  megabytes: "MB",
  export: "Google-Dokumente werden gesichert als",
  exportNames: { office: "Office-Formate", pdf: "PDF" },
  noExport: "Wählen Sie mindestens ein Format, sonst ließen sich Google-Dokumente nicht wieder öffnen.",
  frequency: "Eine Sicherung läuft alle",
  hours: (n) => `${n} h`,
  from: "Sie darf beginnen von",
  until: "bis",
  hoursHint: ({ from, until }) => {
    if (from === 0 && until === 24) return "Zu jeder Stunde des Tages, nach der Uhr dieses Computers.";
    return from < until ? "Nach der Uhr dieses Computers; Versäumtes wartet auf den nächsten Tag." : "Über Mitternacht, nach der Uhr dieses Computers.";
  },
  noHours: "Wählen Sie zwei verschiedene Stunden, sonst könnte keine Sicherung beginnen.",
};

export const backupSettings: typeof EnglishBackupSettings = {
  title: "Sicherungseinstellungen",
  text: "Was für alle in der Domain gilt, solange nichts anderes gesetzt ist.",
  domain: "Domain",
  preview: "Speichern",
  unchanged: "Nichts ist geändert.",
  unsaved: (n) => `${counted(n, "Einstellung ist", "Einstellungen sind")} geändert und nicht gespeichert.`,
  undo: "Änderungen verwerfen",
  newUsers: "Neue Nutzer",
  addNew: "Neue Nutzer der Domain hinzufügen",
  addNewHint: "Schützt alle aktiven Nutzer, die von jetzt an in der Domain erscheinen. Wer schon da ist, bleibt, wie er ist.",
  addNewOn: (domain) => `Von jetzt an ist jeder neue aktive Nutzer von ${domain} nach dem nächsten Sync geschützt und belegt eine Lizenz. Wer schon da ist, bleibt, wie er ist: Fügen Sie diese Nutzer unter Sicherung starten hinzu.`,
  addNewOff: (domain) => `Neue Nutzer von ${domain} werden nicht mehr von selbst geschützt. Wer geschützt ist, bleibt es.`,
  saved: "Gespeichert. Es gilt ab der nächsten Sicherung.",
  dialog: { title: "Was diese Änderung bewirkt", gains: "Wer oder was Schutz gewinnt", loses: "Wer oder was Schutz verliert", notes: "Außerdem", nothing: "Niemand gewinnt oder verliert Schutz." },
};
