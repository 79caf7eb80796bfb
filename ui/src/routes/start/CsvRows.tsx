// The rows of an uploaded file, each with what became of it.
import { Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconRefresh } from "@tabler/icons-react";
import { type ReactNode, useMemo } from "react";
import type { CsvRow, CsvView } from "../../bindings";
import { type Column, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { count } from "../../format";
import { S } from "../../strings";
import type { CsvFilter } from "./CsvTab";
import type { Ticked } from "./ticked";

const words = S.start.csv;

type Props = { view: CsvView; filter: CsvFilter; filters: ReactNode; ticked: Ticked };

export function CsvRows({ view, filter, filters, ticked }: Props) {
  const rows = useMemo(() => (filter === "all" ? view.rows : view.rows.filter((it) => !it.usable)), [view, filter]);
  const byLine = useMemo(() => new Map(view.rows.map((it) => [String(it.line), it])), [view]);
  return (
    <DataTable
      label={S.start.tabs.csv} noun={words.noun} rows={rows} rowKey={rowKey} columns={COLUMNS} sort={AS_IN_THE_FILE} searchIn={rowText} searchLabel={S.start.searchCsv} filters={filters}
      selection={{
        keys: ticked.keys,
        canSelect: isUsable,
        name: (it) => it.address ?? it.entry,
        onChange: (keys) => ticked.set(keys, (key) => {
          const row = byLine.get(key);
          if (!row || row.address === null) return undefined;
          return { kind: "csv", address: row.address, name: row.name ?? row.address, line: row.line };
        }),
      }}
      empty={view.rows.length === 0 ? <EmptyState title={words.empty.title} text={words.empty.text} /> : <EmptyState title={words.noProblems.title} text={words.noProblems.text} icon={IconCircleCheck} />}
    />
  );
}

const AS_IN_THE_FILE = { column: "line", descending: false };
const isUsable = (row: CsvRow) => row.usable && row.address !== null;
const rowKey = (row: CsvRow) => String(row.line);
const rowText = (row: CsvRow) => `${row.entry} ${row.name ?? ""} ${row.problem ?? ""}`;

const COLUMNS: readonly Column<CsvRow>[] = [
  { id: "line", get title() { return S.start.columns.line; }, width: "72px", align: "right", by: (it) => it.line, render: (it) => count(it.line) },
  { id: "entry", get title() { return S.start.columns.entry; }, width: "minmax(150px, 1.2fr)", by: (it) => it.entry, render: (it) => <span title={it.entry}>{it.entry}</span> },
  { id: "outcome", get title() { return S.start.columns.outcome; }, width: "minmax(170px, 1.4fr)", by: outcome, render: (it) => <Outcome row={it} /> },
];

function outcome(row: CsvRow): string {
  return row.problem ?? (row.already_protected ? words.already : words.usable);
}

function Outcome({ row }: { row: CsvRow }) {
  const Icon = row.problem !== null ? IconAlertTriangle : row.already_protected ? IconRefresh : IconCircleCheck;
  return (
    <Group gap={6} wrap="nowrap" miw={0} className={row.problem !== null ? "hf-red" : row.already_protected ? "hf-blue" : "hf-green"}>
      <Icon size={16} stroke={1.8} aria-hidden style={{ flexShrink: 0 }} />
      <Text span size="sm" truncate title={outcome(row)}>{outcome(row)}</Text>
    </Group>
  );
}
