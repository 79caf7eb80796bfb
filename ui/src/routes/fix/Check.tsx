// One check of the list: its verdict, and what was found. What is as it should be is folded away.
import { Badge, Button, Collapse, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import type { AttentionView, FixAction, FixCheck, FixFinding } from "../../bindings";
import { fix as words } from "../../strings";
import { CauseList } from "../home/Attention";
import { FixButton } from "./FixButton";

const LOOKS = {
  bad: { icon: IconCircleX, color: "red" },
  unknown: { icon: IconAlertTriangle, color: "amber" },
  note: { icon: IconInfoCircle, color: "grey" },
  good: { icon: IconCircleCheck, color: "green" },
} as const;

type Props = { check: FixCheck; causes: readonly AttentionView[]; busy: boolean; onApply: (action: FixAction) => Promise<unknown> };

export function Check({ check, causes, busy, onApply }: Props) {
  const [opened, setOpened] = useState(false);
  const { icon: Icon, color } = LOOKS[check.verdict];
  const open = check.findings.filter((finding) => finding.verdict !== "good");
  const good = check.findings.filter((finding) => finding.verdict === "good");
  const head = `check-${check.number}`;
  return (
    <Paper component="li" p="sm" aria-labelledby={head}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Icon size={20} aria-hidden className={`hf-${color}`} style={{ flexShrink: 0, marginTop: 1 }} />
        <Stack gap="xs" flex={1} miw={0}>
          <Group gap="xs" justify="space-between">
            <Title order={2} size="h3" id={head}>{check.number}. {check.title}</Title>
            <Badge size="sm" variant="default">{words.verdicts[check.verdict]}</Badge>
          </Group>
          {open.map((finding) => (
            <Finding key={finding.title} finding={finding} busy={busy} onApply={onApply} />
          ))}
          {causes.length > 0 && <CauseList label={check.title} causes={causes} />}
          {good.length === 1 && open.length === 0 && <Good finding={good[0]!} />}
          {(good.length > 1 || (good.length === 1 && open.length > 0)) && (
            <>
              <Button variant="subtle" size="compact-xs" w="fit-content" ml={-8} aria-expanded={opened} onClick={() => setOpened(!opened)}>
                {opened ? words.fewer : words.details(good.length)}
              </Button>
              <Collapse expanded={opened}>
                <Stack gap={4}>{good.map((finding) => <Good key={finding.title} finding={finding} />)}</Stack>
              </Collapse>
            </>
          )}
        </Stack>
      </Group>
    </Paper>
  );
}

function Good({ finding }: { finding: FixFinding }) {
  return <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>{finding.title}. {finding.evidence}</Text>;
}

function Finding({ finding, busy, onApply }: { finding: FixFinding; busy: boolean; onApply: Props["onApply"] }) {
  return (
    <Group wrap="nowrap" align="flex-start" justify="space-between" gap="sm">
      <Stack gap={2} flex={1} miw={0}>
        <Text size="sm" fw={600}>{finding.title}</Text>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>{finding.evidence}</Text>
        {finding.todo !== null && <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>{finding.todo}</Text>}
      </Stack>
      {finding.fix !== null && <FixButton title={finding.title} action={finding.fix} busy={busy} onApply={onApply} />}
    </Group>
  );
}
