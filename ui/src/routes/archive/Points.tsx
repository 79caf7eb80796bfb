// The points in time of an archive, newest first. One of them is chosen.
import { Group, Radio } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useMemo } from "react";
import type { PointInTime } from "../../bindings";
import { type Column, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { Ago } from "../../components/Format";
import { moment } from "../../format";
import { S } from "../../strings";

const words = S.archive;
const NEWEST = { column: "at", descending: true };

type Props = { points: readonly PointInTime[]; chosen: string | null; onChoose: (at: string) => void };

export function Points({ points, chosen, onChoose }: Props) {
  const columns = useMemo(() => columnsOf(chosen, onChoose), [chosen, onChoose]);
  return (
    <DataTable
      label={words.points} noun={words.pointNoun} rows={points} rowKey={keyOf} columns={columns} sort={NEWEST} isOpen={(point) => point.at === chosen}
      empty={<EmptyState title={S.owners.nothingFound.title} />}
    />
  );
}

const keyOf = (point: PointInTime) => point.at;

function columnsOf(chosen: string | null, onChoose: (at: string) => void): Column<PointInTime>[] {
  return [
    {
      id: "at", title: words.pointColumns.at, width: "minmax(180px, 1fr)", by: (it) => it.at,
      render: (it) => <Radio size="xs" name="point" label={moment(it.at)} checked={it.at === chosen} onChange={() => onChoose(it.at)} />,
    },
    { id: "age", title: words.pointColumns.age, width: "120px", render: (it) => <Ago at={it.at} /> },
    { id: "state", title: words.pointColumns.state, width: "minmax(160px, 1.4fr)", by: (it) => (it.complete ? 0 : 1), render: (it) => <State point={it} /> },
  ];
}

function State({ point }: { point: PointInTime }) {
  const Icon = point.complete ? IconCircleCheck : IconAlertTriangle;
  return (
    <Group gap={6} wrap="nowrap" className={point.complete ? "hf-green" : "hf-amber"}>
      <Icon size={16} stroke={1.8} aria-hidden style={{ flexShrink: 0 }} />
      {point.complete ? words.complete : words.incomplete(point.result)}
    </Group>
  );
}
