// Where the Repository is, the room on its disk, and its size before and after deduplication.
import { Button, Group, Paper, Progress, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFolderOpen, IconFolderSymlink } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { api } from "../../api";
import type { StorageView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Facts } from "../../components/Facts";
import { Bytes } from "../../components/Format";
import { Notice } from "../../components/Notice";
import { S } from "../../strings";
import { Elsewhere } from "./Elsewhere";
import { MoveProgress } from "./MoveProgress";

const words = S.storage;

export function Place({ storage }: { storage: StorageView }) {
  const [isMoving, elsewhere] = useDisclosure(false);
  const isOnTheWay = storage.moving !== null && storage.moving.error === null;
  const show = useMutation({ mutationFn: api.reveal });
  const { free, total, content_bytes, stored_bytes } = storage;
  const saved = stored_bytes !== null && content_bytes > 0 ? Math.round(100 - (100 * stored_bytes) / content_bytes) : 0;
  return (
    <Paper component="section" aria-label={words.where}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{words.where}</Title>
        <Group gap="xs">
          <Button size="xs" variant="default" leftSection={<IconFolderSymlink size={15} aria-hidden />} disabled={isOnTheWay} onClick={elsewhere.open}>{words.elsewhere.open}</Button>
          <Button size="xs" variant="default" leftSection={<IconFolderOpen size={15} aria-hidden />} disabled={!storage.reachable} onClick={() => show.mutate(storage.path)}>{words.show}</Button>
        </Group>
      </Group>
      <Elsewhere storage={storage} opened={isMoving} onClose={elsewhere.close} />
      {show.isError && <ErrorPanel error={show.error} onClose={show.reset} />}
      <Stack gap="sm">
        {storage.moving !== null && <MoveProgress moving={storage.moving} />}
        <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>{storage.path}</Text>
        {!storage.reachable && <Notice tone="red" role="alert">{words.unreachable}</Notice>}
        {free !== null && total !== null && total > 0 && (
          <Progress value={(100 * (total - free)) / total} aria-label={words.used} color={free / total < 0.1 ? "red" : undefined} />
        )}
        <Facts
          facts={[
            [words.free, free === null ? S.common.unknown : total === null ? <Bytes key="free" value={free} /> : words.freeOf(free, total)],
            [words.untilFull, storage.days_until_full === null ? words.unknownYet : words.days(storage.days_until_full)],
            [words.items, S.common.items(storage.items)],
            [words.before, <Bytes key="before" value={content_bytes} />],
            [words.after, <Bytes key="after" value={stored_bytes} />],
            [words.id, storage.id],
          ]}
        />
        {saved > 0 && <Text size="xs" c="dimmed">{words.saved(saved)}</Text>}
      </Stack>
    </Paper>
  );
}
