// How far a Run is: counting or copying, Items and bytes, the rate, the time left once it can be known, and what limits it.
// The lines keep their height while numbers come and go, so that nothing jumps.
import { Group, Progress, Stack, Text } from "@mantine/core";
import type { RunView } from "../../bindings";
import { bytes, durationRange } from "../../format";
import { activity as words } from "../../strings";
import { doneOf } from "./runs";

export function RunProgress({ run }: { run: RunView }) {
  const done = doneOf(run);
  const of = run.expected ?? (run.phase === "counting" ? null : run.ledger.listed);
  const percent = of === null || of === 0 ? 0 : Math.min(100, Math.floor((done / of) * 1000) / 10);
  const isCounting = run.state === "running" && (run.phase === "counting" || of === null);
  return (
    <Stack gap={4}>
      {isCounting ? (
        <Progress.Root size="sm" role="progressbar" aria-label={words.progress(run.title)} aria-valuetext={words.phases.counting}>
          <Progress.Section value={100} striped animated color="gray.5" withAria={false} />
        </Progress.Root>
      ) : (
        <Progress size="sm" value={percent} color={run.state === "running" ? undefined : "gray.5"} aria-label={words.progress(run.title)} />
      )}
      <Group justify="space-between" gap="0 12px" mih={20}>
        <Text size="xs" c="dimmed" className="hf-numeric">{figures(run, done, of).join(" · ")}</Text>
        {run.is_stored && <Text size="xs" c="dimmed">{words.isStored}</Text>}
        {run.limited_by !== null && <Text size="xs" className="hf-amber">{words.limitedBy(run.limited_by)}</Text>}
      </Group>
    </Stack>
  );
}

function figures(run: RunView, done: number, of: number | null): string[] {
  const isMoving = run.state === "running";
  const left = isMoving && run.seconds_low !== null && run.seconds_high !== null ? durationRange(run.seconds_low, run.seconds_high) : null;
  return [
    of === null ? words.itemsFound(run.ledger.listed) : words.itemsOf(done, of),
    bytes(run.ledger.bytes),
    ...(isMoving && run.rate_items !== null ? [words.rateItems(run.rate_items)] : []),
    ...(isMoving && run.rate_bytes !== null ? [words.rateBytes(bytes(run.rate_bytes))] : []),
    ...(left !== null ? [words.left(left)] : []),
  ];
}
