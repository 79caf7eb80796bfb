// The last verification, and `Verify now` with its progress.
import { Button, Checkbox, Group, List, Paper, Progress, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { StorageView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Ago } from "../../components/Format";
import { Notice } from "../../components/Notice";
import { useAppEvent } from "../../events";
import { keys } from "../../keys";
import { S } from "../../strings";

const words = S.storage.verify;

export function Verification({ storage }: { storage: StorageView }) {
  const client = useQueryClient();
  const [readData, setReadData] = useState(false);
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const verify = useMutation({
    mutationFn: api.verify,
    onMutate: () => setProgress(null),
    onSettled: () => client.invalidateQueries({ queryKey: keys.storage() }),
  });
  const stop = useMutation({ mutationFn: api.cancelVerify });
  useAppEvent("verify", ({ done, total }) => setProgress({ done, total }));
  const isStopped = verify.error?.code === "cancelled";
  return (
    <Paper component="section" aria-label={words.title}>
      <Stack gap="sm">
        <Title order={2}>{words.title}</Title>
        <Text size="sm" c="dimmed">{words.text}</Text>
        {storage.last_verified_at === null ? <Text size="sm">{words.never}</Text> : (
          <Notice bare tone={storage.last_verify_ok === false ? "red" : "green"} title={<>{words.last} <Ago at={storage.last_verified_at} /></>}>
            {storage.last_verify_sentence ?? undefined}
          </Notice>
        )}
        <Checkbox label={words.readData} checked={readData} disabled={verify.isPending} onChange={(event) => setReadData(event.currentTarget.checked)} />
        <Group gap="xs">
          <Button size="xs" loading={verify.isPending} disabled={!storage.reachable} onClick={() => verify.mutate(readData)}>{words.now}</Button>
          {verify.isPending && <Button size="xs" variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>{words.cancel}</Button>}
        </Group>
        {verify.isPending && (
          <Stack gap={4}>
            <Progress value={progress === null || progress.total === 0 ? 0 : (100 * progress.done) / progress.total} aria-label={words.running} animated />
            <Text size="xs" c="dimmed" className="hf-numeric" role="status">{progress === null ? words.running : words.progress(progress.done, progress.total)}</Text>
          </Stack>
        )}
        {stop.isError && <ErrorPanel error={stop.error} onClose={stop.reset} />}
        {verify.isError && !isStopped && <ErrorPanel error={verify.error} onRetry={() => verify.mutate(readData)} onClose={verify.reset} />}
        {verify.data?.ok && <Notice tone="green" role="status">{words.good(verify.data.packs, verify.data.bytes)}</Notice>}
        {verify.data && !verify.data.ok && (
          <Notice tone="red" role="alert" title={words.bad(verify.data.problems.length)}>
            <List size="sm">{verify.data.problems.map((problem) => <List.Item key={problem}>{problem}</List.Item>)}</List>
          </Notice>
        )}
      </Stack>
    </Paper>
  );
}
