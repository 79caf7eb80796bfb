// Backup > Activity > one Run: how far it is or how it ended, its ledger, and everything that it did not keep.
import { Anchor, Group, Loader, Paper, Stack } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { RunView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Facts } from "../../components/Facts";
import { Ago, Bytes, Duration } from "../../components/Format";
import { LightBadge } from "../../components/LightBadge";
import { PageHeader } from "../../components/PageHeader";
import { moment } from "../../format";
import { queries } from "../../queries";
import { S } from "../../strings";
import { activity } from "../../strings";
import { Ledger } from "./Ledger";
import { RunActions } from "./RunActions";
import { RunItems } from "./RunItems";
import { RunProgress } from "./RunProgress";
import { runLight, tookSeconds, useRunStep } from "./runs";
import { Notice } from "../../components/Notice";

const words = activity.run;

export function RunPage() {
  const { run: id } = useParams({ strict: false });
  // The place may come from a notification or be typed: what is no number is no Run.
  const number = Number(id);
  const detail = useQuery({ ...queries.run(number), enabled: Number.isSafeInteger(number) });
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/backup/activity" size="sm" w="fit-content">
        <Group gap={4} component="span" display="inline-flex"><IconArrowLeft size={14} aria-hidden />{words.back}</Group>
      </Anchor>
      {!Number.isSafeInteger(number) && <ErrorPanel error={{ code: "input.not_found", ...words.notFound, can_retry: false, detail: null }} />}
      {detail.isLoading && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
      {detail.isError && <ErrorPanel error={detail.error} onRetry={() => void detail.refetch()} />}
      {detail.data !== undefined && (
        <>
          <Head run={detail.data.run} />
          <Ledger run={detail.data.run} />
          <RunItems detail={detail.data} />
        </>
      )}
    </Stack>
  );
}

function Head({ run }: { run: RunView }) {
  const step = useRunStep(run.id);
  return (
    <div>
      <PageHeader title={run.title}>
        <LightBadge light={runLight(run)} />
        <RunActions run={run} step={step} />
      </PageHeader>
      <Stack gap="sm">
        {step.isError && <ErrorPanel error={step.error} onClose={() => step.reset()} />}
        {run.error !== null && <ErrorPanel error={run.error} {...(run.can_retry && { onRetry: () => step.mutate("retry"), retrying: step.isPending })} />}
        {run.note !== null && <Notice tone="blue">{run.note}</Notice>}
        {run.state !== "ended" && <Paper p="sm"><RunProgress run={run} /></Paper>}
        {run.state === "ended" && run.open > 0 && <Notice tone="amber">{words.open(run.open)}</Notice>}
        <Paper>
          <Facts
            facts={[
              [words.domain, run.domain],
              [words.trigger, activity.triggers[run.trigger] ?? run.trigger],
              [words.started, <span key="started">{moment(run.started)} (<Ago at={run.started} />)</span>],
              ...(run.ended === null ? [] : ([[words.took, <Duration key="took" value={tookSeconds(run)} />]] as [string, React.ReactNode][])),
              [words.size, <Bytes key="size" value={run.ledger.bytes} />],
            ]}
          />
        </Paper>
      </Stack>
    </div>
  );
}
