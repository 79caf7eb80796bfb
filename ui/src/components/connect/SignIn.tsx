// Sign-in with the system browser: begun here, finished there, cancelled from either.
import { Button, Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { IconBrandGoogle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, asUserError } from "../../api";
import type { AppEvent, ConnectionView } from "../../bindings";
import { useAppEvent } from "./useAppEvent";
import { connect as words } from "../../strings";
import { ErrorPanel } from "../ErrorPanel";
import { Advanced, needsEndpoints } from "./Advanced";
import { ConnectError } from "./ConnectError";
import { Copyable } from "./Copyable";
import { FileField } from "./FileField";
import { Notice } from "../Notice";

type SignInEvent = Extract<AppEvent, { event: "sign_in" }>;

/** `old` is a Connection to renew; its addresses stay as they are. */
type Props = { cloud?: "google" | "box"; old: ConnectionView | null; onConnected: (connection: ConnectionView) => void };

export function SignIn({ cloud = "google", old, onConnected }: Props) {
  const said = cloud === "box" ? words.box.signIn : words.signIn;
  const [clientFile, setClientFile] = useState("");
  const [endpoints, setEndpoints] = useState("");
  const [progress, setProgress] = useState<SignInEvent | null>(null);
  useAppEvent("sign_in", setProgress);
  const named = (path: string) => (path === "" ? null : path);
  const signIn = useMutation({
    mutationFn: () => {
      setProgress(null);
      const files = { client_file: named(clientFile), endpoints: named(endpoints) };
      if (old === null) return cloud === "box" ? api.signInBox(files) : api.signInGoogle(files);
      const again = { connection: old.id, ...files };
      return cloud === "box" ? api.reconnectBoxSignIn(again) : api.reconnectGoogleSignIn(again);
    },
    onSuccess: onConnected,
  });
  const code: string | undefined = signIn.error ? asUserError(signIn.error).code : undefined;
  const isCancelled = code === "sign_in.cancelled";
  if (signIn.isPending) return <Waiting progress={progress} />;
  return (
    <Stack gap="sm">
      <FileField
        label={said.client}
        description={said.clientText}
        dialogTitle={said.clientChooseTitle}
        extensions={["json"]}
        value={clientFile}
        onChange={setClientFile}
      />
      {needsEndpoints(old) && <Advanced endpoints={endpoints} onChange={setEndpoints} disabled={false} />}
      {isCancelled && <Notice tone="grey" role="status">{words.signIn.cancelled}</Notice>}
      {signIn.isError && !isCancelled && <ConnectError error={signIn.error} />}
      <Group>
        <Button leftSection={cloud === "google" ? <IconBrandGoogle size={18} aria-hidden /> : undefined} onClick={() => signIn.mutate()}>{said.start}</Button>
      </Group>
    </Stack>
  );
}

function Waiting({ progress }: { progress: SignInEvent | null }) {
  const cancel = useMutation({ mutationFn: () => api.cancelSignIn() });
  const isAnswered = progress?.stage === "answered";
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group gap="sm" role="status">
          <Loader size="sm" aria-hidden />
          <Text fw={600}>{isAnswered ? words.signIn.answered : words.signIn.waiting}</Text>
        </Group>
        {!isAnswered && (
          <>
            <Text size="sm">{words.signIn.waitingText}</Text>
            {progress?.url != null && (
              <>
                <Text size="sm" c="dimmed">{words.signIn.url}</Text>
                <Copyable text={progress.url} title={words.signIn.url} />
              </>
            )}
          </>
        )}
        {cancel.isError && <ErrorPanel error={cancel.error} />}
        <Group>
          <Button variant="default" autoFocus loading={cancel.isPending} disabled={cancel.isSuccess} onClick={() => cancel.mutate()}>
            {cancel.isSuccess ? words.signIn.cancelling : words.signIn.cancel}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
