// What keeps someone from being protected: one entry a cause, the worst first, each with the button that mends it.
import { Badge, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleX } from "@tabler/icons-react";
import { useState } from "react";
import type { AttentionView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Ago } from "../../components/Format";
import { home } from "../../strings";
import css from "./Attention.module.css";
import { useAttentionStep } from "./attentionStep";

const words = home.attention;
const FEW = 3;
const ICONS = { red: IconCircleX, amber: IconAlertTriangle };

export function Attention({ causes }: { causes: readonly AttentionView[] }) {
  const [all, setAll] = useState(false);
  const inOrder = [...causes].sort((a, b) => Number(a.severity === "amber") - Number(b.severity === "amber"));
  return (
    <Stack gap="xs" component="section" aria-labelledby="attention">
      <Title order={2} size="h3" id="attention">{words.title}</Title>
      <CauseList label={words.title} causes={all ? inOrder : inOrder.slice(0, FEW)} />
      {causes.length > FEW && (
        <Button variant="subtle" size="compact-sm" w="fit-content" onClick={() => setAll(!all)}>{all ? words.showFewer : words.showAll(causes.length - FEW)}</Button>
      )}
    </Stack>
  );
}

/** One entry a cause, as it is told everywhere. */
export function CauseList({ label, causes }: { label: string; causes: readonly AttentionView[] }) {
  return (
    <Paper p={0} component="ul" className={css.list} aria-label={label}>
      {causes.map((cause) => <Cause key={`${cause.cause} ${cause.target}`} cause={cause} />)}
    </Paper>
  );
}

function Cause({ cause }: { cause: AttentionView }) {
  const step = useAttentionStep(cause);
  const Icon = ICONS[cause.severity];
  return (
    <li className={css.cause}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Icon size={20} aria-hidden className={`hf-${cause.severity}`} style={{ flexShrink: 0, marginTop: 1 }} />
        <Stack gap={2} flex={1} miw={0}>
          <Group gap="xs">
            <Text size="sm" fw={600}>{cause.title}</Text>
            <Badge size="sm" variant="default">{words.severities[cause.severity]}</Badge>
            {cause.since !== null && <Text size="xs" c="dimmed">{words.found} <Ago at={cause.since} /></Text>}
          </Group>
          <Text size="sm">{cause.what}</Text>
          <Text size="sm" c="dimmed">{cause.todo}</Text>
          {step.isError && <ErrorPanel error={step.error} onClose={() => step.reset()} />}
        </Stack>
        <Button size="xs" variant="default" loading={step.isPending} onClick={() => step.mutate()} aria-label={`${words.actions[cause.action]}: ${cause.title}`}>
          {words.actions[cause.action]}
        </Button>
      </Group>
    </li>
  );
}
