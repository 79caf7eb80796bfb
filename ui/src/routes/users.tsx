// Settings > Manage Users: users, groups and org units, with what protects them.
import { Button, Select, Tabs } from "@mantine/core";
import { IconPlayerPause } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { DomainView } from "../bindings";
import { PauseDialog, type Whose } from "../components/levels/PauseDialog";
import { ScheduleNotice } from "../components/levels/ScheduleNotice";
import { PageHeader } from "../components/PageHeader";
import { queries } from "../queries";
import { S } from "../strings";
import { GroupsPanel } from "./users/GroupsPanel";
import { OrgUnitsPanel } from "./users/OrgUnitsPanel";
import css from "./users/Users.module.css";
import { UsersPanel } from "./users/UsersPanel";

const words = S.manageUsers;

export function UsersPage() {
  const domains = useQuery(queries.domains()).data ?? [];
  const schedule = useQuery(queries.schedule()).data;
  const [pausing, setPausing] = useState<Whose | null>(null);
  const [tab, setTab] = useState<string | null>("users");
  const [chosen, setChosen] = useState<number | null>(null);
  // A Cloud without groups or org units has no tab for them.
  const withPart = (part: string | null) => domains.filter((it) => (part === "groups" ? it.has_groups : it.has_org_units));
  const domain: DomainView | undefined = withPart(tab).find((it) => it.connection === chosen) ?? withPart(tab)[0];
  return (
    <>
      <PageHeader title={words.title} text={words.text}>
        {schedule?.pause === null && <Button size="xs" variant="default" leftSection={<IconPlayerPause size={14} aria-hidden />} onClick={() => setPausing({ of: null, name: "" })}>{S.levels.pause.all}</Button>}
        {tab !== "users" && withPart(tab).length > 1 && domain && (
          <Select
            size="xs" w={200} aria-label={S.backupSettings.domain} value={String(domain.connection)} allowDeselect={false} onChange={(value) => value !== null && setChosen(Number(value))}
            data={withPart(tab).map((it) => ({ value: String(it.connection), label: `${it.domain} (${it.cloud_name})` }))}
          />
        )}
      </PageHeader>
      {schedule && <ScheduleNotice schedule={schedule} />}
      <PauseDialog asked={pausing} onClose={() => setPausing(null)} />
      <Tabs value={tab} onChange={setTab} className={css.tabs} classNames={{ panel: css.panel }}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="users">{words.tabs.users}</Tabs.Tab>
          {withPart("groups").length > 0 && <Tabs.Tab value="groups">{words.tabs.groups}</Tabs.Tab>}
          {withPart("org_units").length > 0 && <Tabs.Tab value="org_units">{words.tabs.orgUnits}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="users"><UsersPanel /></Tabs.Panel>
        <Tabs.Panel value="groups">{domain && <GroupsPanel key={domain.connection} domain={domain} />}</Tabs.Panel>
        <Tabs.Panel value="org_units">{domain && <OrgUnitsPanel key={domain.connection} domain={domain} />}</Tabs.Panel>
      </Tabs>
    </>
  );
}
