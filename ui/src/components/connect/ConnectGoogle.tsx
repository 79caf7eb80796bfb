// Google's guided set-up: choose a way, follow the guide, connect, and see each API and scope tested live.
import { Button, Group, Loader, Radio, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { ConnectionView } from "../../bindings";
import { queries } from "../../queries";
import { connect as words } from "../../strings";
import { ChoiceCard } from "../ChoiceCard";
import { ErrorPanel } from "../ErrorPanel";
import { Checks } from "./Checks";
import { ConnectionLine } from "./ConnectionLine";
import { KeyForm } from "./KeyForm";
import { SignIn } from "./SignIn";
import { Notice } from "../Notice";
import { Waiting } from "./Waiting";

type Way = "key" | "sign_in";

/** `old` is a Connection to renew; another tenant's account is refused then. */
type Props = { old?: ConnectionView | null; onConnected?: (connection: ConnectionView) => void };

export function ConnectGoogle({ old = null, onConnected }: Props) {
  const [way, setWay] = useState<Way>("key");
  const [made, setMade] = useState<{ connection: ConnectionView; keyFile: string | null } | null>(null);
  const progress = useQuery(queries.guideProgress());
  const waiting = old === null && progress.data?.waiting?.connection === null ? progress.data.waiting : null;
  /** The key file that was waited with on this visit. */
  const [waitedWith, setWaitedWith] = useState<string | null>(null);
  if (waiting !== null && progress.data && waitedWith !== progress.data.key_file) setWaitedWith(progress.data.key_file);
  const client = useQueryClient();
  const keep = (connection: ConnectionView, keyFile: string | null) => {
    setMade({ connection, keyFile });
    void client.invalidateQueries({ queryKey: queries.connections().queryKey });
    void client.invalidateQueries({ queryKey: queries.domains().queryKey });
    onConnected?.(connection);
  };
  if (made !== null) return <Connected connection={made.connection} keyFile={made.keyFile} />;
  if (progress.isPending) return <Loader size="sm" />;
  if (progress.isError) return <ErrorPanel error={progress.error} onRetry={() => void progress.refetch()} />;
  if (waiting !== null) return <Waiting waiting={waiting} progress={progress.data} />;
  if (waitedWith !== null && progress.data.made !== null) return <Connected connection={progress.data.made} keyFile={waitedWith === "" ? null : waitedWith} />;
  return (
    <Stack>
      {old !== null && <Text size="sm">{words.reconnectText(old.domain)}</Text>}
      <Radio.Group value={way} onChange={(value) => setWay(value as Way)} label={words.ways.label}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" mt={6}>
          <ChoiceCard value="key" title={words.ways.key} text={words.ways.keyText} />
          <ChoiceCard value="sign_in" title={words.ways.signIn} text={words.ways.signInText} />
        </SimpleGrid>
      </Radio.Group>
      <Group gap={6} wrap="nowrap" c="dimmed">
        <IconLock size={16} aria-hidden />
        <Text size="sm">{words.readOnly}</Text>
      </Group>
      {way === "key" ? (
        <KeyForm old={old} before={old === null ? progress.data : null} onConnected={keep} />
      ) : (
        <SignIn old={old} onConnected={(connection) => keep(connection, null)} />
      )}
    </Stack>
  );
}

/** A Connection that was just made: who it is, what it may do, and the key file that lies about. */
export function Connected({ connection, keyFile }: { connection: ConnectionView; keyFile: string | null }) {
  const reveal = useMutation({ mutationFn: (path: string) => api.reveal(path) });
  return (
    <Stack>
      <ConnectionLine connection={connection} />
      {keyFile !== null && (
        <Notice tone="amber" title={words.key.deleteFile}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>{words.key.deleteFileText(keyFile)}</Text>
            {reveal.isError ? (
              <ErrorPanel error={reveal.error} />
            ) : (
              <Button variant="default" size="xs" onClick={() => reveal.mutate(keyFile)}>{words.key.showFile}</Button>
            )}
          </Stack>
        </Notice>
      )}
      <Checks connection={connection.id} />
    </Stack>
  );
}
