// Users with their account and backup status: the same table for a Domain, a group and an org unit.
import { Group, Stack, Text } from "@mantine/core";
import { IconUserOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { UserRow } from "../../bindings";
import { S } from "../../strings";
import { type Column, DataTable, type Selection } from "../DataTable";
import { LightBadge } from "../LightBadge";
import { useIsNarrow } from "../useIsNarrow";

type Props = {
  label: string;
  rows: readonly UserRow[] | undefined;
  error?: unknown;
  onRetry: () => void;
  empty: ReactNode;
  filters?: ReactNode;
  selection?: Selection<UserRow>;
  height?: "fill" | number;
};

/** Where two tables list a user, it is the same row. */
export const userKey = (user: UserRow) => user.address;
const userText = (user: UserRow) => `${user.name} ${user.address} ${user.aliases.join(" ")}`;

const COLUMNS: readonly Column<UserRow>[] = [
  { id: "name", get title() { return S.start.columns.name; }, width: "minmax(110px, 1.2fr)", by: (it) => it.name, render: (it) => <span title={it.name}>{it.name}</span> },
  { id: "address", get title() { return S.start.columns.address; }, width: "minmax(140px, 1.7fr)", by: (it) => it.address, render: (it) => <span title={it.address}>{it.address}</span> },
  { id: "status", get title() { return S.start.columns.status; }, width: "minmax(150px, 1.4fr)", by: (it) => it.why_not ?? it.light.sentence, render: (it) => <Status user={it} /> },
];

/** The address goes below the name, so that neither is cut. */
const NARROW: readonly Column<UserRow>[] = [
  {
    id: "name", get title() { return S.start.columns.name; }, width: "minmax(150px, 1.5fr)", by: (it) => it.name, render: (it) => <NameAndAddress user={it} />,
    also: { id: "address", get title() { return S.start.columns.address; }, by: (it) => it.address },
  },
  { id: "status", get title() { return S.start.columns.status; }, width: "minmax(120px, 1fr)", by: (it) => it.why_not ?? it.light.sentence, render: (it) => <Status user={it} twoLines /> },
];
const NARROW_HEIGHT = 46;

export function PeopleTable({ label, rows, error, onRetry, empty, filters, selection, height }: Props) {
  const isNarrow = useIsNarrow();
  return (
    <DataTable
      label={label} noun={S.start.noun} rows={rows} rowKey={userKey} columns={isNarrow ? NARROW : COLUMNS} rowHeight={isNarrow ? NARROW_HEIGHT : undefined} sort={BY_NAME} searchIn={userText} searchLabel={S.start.searchUsers}
      error={error} onRetry={onRetry} empty={empty} filters={filters} selection={selection} height={height}
    />
  );
}

const BY_NAME = { column: "name", descending: false };

function NameAndAddress({ user }: { user: UserRow }) {
  return (
    <Stack gap={0} miw={0}>
      <Text span size="sm" truncate title={user.name}>{user.name}</Text>
      <Text span size="xs" c="dimmed" truncate title={user.address}>{user.address}</Text>
    </Stack>
  );
}

/** Why a user has no checkbox, or how the backup stands. */
function Status({ user, twoLines = false }: { user: UserRow; twoLines?: boolean }) {
  if (user.selectable || user.why_not === null) return <LightBadge light={user.light} twoLines={twoLines} />;
  return (
    <Group gap={6} wrap="nowrap" miw={0} className="hf-grey">
      <IconUserOff size={16} stroke={1.8} aria-hidden style={{ flexShrink: 0 }} />
      {twoLines ? <Text span size="xs" lh={1.3} lineClamp={2} className="hf-two-lines" title={user.why_not}>{user.why_not}</Text>
        : <Text span size="sm" truncate title={user.why_not}>{user.why_not}</Text>}
    </Group>
  );
}
