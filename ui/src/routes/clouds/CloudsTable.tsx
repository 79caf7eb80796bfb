// The Clouds, one a row: whether it is connected, with which accounts, and the pencil that opens its tray.
import { ActionIcon, Group, Paper, Table, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconPencil, IconPlugConnectedX } from "@tabler/icons-react";
import type { CloudView } from "../../bindings";
import { S } from "../../strings";

const words = S.clouds;
const FEW = 3;

type Props = { clouds: readonly CloudView[]; onEdit: (cloud: CloudView["cloud"]) => void };

export function CloudsTable({ clouds, onEdit }: Props) {
  return (
    <Paper p={0}>
      <Table.ScrollContainer type="native" minWidth={560}>
        <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={words.table.label}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.table.cloud}</Table.Th>
              <Table.Th>{words.table.status}</Table.Th>
              <Table.Th>{words.table.accounts}</Table.Th>
              <Table.Th w={80}>{words.table.action}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {clouds.map((cloud) => (
              <Table.Tr key={cloud.cloud}>
                <Table.Td><Text size="sm" fw={600}>{cloud.name}</Text></Table.Td>
                <Table.Td><Status cloud={cloud} /></Table.Td>
                <Table.Td><Accounts cloud={cloud} /></Table.Td>
                <Table.Td>
                  {cloud.available && (
                    <Tooltip label={words.edit}>
                      <ActionIcon variant="default" size="lg" aria-label={words.editOf(cloud.name)} onClick={() => onEdit(cloud.cloud)}>
                        <IconPencil size={17} aria-hidden />
                      </ActionIcon>
                    </Tooltip>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

const LOOKS = {
  none: { icon: IconCircleDashed, color: "grey" },
  connected: { icon: IconCircleCheck, color: "green" },
  attention: { icon: IconAlertTriangle, color: "amber" },
  disconnected: { icon: IconPlugConnectedX, color: "grey" },
} as const;

function Status({ cloud }: { cloud: CloudView }) {
  if (!cloud.available) return <Text size="sm" c="dimmed">{words.notBuiltIn}</Text>;
  const look = LOOKS[cloud.status];
  return (
    <Group gap={6} wrap="nowrap" className={`hf-${look.color}`}>
      <look.icon size={17} aria-hidden style={{ flexShrink: 0 }} />
      <Text span size="sm">{words.status[cloud.status]}</Text>
    </Group>
  );
}

function Accounts({ cloud }: { cloud: CloudView }) {
  if (cloud.accounts.length === 0) return <Text size="sm" c="dimmed">{words.noAccounts}</Text>;
  const more = cloud.accounts.length - FEW;
  return (
    <>
      {cloud.accounts.slice(0, FEW).map(({ connection }) => (
        <Text key={connection.id} size="sm" style={{ overflowWrap: "anywhere" }}>
          {connection.domain}{connection.state !== "connected" && <Text span c="dimmed"> ({S.domains.states[connection.state]})</Text>}
        </Text>
      ))}
      {more > 0 && <Text size="sm" c="dimmed">{words.moreAccounts(more)}</Text>}
    </>
  );
}
