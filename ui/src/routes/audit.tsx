// Help > Audit log: who did what and when, whether the record is whole, and all of it as a file.
import { Box, Button, Select, Text } from "@mantine/core";
import { IconFileSpreadsheet, IconHistory } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api } from "../api";
import type { AuditRow, AuditView } from "../bindings";
import { type Column, DataTable } from "../components/DataTable";
import { EmptyState } from "../components/EmptyState";
import { ErrorPanel } from "../components/ErrorPanel";
import { Notice } from "../components/Notice";
import { PageHeader } from "../components/PageHeader";
import { moment } from "../format";
import { queries } from "../queries";
import { S } from "../strings";

const words = S.audit;

type Area = keyof typeof words.areas;
type Outcome = "done" | "failed";

export function AuditPage() {
  const log = useQuery(queries.audit());
  const [area, setArea] = useState<Area | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const save = useMutation({
    mutationFn: async () => {
      const path = await api.chooseSaveFile(words.saveTitle, words.fileName);
      return path === null ? null : api.saveAuditCsv(path);
    },
  });
  const rows = useMemo(
    () => log.data?.rows.filter((row) => (area === null || areaOf(row) === area) && (outcome === null || row.ok === (outcome === "done"))),
    [log.data, area, outcome],
  );
  const isFiltered = area !== null || outcome !== null;
  return (
    <>
      <PageHeader title={words.title} text={words.text}>
        <Button
          variant="default" leftSection={<IconFileSpreadsheet size={16} aria-hidden />} loading={save.isPending}
          disabled={log.data === undefined || log.data.total === 0} onClick={() => save.mutate()}
        >
          {words.save}
        </Button>
      </PageHeader>
      {save.isError && <ErrorPanel error={save.error} onClose={save.reset} />}
      {save.data && <Notice bare role="status" tone="green" title={words.savedTo(save.data.path)} />}
      {log.data && <Box mb="sm"><Whole log={log.data} /></Box>}
      <DataTable
        label={words.title} noun={words.noun} rows={rows} rowKey={rowKey} columns={COLUMNS} sort={NEWEST} searchIn={rowText} searchLabel={words.search}
        error={log.data === undefined ? log.error : null} onRetry={() => void log.refetch()}
        filters={
          <>
            <Select
              size="xs" w={160} clearable aria-label={words.area} placeholder={words.anyArea} value={area}
              data={Object.entries(words.areas).map(([value, label]) => ({ value, label }))} onChange={(value) => setArea(value as Area | null)}
            />
            <Select
              size="xs" w={130} clearable aria-label={words.outcome} placeholder={words.anyOutcome} value={outcome}
              data={[{ value: "done", label: words.done }, { value: "failed", label: words.failed }]}
              onChange={(value) => setOutcome(value as Outcome | null)}
            />
          </>
        }
        empty={isFiltered ? <EmptyState title={S.common.table.nothingFound} text={S.common.table.nothingFoundHint} icon={IconHistory} />
          : <EmptyState title={words.empty} text={words.emptyText} icon={IconHistory} />}
      />
    </>
  );
}

/** What following the hashes found, and whether the page shows everything. */
function Whole({ log }: { log: AuditView }) {
  const cut = log.rows.length < log.total ? words.newestOnly(log.rows.length, log.total) : undefined;
  if (log.broken_at !== null) {
    return <Notice role="alert" tone="red" title={words.broken}>{[words.brokenText(log.broken_at), cut].filter(Boolean).join(" ")}</Notice>;
  }
  if (log.total === 0) return null;
  return <Notice bare tone="green" title={words.intact(log.total)}>{cut}</Notice>;
}

function areaOf(row: AuditRow): Area {
  const area = row.what.split(".")[0] ?? "";
  if (area === "pause") return "schedule";
  return area in words.areas ? (area as Area) : "other";
}

/** Why something was not done, in words; whoever looks it up finds its code, too. */
function OutcomeCell({ row }: { row: AuditRow }) {
  if (row.ok) return told(row);
  const title = `${told(row)} (${row.outcome})`;
  return <Text span size="xs" lh={1.25} lineClamp={2} className="hf-red hf-two-lines" title={title}>{told(row)}</Text>;
}

const NEWEST = { column: "at", descending: true };
const rowKey = (row: AuditRow) => String(row.id);
const rowText = (row: AuditRow) => `${row.who} ${row.title} ${subject(row)} ${row.outcome} ${row.why ?? ""}`;
const told = (row: AuditRow) => (row.ok ? words.done : (row.why ?? words.failed));
/** Only of deeds that are about no one in particular: whatever has a name of its own keeps it. */
const OWN_SUBJECTS = new Set(["pause.begin", "pause.end", "verify"]);
const subject = (row: AuditRow) => (OWN_SUBJECTS.has(row.what) ? (words.subjects[row.subject] ?? row.subject) : row.subject);
const who = (row: AuditRow) => (row.who === "holdfast" ? words.byItself : row.who);

const COLUMNS: readonly Column<AuditRow>[] = [
  { id: "at", get title() { return words.columns.at; }, width: "142px", by: (it) => it.id, render: (it) => <time dateTime={it.at} className="hf-numeric">{moment(it.at)}</time> },
  { id: "who", get title() { return words.columns.who; }, width: "minmax(134px, 0.7fr)", by: who, render: (it) => <span title={who(it)}>{who(it)}</span> },
  { id: "what", get title() { return words.columns.what; }, width: "minmax(140px, 1.2fr)", by: (it) => it.title, render: (it) => <span title={it.title}>{it.title}</span> },
  { id: "subject", get title() { return words.columns.subject; }, width: "minmax(110px, 1fr)", by: subject, render: (it) => <span title={subject(it)}>{subject(it)}</span> },
  {
    id: "outcome", get title() { return words.columns.outcome; }, width: "minmax(112px, 1.1fr)", by: told,
    render: (it) => <OutcomeCell row={it} />,
  },
];
