// The addresses of webhook and monitor. They are secrets: once saved, only their hosts are shown.
import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { useState } from "react";
import type { AlertsView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { SideDrawer } from "../../components/SideDrawer";
import { alerts } from "../../strings";
import { useSaveAlerts } from "./saveAlerts";

const words = alerts.webhook;

type Props = { opened: boolean; onClose: () => void; view: AlertsView };

export function WebhookDrawer({ opened, onClose, view }: Props) {
  return (
    <SideDrawer opened={opened} onClose={onClose} title={words.drawer}>
      {opened && <Form view={view} onDone={onClose} />}
    </SideDrawer>
  );
}

function Form({ view, onDone }: { view: AlertsView; onDone: () => void }) {
  const { email, webhook: host, ping: pingHost } = view.settings;
  const [url, setUrl] = useState("");
  const [ping, setPing] = useState("");
  const save = useSaveAlerts(onDone);
  const given = (text: string) => (text.trim() === "" ? null : text.trim());
  const hint = (text: string, kept: string | null) => (kept === null ? text : `${text} ${words.kept(kept)}`);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ email, secrets: { password: null, webhook: given(url), ping: given(ping) } });
      }}
    >
      <Stack gap="sm">
        <PasswordInput label={words.url} description={hint(words.urlHint, host)} value={url} onChange={(event) => setUrl(event.currentTarget.value)} autoComplete="off" data-autofocus />
        <PasswordInput label={words.ping} description={hint(words.pingHint, pingHost)} value={ping} onChange={(event) => setPing(event.currentTarget.value)} autoComplete="off" />
        {save.isError && <ErrorPanel error={save.error} onClose={save.reset} />}
        <Group justify="space-between">
          {host !== null || pingHost !== null
            ? <Button variant="default" onClick={() => save.mutate({ email, secrets: { password: null, webhook: "", ping: "" } })}>{words.off}</Button> : <span />}
          <Button type="submit" loading={save.isPending} disabled={given(url) === null && given(ping) === null}>{words.save}</Button>
        </Group>
      </Stack>
    </form>
  );
}
