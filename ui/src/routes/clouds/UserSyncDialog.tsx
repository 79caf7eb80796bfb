// The window that asks before a User Sync. An account that is not connected cannot be synced: it says so and offers to
// reconnect instead.
import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import type { AccountView, ConnectionView } from "../../bindings";
import { Notice } from "../../components/Notice";
import { S } from "../../strings";

const words = S.clouds.sync;

type Props = {
  opened: boolean;
  accounts: readonly AccountView[];
  onClose: () => void;
  onReconnect: (old: ConnectionView) => void;
  onSync: (connections: readonly number[]) => Promise<void>;
};

export function UserSyncDialog({ opened, accounts, onClose, onReconnect, onSync }: Props) {
  const all = accounts.map(({ connection }) => connection);
  const usable = all.filter(({ state }) => state === "connected");
  const unusable = all.filter(({ state }) => state !== "connected");
  const sync = () => {
    onClose();
    // What becomes of each is shown in its row.
    void onSync(usable.map(({ id }) => id));
  };
  return (
    <Modal opened={opened} onClose={onClose} title={<Text span fw={600}>{words.title}</Text>} closeButtonProps={{ "aria-label": S.common.close }}>
      <Stack gap="md">
        {usable.length > 0 && (
          <div>
            <Text size="sm">{words.text}</Text>
            <List size="sm" mt={4}>{usable.map(({ id, domain }) => <List.Item key={id}><Text span size="sm" fw={600}>{domain}</Text></List.Item>)}</List>
            <Text size="sm" c="dimmed" mt={4}>{words.kept}</Text>
          </div>
        )}
        {unusable.map((connection) => (
          <Notice key={connection.id} tone="amber" title={words.unusable(connection.domain, connection.state === "expired" ? "expired" : "disconnected")}>
            <Stack gap="xs" align="flex-start">
              <Text size="sm">{words.unusableText}</Text>
              <Button size="xs" variant={usable.length === 0 ? "filled" : "default"} data-autofocus={usable.length === 0 || undefined} onClick={() => onReconnect(connection)}>{S.clouds.buttons.reconnect}</Button>
            </Stack>
          </Notice>
        ))}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{S.common.cancel}</Button>
          {usable.length > 0 && <Button onClick={sync} data-autofocus>{words.confirm}</Button>}
        </Group>
      </Stack>
    </Modal>
  );
}
