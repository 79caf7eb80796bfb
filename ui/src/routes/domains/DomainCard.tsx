// One Domain: its state, and for each part of its Directory the last sync, the count and what changed.
import { Anchor, Badge, Button, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { IconClockExclamation, IconCircleCheck, IconPlugConnectedX } from "@tabler/icons-react";
import { useState } from "react";
import type { ConnectionView, DomainView, SyncOutcome, UserError } from "../../bindings";
import { DisconnectDialog } from "../../components/connect/DisconnectDialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Ago } from "../../components/Format";
import { SyncButton } from "../../components/sync/SyncButton";
import { S } from "../../strings";
import { ChangesDrawer } from "./ChangesDrawer";
import { changesOf } from "./changes";

const words = S.domains;

type Props = { domain: DomainView; /** Not known while the Connections load. */ connection: ConnectionView | undefined; onReconnect: (old: ConnectionView) => void };

export function DomainCard({ domain, connection, onReconnect }: Props) {
  const [failed, setFailed] = useState<UserError | null>(null);
  const [shown, setShown] = useState<SyncOutcome | null>(null);
  const [leaving, setLeaving] = useState(false);
  const syncs = domain.syncs.filter((it) => (it.what !== "groups" || domain.has_groups) && (it.what !== "org_units" || domain.has_org_units));
  return (
    <Paper component="section" aria-label={domain.domain}>
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={2} flex={1} miw={260}>
          <Group gap="xs"><Title order={2}>{domain.domain}</Title><State domain={domain} /></Group>
          <Text size="sm" c="dimmed">{domain.cloud_name}{connection && `. ${words.signedIn(connection.signed_in_as, connection.domain)}`}</Text>
          {connection?.endpoints && <Text size="xs" c="dimmed">{words.endpoints(connection.endpoints)}</Text>}
          {domain.state_reason !== null && <Text size="sm" className={domain.state === "expired" ? "hf-red" : "hf-grey"}>{domain.state_reason}</Text>}
        </Stack>
        {connection && (
          <Group gap="xs">
            <Button size="xs" variant={domain.state === "connected" ? "default" : "filled"} onClick={() => onReconnect(connection)}>{words.reconnect}</Button>
            {domain.state !== "disconnected" && <Button size="xs" variant="default" onClick={() => setLeaving(true)}>{words.disconnect}</Button>}
          </Group>
        )}
      </Group>
      {failed !== null && <ErrorPanel error={failed} onClose={() => setFailed(null)} />}
      <Table.ScrollContainer type="native" minWidth={560} mt="sm">
        <Table verticalSpacing={6} aria-label={domain.domain}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.tableHeads.found}</Table.Th>
              <Table.Th>{words.tableHeads.last}</Table.Th>
              <Table.Th>{words.tableHeads.changed}</Table.Th>
              <Table.Th w={150}>{words.tableHeads.action}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {syncs.map((sync) => (
              <Table.Tr key={sync.what}>
                <Table.Td className="hf-numeric">{words.kinds[sync.what](sync.count)}</Table.Td>
                <Table.Td><Outcome sync={sync} /></Table.Td>
                <Table.Td><Changes sync={sync} onShow={() => setShown(sync)} /></Table.Td>
                <Table.Td><SyncButton size="compact-sm" fullWidth domain={domain} what={sync.what} onError={setFailed} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <ChangesDrawer domain={domain} sync={shown} onClose={() => setShown(null)} />
      {connection && <DisconnectDialog connection={connection} opened={leaving} onClose={() => setLeaving(false)} />}
    </Paper>
  );
}

function State({ domain }: { domain: DomainView }) {
  const Icon = domain.state === "connected" ? IconCircleCheck : domain.state === "expired" ? IconClockExclamation : IconPlugConnectedX;
  const color = domain.state === "connected" ? "green" : domain.state === "expired" ? "red" : "grey";
  return (
    <Badge
      variant="default" leftSection={<Icon size={14} aria-hidden />}
      styles={{ root: { color: `var(--hf-${color})`, background: `var(--hf-${color}-ground)`, borderColor: "transparent" } }}
    >
      {words.states[domain.state]}
    </Badge>
  );
}

function Outcome({ sync }: { sync: SyncOutcome }) {
  if (sync.state === "never") return <Text size="sm" c="dimmed">{words.outcome.never}</Text>;
  const failed = sync.state === "failed";
  return (
    <Stack gap={0}>
      <Text size="sm" className={failed ? "hf-red" : undefined}>{words.outcome[sync.state]} {sync.at !== null && <Ago at={sync.at} />}</Text>
      {failed && sync.error && <Text size="xs" className="hf-red">{sync.error.what} {sync.error.todo}</Text>}
    </Stack>
  );
}

function Changes({ sync, onShow }: { sync: SyncOutcome; onShow: () => void }) {
  const parts = changesOf(sync).map(({ kind, count }) => words.changes[kind](count));
  if (sync.state === "never") return null;
  if (parts.length === 0) return <Text size="sm" c="dimmed">{words.nothingChanged}</Text>;
  const text = parts.join(", ");
  return <Anchor component="button" ta="left" type="button" size="sm" underline="always" aria-label={words.changedButton(text)} onClick={onShow}>{text}</Anchor>;
}
