// Under the box: licenses, forecast, what cannot be used, and what to do when it is too much.
import { Anchor, Group, Loader, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { PlanView } from "../../bindings";
import { type Column, DataTable } from "../../components/DataTable";
import { ErrorPanel } from "../../components/ErrorPanel";
import { SideDrawer } from "../../components/SideDrawer";
import { bytes, durationRange } from "../../format";
import { S } from "../../strings";

const words = S.start.box;

type Props = { plan: PlanView | undefined; error: unknown; onRetry: () => void; counting: boolean };

/** What the list takes of the licenses, and what keeps it from being started. */
export function Allocation({ plan, error, onRetry, counting }: Props) {
  if (error) return <ErrorPanel error={error} onRetry={onRetry} />;
  if (plan === undefined) return <Group role="status" aria-label={words.counting}><Loader size="xs" aria-hidden /></Group>;
  return (
    <Stack gap={4} aria-busy={counting}>
      <Text size="sm" fw={600} role="status">{plan.licenses_sentence}</Text>
      {plan.problems.length > 0 && <Problems problems={plan.problems} />}
      {plan.over_limit && (
        <Warning>{plan.todo ?? words.overLimit} <Anchor component={Link} to="/settings/licenses" inherit underline="always" c="inherit">{words.openLicenses}</Anchor></Warning>
      )}
      {plan.forecast.fits === false && <Warning>{words.noFit}</Warning>}
    </Stack>
  );
}

/** What the backup will take: size, time and space, as far as they can be known. */
export function Forecast({ plan }: { plan: PlanView | undefined }) {
  if (plan === undefined || plan.users.length === 0) return null;
  const already = plan.users.filter((it) => it.already_protected).length;
  return (
    <Stack gap={4}>
      {already > 0 && <Text size="xs" c="dimmed">{words.alreadyProtected(already)}</Text>}
      <ForecastLines plan={plan} />
    </Stack>
  );
}

function ForecastLines({ plan: { forecast } }: { plan: PlanView }) {
  const { seconds_low, seconds_high } = forecast;
  const facts = [
    forecast.bytes !== null && forecast.bytes > 0 && `${words.size}: ${bytes(forecast.bytes)}`,
    seconds_low !== null && seconds_high !== null && seconds_high > 0 && `${words.time}: ${durationRange(seconds_low, seconds_high)}`,
  ].filter((it) => it !== false);
  return (
    <Text component="div" size="xs" c="dimmed" className="hf-numeric" role="group" aria-label={words.forecast}>
      <div>{forecast.sentence}</div>
      {facts.map((fact) => <div key={fact}>{fact}</div>)}
    </Text>
  );
}

function Warning({ children }: { children: ReactNode }) {
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" className="hf-amber" role="alert">
      <IconAlertTriangle size={16} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
      <Text span size="sm">{children}</Text>
    </Group>
  );
}

type Problem = PlanView["problems"][number];

function Problems({ problems }: { problems: PlanView["problems"] }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Warning>{words.problems(problems.length)}. <Anchor component="button" type="button" inherit underline="always" c="inherit" onClick={() => setOpened(true)}>{words.problemsShow}</Anchor></Warning>
      <SideDrawer opened={opened} onClose={() => setOpened(false)} title={words.problemsTitle}>
        <DataTable
          label={words.problemsTitle} noun={words.noun} rows={problems} rowKey={(it) => `${it.line ?? ""} ${it.entry}`} columns={COLUMNS} sort={BY_ENTRY}
          searchIn={(it) => `${it.entry} ${it.why}`} empty={null}
        />
      </SideDrawer>
    </>
  );
}

const BY_ENTRY = { column: "entry", descending: false };
const COLUMNS: readonly Column<Problem>[] = [
  { id: "entry", get title() { return words.entry; }, width: "minmax(140px, 1fr)", by: (it) => it.entry, render: (it) => <span title={it.entry}>{it.entry}</span> },
  { id: "why", get title() { return words.why; }, width: "minmax(160px, 1.4fr)", by: (it) => it.why, render: (it) => <span title={it.why}>{it.why}</span> },
];
