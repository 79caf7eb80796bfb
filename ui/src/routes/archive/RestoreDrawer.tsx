// Restore to this computer: a folder, a preview of what will be there, how far it is, and what came of it.
import { Button, Group, List, Loader, Spoiler, Stack, Text, TextInput } from "@mantine/core";
import { IconFolderOpen } from "@tabler/icons-react";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { OwnerRow, PointInTime, RestoreInput, RestoreView, Service } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Notice } from "../../components/Notice";
import { SideDrawer } from "../../components/SideDrawer";
import { bytes, moment } from "../../format";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { queries } from "../../queries";
import { S } from "../../strings";
import { CancelRestore, RestoreProgress } from "./RestoreProgress";

const words = S.archive.drawer;
const SETTLE_MS = 300;

type Props = { opened: boolean; onClose: () => void; owner: OwnerRow; service: Service | null; point: PointInTime; title: string };

export function RestoreDrawer({ opened, onClose, owner, service, point, title }: Props) {
  const keep = useKeepAnswer();
  const [typed, setFolder] = useState("");
  // Typing settles before a preview is made of it.
  const [settled] = useDebouncedValue(typed.trim(), SETTLE_MS);
  const folder = settled === "" ? null : settled;
  const input: RestoreInput = { owner: owner.key, service, at: point.at, partial_too: !point.complete, folder: folder ?? "" };
  const choose = useMutation({
    mutationFn: () => api.chooseFolder(words.chooseTitle),
    onSuccess: (path) => {
      if (path !== null) setFolder(path);
    },
  });
  const client = useQueryClient();
  const restore = useMutation({ mutationFn: (wanted: RestoreInput) => api.restore(wanted), onSettled: () => client.invalidateQueries({ queryKey: keys.restore() }) });
  // Begun here, or from this page before it was left.
  const state = useQuery({ ...queries.restore(), enabled: opened }).data ?? null;
  const goesOn = restore.isPending || (restore.isIdle && state !== null && state.ended === null);
  const did = restore.data ?? (restore.isIdle && state?.input.owner === owner.key ? state.result : null) ?? undefined;
  const isIdle = restore.isIdle && !goesOn && did === undefined;
  const preview = useQuery({
    queryKey: ["preview", "restore", input], queryFn: () => api.previewRestore(input), enabled: opened && folder !== null && isIdle, staleTime: 0, gcTime: 0,
  });
  const again = () => {
    restore.reset();
    setFolder("");
    void keep(keys.restore(), null);
    // What is not forgotten is shown once more: nothing is lost by that.
    api.forgetRestore().catch(() => undefined);
  };
  const ready = typed.trim() === settled && preview.data !== undefined && preview.data.files + preview.data.without_content > 0 && preview.data.fits && !preview.isFetching;
  return (
    <SideDrawer
      opened={opened} title={words.title}
      onClose={() => {
        if (!goesOn && (did !== undefined || restore.isError)) again();
        onClose();
      }}
      footer={
        goesOn ? <CancelRestore />
        : did !== undefined ? (
          <>
            <Button variant="default" onClick={again}>{words.again}</Button>
            <Button leftSection={<IconFolderOpen size={16} aria-hidden />} onClick={() => void api.reveal(did.folder).catch(() => undefined)}>{words.open}</Button>
          </>
        ) : <Button disabled={!ready} onClick={() => restore.mutate(input)}>{words.start}</Button>
      }
    >
      <Stack gap="md">
        <Text size="sm"><Text span inherit c="dimmed">{words.what}: </Text>{S.archive.restoreOf(title, moment(point.at))}</Text>
        {!point.complete && <Notice tone="amber">{words.incomplete}</Notice>}
        {(isIdle || restore.isError) && (
          <Group align="flex-end" gap="xs" wrap="nowrap">
            <TextInput flex={1} label={words.folder} description={words.folderHint} value={typed} placeholder={words.placeholder} spellCheck={false} autoComplete="off" onChange={(event) => setFolder(event.currentTarget.value)} />
            <Button variant="default" loading={choose.isPending} onClick={() => choose.mutate()}>{words.choose}</Button>
          </Group>
        )}
        {choose.isError && <ErrorPanel error={choose.error} />}
        {isIdle && folder !== null && preview.isFetching && <Group gap="xs" role="status"><Loader size="xs" aria-hidden /><Text size="sm">{words.previewing}</Text></Group>}
        {isIdle && preview.isError && !preview.isFetching && <ErrorPanel error={preview.error} onRetry={() => void preview.refetch()} />}
        {isIdle && preview.data && !preview.isFetching && <Would view={preview.data} />}
        {goesOn && <RestoreProgress state={state} of={preview.data ?? null} />}
        {restore.isError && (restore.error.code === "cancelled" ? <Notice tone="grey" role="status">{words.cancelled}</Notice> : <ErrorPanel error={restore.error} onRetry={() => restore.reset()} />)}
        {!goesOn && did !== undefined && <Did view={did} />}
      </Stack>
    </SideDrawer>
  );
}

function Would({ view }: { view: RestoreView }) {
  if (view.files + view.without_content + view.skipped + view.problems_total === 0) return <Notice tone="amber">{words.nothing}</Notice>;
  return (
    <Stack gap="sm" component="section" aria-label={words.preview}>
      <Text fw={600} className="hf-numeric">
        {words.would(view.files, bytes(view.bytes))}
        {view.free !== null && <Text span size="sm" c="dimmed" fw={400}> ({words.free(bytes(view.free))})</Text>}
      </Text>
      {!view.fits && <Notice tone="red" role="alert">{words.noRoom}</Notice>}
      <Explained view={view} />
    </Stack>
  );
}

function Did({ view }: { view: RestoreView }) {
  return (
    <Stack gap="sm">
      <Notice tone={view.problems_total === 0 ? "green" : "amber"} role="status" title={view.problems_total === 0 ? words.done : words.doneProblems}>
        {words.doneText(view.files, bytes(view.bytes), view.folder)}
      </Notice>
      <Explained view={view} />
    </Stack>
  );
}

/** What is not simply there afterwards, and why. */
function Explained({ view }: { view: RestoreView }) {
  return (
    <>
      {view.problems_total > 0 && (
        <section>
          <Text size="sm" className="hf-red">{words.problems(view.problems_total)}</Text>
          <Spoiler maxHeight={110} showLabel={S.common.details} hideLabel={S.common.close}>
            <List size="sm">{view.problems.map((it, at) => <List.Item key={at}>{it.item}: {it.why}</List.Item>)}</List>
          </Spoiler>
        </section>
      )}
      {view.renamed > 0 && (
        <section>
          <Text size="sm">{words.renamed(view.renamed)}</Text>
          <Spoiler maxHeight={110} showLabel={S.common.details} hideLabel={S.common.close}>
            <List size="sm">{view.renames.map((it, at) => <List.Item key={at}>{it.from} <Text span inherit c="dimmed">{words.to}</Text> {it.to}</List.Item>)}</List>
            {view.renamed > view.renames.length && <Text size="sm" c="dimmed">{words.renamesMore}</Text>}
          </Spoiler>
        </section>
      )}
      {view.skipped > 0 && <Text size="sm">{words.skipped(view.skipped)}</Text>}
      {view.without_content > 0 && <Text size="sm" c="dimmed">{words.withoutContent(view.without_content)}</Text>}
    </>
  );
}
