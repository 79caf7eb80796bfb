// The Runs that go on now. They keep their order, so that a row never moves under the pointer.
import { Anchor, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { RunView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { LightBadge } from "../../components/LightBadge";
import { activity as words } from "../../strings";
import css from "./LiveRuns.module.css";
import { RunActions } from "./RunActions";
import { RunProgress } from "./RunProgress";
import { inLiveOrder, liveRuns, runLight, useRunStep } from "./runs";
import { ServiceIcon } from "./ServiceIcon";

/** So many are shown before someone asks for more. */
const FEW = 4;

export function LiveRuns() {
  const live = useQuery(liveRuns());
  const [all, setAll] = useState(false);
  const runs = inLiveOrder(live.data?.runs ?? []);
  const shown = all ? runs : runs.slice(0, FEW);
  return (
    <Stack gap="xs" component="section" aria-labelledby="live-runs">
      <Title order={2} id="live-runs">{words.live}</Title>
      {live.isError && <ErrorPanel error={live.error} onRetry={() => void live.refetch()} />}
      {live.isSuccess && runs.length === 0 && <Text size="sm" c="dimmed">{words.idle}</Text>}
      {runs.length > 0 && <RunList runs={shown} />}
      <Group gap="md">
        {runs.length > FEW && (
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(!all)}>{all ? words.showFewerLive : words.showAllLive(runs.length - FEW)}</Button>
        )}
        {live.data?.more === true && (all || runs.length <= FEW) && <Text size="sm" c="dimmed">{words.moreWait}</Text>}
      </Group>
    </Stack>
  );
}

export function RunList({ runs }: { runs: readonly RunView[] }) {
  return (
    <Paper p={0} component="ul" className={css.list} aria-label={words.live}>
      {runs.map((run) => <LiveRun key={run.id} run={run} />)}
    </Paper>
  );
}

function LiveRun({ run }: { run: RunView }) {
  const step = useRunStep(run.id);
  return (
    <li className={css.run}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Group gap={8} wrap="nowrap" miw={0}>
          <ServiceIcon service={run.service} />
          <Anchor component={Link} to={`/backup/activity/${run.id}`} size="sm" fw={600} truncate title={run.title}>{run.title}</Anchor>
        </Group>
        <Group gap="sm" wrap="nowrap">
          <LightBadge light={runLight(run)} />
          <RunActions run={run} step={step} compact />
        </Group>
      </Group>
      {run.state !== "queued" && <RunProgress run={run} />}
      {step.isError && <ErrorPanel error={step.error} onClose={() => step.reset()} />}
    </li>
  );
}
