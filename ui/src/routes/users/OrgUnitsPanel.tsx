// ORG UNITS of Manage Users: the tree, how many of each unit are protected, whether who joins later is, pauses, settings.
import { Text } from "@mantine/core";
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
import { AutoBackupCell, type Level, LevelActions, LevelPauseCell, Share, type Steps, useLevelSteps } from "./levelColumns";

export function OrgUnitsPanel({ domain }: { domain: DomainView }) {
  const units = useQuery(queries.orgUnits(domain.connection));
  const [viewed, setViewed] = useState<OrgUnitView | null>(null);
  const rows = useMemo(() => (units.data ? treeOf(units.data) : undefined), [units.data]);
  const { steps, dialogs } = useLevelSteps();
  const columns = useMemo(() => columnsOf(setViewed, steps), [steps]);
  return (
    <>
      <DataTable
        label={S.manageUsers.tabs.orgUnits} noun={S.start.unitNoun} rows={rows} rowKey={pathOf} columns={columns} sort={AS_A_TREE} searchIn={pathOf}
        searchLabel={S.start.searchOrgUnits} error={units.error} onRetry={() => void units.refetch()} rowHeight={46}
        empty={<EmptyState title={S.start.noOrgUnits.title} text={S.start.noOrgUnits.text} icon={IconSitemap} />}
      />
      <SideDrawer opened={viewed !== null} onClose={() => setViewed(null)} title={viewed === null ? "" : S.start.usersOf(viewed.path)}>
        {viewed !== null && <Users unit={viewed} />}
      </SideDrawer>
      {dialogs}
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

function levelOf({ unit, hasSubUnits }: Branch): Level {
  const words = S.levels.autoBackup;
  const hint = unit.is_rule ? (unit.include_sub_units ? words.withSubUnits : undefined) : unit.rule_of === null ? undefined : words.by(unit.rule_of);
  return {
    key: { connection: unit.connection, level: "org_unit", id: unit.id }, name: unit.path, title: unit.path, on: unit.is_rule, hint, hasSubUnits, ownSettings: unit.own_settings, pause: unit.pause,
  };
}

function columnsOf(view: (unit: OrgUnitView) => void, steps: Steps): Column<Branch>[] {
  const words = S.start.columns;
  return [
    {
      id: "path", title: words.orgUnit, width: "minmax(140px, 1.6fr)", by: (it) => it.order,
      render: (it) => <Text span size="sm" fw={500} style={{ paddingInlineStart: it.depth * 18 }} title={it.unit.path}>{it.name}</Text>,
    },
    { id: "protected", title: words.protected, width: "minmax(104px, 0.8fr)", by: (it) => it.unit.users - it.unit.protected, render: (it) => <Share protected={it.unit.protected} users={it.unit.users} /> },
    { id: "rule", title: S.levels.autoBackup.title, width: "132px", by: (it) => (it.unit.is_rule ? 0 : 1), render: (it) => <AutoBackupCell level={levelOf(it)} steps={steps} /> },
    { id: "schedule", title: S.owners.columns.schedule, width: "minmax(100px, 0.8fr)", by: (it) => (it.unit.pause === null ? 1 : 0), render: (it) => <LevelPauseCell level={levelOf(it)} steps={steps} /> },
    { id: "view", title: words.view, width: "118px", render: (it) => <LevelActions level={levelOf(it)} steps={steps} onView={() => view(it.unit)} /> },
  ];
}
