// How far a restore to this computer is, in its drawer and in Activity, and what ends it.
import { Button, Progress, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api } from "../../api";
import type { RestoreState, RestoreView } from "../../bindings";
import { bytes } from "../../format";
import { S } from "../../strings";

const words = S.archive.drawer;

type Props = { /** None while it only begins. */ state: RestoreState | null; of?: RestoreView | null };

export function RestoreProgress({ state, of = null }: Props) {
  const [files, all] = [state?.files ?? 0, { files: state?.of_files ?? of?.files ?? null, bytes: state?.of_bytes ?? of?.bytes ?? null }];
  const share = all.bytes === null || all.bytes === 0 ? 0 : Math.min(100, ((state?.bytes ?? 0) / all.bytes) * 100);
  return (
    <Stack gap={6} role="status">
      <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>{state === null ? words.running : words.runningTo(state.whose, state.input.folder)}</Text>
      <Progress value={share} aria-label={words.running} />
      <Text size="sm" className="hf-numeric">{words.progress(files, all.files ?? files, bytes(state?.bytes ?? 0))}</Text>
      <Text size="xs" c="dimmed">{words.goesOn}</Text>
    </Stack>
  );
}

export function CancelRestore() {
  const cancel = useMutation({ mutationFn: api.cancelRestore });
  return <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>{words.cancel}</Button>;
}
