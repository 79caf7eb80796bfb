// The results of live tests: what is missing comes first, with what to do about it.
import { Group, List, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed, IconCircleX } from "@tabler/icons-react";
import type { CheckItem } from "../../bindings";
import { connect as words } from "../../strings";
import { Copyable } from "./Copyable";
import { OpenLink } from "./OpenLink";

const STATES = {
  ok: { icon: IconCircleCheck, color: "green", get word() { return words.checks.ok; } },
  failed: { icon: IconCircleX, color: "red", get word() { return words.checks.failed; } },
  unknown: { icon: IconCircleDashed, color: "grey", get word() { return words.checks.unknown; } },
} as const;

const stateOf = (item: CheckItem) => (item.ok === null ? "unknown" : item.ok ? "ok" : "failed");

/** What is missing comes first: that is what someone has to act on. */
const ORDER = { failed: 0, unknown: 1, ok: 2 } as const;

export function CheckList({ items }: { items: CheckItem[] }) {
  const sorted = [...items].sort((a, b) => ORDER[stateOf(a)] - ORDER[stateOf(b)]);
  const missing = items.filter((item) => item.ok === false).length;
  const notReached = items.filter((item) => item.ok === null).length;
  const summary = missing > 0 ? words.checks.missing(missing) : notReached > 0 ? words.checks.notReached(notReached) : words.checks.allGood;
  return (
    <>
      <Text size="sm" fw={600} role="status">{summary}</Text>
      <List listStyleType="none" spacing="sm" aria-label={words.checks.title}>
        {sorted.map((item) => <Check key={item.id} item={item} />)}
      </List>
      {missing > 0 && <Text size="sm" c="dimmed">{words.checks.slow}</Text>}
    </>
  );
}

function Check({ item }: { item: CheckItem }) {
  const state = STATES[stateOf(item)];
  const hasHelp = item.ok !== true;
  return (
    <List.Item styles={{ itemWrapper: { display: "block" }, itemLabel: { display: "block" } }}>
      <Group align="flex-start" wrap="nowrap" gap="sm">
        <state.icon size={18} aria-hidden className={`hf-${state.color}`} style={{ flexShrink: 0, marginTop: 1 }} />
        <Stack gap={4} flex={1} miw={0}>
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Text size="sm" fw={hasHelp ? 600 : 400}>{item.title}</Text>
            <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>{state.word}</Text>
          </Group>
          {hasHelp && <Text size="sm">{item.sentence}</Text>}
          {hasHelp && item.todo !== null && <Text size="sm" c="dimmed">{item.todo}</Text>}
          {hasHelp && item.copy !== null && <Copyable text={item.copy} title={item.title} />}
          {hasHelp && item.link !== null && <Group><OpenLink url={item.link} title={item.title} /></Group>}
        </Stack>
      </Group>
    </List.Item>
  );
}
