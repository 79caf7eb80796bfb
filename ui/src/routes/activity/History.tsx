// The Runs that ended, newest first, by filter and a page at a time. The engine filters: there may be a great many.
import { Button, CloseButton, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconActivity, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { RunResult, RunView, Service } from "../../bindings";
import { type Column, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Ago, Bytes, Count, Duration } from "../../components/Format";
import { LightBadge } from "../../components/LightBadge";
import { useIsNarrow } from "../../components/useIsNarrow";
import { queries } from "../../queries";
import { S } from "../../strings";
import { activity as words } from "../../strings";
import { endedRuns, EVERY_RUN, type HistoryFilter, liveRuns, runLight, tookSeconds } from "./runs";
import { ServiceIcon } from "./ServiceIcon";

const SETTLE_MS = 250;

const COLUMNS: Column<RunView>[] = [
  { id: "run", get title() { return words.columns.run; }, width: "minmax(130px, 1fr)", render: (run) => <RunName run={run} /> },
  { id: "result", get title() { return words.columns.result; }, width: "minmax(136px, 172px)", render: (run) => <LightBadge light={runLight(run)} /> },
  { id: "started", get title() { return words.columns.started; }, width: "86px", render: (run) => <Ago at={run.started} /> },
  { id: "took", get title() { return words.columns.took; }, width: "66px", align: "right", render: (run) => <Duration value={tookSeconds(run)} /> },
  { id: "stored", get title() { return words.columns.stored; }, width: "68px", align: "right", render: (run) => <Count value={run.ledger.stored} /> },
  { id: "size", get title() { return words.columns.size; }, width: "76px", align: "right", render: (run) => <Bytes value={run.ledger.bytes} /> },
];
/** How long one took stands in its ledger, too. */
const NARROW = COLUMNS.filter((it) => it.id !== "took");

export function History() {
  const isNarrow = useIsNarrow();
  const [filter, setFilter] = useState<HistoryFilter>(EVERY_RUN);
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search.trim(), SETTLE_MS);
  const wanted = { ...filter, search: settled === "" ? null : settled };
  const history = useInfiniteQuery({ ...endedRuns(wanted), placeholderData: keepPreviousData });
  const navigate = useNavigate();
  const isFiltered = Object.values(wanted).some((value) => value !== null);
  const clear = () => {
    setFilter(EVERY_RUN);
    setSearch("");
  };
  return (
    <Stack gap="xs" flex={1} mih={320} component="section" aria-labelledby="ended-runs">
      <Title order={2} id="ended-runs">{words.history}</Title>
      <DataTable
        label={words.history} noun={words.noun} rows={history.data?.pages.flatMap((page) => page.runs)} rowKey={(run) => String(run.id)}
        columns={isNarrow ? NARROW : COLUMNS} sort={{ column: "started", descending: true }}
        filters={<Filters filter={filter} onChange={setFilter} search={search} onSearch={setSearch} />}
        error={history.isError && history.data === undefined ? history.error : null} onRetry={() => void history.refetch()}
        onOpen={(run) => void navigate({ to: `/backup/activity/${run.id}` })}
        empty={isFiltered ? <NothingFound onClear={clear} /> : <NoRunYet />}
      />
      {history.hasNextPage && (
        <Group justify="center">
          <Button variant="default" size="xs" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>{words.more}</Button>
        </Group>
      )}
    </Stack>
  );
}

function RunName({ run }: { run: RunView }) {
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex" maw="100%">
      <ServiceIcon service={run.service} />
      <Text span inherit truncate title={run.title}>{run.title}</Text>
    </Group>
  );
}

type FiltersProps = { filter: HistoryFilter; onChange: (filter: HistoryFilter) => void; search: string; onSearch: (search: string) => void };

function Filters({ filter, onChange, search, onSearch }: FiltersProps) {
  const domains = useQuery(queries.domains()).data ?? [];
  return (
    <>
      <Select
        size="xs" w={150} clearable aria-label={words.filters.result} placeholder={words.filters.anyResult} value={filter.result}
        data={Object.entries(S.common.results).map(([value, label]) => ({ value, label }))}
        onChange={(result) => onChange({ ...filter, result: result as RunResult | null })}
      />
      <Select
        size="xs" w={130} clearable aria-label={words.filters.service} placeholder={words.filters.anyService} value={filter.service}
        data={Object.entries(words.services).map(([value, label]) => ({ value, label }))}
        onChange={(service) => onChange({ ...filter, service: service as Service | null })}
      />
      {domains.length > 1 && (
        <Select
          size="xs" w={160} clearable aria-label={words.filters.domain} placeholder={words.filters.anyDomain}
          value={filter.connection === null ? null : String(filter.connection)}
          data={domains.map((domain) => ({ value: String(domain.connection), label: domain.domain }))}
          onChange={(connection) => onChange({ ...filter, connection: connection === null ? null : Number(connection) })}
        />
      )}
      <TextInput
        size="xs" w={200} value={search} onChange={(event) => onSearch(event.currentTarget.value)} aria-label={words.filters.search}
        placeholder={words.filters.search} leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={search !== "" && <CloseButton size="xs" aria-label={S.common.clearSearch} onClick={() => onSearch("")} />}
      />
    </>
  );
}

function NothingFound({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState title={words.nothingFound} text={words.nothingFoundText} icon={IconSearch}>
      <Button variant="default" size="xs" onClick={onClear}>{words.clearFilters}</Button>
    </EmptyState>
  );
}

function NoRunYet() {
  const goOn = (useQuery(liveRuns()).data?.runs.length ?? 0) > 0;
  if (goOn) return <EmptyState title={words.empty} text={words.emptyLive} icon={IconActivity} />;
  return (
    <EmptyState title={words.empty} text={words.emptyText} icon={IconActivity}>
      <Button component={Link} to="/backup/start">{words.startBackup}</Button>
    </EmptyState>
  );
}
