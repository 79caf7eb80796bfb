// The four tabs at the left and the box at the right. Ticks of all tabs wait side by side until `Add` takes them.
import { Badge, Tabs } from "@mantine/core";
import { useMemo, useState } from "react";
import type { DomainView, UserError } from "../../bindings";
import { S } from "../../strings";
import { Box } from "./Box";
import css from "./Chooser.module.css";
import { CsvTab, type CsvFile } from "./CsvTab";
import { GroupsTab } from "./GroupsTab";
import { OrgUnitsTab } from "./OrgUnitsTab";
import { type Entry, entryKey, useSelection } from "./selection";
import { type Ticked, useTicked } from "./ticked";
import { UsersTab } from "./UsersTab";

const TABS = ["users", "groups", "orgUnits", "csv"] as const;
type Tab = (typeof TABS)[number];

type Props = { domain: DomainView; onSyncError: (error: UserError | null) => void };

export function Chooser({ domain, onSyncError }: Props) {
  const { change } = useSelection();
  const [tab, setTab] = useState<Tab>("users");
  const users = useTicked();
  const groups = useTicked();
  const orgUnits = useTicked();
  const csv = useTicked();
  const [file, setFile] = useState<CsvFile | null>(null);
  const ticked: Record<Tab, Ticked> = { users, groups, orgUnits, csv };
  // Box has no org units: there is nothing to choose from there.
  const tabs = TABS.filter((it) => (it !== "groups" || domain.has_groups) && (it !== "orgUnits" || domain.has_org_units));
  const count = TABS.reduce((n, it) => n + ticked[it].entries.size, 0);
  const all = useMemo(() => [users, groups, orgUnits, csv].flatMap((it) => [...it.entries.values()]), [users, groups, orgUnits, csv]);

  function add() {
    change({ do: "choose_domain", connection: domain.connection });
    change({ do: "add", entries: distinct(all) });
    TABS.forEach((it) => ticked[it].clear());
  }

  return (
    <div className={css.columns}>
      <div className={css.left}>
        <Tabs value={tab} onChange={(value) => setTab(value as Tab)} className={css.tabs} keepMounted>
        <Tabs.List mb="sm">
          {tabs.map((it) => (
            <Tabs.Tab key={it} value={it} rightSection={ticked[it].entries.size > 0 && <Badge size="sm" variant="light" aria-hidden>{ticked[it].entries.size}</Badge>}>
              {S.start.tabs[it]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="users" className={css.panel}><UsersTab domain={domain} ticked={users} onSyncError={onSyncError} /></Tabs.Panel>
        <Tabs.Panel value="groups" className={css.panel}>{tab === "groups" && <GroupsTab domain={domain} ticked={groups} />}</Tabs.Panel>
        <Tabs.Panel value="orgUnits" className={css.panel}>{tab === "orgUnits" && <OrgUnitsTab domain={domain} ticked={orgUnits} />}</Tabs.Panel>
        <Tabs.Panel value="csv" className={css.panel}>{tab === "csv" && <CsvTab domain={domain} ticked={csv} file={file} onFile={setFile} />}</Tabs.Panel>
      </Tabs>
      </div>
      <Box domain={domain} ticked={count} onAdd={add} />
    </div>
  );
}

/** The same user may be ticked in the list and in the file: once is enough. */
function distinct(entries: readonly Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entryKey(entry), entry])).values()];
}
