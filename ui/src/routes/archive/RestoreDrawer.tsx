// Restore to this computer: a folder, a preview of what will be there, how far it is, and what came of it.
import { Button, Group, List, Loader, Progress, Spoiler, Stack, Text, TextInput } from "@mantine/core";
import { IconFolderOpen } from "@tabler/icons-react";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { OwnerRow, PointInTime, RestoreInput, RestoreView, Service } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Notice } from "../../components/Notice";
import { SideDrawer } from "../../components/SideDrawer";
import { useAppEvent } from "../../events";
import { bytes, moment } from "../../format";
import { S } from "../../strings";

const words = S.archive.drawer;
const SETTLE_MS = 300;

type Props = { opened: boolean; onClose: () => void; owner: OwnerRow; service: Service | null; point: PointInTime; title: string };

export function RestoreDrawer({ opened, onClose, owner, service, point, title }: Props) {
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
  const restore = useMutation({ mutationFn: (wanted: RestoreInput) => api.restore(wanted) });
  const preview = useQuery({
    queryKey: ["restore", "preview", input], queryFn: () => api.previewRestore(input), enabled: opened && folder !== null && restore.isIdle, staleTime: 0, gcTime: 0,
  });
  const again = () => {
    restore.reset();
    setFolder("");
  };
  const ready = typed.trim() === settled && preview.data !== undefined && preview.data.files + preview.data.without_content > 0 && preview.data.fits && !preview.isFetching;
  return (
    <SideDrawer
      opened={opened} title={words.title}
      onClose={() => {
        if (restore.isPending) return;
        if (restore.isSuccess || restore.isError) again();
        onClose();
      }}
      footer={
        restore.isPending ? <CancelButton />
        : restore.isSuccess ? (
          <>
            <Button variant="default" onClick={again}>{words.again}</Button>
            <Button leftSection={<IconFolderOpen size={16} aria-hidden />} onClick={() => void api.reveal(restore.data.folder).catch(() => undefined)}>{words.open}</Button>
          </>
        ) : <Button disabled={!ready} onClick={() => restore.mutate(input)}>{words.start}</Button>
      }
    >
      <Stack gap="md">
        <Text size="sm"><Text span inherit c="dimmed">{words.what}: </Text>{S.archive.restoreOf(title, moment(point.at))}</Text>
        {!point.complete && <Notice tone="amber">{words.incomplete}</Notice>}
        {(restore.isIdle || restore.isError) && (
          <Group align="flex-end" gap="xs" wrap="nowrap">
            <TextInput flex={1} label={words.folder} description={words.folderHint} value={typed} placeholder={words.placeholder} spellCheck={false} autoComplete="off" onChange={(event) => setFolder(event.currentTarget.value)} />
            <Button variant="default" loading={choose.isPending} onClick={() => choose.mutate()}>{words.choose}</Button>
          </Group>
        )}
        {choose.isError && <ErrorPanel error={choose.error} />}
        {restore.isIdle && folder !== null && preview.isFetching && <Group gap="xs" role="status"><Loader size="xs" aria-hidden /><Text size="sm">{words.previewing}</Text></Group>}
        {restore.isIdle && preview.isError && !preview.isFetching && <ErrorPanel error={preview.error} onRetry={() => void preview.refetch()} />}
        {restore.isIdle && preview.data && !preview.isFetching && <Would view={preview.data} />}
        {restore.isPending && <Running of={preview.data ?? null} />}
        {restore.isError && (restore.error.code === "cancelled" ? <Notice tone="grey" role="status">{words.cancelled}</Notice> : <ErrorPanel error={restore.error} onRetry={() => restore.reset()} />)}
        {restore.isSuccess && <Did view={restore.data} />}
      </Stack>
    </SideDrawer>
  );
}

function CancelButton() {
  const cancel = useMutation({ mutationFn: api.cancelRestore });
  return <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>{words.cancel}</Button>;
}

function Running({ of }: { of: RestoreView | null }) {
  const [now, setNow] = useState({ files: 0, bytes: 0 });
  useAppEvent("restore", ({ files, bytes }) => setNow({ files, bytes }));
  const share = of === null || of.bytes === 0 ? 0 : Math.min(100, (now.bytes / of.bytes) * 100);
  return (
    <Stack gap={6} role="status">
      <Text size="sm" fw={600}>{words.running}</Text>
      <Progress value={share} aria-label={words.running} />
      <Text size="sm" className="hf-numeric">{words.progress(now.files, of?.files ?? now.files, bytes(now.bytes))}</Text>
    </Stack>
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
