// Wörter der Aufbewahrung, in den Sicherungseinstellungen.
import { bytes, count as n, counted } from "../../format";
import type { retention as English } from "../en/retention";

export const retention: typeof English = {
  title: "Aufbewahrung",
  text: "Wie lange Snapshots der ganzen Domain bleiben. Die letzte gute Kopie jedes Archivs bleibt immer.",
  forever: "Jeden Snapshot für immer behalten",
  rule: "Den letzten Snapshot behalten von so vielen",
  kinds: { daily: "Tagen", weekly: "Wochen", monthly: "Monaten", yearly: "Jahren" },
  hints: { daily: "der letzten Tage, die einen haben", weekly: "der letzten Wochen", monthly: "der letzten Monate", yearly: "der letzten Jahre" },
  nothingKept: "Mindestens eine der Zahlen muss größer als 0 sein.",
  save: "Aufbewahrung speichern",
  saved: "Gespeichert. Sie wird nach der nächsten Sicherung angewendet, einmal am Tag.",
  dialog: {
    title: "Was diese Aufbewahrung entfernt",
    forever: "Nichts wird entfernt. Was schon entfernt wurde, kommt nicht zurück.",
    nothing: (snapshots) => (snapshots === 1 ? "Der eine Snapshot bliebe jetzt." : `Keiner der ${n(snapshots)} Snapshots ginge jetzt.`),
    some: (removed, snapshots, size) =>
      `${n(removed)} von ${counted(snapshots, "Snapshot", "Snapshots")} ${removed === 1 ? "ginge" : "gingen"} nach der nächsten Sicherung, und mit ${removed === 1 ? "ihm" : "ihnen"} höchstens ${bytes(size)} des Speichers.`,
    times: "Snapshots, die gingen",
    more: (more) => `und ${n(more)} weitere`,
    cannotUndo: "Ein entfernter Snapshot lässt sich nicht zurückholen.",
    confirm: "Speichern",
  },
  held: "Die Aufbewahrung wartet: Nichts wird entfernt",
  heldText: "Sehen Sie sich an, was sich geändert hat, bevor Sie die älteren Snapshots freigeben. War es nicht gewollt, stellen Sie den letzten ruhigen Zeitpunkt wieder her.",
  quiet: "Letzter ruhiger Zeitpunkt",
  release: "Es war gewollt: Aufbewahrung freigeben",
  releaseTitle: "Aufbewahrung freigeben?",
  releaseText: "Die älteren Snapshots werden dann nach Ihrer Regel ausgedünnt, auch die von vor dieser Änderung.",
};
