// Asks before backups rest, and for how long; and before they go on again.
import { Radio, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { LevelKey, PauseLength, PauseView } from "../../bindings";
import { keys } from "../../keys";
import { S } from "../../strings";
import { ConfirmDialog } from "../ConfirmDialog";

const words = S.levels.pause;

/** Of whom, where the level is none: of everyone. */
export type Whose = { of: LevelKey | null; name: string };

type Props<T> = { asked: T | null; onClose: () => void; onDone?: (told: string) => void };

export function PauseDialog({ asked, onClose, onDone }: Props<Whose>) {
  const refresh = useRefresh();
  const [length, setLength] = useState<PauseLength>("until_resumed");
  const level = asked?.of?.level ?? null;
  const who = asked === null ? "" : S.levels.named(level, asked.name);
  return (
    <ConfirmDialog
      opened={asked !== null} onClose={onClose} title={words.title(who)}
      onConfirm={async () => {
        if (asked === null) return;
        await api.pauseBackups(asked.of, length);
        await refresh();
        onDone?.(words.told(who));
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{words.text[level ?? "all"]}</Text>
        <Radio.Group aria-label={words.length} value={length} onChange={(value) => setLength(value as PauseLength)}>
          <Stack gap="xs">
            {Object.entries(words.lengths).map(([value, label]) => <Radio key={value} size="xs" value={value} label={label} />)}
          </Stack>
        </Radio.Group>
      </Stack>
    </ConfirmDialog>
  );
}

/** What rests, and from whose row the question came where that is another. */
export type Resting = { pause: PauseView; asker?: string };

export function ResumeDialog({ asked, onClose, onDone }: Props<Resting>) {
  const refresh = useRefresh();
  const who = asked === null ? "" : S.levels.paused(asked.pause);
  return (
    <ConfirmDialog
      opened={asked !== null} onClose={onClose} title={words.resumeTitle(who)}
      onConfirm={async () => {
        if (asked === null) return;
        await api.resumeBackups(asked.pause.of);
        await refresh();
        onDone?.(words.resumed(who));
      }}
    >
      <Stack gap="sm">
        {asked?.asker !== undefined && <Text size="sm">{words.because(asked.asker, who)}</Text>}
        <Text size="sm">{asked?.pause.of?.level === "user" ? words.resumeUser : words.resumeOthers}</Text>
      </Stack>
    </ConfirmDialog>
  );
}

/** A pause shows in every list of people, on Home and in the schedule. */
function useRefresh() {
  const client = useQueryClient();
  return () => Promise.all([keys.directory(), keys.schedule(), keys.home()].map((queryKey) => client.invalidateQueries({ queryKey })));
}
