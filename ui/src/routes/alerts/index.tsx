// Settings > App: what tells a person beside the window, each with a test.
import { Button, Fieldset, Group, Loader, Stack, Switch, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api } from "../../api";
import type { AlertsView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Notice } from "../../components/Notice";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { queries } from "../../queries";
import { S } from "../../strings";
import { alerts as words } from "../../strings";
import { EmailDrawer } from "./EmailDrawer";
import { WebhookDrawer } from "./WebhookDrawer";

export function Alerts({ notifications, onNotifications }: { notifications: boolean; onNotifications: (on: boolean) => void }) {
  const keep = useKeepAnswer();
  const alerts = useQuery(queries.alerts());
  const shown = useMutation({ mutationFn: api.testNotification });
  const watchdog = useMutation({
    mutationFn: api.setWatchdog,
    onSuccess: (view) => keep<AlertsView>(keys.alerts(), (known) => known && { ...known, watchdog: view }),
  });
  const told = shown.data;
  return (
    <Fieldset legend={words.legend}>
      <Stack gap="md">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Switch label={S.app.notifications} description={S.app.notificationsHint} checked={notifications} onChange={(event) => onNotifications(event.currentTarget.checked)} />
          <Button size="xs" variant="default" loading={shown.isPending} onClick={() => shown.mutate()} aria-label={words.testNotification}>{words.test}</Button>
        </Group>
        {told && (
          <Notice
            tone={told.works === true ? "green" : told.works === false ? "red" : "amber"} role="status" bare
            title={told.works === true ? words.notification.yes : told.works === false ? words.notification.no : words.notification.unsure}
          >
            {told.evidence}
          </Notice>
        )}
        {shown.isError && <ErrorPanel error={shown.error} onClose={shown.reset} />}
        {alerts.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
        {alerts.isError && <ErrorPanel error={alerts.error} onRetry={() => void alerts.refetch()} />}
        {watchdog.isError && <ErrorPanel error={watchdog.error} onClose={watchdog.reset} />}
        {alerts.data && (
          <>
            <Switch
              label={words.watchdog} description={alerts.data.watchdog.how ?? words.watchdogHint} disabled={watchdog.isPending}
              checked={watchdog.isPending ? watchdog.variables : alerts.data.watchdog.installed} onChange={(event) => watchdog.mutate(event.currentTarget.checked)}
            />
            <Email view={alerts.data} />
            <Webhook view={alerts.data} />
          </>
        )}
      </Stack>
    </Fieldset>
  );
}

function Email({ view }: { view: AlertsView }) {
  const [opened, drawer] = useDisclosure(false);
  const { email } = view.settings;
  return (
    <Way
      title={words.email.title} text={email === null ? words.email.none : words.email.to(email.to)} edit={email === null ? words.email.setUp : words.email.edit} onEdit={drawer.open}
      test={email === null ? null : { label: words.email.test, sent: words.email.sent, send: api.testEmail }}
    >
      <EmailDrawer opened={opened} onClose={drawer.close} view={view} />
    </Way>
  );
}

function Webhook({ view }: { view: AlertsView }) {
  const [opened, drawer] = useDisclosure(false);
  const { webhook, ping } = view.settings;
  const isSet = webhook !== null || ping !== null;
  return (
    <Way
      title={words.webhook.title} text={isSet ? words.webhook.hosts(webhook, ping) : words.webhook.none} edit={isSet ? words.webhook.edit : words.webhook.setUp} onEdit={drawer.open}
      test={isSet ? { label: words.webhook.test, sent: words.webhook.sent, send: api.testWebhook } : null}
    >
      <WebhookDrawer opened={opened} onClose={drawer.close} view={view} />
    </Way>
  );
}

type WayProps = {
  title: string; text: string; edit: string; onEdit: () => void; children: ReactNode;
  test: { label: string; sent: string; send: () => Promise<unknown> } | null;
};

/** One way to tell someone: what is set, a button to change it, and a test. */
function Way({ title, text, edit, onEdit, test, children }: WayProps) {
  const send = useMutation({ mutationFn: async () => test?.send() });
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={0} flex={1} miw={0}>
          <Text size="sm" fw={500}>{title}</Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>{text}</Text>
        </Stack>
        <Group gap="xs" wrap="nowrap">
          {test !== null && <Button size="xs" variant="default" loading={send.isPending} onClick={() => send.mutate()} aria-label={test.label}>{words.test}</Button>}
          <Button size="xs" variant="default" onClick={onEdit}>{edit}</Button>
        </Group>
      </Group>
      {test !== null && send.isSuccess && <Notice tone="green" role="status" bare title={test.sent} />}
      {send.isError && <ErrorPanel error={send.error} onClose={send.reset} />}
      {children}
    </Stack>
  );
}
