// Was das Fenster selbst über Fehler sagt. Fehler der App bringen ihre Sätze mit.
import type { errors as English } from "../en/errors";

export const errors: typeof English = {
  defect: {
    what: "Holdfast ist auf etwas gestoßen, das nicht vorkommen darf.",
    todo: "Nichts Gesichertes ist verloren. Versuchen Sie es erneut; tritt es wieder auf, melden Sie es bitte mit dem Protokoll.",
  },
  page: {
    what: "Diese Seite ließ sich nicht anzeigen.",
    todo: "Gehen Sie auf eine andere Seite und wieder zurück. Sicherungen laufen weiter.",
  },
  detail: "Details",
  code: (code) => `Code: ${code}`,
  actions: {
    retry: "Erneut versuchen",
    clouds: "Cloud-Verbindungen öffnen",
    domains: "Domains verwalten öffnen",
    storage: "Speicher öffnen",
    licenses: "Lizenzen öffnen",
    activity: "Aktivität öffnen",
    app: "App-Einstellungen öffnen",
    fix: "Sicherung reparieren",
    logs: "Protokolle öffnen",
  },
  blocked: "Holdfast kann nicht starten",
};
