// A Run's ledger as a sum that closes: listed = stored + unchanged + removed + skipped + quarantined + pending.
import { Group, Paper, Progress, Stack, Text, Title, Tooltip } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import type { RunView } from "../../bindings";
import { Count } from "../../components/Format";
import { activity } from "../../strings";
import css from "./Ledger.module.css";
import { unexplainedOf } from "./runs";
import { Notice } from "../../components/Notice";

const words = activity.run;

/** The parts in the order of the sum, each with the colour of its meaning. */
const PARTS = [
  ["stored", "var(--hf-green)"], ["unchanged", "var(--hf-blue)"], ["removed", "var(--hf-grey)"],
  ["skipped", "var(--hf-grey)"], ["quarantined", "var(--hf-amber)"], ["pending", "var(--hf-line)"],
] as const;

export function Ledger({ run }: { run: RunView }) {
  const { ledger } = run;
  const whole = Math.max(ledger.listed, 1);
  return (
    <Stack gap="xs" component="section" aria-labelledby="ledger">
      <Title order={2} id="ledger">{words.ledger}</Title>
      <Paper>
        <Stack gap="sm">
          <Progress.Root size="md" aria-hidden>
            {PARTS.map(([part, color]) => <Progress.Section key={part} value={(ledger[part] / whole) * 100} color={color} />)}
          </Progress.Root>
          <dl className={css.sum}>
            <Part part="listed" value={ledger.listed} />
            {PARTS.map(([part, color], at) => <Part key={part} part={part} sign={at === 0 ? "=" : "+"} value={ledger[part]} color={color} />)}
          </dl>
          <Verdict run={run} />
        </Stack>
      </Paper>
    </Stack>
  );
}

function Part({ part, value, sign, color }: { part: keyof typeof words.parts; value: number; sign?: "=" | "+"; color?: string }) {
  const [name, meaning] = words.parts[part];
  return (
    <Tooltip label={`${name}: ${meaning}`}>
      <div className={css.part} data-sign={sign} data-none={value === 0 || undefined}>
        <dt>
          {color !== undefined && <span className={css.dot} style={{ background: color }} aria-hidden />}
          {name}
        </dt>
        <dd><Count value={value} /></dd>
      </div>
    </Tooltip>
  );
}

function Verdict({ run }: { run: RunView }) {
  if (run.state === "ended" && run.ledger.listed === 0) return <Text size="sm" c="dimmed">{run.result === "complete" || run.result === "complete_with_skips" ? words.nothingListed : words.endedBefore}</Text>;
  if (run.closes) {
    return (
      <Group gap={6} className="hf-green">
        <IconCircleCheck size={16} aria-hidden />
        <Text size="sm">{words.closes}</Text>
      </Group>
    );
  }
  if (run.state !== "ended") return <Text size="sm" c="dimmed">{words.closesLater}</Text>;
  const missing = unexplainedOf(run);
  const what = missing > 0 ? words.unexplained(missing) : missing < 0 ? words.overCounted(-missing) : words.doesNotClose;
  return (
    <Notice tone="red" title={what} role="alert">{words.unexplainedText}</Notice>
  );
}
