// Backup > Start Backup: choose users, groups, org units and rows of a CSV file at the left, start at the right.
import { Alert, Button, Group, Loader, Text } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { DomainView, UserError } from "../bindings";
import { EmptyState } from "../components/EmptyState";
import { ErrorPanel } from "../components/ErrorPanel";
import { Ago } from "../components/Format";
import { PageHeader } from "../components/PageHeader";
import { SyncButton } from "../components/sync/SyncButton";
import { queries } from "../queries";
import { S } from "../strings";
import { Chooser } from "./start/Chooser";
import { DomainPick } from "./start/DomainPick";
import { useSelection } from "./start/selection";

export function StartPage() {
  const domains = useQuery(queries.domains());
  const { selection, change } = useSelection();
  const navigate = useNavigate();
  const [syncError, setSyncError] = useState<UserError | null>(null);

  if (domains.isError) return <><PageHeader title={S.start.title} /><ErrorPanel error={domains.error} onRetry={() => void domains.refetch()} /></>;
  if (domains.isPending) return <><PageHeader title={S.start.title} /><Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group></>;
  const domain = domains.data.find((it) => it.connection === selection.connection) ?? domains.data[0];
  if (domain === undefined) {
    return (
      <>
        <PageHeader title={S.start.title} />
        <EmptyState title={S.start.notConnected.title} text={S.start.notConnected.text} icon={IconPlugConnectedX}>
          <Button mt="xs" onClick={() => void navigate({ to: "/settings/clouds" })}>{S.start.notConnected.button}</Button>
        </EmptyState>
      </>
    );
  }
  const users = domain.syncs.find((it) => it.what === "users");
  return (
    <>
      <PageHeader title={S.start.title} text={<>{S.start.lastSync}: <Ago at={users?.at ?? null} /></>}>
        <DomainPick domains={domains.data} domain={domain} onPick={(connection) => change({ do: "choose_domain", connection })} />
        <SyncButton domain={domain} what="users" onError={setSyncError} size="xs" />
      </PageHeader>
      {domain.state !== "connected" && <Lapsed domain={domain} />}
      {syncError !== null && <ErrorPanel error={syncError} onClose={() => setSyncError(null)} />}
      <Chooser key={domain.connection} domain={domain} onSyncError={setSyncError} />
    </>
  );
}

function Lapsed({ domain }: { domain: DomainView }) {
  const navigate = useNavigate();
  const words = S.start.lapsed;
  return (
    <Alert variant="default" mb="sm" icon={<IconPlugConnectedX aria-hidden color="var(--hf-amber)" />} title={domain.state === "expired" ? words.expired(domain.domain) : words.disconnected(domain.domain)}>
      <Group justify="space-between" wrap="nowrap" align="flex-end">
        <Text size="sm">{domain.state_reason} {words.text}</Text>
        <Button size="xs" flex="none" onClick={() => void navigate({ to: "/settings/clouds/$at", params: { at: String(domain.connection) } })}>{words.button}</Button>
      </Group>
    </Alert>
  );
}
