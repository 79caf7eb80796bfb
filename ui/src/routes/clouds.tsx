// Settings > Cloud Connection Centre: a row for each Cloud, and the side tray with its accounts. The tray is part of the
// address, so that a notification can open it.
import { Group, Loader, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { CloudView } from "../bindings";
import { ErrorPanel } from "../components/ErrorPanel";
import { PageHeader } from "../components/PageHeader";
import { queries } from "../queries";
import { S } from "../strings";
import { CloudsTable } from "./clouds/CloudsTable";
import { CloudTray } from "./clouds/CloudTray";

const words = S.clouds;

export function CloudsPage() {
  const { at } = useParams({ strict: false });
  const navigate = useNavigate();
  const clouds = useQuery(queries.clouds());
  const shown = clouds.data && at !== undefined ? found(clouds.data, at) : null;
  return (
    <>
      <PageHeader title={words.title} text={words.text} />
      <Tabs value="clouds" keepMounted>
        <Tabs.List mb="md"><Tabs.Tab value="clouds">{words.tab}</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="clouds">
          {clouds.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
          {clouds.isError && <ErrorPanel error={clouds.error} onRetry={() => void clouds.refetch()} />}
          {clouds.data && <CloudsTable clouds={clouds.data} onEdit={(cloud) => void navigate({ to: "/settings/clouds/$at", params: { at: cloud } })} />}
        </Tabs.Panel>
      </Tabs>
      <CloudTray cloud={shown?.cloud ?? null} account={shown?.account ?? null} onClose={() => void navigate({ to: "/settings/clouds" })} />
    </>
  );
}

/** A place is a Cloud's word, or the number of a Connection, which is then ticked. */
function found(clouds: CloudView[], at: string): { cloud: CloudView; account: number | null } | null {
  const named = clouds.find((it) => it.cloud === at && it.available);
  if (named) return { cloud: named, account: null };
  const account = Number(at);
  const cloud = clouds.find((it) => it.accounts.some(({ connection }) => connection.id === account));
  return cloud ? { cloud, account } : null;
}
