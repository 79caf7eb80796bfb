// Backup > Archive & Restore: all of whom something is kept. Opening one leads to its points in time.
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconArchive } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { OwnerColumn, OwnerRow } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { Ago, Bytes } from "../components/Format";
import { isUnknown, OwnerCell, ProgressCell, ServicesCell } from "../components/owners/cells";
import { everyone, type OwnerColumns, OwnersTable } from "../components/owners/OwnersTable";
import { ProblemDrawer } from "../components/owners/ProblemDrawer";
import { PageHeader } from "../components/PageHeader";
import type { RemoteColumn } from "../components/RemoteTable";
import { useIsNarrow } from "../components/useIsNarrow";
import { S } from "../strings";
import { Problem, ScheduleCell } from "./users/columns";

const words = S.archive;

export function ArchivePage() {
  const [filter, setFilter] = useState(everyone(true));
  const [problem, setProblem] = useState<OwnerRow | null>(null);
  const isNarrow = useIsNarrow();
  return (
    <>
      <PageHeader title={words.title} text={words.text} />
      <OwnersTable
        label={words.title} filter={filter} onFilter={setFilter} columns={(ask) => columns(ask, setProblem, isNarrow)}
        empty={
          <EmptyState title={words.empty.title} text={words.empty.text} icon={IconArchive}>
            <Button component={Link} to="/backup/start" mt="xs">{words.empty.button}</Button>
          </EmptyState>
        }
      />
      <ProblemDrawer owner={problem} onClose={() => setProblem(null)} />
    </>
  );
}

function columns(ask: Parameters<OwnerColumns>[0], onProblem: (row: OwnerRow) => void, isNarrow: boolean): RemoteColumn<OwnerRow, OwnerColumn>[] {
  const titles = S.owners.columns;
  return [
    { id: "owner", title: titles.owner, width: "minmax(150px, 1.8fr)", by: "name", render: (row) => <OwnerCell row={row} withAccount={isNarrow} /> },
    // Where there is no room, only who is not active says so, at the name.
    ...(isNarrow ? [] : [{ id: "account", title: titles.account, width: "92px", by: "account" as const, render: (row: OwnerRow) => <AccountCell row={row} /> }]),
    { id: "services", title: titles.services, width: isNarrow ? "78px" : "minmax(78px, 124px)", render: (row) => <ServicesCell row={row} /> },
    { id: "size", title: titles.size, width: "122px", align: "right", by: "size", render: (row) => <SizeCell row={row} /> },
    { id: "last", title: titles.lastCopy, width: "94px", by: "last_good_copy", render: (row) => <Ago at={row.last_good_copy} /> },
    { id: "progress", title: titles.progress, width: "70px", align: "right", by: "progress", render: (row) => <ProgressCell row={row} /> },
    {
      id: "schedule", title: titles.schedule, width: "minmax(122px, 0.9fr)",
      render: (row) => (
        <Group gap={4} wrap="nowrap"><ScheduleCell row={row} ask={ask} /><Problem row={row} onProblem={onProblem} /></Group>
      ),
    },
  ];
}

function SizeCell({ row }: { row: OwnerRow }) {
  if (isUnknown(row)) return <Text span size="sm" c="dimmed">{S.owners.noSchedule}</Text>;
  return (
    <Stack gap={0}>
      <Bytes size="sm" value={row.bytes} />
      <Text span size="xs" c="dimmed" className="hf-numeric" truncate>{S.common.items(row.items)}</Text>
    </Stack>
  );
}

function AccountCell({ row }: { row: OwnerRow }) {
  if (row.account === null) return <Text span size="sm" c="dimmed">{S.owners.noSchedule}</Text>;
  return <Text span size="sm" className={row.account === "active" ? undefined : "hf-amber"}>{S.owners.accounts[row.account]}</Text>;
}
