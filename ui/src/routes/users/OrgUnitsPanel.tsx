// ORG UNITS of Manage Users: the tree, how many of each unit are protected, and who they are.
import { Button, Text } from "@mantine/core";
import { IconSitemap } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { DomainView, OrgUnitView } from "../../bindings";
import { type Column, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { PeopleTable } from "../../components/people/PeopleTable";
import { SideDrawer } from "../../components/SideDrawer";
import { queries } from "../../queries";
import { S } from "../../strings";
import { type Branch, treeOf } from "../start/tree";
import { Rule, Share } from "./GroupsPanel";

export function OrgUnitsPanel({ domain }: { domain: DomainView }) {
  const units = useQuery(queries.orgUnits(domain.connection));
  const [viewed, setViewed] = useState<OrgUnitView | null>(null);
  const rows = useMemo(() => (units.data ? treeOf(units.data) : undefined), [units.data]);
  const columns = useMemo(() => columnsOf(setViewed), []);
  return (
    <>
      <DataTable
        label={S.manageUsers.tabs.orgUnits} noun={["org unit", "org units"]} rows={rows} rowKey={pathOf} columns={columns} sort={AS_A_TREE} searchIn={pathOf}
        searchLabel={S.start.searchOrgUnits} error={units.error} onRetry={() => void units.refetch()} rowHeight={40}
        empty={<EmptyState title={S.start.noOrgUnits.title} text={S.start.noOrgUnits.text} icon={IconSitemap} />}
      />
      <SideDrawer opened={viewed !== null} onClose={() => setViewed(null)} title={viewed === null ? "" : S.start.usersOf(viewed.path)}>
        {viewed !== null && <Users unit={viewed} />}
      </SideDrawer>
    </>
  );
}

const pathOf = (branch: Branch) => branch.unit.path;
const AS_A_TREE = { column: "path", descending: false };

function Users({ unit }: { unit: OrgUnitView }) {
  const users = useQuery(queries.orgUnitUsers(unit.connection, unit.path));
  return (
    <PeopleTable
      label={S.start.usersOf(unit.path)} rows={users.data} error={users.error} onRetry={() => void users.refetch()}
      empty={<EmptyState title={S.start.noMembers.title} text={S.start.noMembers.text} />}
    />
  );
}

function columnsOf(view: (unit: OrgUnitView) => void): Column<Branch>[] {
  const words = S.start.columns;
  return [
    {
      id: "path", title: words.orgUnit, width: "minmax(170px, 1.6fr)", by: (it) => it.order,
      render: (it) => <Text span size="sm" fw={500} style={{ paddingInlineStart: it.depth * 18 }} title={it.unit.path}>{it.name}</Text>,
    },
    { id: "protected", title: words.protected, width: "minmax(140px, 1fr)", by: (it) => it.unit.users - it.unit.protected, render: (it) => <Share protected={it.unit.protected} users={it.unit.users} /> },
    { id: "rule", title: S.manageUsers.rule, width: "110px", by: (it) => (it.unit.is_rule ? 0 : 1), render: (it) => <Rule on={it.unit.is_rule} /> },
    {
      id: "view", title: words.view, width: "86px",
      render: (it) => <Button size="compact-xs" variant="default" aria-label={S.start.viewOf(it.unit.path)} onClick={() => view(it.unit)}>{S.start.view}</Button>,
    },
  ];
}
