// What the engine would keep and answer for e-mail, webhook and watchdog.
import type { AlertsView, SetAlerts, UserError } from "../bindings";
import type { Answer, Company } from "./company";

export const noAlerts: AlertsView = { settings: { email: null, webhook: null, ping: null }, has_password: false, watchdog: { installed: false, how: null } };

export function alertCommands(company: Company): Record<string, Answer> {
  const host = (url: string) => {
    if (!url.startsWith("https://")) throw { code: "input.bad", what: "The webhook's address must begin with https.", todo: "Change it and try again.", can_retry: false, detail: null } satisfies UserError;
    return new URL(url).host;
  };
  const next = (given: string | null, kept: string | null) => (given === null ? kept : given === "" ? null : host(given));
  return {
    alerts: () => company.alerts,
    set_alerts: ({ input: { email, secrets } }: { input: SetAlerts }) => {
      const { settings, has_password } = company.alerts;
      company.alerts = {
        ...company.alerts, has_password: email !== null && (has_password || secrets.password !== null),
        settings: { email, webhook: next(secrets.webhook, settings.webhook), ping: next(secrets.ping, settings.ping) },
      };
      return company.alerts;
    },
    test_email: () => null,
    test_webhook: () => null,
    test_notification: () => ({ works: true, evidence: "gnome-shell shows notifications" }),
    set_watchdog: ({ on }: { on: boolean }) => {
      company.alerts.watchdog = on ? { installed: true, how: "a timer of systemd, ~/.config/systemd/user/holdfast-watchdog.timer" } : { installed: false, how: null };
      return company.alerts.watchdog;
    },
  };
}
