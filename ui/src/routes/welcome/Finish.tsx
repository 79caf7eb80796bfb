// Last of the set-up: what was done, what is still missing, and whether Holdfast starts with the computer.
import { Button, Group, Loader, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api";
import type { ConnectionView, SetupProgress } from "../../bindings";
import { ConnectDrawer } from "../../components/connect/ConnectDrawer";
import { ConnectionLine } from "../../components/connect/ConnectionLine";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Facts } from "../../components/Facts";
import { queries } from "../../queries";
import { welcome } from "../../strings";
import { useBootKeeper } from "./boot";
import { Notice } from "../../components/Notice";

const words = welcome.finish;

export function Finish({ setup }: { setup: SetupProgress | null }) {
  const [startAtLogin, setStartAtLogin] = useState(true);
  const connections = useQuery(queries.connections());
  const home = useQuery(queries.home());
  const keep = useBootKeeper();
  const navigate = useNavigate();
  const nobody = home.data?.protected === 0;
  const finish = useMutation({
    mutationFn: () => api.finishSetup(startAtLogin),
    onSuccess: async (boot) => {
      await keep(boot);
      await navigate({ to: nobody && connections.data?.some(isConnected) ? "/backup/start" : "/", replace: true });
    },
  });
  const failed = [connections, home].find((it) => it.isError);
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">{words.title}</Title>
        <Text c="dimmed">{words.lead}</Text>
      </div>
      {failed !== undefined && <ErrorPanel error={failed.error} onRetry={() => void failed.refetch()} />}
      {connections.isPending || home.isPending ? <Loader size="sm" /> : (
        <Paper>
          <Facts
            facts={[
              [words.storage, home.data?.storage?.path ?? setup?.storage_path ?? ""],
              [words.key, setup?.recovery_key_saved === false ? words.keyUnsaved : words.keySaved],
              [words.cloud, connections.data?.length ? connections.data.map((it) => it.domain).join(", ") : words.cloudNone],
              [words.people, nobody ? words.peopleNone : words.peopleSome(home.data?.protected ?? 0)],
            ]}
          />
        </Paper>
      )}
      {(home.data?.running.length ?? 0) > 0 && <Notice bare role="status" tone="green" title={words.running} />}
      {connections.data?.filter((it) => !isConnected(it)).map((connection) => <SignInAgain key={connection.id} connection={connection} />)}
      <Switch
        label={words.startAtLogin}
        description={words.startAtLoginText}
        checked={startAtLogin}
        onChange={(event) => setStartAtLogin(event.currentTarget.checked)}
      />
      {finish.isError && <ErrorPanel error={finish.error} />}
      <Group justify="flex-end">
        <Button loading={finish.isPending} onClick={() => finish.mutate()}>{words.open}</Button>
      </Group>
    </Stack>
  );
}

const isConnected = (connection: ConnectionView) => connection.state === "connected";

/** A Connection that came back from the storage without its sign-in. */
function SignInAgain({ connection }: { connection: ConnectionView }) {
  const [opened, setOpened] = useState(false);
  return (
    <Notice tone="amber" title={words.reconnect}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{words.reconnectText}</Text>
        <ConnectionLine connection={connection} />
        <Button size="xs" onClick={() => setOpened(true)} aria-label={`${words.reconnect}: ${connection.domain}`}>{words.reconnect}</Button>
      </Stack>
      <ConnectDrawer opened={opened} onClose={() => setOpened(false)} old={connection} />
    </Notice>
  );
}
