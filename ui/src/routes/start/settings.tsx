// Start Backup > SETTINGS »»: settings for just this selection, from which the backup starts.
import { Button, Group, Loader, Text } from "@mantine/core";
import { IconArrowLeft, IconListCheck } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { DomainView, Policy, PolicyForm as Form } from "../../bindings";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { PageFoot } from "../../components/PageFoot";
import { PageHeader } from "../../components/PageHeader";
import { PolicyForm } from "../../components/policy/PolicyForm";
import { differences, overrideOf, problemsOf } from "../../components/policy/policyRules";
import { queries } from "../../queries";
import { S } from "../../strings";
import { Allocation } from "./PlanSummary";
import { useSelection } from "./selection";
import { usePlan, useStart } from "./start";

const words = S.start.custom;

export function StartSettingsPage() {
  const { selection } = useSelection();
  const domains = useQuery(queries.domains());
  const domain = domains.data?.find((it) => it.connection === selection.connection);
  return (
    <>
      <PageHeader title={words.title} text={selection.entries.size > 0 ? words.text(selection.entries.size) : undefined}><Back /></PageHeader>
      {domains.isError && <ErrorPanel error={domains.error} onRetry={() => void domains.refetch()} />}
      {selection.entries.size === 0 && <EmptyState title={words.nothing.title} text={words.nothing.text} icon={IconListCheck} />}
      {selection.entries.size > 0 && domain && <Loaded domain={domain} />}
    </>
  );
}

function Back() {
  return <Button component={Link} to="/backup/start" variant="default" size="xs" leftSection={<IconArrowLeft size={15} aria-hidden />}>{words.back}</Button>;
}

function Loaded({ domain }: { domain: DomainView }) {
  const defaults = useQuery(queries.policy(domain.connection));
  if (defaults.isError) return <ErrorPanel error={defaults.error} onRetry={() => void defaults.refetch()} />;
  if (defaults.isPending) return <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>;
  return <Settings domain={domain} defaults={defaults.data} />;
}

function Settings({ domain, defaults }: { domain: DomainView; defaults: Form }) {
  const [policy, setPolicy] = useState<Policy>(defaults.policy);
  const plan = usePlan(domain);
  const start = useMutation(useStart(domain));
  const differing = differences(defaults.policy, policy).length;
  const run = () => start.mutate(overrideOf(defaults.policy, policy));
  return (
    <>
      <PolicyForm policy={policy} form={defaults} onChange={setPolicy} />
      {start.isError && <ErrorPanel error={start.error} onRetry={run} onClose={start.reset} />}
      <PageFoot>
        <Allocation plan={plan.data} error={plan.error} onRetry={() => void plan.refetch()} counting={plan.isFetching} />
        <Group gap="xs" ml="auto">
          <Text size="sm" c="dimmed" role="status">{words.changed(differing)}</Text>
          <Button variant="default" disabled={differing === 0} onClick={() => setPolicy(defaults.policy)}>{words.reset}</Button>
          <Button disabled={!plan.canStart || problemsOf(policy, defaults.services).length > 0} loading={start.isPending} onClick={run}>{S.start.startBackup}</Button>
        </Group>
      </PageFoot>
    </>
  );
}
