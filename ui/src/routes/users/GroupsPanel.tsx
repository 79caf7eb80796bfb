// GROUPS of Manage Users: how many of each are protected, whether who joins later is, pauses, settings, and who they are.
import { Stack, Text } from "@mantine/core";
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
import { AutoBackupCell, type Level, LevelActions, LevelPauseCell, Share, type Steps, useLevelSteps } from "./levelColumns";

export function GroupsPanel({ domain }: { domain: DomainView }) {
  const groups = useQuery(queries.groups(domain.connection));
  const [viewed, setViewed] = useState<GroupView | null>(null);
  const { steps, dialogs } = useLevelSteps();
  const columns = useMemo(() => columnsOf(setViewed, steps), [steps]);
  return (
    <>
      <DataTable
        label={S.manageUsers.tabs.groups} noun={S.start.groupNoun} rows={groups.data} rowKey={keyOf} columns={columns} sort={BY_NAME} searchIn={textOf}
        searchLabel={S.start.searchGroups} error={groups.error} onRetry={() => void groups.refetch()} rowHeight={46}
        empty={<EmptyState title={S.start.noGroups.title} text={S.start.noGroups.text} icon={IconUsersGroup} />}
      />
      <SideDrawer opened={viewed !== null} onClose={() => setViewed(null)} title={viewed === null ? "" : S.start.usersOf(viewed.name)}>
        {viewed !== null && <Members group={viewed} />}
      </SideDrawer>
      {dialogs}
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

const levelOf = (it: GroupView): Level => ({
  key: { connection: it.connection, level: "group", id: it.id }, name: it.address, title: it.name, on: it.is_rule, hasSubUnits: false, ownSettings: it.own_settings, pause: it.pause,
});

function columnsOf(view: (group: GroupView) => void, steps: Steps): Column<GroupView>[] {
  const words = S.start.columns;
  return [
    {
      id: "name", title: words.group, width: "minmax(140px, 1.6fr)", by: (it) => it.name,
      render: (it) => <Stack gap={0}><Text size="sm" fw={500} truncate title={it.name}>{it.name}</Text><Text size="xs" c="dimmed" truncate title={it.address}>{it.address}</Text></Stack>,
    },
    { id: "protected", title: words.protected, width: "minmax(104px, 0.8fr)", by: (it) => it.users - it.protected, render: (it) => <Share protected={it.protected} users={it.users} /> },
    { id: "rule", title: S.levels.autoBackup.title, width: "132px", by: (it) => (it.is_rule ? 0 : 1), render: (it) => <AutoBackupCell level={levelOf(it)} steps={steps} /> },
    { id: "schedule", title: S.owners.columns.schedule, width: "minmax(100px, 0.8fr)", by: (it) => (it.pause === null ? 1 : 0), render: (it) => <LevelPauseCell level={levelOf(it)} steps={steps} /> },
    { id: "view", title: words.view, width: "118px", render: (it) => <LevelActions level={levelOf(it)} steps={steps} onView={() => view(it)} /> },
  ];
}
