// The whole company with a service account's key: the guide first, then the file and the admin.
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { ConnectionView } from "../../bindings";
import { connect as words } from "../../strings/connect";
import { Advanced, needsEndpoints } from "./Advanced";
import { ConnectError } from "./ConnectError";
import { FileField } from "./FileField";
import { Guide } from "./Guide";

/** `old` is a Connection to renew; its addresses stay as they are. */
type Props = { old: ConnectionView | null; onConnected: (connection: ConnectionView, keyFile: string) => void };

export function KeyForm({ old, onConnected }: Props) {
  const [keyFile, setKeyFile] = useState("");
  const [admin, setAdmin] = useState(old?.signed_in_as ?? "");
  const [endpoints, setEndpoints] = useState("");
  const [isLeft, setLeft] = useState(false);
  const connect = useMutation({
    mutationFn: () =>
      old === null
        ? api.connectGoogleKey({ key_file: keyFile, admin: admin.trim(), endpoints: endpoints === "" ? null : endpoints })
        : api.reconnectGoogleKey({ connection: old.id, key_file: keyFile, admin: admin.trim(), endpoints: endpoints === "" ? null : endpoints }),
    onSuccess: (connection) => onConnected(connection, keyFile),
  });
  const isAddress = /^[^\s@]+@[^\s@]+$/.test(admin.trim());
  return (
    <Stack>
      {old === null && <Guide keyFile={keyFile === "" ? null : keyFile} />}
      <form
        aria-label={words.key.legend}
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
