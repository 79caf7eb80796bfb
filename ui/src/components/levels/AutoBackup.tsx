// AUTO BACKUP of an org unit or a group: a toggle in its row, and the question that `Yes` confirms.
import { Checkbox, Stack, Switch, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { LevelKey } from "../../bindings";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { S } from "../../strings";
import { ConfirmDialog } from "../ConfirmDialog";

const words = S.levels.autoBackup;

/** What is to be switched, and to what. */
export type Flip = { of: LevelKey; name: string; on: boolean; hasSubUnits: boolean };

type SwitchProps = { name: string; on: boolean; hint?: string | undefined; disabled?: boolean; onFlip: () => void };

export function AutoBackupSwitch({ name, on, hint, disabled = false, onFlip }: SwitchProps) {
  return (
    <Stack gap={2} miw={0}>
      <Switch size="xs" aria-label={words.of(name)} checked={on} disabled={disabled} onChange={onFlip} />
      {hint !== undefined && <Text span size="xs" c="dimmed" truncate title={hint}>{hint}</Text>}
    </Stack>
  );
}

export function AutoBackupDialog({ asked, onClose }: { asked: Flip | null; onClose: () => void }) {
  const keep = useKeepAnswer();
  const client = useQueryClient();
  const [withSubUnits, setWithSubUnits] = useState(false);
  const who = asked === null ? "" : S.levels.named(asked.of.level, asked.name);
  const close = () => {
    setWithSubUnits(false);
    onClose();
  };
  async function flip() {
    if (asked === null) return;
    const { of: { connection, level: target, id }, on } = asked;
    await keep(keys.policy(connection), await api.setAutoBackup({ connection, target, id, include_sub_units: withSubUnits, on }));
    await client.invalidateQueries({ queryKey: keys.directory() });
  }
  return (
    <ConfirmDialog opened={asked !== null} onClose={close} title={words.of(asked?.name ?? "")} onConfirm={flip}>
      <Stack gap="sm">
        <Text size="sm">{asked?.on ? words.on(who) : words.off(who)}</Text>
        {asked?.on && asked.hasSubUnits && (
          <Checkbox label={words.subUnits} checked={withSubUnits} onChange={(event) => setWithSubUnits(event.currentTarget.checked)} />
        )}
      </Stack>
    </ConfirmDialog>
  );
}
