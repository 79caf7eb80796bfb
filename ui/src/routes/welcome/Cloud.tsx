// Third of the set-up: a Cloud to connect. A Connection that was made in an earlier attempt is found again.
import { Button, Group, Loader, Radio, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { CloudKind, ConnectionView } from "../../bindings";
import { ChoiceCard } from "../../components/ChoiceCard";
import { ConnectCloud } from "../../components/connect/ConnectCloud";
import { Connected } from "../../components/connect/ConnectGoogle";
import { ErrorPanel } from "../../components/ErrorPanel";
import { queries } from "../../queries";
import { connect as connectWords } from "../../strings";
import { welcome } from "../../strings";
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
  const [isAdding, setAdding] = useState(false);
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">{words.title}</Title>
        <Text c="dimmed">{words.lead}</Text>
      </div>
      {known.length > 0 ? (
        known.map((connection) => <Connected key={connection.id} connection={connection} keyFile={null} />)
      ) : (
        <Chooser />
      )}
      {known.length > 0 && (isAdding ? <Chooser /> : <Group><Button variant="default" size="xs" onClick={() => setAdding(true)}>{words.another}</Button></Group>)}
      {goOn.isError && <ErrorPanel error={goOn.error} />}
      <Group justify="flex-end">
        <Button variant={isConnected ? "filled" : "subtle"} loading={goOn.isPending} onClick={() => goOn.mutate()}>
          {isConnected ? welcome.next : words.later}
        </Button>
      </Group>
    </Stack>
  );
}

/** The Clouds of this build, one of them with its guided set-up. What was made or typed of the other stays while one looks. */
function Chooser() {
  const clouds = useQuery(queries.clouds());
  const [chosen, setChosen] = useState<CloudKind>("google");
  if (clouds.isPending) return <Loader />;
  if (clouds.isError) return <ErrorPanel error={clouds.error} onRetry={() => void clouds.refetch()} />;
  const available = clouds.data.filter((it) => it.available);
  return (
    <Stack>
      <Radio.Group value={chosen} onChange={(value) => setChosen(value as CloudKind)} label={words.which}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" mt={6}>
          {available.map(({ cloud, name }) => <ChoiceCard key={cloud} value={cloud} title={name} text={words.whatOf[cloud]} />)}
        </SimpleGrid>
      </Radio.Group>
      {available.map(({ cloud, name }) => (
        <section key={cloud} hidden={cloud !== chosen} aria-label={connectWords.title(name)}>
          <ConnectCloud cloud={cloud} old={null} onConnected={() => undefined} />
        </section>
      ))}
    </Stack>
  );
}
