// One connected account: its state, what it may do, how old its authorisation is, its syncs, and what to see to in time.
import { Button, Checkbox, Collapse, Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconClockExclamation } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import type { AccountView, UserError } from "../../bindings";
import { Checks } from "../../components/connect/Checks";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Facts } from "../../components/Facts";
import { Ago, useNow } from "../../components/Format";
import { Notice } from "../../components/Notice";
import { queries } from "../../queries";
import { S } from "../../strings";
import { changesOf } from "../domains/changes";

const words = S.clouds.account;
const STATES = {
  connected: { icon: IconCircleCheck, color: "green" },
  expired: { icon: IconClockExclamation, color: "red" },
  disconnected: { icon: IconCircleX, color: "grey" },
} as const;

type Props = { account: AccountView; isTicked: boolean; onTick: () => void; isSyncing: boolean; error: UserError | null };

export function Account({ account, isTicked, onTick, isSyncing, error }: Props) {
  const { connection, sync } = account;
  const [showsChecks, setShowsChecks] = useState(false);
  const id = useId();
  const state = STATES[connection.state];
  const canTest = connection.state !== "disconnected";
  const running = isSyncing || sync.state === "running";
  const facts: [string, ReactNode][] = [
    [words.scopes, canTest ? <Scopes key="scopes" connection={connection.id} /> : words.none],
    [words.authorised, <span key="since">{account.since !== null && <><Ago at={account.since} />, </>}{words.way[account.way]}</span>],
    [words.lastSync, <LastSync key="last" account={account} isRunning={running} />],
    [words.nextSync, <NextSync key="next" at={account.next_sync} />],
  ];
  if (connection.endpoints !== null) facts.push([words.endpoints, connection.endpoints]);
  return (
    <Paper component="section" aria-label={connection.domain} p="sm">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Checkbox checked={isTicked} onChange={onTick} label={<Text span fw={600} style={{ overflowWrap: "anywhere" }}>{connection.domain}</Text>} />
          <Group gap={6} wrap="nowrap" className={`hf-${state.color}`}>
            <state.icon size={17} aria-hidden /><Text span size="sm">{S.domains.states[connection.state]}</Text>
          </Group>
        </Group>
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>{words.signedIn(connection.signed_in_as)}</Text>
        {connection.state_reason !== null && <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>{connection.state_reason}</Text>}
        <Facts facts={facts} />
        {account.health.map((it) => (
          <Notice key={it.id} tone={it.is_warning ? "amber" : "grey"} bare={!it.is_warning} title={it.title}>{it.text}</Notice>
        ))}
        {error !== null && <ErrorPanel error={error} />}
        {canTest && (
          <>
            <Button variant="subtle" size="compact-xs" w="fit-content" ml={-8} aria-expanded={showsChecks} aria-controls={id} onClick={() => setShowsChecks(!showsChecks)}>
              {showsChecks ? words.hideChecks : words.showChecks}
            </Button>
            <Collapse expanded={showsChecks} id={id}>{showsChecks && <Checks connection={connection.id} />}</Collapse>
          </>
        )}
      </Stack>
    </Paper>
  );
}

/** Granted against needed, tested live when the tray opens. */
function Scopes({ connection }: { connection: number }) {
  const checks = useQuery(queries.checks(connection));
  if (checks.isPending) return <span role="status">{words.testing}</span>;
  if (checks.isError) return <span>{words.notReached}</span>;
  const granted = checks.data.filter((it) => it.ok === true).length;
  const unknown = checks.data.filter((it) => it.ok === null).length;
  const isMissing = checks.data.some((it) => it.ok === false);
  return <span className={isMissing ? "hf-numeric hf-amber" : "hf-numeric"}>{words.granted(granted, checks.data.length)}{unknown > 0 && words.notTested(unknown)}</span>;
}

function LastSync({ account, isRunning }: { account: AccountView; isRunning: boolean }) {
  const { sync } = account;
  if (isRunning) return <Group gap={6} role="status"><Loader size={12} aria-hidden />{words.syncing}</Group>;
  const changes = sync.state === "ok" ? changesOf(sync) : [];
  return (
    <div>
      <Ago at={sync.at} />
      {sync.state === "ok" && `: ${words.users(sync.count)}`}
      {sync.state === "failed" && `: ${words.failed}. ${sync.error?.what ?? ""}`}
      {changes.map(({ kind, count, names }) => (
        <div key={kind} style={{ overflowWrap: "anywhere" }}>
          {S.domains.changes[kind](count)}: {names.slice(0, 5).join(", ")}{count > Math.min(5, names.length) && ` ${S.domains.more(count - Math.min(5, names.length))}`}
        </div>
      ))}
    </div>
  );
}

function NextSync({ at }: { at: string | null }) {
  const now = useNow();
  if (at === null) return <span>{words.notUntil}</span>;
  return Date.parse(at) <= now ? <span>{words.due}</span> : <Ago at={at} />;
}
