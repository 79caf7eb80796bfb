// USERS BY GROUP: a checkbox for each group, and `View`, which shows its members and each one's state.
import { Badge, Button, Group, Stack, Text, Tooltip } from "@mantine/core";
import { IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { DomainView, GroupView } from "../../bindings";
import { type Column, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { PeopleTable } from "../../components/people/PeopleTable";
import { SideDrawer } from "../../components/SideDrawer";
import { useIsNarrow } from "../../components/useIsNarrow";
import { queries } from "../../queries";
import { S } from "../../strings";
import type { Ticked } from "./ticked";

export function GroupsTab({ domain, ticked }: { domain: DomainView; ticked: Ticked }) {
  const groups = useQuery({ ...queries.groups(domain.connection), enabled: domain.has_groups });
  const [viewed, setViewed] = useState<GroupView | null>(null);
  const byAddress = useMemo(() => new Map(groups.data?.map((it) => [it.address, it])), [groups.data]);
  const isNarrow = useIsNarrow();
  const columns = useMemo(() => columnsOf(setViewed, isNarrow), [isNarrow]);
  const selection = {
    keys: ticked.keys,
    canSelect: anyGroup,
    name: (it: GroupView) => it.name,
    onChange: (keys: ReadonlySet<string>) =>
      ticked.set(keys, (key) => {
        const group = byAddress.get(key);
        return group && { kind: "group", address: group.address, name: group.name };
      }),
  };
  return (
    <>
      <DataTable
        label={S.start.tabs.groups} noun={S.start.groupNoun} rows={domain.has_groups ? groups.data : []} rowKey={groupKey} columns={columns} sort={BY_NAME}
        rowHeight={isNarrow ? 46 : undefined} searchIn={groupText} searchLabel={S.start.searchGroups} selection={selection} error={groups.error} onRetry={() => void groups.refetch()}
        empty={<EmptyState title={S.start.noGroups.title} icon={IconUsersGroup} text={domain.has_groups ? S.start.noGroups.text : S.start.noGroups.none(domain.cloud_name)} />}
      />
      <SideDrawer opened={viewed !== null} onClose={() => setViewed(null)} title={viewed === null ? "" : S.start.usersOf(viewed.name)}>
        {viewed !== null && <Members group={viewed} />}
      </SideDrawer>
    </>
  );
}

function Members({ group }: { group: GroupView }) {
  const members = useQuery(queries.groupMembers(group.connection, group.address));
  return (
    <PeopleTable
      label={S.start.usersOf(group.name)} rows={members.data} error={members.error} onRetry={() => void members.refetch()}
      empty={<EmptyState title={S.start.noMembers.title} text={S.start.noMembers.text} />}
    />
  );
}

const BY_NAME = { column: "name", descending: false };
const anyGroup = () => true;
const groupKey = (group: GroupView) => group.address;
const groupText = (group: GroupView) => `${group.name} ${group.address}`;

function columnsOf(view: (group: GroupView) => void, isNarrow: boolean): Column<GroupView>[] {
  const words = S.start.columns;
  const name: Column<GroupView> = { id: "name", title: words.group, width: "minmax(96px, 1.3fr)", by: (it) => it.name, render: (it) => <GroupName group={it} isNarrow={isNarrow} /> };
  const address: Column<GroupView> = { id: "address", title: words.address, width: "minmax(84px, 1.5fr)", by: (it) => it.address, render: (it) => <span title={it.address}>{it.address}</span> };
  return [
    ...(isNarrow ? [{ ...name, also: address }] : [name, address]),
    { id: "protected", title: words.protected, width: "96px", align: "right", by: (it) => it.users - it.protected, render: (it) => S.start.protectedOf(it.protected, it.users) },
    {
      id: "view", title: words.view, width: "86px",
      render: (it) => <Button size="compact-xs" variant="default" aria-label={S.start.viewOf(it.name)} onClick={() => view(it)}>{S.start.view}</Button>,
    },
  ];
}

/** Where there is no room for a column of its own, the address goes below the name. */
function GroupName({ group, isNarrow }: { group: GroupView; isNarrow: boolean }) {
  return (
    <Stack gap={0} miw={0}>
      <Group gap={6} wrap="nowrap" miw={0}>
        <Text span size="sm" truncate title={group.name}>{group.name}</Text>
        {group.is_rule && <Tooltip label={S.start.rule}><Badge size="sm" variant="light" style={{ flexShrink: 0 }}>{S.start.ruleShort}</Badge></Tooltip>}
      </Group>
      {isNarrow && <Text span size="xs" c="dimmed" truncate title={group.address}>{group.address}</Text>}
    </Stack>
  );
}
