// Fourth of the set-up: whom to back up, simply everyone or chosen later in Start Backup.
import { Button, Group, List, Loader, Radio, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { DomainView, OrgUnitView, PlanView, SelectionInput, UserRow } from "../../bindings";
import { ChoiceCard } from "../../components/ChoiceCard";
import { ErrorPanel } from "../../components/ErrorPanel";
import { queries } from "../../queries";
import { welcome } from "../../strings";
import { useProgressKeeper } from "./boot";
import { Notice } from "../../components/Notice";

const words = welcome.people;
type Whom = "everyone" | "choose";

export function People() {
  const domains = useQuery(queries.domains());
  if (domains.isPending) return <Reading />;
  if (domains.isError) return <ErrorPanel error={domains.error} onRetry={() => void domains.refetch()} />;
  return <Whom domains={domains.data.filter((domain) => domain.state === "connected")} />;
}

function Whom({ domains }: { domains: DomainView[] }) {
  const [whom, setWhom] = useState<Whom>("everyone");
  const keep = useProgressKeeper();
  const directories = useQueries({
    queries: domains.map((domain) => ({ queryKey: ["directory", domain.connection, "everyone"], queryFn: () => everyone(domain) })),
  });
  const selections = directories.flatMap((directory) => (directory.data === undefined ? [] : [directory.data]));
  const plans = useQueries({
    queries: selections.map((selection) => ({ queryKey: ["directory", selection.connection, "everyone", "plan"], queryFn: () => api.plan(selection) })),
  });
  const isRead = directories.every((it) => it.isSuccess) && plans.every((it) => it.isSuccess);
  const failed = [...directories, ...plans].find((it) => it.isError);
  const readyPlans = plans.flatMap((plan) => (plan.data === undefined ? [] : [plan.data]));
  const people = readyPlans.reduce((sum, plan) => sum + plan.users.length, 0);
  const isOverLimit = readyPlans.some((plan) => plan.over_limit);
  const canTakeAll = isRead && people > 0 && !isOverLimit;
  const value = people === 0 && isRead ? "choose" : whom;

  const isRule = selections.some((selection) => selection.org_units.length > 0);
  const everyoneText = isRead && people > 0
    ? `${words.everyoneText(people, domains.map((domain) => domain.domain).join(", "))}${isRule ? ` ${words.joiners}` : ""}`
    : words.none;

  const goOn = useMutation({
    mutationFn: async () => {
      if (value === "everyone") for (const selection of selections) await api.startBackup(selection, null);
      return api.setSetupStep("finish", true);
    },
    onSuccess: keep,
  });

  return (
    <Stack>
      <div>
        <Title order={1} size="h2">{words.title}</Title>
        <Text c="dimmed">{words.lead}</Text>
      </div>
      {domains.length === 0 && <Notice tone="grey" title={words.notConnected}>{words.notConnectedText}</Notice>}
      {failed !== undefined && <ErrorPanel error={failed.error} onRetry={() => void failed.refetch()} />}
      {domains.length > 0 && !isRead && failed === undefined && <Reading />}
      {domains.length > 0 && (isRead || failed !== undefined) && (
        <Radio.Group value={value} onChange={(chosen) => setWhom(chosen as Whom)} aria-label={words.title}>
          <Stack gap="xs">
            <ChoiceCard value="everyone" title={words.everyone} disabled={!isRead || people === 0} text={everyoneText} />
            <ChoiceCard value="choose" title={words.choose} text={words.chooseText} />
          </Stack>
        </Radio.Group>
      )}
      {value === "everyone" && canTakeAll && readyPlans.map((plan, index) => <Plan key={selections[index]?.connection} plan={plan} />)}
      {value === "everyone" && isOverLimit && readyPlans.map((plan, index) => plan.over_limit && <OverLimit key={selections[index]?.connection} plan={plan} />)}
      {goOn.isError && <ErrorPanel error={goOn.error} />}
      <Group justify="flex-end">
        <Button
          loading={goOn.isPending}
          disabled={domains.length > 0 && value === "everyone" && !canTakeAll}
          onClick={() => goOn.mutate()}
        >
          {domains.length > 0 && value === "everyone" ? words.start : welcome.next}
        </Button>
      </Group>
    </Stack>
  );
}

/**
 * Everyone of a Domain. Where there are org units, the top one with all below it: it stays a rule, so that who joins
 * later is protected, too. Otherwise each active user by address.
 */
export async function everyone(domain: DomainView): Promise<SelectionInput> {
  const nobody = { connection: domain.connection, users: [], groups: [], org_units: [], csv: [] };
  const units: OrgUnitView[] = domain.has_org_units ? await api.orgUnits(domain.connection) : [];
  const top = units.find((unit) => unit.path === "/");
  if (top !== undefined) return { ...nobody, org_units: [{ path: top.path, include_sub_units: true }] };
  const users: UserRow[] = await api.users(domain.connection);
  return { ...nobody, users: users.filter((user) => user.selectable).map((user) => user.address) };
}

function Plan({ plan }: { plan: PlanView }) {
  return (
    <Stack gap={4}>
      <Text size="sm" className="hf-numeric">{plan.licenses_sentence}</Text>
      <Text size="sm" c="dimmed">{plan.forecast.sentence}</Text>
      {plan.problems.length > 0 && (
        <>
          <Text size="sm">{words.problems(plan.problems.length)}</Text>
          <List size="sm" c="dimmed">
            {plan.problems.slice(0, 5).map((problem) => <List.Item key={`${problem.line}-${problem.entry}`}>{`${problem.entry}: ${problem.why}`}</List.Item>)}
          </List>
        </>
      )}
    </Stack>
  );
}

function OverLimit({ plan }: { plan: PlanView }) {
  return <Notice tone="red" title={plan.licenses_sentence}>{plan.todo}</Notice>;
}

function Reading() {
  return (
    <Group gap="sm" role="status">
      <Loader size="sm" aria-hidden />
      <Text size="sm" c="dimmed">{words.loading}</Text>
    </Group>
  );
}
