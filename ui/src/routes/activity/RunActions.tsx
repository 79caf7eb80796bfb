// Pause, resume, cancel and run again: the steps that a Run allows now. Cancelling asks first.
import { ActionIcon, Button, Group, Tooltip } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconX, type Icon } from "@tabler/icons-react";
import { useState } from "react";
import type { RunView } from "../../bindings";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { activity as words } from "../../strings";
import type { useRunStep } from "./runs";

type Props = { run: RunView; step: ReturnType<typeof useRunStep>; compact?: boolean };

export function RunActions({ run, step, compact = false }: Props) {
  const [asks, setAsks] = useState(false);
  const at = (name: typeof step.variables) => step.isPending && step.variables === name;
  const action = { run, compact, disabled: step.isPending };
  return (
    <>
      <Group gap={compact ? 4 : "xs"} wrap="nowrap">
        {run.can_retry && <Action {...action} icon={IconRefresh} word={words.retry} busy={at("retry")} onClick={() => step.mutate("retry")} />}
        {run.can_pause && <Action {...action} icon={IconPlayerPause} word={words.pause} busy={at("pause")} onClick={() => step.mutate("pause")} />}
        {run.can_resume && <Action {...action} icon={IconPlayerPlay} word={words.resume} busy={at("resume")} onClick={() => step.mutate("resume")} />}
        {run.can_cancel && <Action {...action} icon={IconX} word={words.cancel} busy={at("cancel")} onClick={() => setAsks(true)} />}
      </Group>
      <ConfirmDialog
        opened={asks} onClose={() => setAsks(false)} title={words.cancelTitle(run.title)} confirm={words.cancelConfirm} danger
        onConfirm={() => step.mutateAsync("cancel")}
      >
        {words.cancelText}
      </ConfirmDialog>
    </>
  );
}

type ActionProps = { run: RunView; compact: boolean; disabled: boolean; icon: Icon; word: string; busy: boolean; onClick: () => void };

function Action({ run, compact, disabled, icon: Icon, word, busy, onClick }: ActionProps) {
  const name = words.ofRun(word, run.title);
  if (!compact) {
    return <Button variant="default" loading={busy} disabled={disabled && !busy} onClick={onClick} leftSection={<Icon size={16} aria-hidden />}>{word}</Button>;
  }
  return (
    <Tooltip label={word}>
      <ActionIcon variant="subtle" color="gray" aria-label={name} loading={busy} disabled={disabled && !busy} onClick={onClick}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
