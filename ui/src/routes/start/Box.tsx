// The box at the right: what is selected, what it takes of the licenses and the storage, and the two ways to start.
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { DomainView } from "../../bindings";
import { type Column, DataTable } from "../../components/DataTable";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useIsNarrow } from "../../components/useIsNarrow";
import { S } from "../../strings";
import css from "./Chooser.module.css";
import { Allocation, Forecast } from "./PlanSummary";
import { type Entry, entryKey, entryText, useSelection } from "./selection";
import { usePlan, useStart } from "./start";

const words = S.start.box;

type Props = { domain: DomainView; /** How many entries `Add` would take. */ ticked: number; onAdd: () => void };

export function Box({ domain, ticked, onAdd }: Props) {
  const { selection, change } = useSelection();
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const navigate = useNavigate();
  const isNarrow = useIsNarrow();
  const mine = selection.connection === domain.connection;
  const entries = useMemo(() => (mine ? [...selection.entries.values()] : []), [mine, selection.entries]);
  const plan = usePlan(domain);
  const start = useMutation(useStart(domain));

  function remove() {
    change({ do: "remove", keys: marked });
    setMarked(new Set());
  }

  return (
    <section className={css.box} aria-label={words.title}>
      <Group justify="space-between" gap="xs">
        <Title order={2} fz="sm">{words.title}</Title>
        <Group gap={6}>
          <Button size="compact-sm" variant="light" disabled={ticked === 0} onClick={onAdd}>{words.add}</Button>
          <Button size="compact-sm" variant="default" disabled={marked.size === 0} onClick={remove}>{words.remove}</Button>
        </Group>
      </Group>
      <Text size="xs" c="dimmed" role="status">{words.ticked(ticked)}</Text>
      <div className={css.middle}>
        <div className={css.list}>
          <DataTable
            label={words.title} noun={words.noun} rows={entries} rowKey={entryKey} columns={COLUMNS} sort={AS_ADDED} rowHeight={isNarrow ? 40 : 30}
            searchIn={entries.length > 12 ? entryText : undefined} searchLabel={words.search}
            selection={{ keys: marked, onChange: setMarked, canSelect: anyEntry, name: entryText }}
            empty={<Stack align="center" justify="center" flex={1} mih={60}><Text size="sm" c="dimmed">{words.empty}</Text></Stack>}
          />
        </div>
        <Forecast plan={plan.data} />
      </div>
      <Allocation plan={plan.data} error={plan.error} onRetry={() => void plan.refetch()} counting={plan.isFetching} />
      {start.isError && <ErrorPanel error={start.error} onRetry={() => start.mutate(null)} onClose={start.reset} />}
      <Stack gap={6}>
        <Button fullWidth disabled={!plan.canStart} loading={start.isPending} onClick={() => start.mutate(null)}>{S.start.startBackup}</Button>
        <Button fullWidth variant="default" disabled={entries.length === 0} onClick={() => void navigate({ to: "/backup/start/settings" })}>{S.start.settings}</Button>
      </Stack>
    </section>
  );
}

const AS_ADDED = { column: "none", descending: false };
const anyEntry = () => true;
const COLUMNS: readonly Column<Entry>[] = [
  { id: "entry", get title() { return words.entry; }, width: "minmax(100px, 1fr)", by: entryText, render: (it) => <EntryText entry={it} /> },
];

/** In a narrow box it takes two lines before it is cut. */
function EntryText({ entry }: { entry: Entry }) {
  const text = entryText(entry);
  if (!useIsNarrow()) return <span title={text}>{text}</span>;
  return <Text span size="xs" lh={1.3} lineClamp={2} className="hf-two-lines" title={text}>{text}</Text>;
}
