// USERS BY ORG UNITS: the tree. Clicking a unit shows its users; ticking a parent leaves its sub-units out unless
// `include sub-units` is ticked beside it.
import { Badge, Checkbox, Tooltip } from "@mantine/core";
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
import { type Branch, treeOf } from "./tree";
import type { Ticked } from "./ticked";

export function OrgUnitsTab({ domain, ticked }: { domain: DomainView; ticked: Ticked }) {
  const units = useQuery({ ...queries.orgUnits(domain.connection), enabled: domain.has_org_units });
  const [viewed, setViewed] = useState<OrgUnitView | null>(null);
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => (units.data ? treeOf(units.data) : undefined), [units.data]);

  function tick(keys: ReadonlySet<string>, wholeUnits = whole) {
    ticked.set(keys, (path) => ({ kind: "org_unit", path, include_sub_units: wholeUnits.has(path) }));
  }
  function toggleWhole(path: string) {
    const next = new Set(whole);
    if (!next.delete(path)) next.add(path);
    setWhole(next);
    if (!ticked.keys.has(path)) return;
    // It is ticked already: the entry is made anew with what the tick says now.
    const without = new Set(ticked.keys);
    without.delete(path);
    tick(without, next);
    tick(new Set(ticked.keys), next);
  }

  return (
    <>
      <DataTable
        label={S.start.tabs.orgUnits} noun={S.start.unitNoun} rows={domain.has_org_units ? rows : []} rowKey={branchKey} sort={AS_A_TREE}
        columns={columnsOf(whole, toggleWhole)} searchIn={branchKey} searchLabel={S.start.searchOrgUnits} onOpen={(it) => setViewed(it.unit)}
        selection={{ keys: ticked.keys, canSelect: anyUnit, name: branchKey, onChange: (keys) => tick(keys) }}
        error={units.error} onRetry={() => void units.refetch()}
        empty={<EmptyState title={S.start.noOrgUnits.title} icon={IconSitemap} text={domain.has_org_units ? S.start.noOrgUnits.text : S.start.noOrgUnits.none(domain.cloud_name)} />}
      />
      <SideDrawer opened={viewed !== null} onClose={() => setViewed(null)} title={viewed === null ? "" : S.start.usersOf(viewed.path)}>
        {viewed !== null && <Users unit={viewed} />}
      </SideDrawer>
    </>
  );
}

function Users({ unit }: { unit: OrgUnitView }) {
  const users = useQuery(queries.orgUnitUsers(unit.connection, unit.path));
  return (
    <PeopleTable
      label={S.start.usersOf(unit.path)} rows={users.data} error={users.error} onRetry={() => void users.refetch()}
      empty={<EmptyState title={S.start.noMembers.title} text={S.start.noMembers.text} />}
    />
  );
}

const AS_A_TREE = { column: "path", descending: false };
const anyUnit = () => true;
const branchKey = (branch: Branch) => branch.unit.path;

function columnsOf(whole: ReadonlySet<string>, toggleWhole: (path: string) => void): Column<Branch>[] {
  const words = S.start.columns;
  return [
    { id: "path", title: words.orgUnit, width: "minmax(120px, 1fr)", by: (it) => it.order, render: (it) => <UnitName branch={it} /> },
    { id: "protected", title: words.protected, width: "96px", align: "right", by: (it) => it.unit.users - it.unit.protected, render: (it) => S.start.protectedOf(it.unit.protected, it.unit.users) },
    {
      id: "sub_units", title: words.subUnits, width: "150px",
      render: ({ unit: { path }, hasSubUnits }) => hasSubUnits && (
        <Checkbox label={words.subUnits} aria-label={S.start.includeSubUnits(path)} checked={whole.has(path)} onChange={() => toggleWhole(path)} />
      ),
    },
  ];
}

function UnitName({ branch: { unit, depth, name } }: { branch: Branch }) {
  return (
    <span style={{ paddingInlineStart: depth * 18 }} title={unit.path}>
      {name}
      {unit.is_rule && <Tooltip label={S.start.rule}><Badge ml={6} size="sm" variant="light">{S.start.ruleShort}</Badge></Tooltip>}
    </span>
  );
}
