// Third of the set-up: a Cloud to connect. A Connection that was made in an earlier attempt is found again.
import { Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { ConnectionView } from "../../bindings";
import { ConnectGoogle, Connected } from "../../components/connect/ConnectGoogle";
import { ErrorPanel } from "../../components/ErrorPanel";
import { queries } from "../../queries";
import { welcome } from "../../strings/welcome";
import { useProgressKeeper } from "./boot";

const words = welcome.cloud;

export function Cloud() {
  const connections = useQuery(queries.connections());
  if (connections.isPending) return <Loader />;
  if (connections.isError) return <ErrorPanel error={connections.error} onRetry={() => void connections.refetch()} />;
  return <Clouds connections={connections.data} />;
}

function Clouds({ connections }: { connections: ConnectionView[] }) {
  // Whoever connects here stays with the new Connection's checks, which the list may know of before; only a later visit starts
  // from the list.
  const [known] = useState(connections);
  const keep = useProgressKeeper();
  const goOn = useMutation({ mutationFn: () => api.setSetupStep("people", true), onSuccess: keep });
  const isConnected = connections.length > 0;
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">{words.title}</Title>
        <Text c="dimmed">{words.lead}</Text>
      </div>
      {known.length > 0 ? (
        known.map((connection) => <Connected key={connection.id} connection={connection} keyFile={null} />)
      ) : (
        <ConnectGoogle />
      )}
      {goOn.isError && <ErrorPanel error={goOn.error} />}
      <Group justify="flex-end">
        <Button variant={isConnected ? "filled" : "subtle"} loading={goOn.isPending} onClick={() => goOn.mutate()}>
          {isConnected ? welcome.next : words.later}
        </Button>
      </Group>
    </Stack>
  );
}
