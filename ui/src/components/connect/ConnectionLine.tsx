// A Connection in one look: its state and "Signed in as X of Y".
import { Badge, Group, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconClockExclamation } from "@tabler/icons-react";
import type { ConnectionView } from "../../bindings";
import { connect as words } from "../../strings/connect";

const STATES = {
  connected: { icon: IconCircleCheck, color: "green" },
  expired: { icon: IconClockExclamation, color: "red" },
  disconnected: { icon: IconCircleX, color: "gray" },
} as const;

export function ConnectionLine({ connection }: { connection: ConnectionView }) {
  const state = STATES[connection.state];
  return (
    <Stack gap={4}>
      <Group gap="sm">
        <Badge variant="light" color={state.color} tt="none" leftSection={<state.icon size={14} aria-hidden />}>{words.states[connection.state]}</Badge>
        <Text fw={600} style={{ overflowWrap: "anywhere" }}>{words.signedIn(connection.signed_in_as, connection.domain)}</Text>
      </Group>
      {connection.state_reason !== null && <Text size="sm" c="dimmed">{connection.state_reason}</Text>}
      {connection.endpoints !== null && <Text size="sm" c="dimmed">{words.endpointsNote(connection.endpoints)}</Text>}
    </Stack>
  );
}
