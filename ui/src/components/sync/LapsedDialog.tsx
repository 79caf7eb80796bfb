// Why a Directory cannot be brought in now, and the way to what mends it.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { DomainView } from "../../bindings";
import { S } from "../../strings";

const words = S.clouds.sync;

export function LapsedDialog({ domain, opened, onClose }: { domain: DomainView; opened: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const title = words.unusable(domain.domain, domain.state === "expired" ? "expired" : "disconnected");
  return (
    <Modal opened={opened} onClose={onClose} title={<Text span fw={600}>{title}</Text>} closeButtonProps={{ "aria-label": S.common.close }}>
      <Stack gap="md">
        {domain.state_reason !== null && <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>{domain.state_reason}</Text>}
        <Text size="sm">{words.unusableText}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{S.common.cancel}</Button>
          <Button data-autofocus onClick={() => void navigate({ to: "/settings/clouds/$at", params: { at: String(domain.connection) } })}>{S.clouds.buttons.reconnect}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
