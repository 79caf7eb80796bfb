// Abgleich des Verzeichnisses, und Einstellungen > Domains verwalten.
import { count, counted } from "../../format";
import type { domains as EnglishDomains, sync as English } from "../en/sync";

export const sync: typeof English = {
  names: { users: "Nutzer-Sync", groups: "Gruppen-Sync", org_units: "OE-Sync" },
  slow: (cloud) => `Wartet noch auf ${cloud}. Bei vielen Personen dauert das eine Weile.`,
  mass: {
    title: "Der größte Teil des Verzeichnisses fehlt. Übernehmen?",
    confirm: "Übernehmen",
    text: "Sind diese Personen wirklich ausgeschieden, übernehmen Sie es: Ihre Archive bleiben. Wenn nicht, brechen Sie ab, und sehen Sie zuerst in der Admin-Konsole der Cloud nach.",
  },
};

export const domains: typeof EnglishDomains = {
  title: "Domains verwalten",
  text: "Die Domains, die Holdfast erreicht, und was der letzte Sync gebracht hat. All das kommt auch alle 24 Stunden und vor Sicherungen herein.",
  connect: "Verbinden",
  reconnect: "Neu verbinden",
  disconnect: "Trennen",
  none: { title: "Keine Cloud ist verbunden", text: "Verbinden Sie Google Workspace Ihres Unternehmens. Nutzer, Gruppen und Organisationseinheiten kommen dann von selbst." },
  states: { connected: "Verbunden", expired: "Abgelaufen", disconnected: "Getrennt" },
  signedIn: (as, domain) => `Angemeldet als ${as} von ${domain}`,
  endpoints: (where) => `Adressen: ${where}`,
  kinds: {
    users: (n) => counted(n, "Nutzer", "Nutzer"),
    groups: (n) => counted(n, "Gruppe", "Gruppen"),
    org_units: (n) => counted(n, "Organisationseinheit", "Organisationseinheiten"),
  },
  outcome: { never: "Nie abgeglichen", ok: "Fertig", failed: "Der letzte Sync schlug fehl", running: "Wird abgeglichen" },
  nothingChanged: "nichts geändert",
  changes: {
    joined: (n) => `${count(n)} neu`,
    left: (n) => `${count(n)} ausgeschieden`,
    renamed: (n) => `${count(n)} umbenannt`,
    suspended: (n) => `${count(n)} gesperrt`,
    restored: (n) => `${count(n)} zurück`,
  },
  changedTitle: (name, domain) => `${name} von ${domain}: Was sich geändert hat`,
  changedButton: (what) => `Was sich geändert hat: ${what}`,
  leavers: {
    left: "Was von den Geschützten unter ihnen gesichert ist, bleibt, und ihre Lizenzen sind für andere frei. Unter Wiederherstellung stehen sie bei „Hat die Domain verlassen“.",
    suspended: "Solange sie gesperrt sind, wird nichts Neues gesichert. Was von ihnen gesichert ist, bleibt, ihre Lizenzen sind frei, und wer zurückkommt, ist wieder geschützt, wenn eine Lizenz übrig ist.",
  },
  leaversSource: (cloud) => `Was ${cloud} von gelöschten Konten behält`,
  leaversButton: "Wiederherstellung öffnen",
  more: (n) => `und ${count(n)} weitere`,
  groups: { joined: "Neu", left: "Ausgeschieden", renamed: "Umbenannt", suspended: "Gesperrt", restored: "Zurück" },
  tableHeads: { what: "Was", found: "Gefunden", last: "Letzter Sync", changed: "Änderungen", action: "Aktion" },
  failedWhy: "Warum",
};
