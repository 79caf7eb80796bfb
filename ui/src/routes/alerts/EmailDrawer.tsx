// The mail server, and who writes to whom.
import { Button, Group, NumberInput, PasswordInput, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import type { AlertsView, EmailSettings, Encryption } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { SideDrawer } from "../../components/SideDrawer";
import { alerts } from "../../strings";
import { useSaveAlerts } from "./saveAlerts";

const words = alerts.email;
const PORTS: Record<Encryption, number> = { tls: 465, starttls: 587, none: 25 };

type Props = { opened: boolean; onClose: () => void; view: AlertsView };

export function EmailDrawer({ opened, onClose, view }: Props) {
  return (
    <SideDrawer opened={opened} onClose={onClose} title={words.drawer}>
      {opened && <Form view={view} onDone={onClose} />}
    </SideDrawer>
  );
}

function Form({ view, onDone }: { view: AlertsView; onDone: () => void }) {
  const known = view.settings.email;
  const [email, setEmail] = useState<EmailSettings>(known ?? { server: "", port: 587, encryption: "starttls", user: null, from: "", to: [], weekly: true });
  const [to, setTo] = useState(email.to.join(", "));
  const [password, setPassword] = useState("");
  const save = useSaveAlerts(onDone);
  const set = (change: Partial<EmailSettings>) => setEmail({ ...email, ...change });
  const receivers = to.split(/[,;\s]+/).filter((it) => it !== "");
  const secrets = { password: password === "" ? null : password, webhook: null, ping: null };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ email: { ...email, to: receivers }, secrets });
      }}
    >
      <Stack gap="sm">
        <TextInput label={words.server} required value={email.server} onChange={(event) => set({ server: event.currentTarget.value })} data-autofocus />
        <Group grow align="flex-start">
          <Select
            label={words.encryption} allowDeselect={false} value={email.encryption} data={Object.entries(words.encryptions).map(([value, label]) => ({ value, label }))}
            onChange={(value) => set({ encryption: value as Encryption, port: PORTS[value as Encryption] })}
          />
          <NumberInput label={words.port} min={1} max={65_535} allowDecimal={false} hideControls value={email.port} onChange={(value) => set({ port: Number(value) })} />
        </Group>
        <TextInput label={words.user} description={words.userHint} value={email.user ?? ""} onChange={(event) => set({ user: event.currentTarget.value === "" ? null : event.currentTarget.value })} />
        <PasswordInput label={words.password} description={view.has_password ? words.passwordKept : undefined} value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="off" />
        <TextInput label={words.from} required value={email.from} onChange={(event) => set({ from: event.currentTarget.value })} />
        <TextInput label={words.receivers} description={words.receiversHint} required value={to} onChange={(event) => setTo(event.currentTarget.value)} />
        <Switch label={words.weekly} checked={email.weekly} onChange={(event) => set({ weekly: event.currentTarget.checked })} />
        {save.isError && <ErrorPanel error={save.error} onClose={save.reset} />}
        <Group justify="space-between">
          {known !== null ? <Button variant="default" onClick={() => save.mutate({ email: null, secrets: { password: null, webhook: null, ping: null } })}>{words.off}</Button> : <span />}
          <Button type="submit" loading={save.isPending}>{words.save}</Button>
        </Group>
      </Stack>
    </form>
  );
}
