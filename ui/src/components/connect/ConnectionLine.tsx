// A Connection in one look: its state and "Signed in as X of Y".
import { Group, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconClockExclamation } from "@tabler/icons-react";
import type { ConnectionView } from "../../bindings";
import { connect as words } from "../../strings";

const STATES = {
  connected: { icon: IconCircleCheck, color: "green" as const },
  expired: { icon: IconClockExclamation, color: "red" as const },
  disconnected: { icon: IconCircleX, color: "grey" as const },
} as const;

export function ConnectionLine({ connection }: { connection: ConnectionView }) {
  const state = STATES[connection.state];
  return (
    <Stack gap={4}>
      <Group gap="sm">
        <Group gap={6} wrap="nowrap" className={`hf-${state.color}`}><state.icon size={18} aria-hidden /><Text span size="sm">{words.states[connection.state]}</Text></Group>
        <Text fw={600} style={{ overflowWrap: "anywhere" }}>{words.signedIn(connection.signed_in_as, connection.domain)}</Text>
      </Group>
      {connection.state_reason !== null && <Text size="sm" c="dimmed">{connection.state_reason}</Text>}
      {connection.endpoints !== null && <Text size="sm" c="dimmed">{words.endpointsNote(connection.endpoints)}</Text>}
    </Stack>
  );
}
