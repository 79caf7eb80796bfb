// Users with their account and backup status: the same table for a Domain, a group and an org unit.
import { Group, Text } from "@mantine/core";
import { IconUserOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { UserRow } from "../../bindings";
import { S } from "../../strings";
import { type Column, DataTable, type Selection } from "../DataTable";
import { LightBadge } from "../LightBadge";

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
  { id: "name", title: S.start.columns.name, width: "minmax(110px, 1.2fr)", by: (it) => it.name, render: (it) => <span title={it.name}>{it.name}</span> },
  { id: "address", title: S.start.columns.address, width: "minmax(140px, 1.7fr)", by: (it) => it.address, render: (it) => <span title={it.address}>{it.address}</span> },
  { id: "status", title: S.start.columns.status, width: "minmax(150px, 1.4fr)", by: (it) => it.why_not ?? it.light.sentence, render: (it) => <Status user={it} /> },
];

export function PeopleTable({ label, rows, error, onRetry, empty, filters, selection, height }: Props) {
  return (
    <DataTable
      label={label} noun={NOUN} rows={rows} rowKey={userKey} columns={COLUMNS} sort={BY_NAME} searchIn={userText} searchLabel={S.start.searchUsers}
      error={error} onRetry={onRetry} empty={empty} filters={filters} selection={selection} height={height}
    />
  );
}

const NOUN: [string, string] = ["user", "users"];
const BY_NAME = { column: "name", descending: false };

/** Why a user has no checkbox, or how the backup stands. */
function Status({ user }: { user: UserRow }) {
  if (user.selectable || user.why_not === null) return <LightBadge light={user.light} />;
  return (
    <Group gap={6} wrap="nowrap" miw={0} className="hf-grey">
      <IconUserOff size={16} stroke={1.8} aria-hidden style={{ flexShrink: 0 }} />
      <Text span size="sm" truncate title={user.why_not}>{user.why_not}</Text>
    </Group>
  );
}
