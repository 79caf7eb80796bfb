// Settings > App > New versions: looked for when a person wants it, installed when a person says so and no backup runs.
import { Button, Fieldset, Group, Stack, Switch, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { api } from "../api";
import type { UpdatesView } from "../bindings";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { ErrorPanel } from "../components/ErrorPanel";
import { Ago } from "../components/Format";
import { Notice } from "../components/Notice";
import { useKeepAnswer } from "../keepAnswer";
import { keys } from "../keys";
import { queries } from "../queries";
import { updates as words } from "../strings";

export function Updates() {
  const known = useQuery(queries.updates());
  return (
    <Fieldset legend={words.title}>
      {known.isError && <ErrorPanel error={known.error} onRetry={() => void known.refetch()} />}
      {known.data && (known.data.is_possible ? <Looking view={known.data} /> : <Text size="sm" c="dimmed">{words.notPossible}</Text>)}
    </Fieldset>
  );
}

function Looking({ view }: { view: UpdatesView }) {
  const keepAnswer = useKeepAnswer();
  const keep = (known: UpdatesView) => keepAnswer(keys.updates(), known);
  const set = useMutation({ mutationFn: api.setLooksForUpdates, onSuccess: keep });
  const look = useMutation({ mutationFn: api.lookForUpdate, onSuccess: keep });
  return (
    <Stack gap="md">
      {set.isError && <ErrorPanel error={set.error} onClose={set.reset} />}
      {look.isError && <ErrorPanel error={look.error} onRetry={() => look.mutate()} onClose={look.reset} />}
      <Switch label={words.looks} description={words.looksHint} checked={set.isPending ? set.variables : view.looks} disabled={set.isPending} onChange={(event) => set.mutate(event.currentTarget.checked)} />
      {view.found ? <Found view={view} version={view.found.version} notes={view.found.notes} /> : view.looked_at !== null && <Text size="sm">{words.newest(view.version)}</Text>}
      <Group gap="xs">
        <Button size="xs" variant="default" loading={look.isPending} onClick={() => look.mutate()}>{words.now}</Button>
        <Text size="sm" c="dimmed">{words.looked} <Ago at={view.looked_at} /></Text>
      </Group>
    </Stack>
  );
}

function Found({ view, version, notes }: { view: UpdatesView; version: string; notes: string | null }) {
  const [asking, ask] = useDisclosure(false);
  return (
    <Notice tone="blue" title={words.found(version)}>
      <Stack gap="xs">
        {notes !== null && <Text size="sm" style={{ whiteSpace: "pre-line" }}>{notes}</Text>}
        {!view.installs && <Text size="sm">{words.byPackage}</Text>}
        {view.installs && (
          <Group gap="xs">
            <Button size="xs" disabled={view.runs > 0} onClick={ask.open}>{words.install(version)}</Button>
            {view.runs > 0 && <Text size="sm">{words.waits(view.runs)}</Text>}
          </Group>
        )}
      </Stack>
      <ConfirmDialog opened={asking} onClose={ask.close} title={words.confirmTitle(version)} confirm={words.confirm} onConfirm={() => api.installUpdate(version)}>{words.confirmText}</ConfirmDialog>
    </Notice>
  );
}
