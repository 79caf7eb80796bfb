// The whole company with a service account's key: the guide first, then the file and the admin.
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asUserError } from "../../api";
import type { ConnectionView, GuideProgress } from "../../bindings";
import { keys } from "../../keys";
import { connect as words } from "../../strings";
import { Advanced, needsEndpoints } from "./Advanced";
import { ErrorPanel } from "../ErrorPanel";
import { ConnectError } from "./ConnectError";
import { FileField } from "./FileField";
import { Guide } from "./Guide";

type Props = {
  /** A Connection to renew; its addresses stay as they are. */
  old: ConnectionView | null;
  /** What was done on an earlier visit, where a new one is made. */
  before: GuideProgress | null;
  onConnected: (connection: ConnectionView, keyFile: string) => void;
};

export function KeyForm({ old, before, onConnected }: Props) {
  const [keyFile, setKeyFile] = useState(before?.key_file ?? "");
  const [admin, setAdmin] = useState(old?.signed_in_as ?? before?.admin ?? "");
  const [endpoints, setEndpoints] = useState(before?.endpoints ?? "");
  const [done, setDone] = useState(before?.done ?? []);
  const [isLeft, setLeft] = useState(false);
  const client = useQueryClient();
  const keep = useMutation({
    mutationFn: (ticked: string[]) => api.keepGuide({ done: ticked, key_file: keyFile, admin: admin.trim(), endpoints: endpoints === "" ? null : endpoints }),
  });
  const connect = useMutation({
    mutationFn: () =>
      old === null
        ? api.connectGoogleKey({ key_file: keyFile, admin: admin.trim(), endpoints: endpoints === "" ? null : endpoints })
        : api.reconnectGoogleKey({ connection: old.id, key_file: keyFile, admin: admin.trim(), endpoints: endpoints === "" ? null : endpoints }),
    onSuccess: (connection) => onConnected(connection, keyFile),
    // Google lets nobody in yet: from now on it is waited for.
    onError: (error) => asUserError(error).code === "connection.incomplete" && client.invalidateQueries({ queryKey: keys.guideProgress() }),
  });
  const tick = (ticked: string[]) => {
    setDone(ticked);
    keep.mutate(ticked);
  };
  const isAddress = /^[^\s@]+@[^\s@]+$/.test(admin.trim());
  return (
    <Stack>
      {old === null && <Guide keyFile={keyFile === "" ? null : keyFile} done={done} onDone={tick} />}
      {keep.isError && <ErrorPanel error={keep.error} />}
      <form
        aria-label={words.key.legend}
        onBlur={() => old === null && !connect.isPending && keep.mutate(done)}
        onSubmit={(event) => {
          event.preventDefault();
          if (keyFile !== "" && isAddress) connect.mutate();
        }}
      >
        <Stack gap="sm">
          <FileField
            label={words.key.file}
            description={words.key.fileText}
            dialogTitle={words.key.chooseTitle}
            extensions={["json"]}
            value={keyFile}
            onChange={setKeyFile}
            isRequired
            disabled={connect.isPending}
          />
          <TextInput
            label={words.key.admin}
            description={words.key.adminText}
            placeholder={words.key.adminPlaceholder}
            required
            type="email"
            autoComplete="off"
            spellCheck={false}
            disabled={connect.isPending}
            value={admin}
            onChange={(event) => setAdmin(event.currentTarget.value)}
            onBlur={() => setLeft(true)}
            error={isLeft && admin !== "" && !isAddress ? words.key.adminInvalid : null}
          />
          {needsEndpoints(old) && <Advanced endpoints={endpoints} onChange={setEndpoints} disabled={connect.isPending} />}
          {connect.isError && <ConnectError error={connect.error} />}
          <Group>
            <Button type="submit" loading={connect.isPending} disabled={keyFile === "" || !isAddress}>
              {old === null ? words.key.connect : words.reconnect}
            </Button>
          </Group>
        </Stack>
      </form>
    </Stack>
  );
}
