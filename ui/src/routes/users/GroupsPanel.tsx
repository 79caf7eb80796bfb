// GROUPS of Manage Users: how many of each are protected, and who they are.
import { Badge, Button, Progress, Stack, Text, Tooltip } from "@mantine/core";
import { IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { DomainView, GroupView } from "../../bindings";
import { type Column, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { PeopleTable } from "../../components/people/PeopleTable";
import { SideDrawer } from "../../components/SideDrawer";
import { queries } from "../../queries";
import { S } from "../../strings";

export function GroupsPanel({ domain }: { domain: DomainView }) {
  const groups = useQuery(queries.groups(domain.connection));
  const [viewed, setViewed] = useState<GroupView | null>(null);
  const columns = useMemo(() => columnsOf(setViewed), []);
  return (
    <>
      <DataTable
        label={S.manageUsers.tabs.groups} noun={["group", "groups"]} rows={groups.data} rowKey={keyOf} columns={columns} sort={BY_NAME} searchIn={textOf}
        searchLabel={S.start.searchGroups} error={groups.error} onRetry={() => void groups.refetch()} rowHeight={46}
        empty={<EmptyState title={S.start.noGroups.title} text={S.start.noGroups.text} icon={IconUsersGroup} />}
      />
      <SideDrawer opened={viewed !== null} onClose={() => setViewed(null)} title={viewed === null ? "" : S.start.usersOf(viewed.name)}>
        {viewed !== null && <Members group={viewed} />}
      </SideDrawer>
    </>
  );
}

const keyOf = (group: GroupView) => group.id;
const textOf = (group: GroupView) => `${group.name} ${group.address}`;
const BY_NAME = { column: "name", descending: false };

function Members({ group }: { group: GroupView }) {
  const members = useQuery(queries.groupMembers(group.connection, group.address));
  return (
    <PeopleTable
      label={S.start.usersOf(group.name)} rows={members.data} error={members.error} onRetry={() => void members.refetch()}
      empty={<EmptyState title={S.start.noMembers.title} text={S.start.noMembers.text} />}
    />
  );
}

function columnsOf(view: (group: GroupView) => void): Column<GroupView>[] {
  const words = S.start.columns;
  return [
    {
      id: "name", title: words.group, width: "minmax(160px, 1.6fr)", by: (it) => it.name,
      render: (it) => <Stack gap={0}><Text size="sm" fw={500} truncate title={it.name}>{it.name}</Text><Text size="xs" c="dimmed" truncate title={it.address}>{it.address}</Text></Stack>,
    },
    { id: "protected", title: words.protected, width: "minmax(140px, 1fr)", by: (it) => it.users - it.protected, render: (it) => <Share protected={it.protected} users={it.users} /> },
    { id: "rule", title: S.manageUsers.rule, width: "110px", by: (it) => (it.is_rule ? 0 : 1), render: (it) => <Rule on={it.is_rule} /> },
    {
      id: "view", title: words.view, width: "86px",
      render: (it) => <Button size="compact-xs" variant="default" aria-label={S.start.viewOf(it.name)} onClick={() => view(it)}>{S.start.view}</Button>,
    },
  ];
}

/** How many of how many are protected, in words and as a bar. */
export function Share({ protected: some, users }: { protected: number; users: number }) {
  const told = S.start.protectedOf(some, users);
  return (
    <Stack gap={3}>
      <Text span size="sm" className="hf-numeric">{told}</Text>
      <Progress size={4} value={users === 0 ? 0 : (some / users) * 100} aria-label={`${S.start.columns.protected}: ${told}`} />
    </Stack>
  );
}

/** Whoever joins later is protected at the next sync. */
export function Rule({ on }: { on: boolean }) {
  if (!on) return <Text span size="sm" c="dimmed">{S.manageUsers.noRule}</Text>;
  return <Tooltip label={S.start.rule}><Badge size="sm" variant="light">{S.start.ruleShort}</Badge></Tooltip>;
}
