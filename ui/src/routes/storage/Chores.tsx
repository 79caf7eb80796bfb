// What has still to be removed from the storage, and what each waits for.
import { List, Paper, Stack, Text, Title } from "@mantine/core";
import type { StorageView } from "../../bindings";
import { moment } from "../../format";
import { S } from "../../strings";

const words = S.storage.chores;

export function Chores({ storage }: { storage: StorageView }) {
  if (storage.chores.length === 0) return null;
  return (
    <Paper component="section" aria-label={words.title}>
      <Stack gap="sm">
        <Title order={2}>{words.title}</Title>
        <Text size="sm" c="dimmed">{words.text}</Text>
        <List size="sm" spacing={6}>
          {storage.chores.map(({ what, why, at }) => (
            <List.Item key={`${what}${at}`}>
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>{what}</Text>
              <Text size="xs" c="dimmed">{at === null ? why : `${words.on(moment(at))} ${why}`}</Text>
            </List.Item>
          ))}
        </List>
        {storage.more_chores > 0 && <Text size="xs" c="dimmed">{words.more(storage.more_chores)}</Text>}
      </Stack>
    </Paper>
  );
}
