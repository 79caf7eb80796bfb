// Box's guided set-up: the company's application for the whole enterprise, or a sign-in; then each right tested live.
import { Button, Group, List, Radio, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { ConnectionView } from "../../bindings";
import { queries } from "../../queries";
import { connect as words } from "../../strings";
import { ChoiceCard } from "../ChoiceCard";
import { Advanced, needsEndpoints } from "./Advanced";
import { ConnectError } from "./ConnectError";
import { Connected } from "./ConnectGoogle";
import { FileField } from "./FileField";
import { OpenLink } from "./OpenLink";
import { SignIn } from "./SignIn";

/** `old` is a Connection to renew; another enterprise is refused then. */
type Props = { old: ConnectionView | null; onConnected: (connection: ConnectionView) => void };

export function ConnectBox({ old, onConnected }: Props) {
  const [way, setWay] = useState<"app" | "sign_in">("app");
  const [made, setMade] = useState<ConnectionView | null>(null);
  const client = useQueryClient();
  const keep = (connection: ConnectionView) => {
    setMade(connection);
    void client.invalidateQueries({ queryKey: queries.connections().queryKey });
    void client.invalidateQueries({ queryKey: queries.domains().queryKey });
    onConnected(connection);
  };
  if (made !== null) return <Connected connection={made} keyFile={null} />;
  return (
    <Stack>
      {old !== null && <Text size="sm">{words.reconnectText(old.domain)}</Text>}
      <Radio.Group value={way} onChange={(value) => setWay(value as typeof way)} label={words.ways.label}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" mt={6}>
          <ChoiceCard value="app" title={words.box.app} text={words.box.appText} />
          <ChoiceCard value="sign_in" title={words.box.signInWay} text={words.box.signInWayText} />
        </SimpleGrid>
      </Radio.Group>
      <Group gap={6} wrap="nowrap" c="dimmed" align="flex-start">
        <IconLock size={16} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
        <Text size="sm">{words.box.readOnly}</Text>
      </Group>
      {way === "app" ? <AppForm old={old} onConnected={keep} /> : <SignIn cloud="box" old={old} onConnected={keep} />}
    </Stack>
  );
}

function AppForm({ old, onConnected }: Props) {
  const [file, setFile] = useState("");
  const [endpoints, setEndpoints] = useState("");
  const connect = useMutation({
    mutationFn: () => {
      const files = { app_file: file, endpoints: endpoints === "" ? null : endpoints };
      return old === null ? api.connectBoxApp(files) : api.reconnectBoxApp({ connection: old.id, ...files });
    },
    onSuccess: onConnected,
  });
  return (
    <Stack>
      {old === null && <BoxGuide />}
      <form
        aria-label={words.box.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (file !== "") connect.mutate();
        }}
      >
        <Stack gap="sm">
          <FileField
            label={words.box.file} description={words.box.fileText} dialogTitle={words.box.chooseTitle} extensions={["json"]}
            value={file} onChange={setFile} isRequired disabled={connect.isPending}
          />
          {needsEndpoints(old) && <Advanced endpoints={endpoints} onChange={setEndpoints} disabled={connect.isPending} />}
          {connect.isError && <ConnectError error={connect.error} />}
          <Group>
            <Button type="submit" loading={connect.isPending} disabled={file === ""}>{old === null ? words.key.connect : words.reconnect}</Button>
          </Group>
        </Stack>
      </form>
    </Stack>
  );
}

function BoxGuide() {
  return (
    <section aria-label={words.box.guideTitle}>
      <Text size="sm" fw={600} mb={4}>{words.box.guideTitle}</Text>
      <List type="ordered" size="sm" spacing="xs">
        {words.box.guide.map(({ title, text, link }) => (
          <List.Item key={title}>
            <Text size="sm" fw={600}>{title}</Text>
            <Text size="sm" c="dimmed">{text}</Text>
            {link !== null && <OpenLink url={link} title={title} />}
          </List.Item>
        ))}
      </List>
    </section>
  );
}
