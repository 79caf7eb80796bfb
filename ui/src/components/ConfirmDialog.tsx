// Asks before something that is not easily undone. The step runs inside the dialog, so that a failure is shown where it
// was asked; the dialog closes only when it succeeded or was cancelled.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { S } from "../strings";
import { ErrorPanel } from "./ErrorPanel";
import { Still } from "./Still";

type Props = {
  opened: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** What `Yes` says. */
  confirm?: string;
  danger?: boolean;
  /** What it takes is not there yet. */
  disabled?: boolean;
  onConfirm: () => Promise<unknown> | void;
};

export function ConfirmDialog({ opened, onClose, title, children, confirm = S.common.yes, danger = false, disabled = false, onConfirm }: Props) {
  const step = useMutation({ mutationFn: async () => onConfirm(), onSuccess: onClose });
  const close = () => {
    step.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={<Still opened={opened}><Text span fw={600}>{title}</Text></Still>} closeButtonProps={{ "aria-label": S.common.close }}>
      <Stack gap="md">
        <Still opened={opened}><Text component="div" size="sm">{children}</Text></Still>
        {step.isError && <ErrorPanel error={step.error} onRetry={() => step.mutate()} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} data-autofocus={danger || undefined}>{S.common.cancel}</Button>
          <Button color={danger ? "red" : undefined} disabled={disabled} loading={step.isPending} onClick={() => step.mutate()} data-autofocus={danger ? undefined : true}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
