// Says whether backups run by themselves; pressing it asks for the other. Below it: until when, with whom, or for what.
import { Button, Stack, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import type { PauseView } from "../../bindings";
import { soon } from "../../format";
import { S } from "../../strings";
import { useNow } from "../Format";

const words = S.levels.pause;

type Props = {
  name: string;
  pause: PauseView | null;
  /** The pause is that of more than this row. */
  wider?: boolean;
  waitsFor?: string | null;
  onPause: () => void;
  onResume: (pause: PauseView) => void;
};

export function PauseCell({ name, pause, wider = false, waitsFor = null, onPause, onResume }: Props) {
  const now = useNow();
  const Icon = pause === null ? IconPlayerPause : IconPlayerPlay;
  const below = pause === null ? waitsFor && S.levels.waits(waitsFor)
    : [wider && words.with(pause.of === null ? S.levels.named(null, "") : pause.name), pause.until !== null && words.until(soon(pause.until, now))].filter(Boolean).join(", ");
  return (
    <Stack gap={1} miw={0} align="flex-start">
      <Button
        size="compact-xs" variant="default" leftSection={<Icon size={13} aria-hidden />} onClick={() => (pause === null ? onPause() : onResume(pause))}
        aria-label={pause === null ? words.set(name) : words.unset(name)}
      >
        {pause === null ? words.button : words.active}
      </Button>
      {below && <Text span size="xs" c="dimmed" truncate maw="100%" title={below}>{below}</Text>}
    </Stack>
  );
}
