// Einstellungen > App: neue Versionen.
import { count } from "../../format";
import type { updates as English } from "../en/updates";

export const updates: typeof English = {
  title: "Neue Versionen",
  looks: "Einmal am Tag nach neuen Versionen sehen",
  looksHint: "Fragt den Ort, an dem Holdfast veröffentlicht wird, nach der neuesten Version und sagt ihm nichts über Sie. Aus, solange Sie es nicht einschalten.",
  notPossible: "Diese Ausgabe weiß nicht, wer neue Versionen signiert. Sehen Sie dort nach, woher Sie Holdfast haben.",
  now: "Jetzt nachsehen",
  looked: "Zuletzt nachgesehen:",
  newest: (version) => `Version ${version} ist die neueste.`,
  found: (version) => `Version ${version} ist da.`,
  byPackage: "Installieren Sie ihr Paket, wie Sie dieses installiert haben; Holdfast schließt sich und macht mit der neuen Version weiter.",
  install: (version) => `${version} installieren`,
  waits: (n) => (n === 1 ? "Sie lässt sich installieren, wenn die laufende Sicherung, Wiederherstellung oder Prüfung zu Ende ist." : `Sie lässt sich installieren, wenn ${count(n)} laufende Sicherungen, Wiederherstellungen oder Prüfungen zu Ende sind.`),
  confirmTitle: (version) => `Version ${version} installieren?`,
  confirmText: "Sie wird heruntergeladen, ihre Signatur wird geprüft, und Holdfast startet mit ihr neu. Danach laufen die Sicherungen weiter; Gesichertes wird nicht angerührt.",
  confirm: "Installieren und neu starten",
};
