// How far the storage's copy to another place is, or what ended it.
import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api";
import type { MoveView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Notice } from "../../components/Notice";
import { keys } from "../../keys";
import { S } from "../../strings";

const words = S.storage.moving;

export function MoveProgress({ moving }: { moving: MoveView }) {
  const client = useQueryClient();
  const stop = useMutation({ mutationFn: api.cancelMove, onSettled: () => client.invalidateQueries({ queryKey: keys.storage() }) });
  if (moving.error?.code === "cancelled") {
    return (
      <Notice tone="grey" role="status" title={words.stopped(moving.to)}>
        <Group mt={6}><Button size="compact-sm" variant="default" onClick={() => stop.mutate()}>{S.common.close}</Button></Group>
      </Notice>
    );
  }
  if (moving.error !== null) return <ErrorPanel error={moving.error} onClose={() => stop.mutate()} />;
  const says = moving.waits ? words.waits : moving.total === 0 ? words.began : words.progress(moving.done, moving.total);
  return (
    <Notice tone="blue" title={words.title(moving.to)}>
      <Stack gap={6} mt={4}>
        <Progress value={moving.total === 0 ? 0 : (100 * moving.done) / moving.total} aria-label={words.bar} animated />
        <Text size="xs" className="hf-numeric" role="status">{says}</Text>
        {stop.isError && <ErrorPanel error={stop.error} onClose={stop.reset} />}
        <Group><Button size="compact-sm" variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>{words.stop}</Button></Group>
      </Stack>
    </Notice>
  );
}
