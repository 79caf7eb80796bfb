// The columns of Manage Users.
import { ActionIcon, Group, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangleFilled } from "@tabler/icons-react";
import type { OwnerColumn, OwnerRow, OwnersDeed } from "../../bindings";
import { Bytes } from "../../components/Format";
import { PauseCell } from "../../components/levels/PauseCell";
import { LightBadge } from "../../components/LightBadge";
import { isUnknown, OwnerCell, ownerName, ProgressCell, ServicesCell } from "../../components/owners/cells";
import { isWider } from "../../components/owners/OwnersTable";
import type { RemoteColumn } from "../../components/RemoteTable";
import { moment } from "../../format";
import { S } from "../../strings";
import { OwnerMenu, type OwnerStep } from "./OwnerMenu";

const words = S.owners;

type Steps = { ask: (deed: OwnersDeed, row: OwnerRow) => void; onProblem: (row: OwnerRow) => void; onStep: (step: OwnerStep, row: OwnerRow) => void };

/** Where there is no room, how far a first copy is stands in the last result alone. */
export function userColumns({ ask, onProblem, onStep }: Steps, isNarrow: boolean): RemoteColumn<OwnerRow, OwnerColumn>[] {
  const columns: RemoteColumn<OwnerRow, OwnerColumn>[] = [
    { id: "owner", title: words.columns.owner, width: isNarrow ? "minmax(184px, 1.5fr)" : "minmax(160px, 1.5fr)", by: "name", render: (row) => <OwnerCell row={row} /> },
    { id: "services", title: words.columns.services, width: isNarrow ? "78px" : "minmax(78px, 124px)", render: (row) => <ServicesCell row={row} /> },
    { id: "size", title: words.columns.size, width: "76px", align: "right", by: "size", render: (row) => (row.services.length === 0 || isUnknown(row) ? words.noSchedule : <Bytes value={row.bytes} />) },
    { id: "progress", title: words.columns.progress, width: "74px", align: "right", by: "progress", render: (row) => <ProgressCell row={row} /> },
    { id: "status", title: words.columns.status, width: "minmax(108px, 1.9fr)", by: "status", render: (row) => <Standing row={row} /> },
    { id: "schedule", title: words.columns.schedule, width: "minmax(96px, 0.8fr)", render: (row) => <ScheduleCell row={row} ask={ask} /> },
    { id: "problem", title: words.columns.problem, hideTitle: true, width: "60px", render: (row) => <Group gap={2} wrap="nowrap" justify="flex-end"><Problem row={row} onProblem={onProblem} /><OwnerMenu row={row} onStep={onStep} /></Group> },
  ];
  return isNarrow ? columns.filter((it) => it.id !== "progress") : columns;
}

/** How it stands; what is to be erased says when. */
function Standing({ row }: { row: OwnerRow }) {
  if (row.erased_at === null) return <LightBadge light={row.light} twoLines />;
  const told = row.erase_waits === null ? S.manageUsers.remove.waits(moment(row.erased_at)) : S.manageUsers.remove.due(row.erase_waits);
  return <Text size="xs" lh={1.3} className="hf-red hf-two-lines" lineClamp={2} title={told}>{told}</Text>;
}

/** Whether backups run by themselves, and why not. */
export function ScheduleCell({ row, ask }: { row: OwnerRow; ask: Steps["ask"] }) {
  if (row.protection !== "protected") return <span className="hf-grey">{words.noSchedule}</span>;
  if (row.kind !== "user" && row.pause === null) return <span className="hf-grey">{row.waits_for === null ? words.noSchedule : S.levels.waits(row.waits_for)}</span>;
  return <PauseCell name={ownerName(row)} pause={row.pause} wider={isWider(row)} waitsFor={row.waits_for} onPause={() => ask("pause", row)} onResume={() => ask("resume", row)} />;
}

export function Problem({ row, onProblem }: { row: OwnerRow; onProblem: Steps["onProblem"] }) {
  if (row.causes === 0 && row.light.color !== "red") return null;
  const label = words.causesOf(ownerName(row), row.causes);
  return (
    <Group justify="center">
      <Tooltip label={label}>
        <ActionIcon variant="subtle" size="sm" className="hf-red" aria-label={label} onClick={() => onProblem(row)}><IconAlertTriangleFilled size={17} aria-hidden /></ActionIcon>
      </Tooltip>
    </Group>
  );
}
