// Settings > Manage Domains: the Domains, their syncs and what changed; connecting, reconnecting, disconnecting.
import { Button, Group, Loader, Stack } from "@mantine/core";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ConnectionView } from "../bindings";
import { ConnectDrawer } from "../components/connect/ConnectDrawer";
import { EmptyState } from "../components/EmptyState";
import { ErrorPanel } from "../components/ErrorPanel";
import { PageHeader } from "../components/PageHeader";
import { queries } from "../queries";
import { S } from "../strings";
import { DomainCard } from "./domains/DomainCard";

const words = S.domains;

export function DomainsPage() {
  const domains = useQuery(queries.domains());
  const connections = useQuery(queries.connections());
  const [connecting, setConnecting] = useState<ConnectionView | null>(null);
  const navigate = useNavigate();
  // Where both cannot be read it is for one reason, which is told once.
  const failed = domains.error ?? connections.error;
  const add = () => void navigate({ to: "/settings/clouds" });
  return (
    <>
      <PageHeader title={words.title} text={words.text}>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>{words.connect}</Button>
      </PageHeader>
      {domains.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
      {failed !== null && <ErrorPanel error={failed} onRetry={() => void Promise.all([domains, connections].filter((it) => it.isError).map((it) => it.refetch()))} />}
      {domains.data?.length === 0 && <EmptyState title={words.none.title} text={words.none.text} icon={IconPlugConnected}><Button mt="xs" onClick={add}>{words.connect}</Button></EmptyState>}
      <Stack gap="md">
        {domains.data?.map((domain) => (
          <DomainCard
            key={domain.connection} domain={domain} connection={connections.data?.find((it) => it.id === domain.connection)}
            onReconnect={setConnecting}
          />
        ))}
      </Stack>
      <ConnectDrawer opened={connecting !== null} onClose={() => setConnecting(null)} old={connecting} />
    </>
  );
}
