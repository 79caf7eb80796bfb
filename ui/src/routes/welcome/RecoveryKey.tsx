// The recovery key, to save or print. Nobody goes on without saying that it is saved.
import { Button, Checkbox, Group, Image, Loader, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconDeviceFloppy, IconPrinter } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, isUserError } from "../../api";
import type { RecoveryKeyView } from "../../bindings";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { CopyButton } from "../../components/CopyButton";
import { ErrorPanel } from "../../components/ErrorPanel";
import { welcome } from "../../strings";
import { useProgressKeeper } from "./boot";
import { RecoverySheet } from "./RecoverySheet";
import { Notice } from "../../components/Notice";

const words = welcome.key;

export function RecoveryKey({ storagePath }: { storagePath: string | null }) {
  // The key is a secret: it leaves the cache with this page.
  const key = useQuery({ queryKey: ["recovery_key"], queryFn: () => api.recoveryKey(), gcTime: 0, staleTime: 0 });
  const [isSaved, setSaved] = useState(false);
  const keep = useProgressKeeper();
  const goOn = useMutation({ mutationFn: () => api.setSetupStep("cloud", true), onSuccess: keep });
  if (key.isPending) return <Loader />;
  if (key.isError) return <ErrorPanel error={key.error} onRetry={() => void key.refetch()} />;
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">{words.title}</Title>
        <Text c="dimmed">{words.lead}</Text>
      </div>
      <Words recoveryKey={key.data} />
      <SaveAndPrint recoveryKey={key.data} storagePath={storagePath} />
      <Notice tone="amber">{key.data.warning}</Notice>
      <Checkbox label={words.tick} description={words.tickText} checked={isSaved} onChange={(event) => setSaved(event.currentTarget.checked)} />
      {goOn.isError && <ErrorPanel error={goOn.error} />}
      <Group justify="flex-end">
        <Button disabled={!isSaved} loading={goOn.isPending} onClick={() => goOn.mutate()}>{welcome.next}</Button>
      </Group>
    </Stack>
  );
}

export function Words({ recoveryKey }: { recoveryKey: RecoveryKeyView }) {
  return (
    <Paper withBorder p="md">
      <Group align="center" wrap="nowrap" gap="xl">
        <SimpleGrid cols={3} spacing="md" verticalSpacing="xs" component="ol" aria-label={words.words} flex={1} m={0} p={0} style={{ listStyle: "none" }}>
          {recoveryKey.words.split("-").map((word, index) => (
            <li key={`${index}-${word}`}>
              <Group gap="xs" wrap="nowrap">
                <Text component="span" size="sm" c="dimmed" w={20} ta="right" aria-hidden>{index + 1}</Text>
                <Text component="span" ff="monospace" fw={600}>{word}</Text>
              </Group>
            </li>
          ))}
        </SimpleGrid>
        <Image src={`data:image/svg+xml;utf8,${encodeURIComponent(recoveryKey.qr_svg)}`} alt={words.qr} w={132} h={132} bg="white" p={6} radius="sm" />
      </Group>
    </Paper>
  );
}

export function SaveAndPrint({ recoveryKey, storagePath }: { recoveryKey: RecoveryKeyView; storagePath: string | null }) {
  const [asks, setAsks] = useState<string | null>(null);
  const [isPrinted, setPrinted] = useState(false);
  const save = useMutation({
    mutationFn: async ({ path, acceptSameDisk }: { path: string | null; acceptSameDisk: boolean }) => {
      const place = path ?? (await api.chooseSaveFile(words.saveTitle, words.fileName));
      if (place === null) return null;
      try {
        return await api.saveRecoveryKey(place, acceptSameDisk);
      } catch (error) {
        const code: string | null = isUserError(error) ? error.code : null;
        if (code === "recovery_key.same_disk") {
          setAsks(place);
          return null;
        }
        throw error;
      }
    },
  });
  const savedTo = save.data?.path ?? null;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button variant="default" leftSection={<IconDeviceFloppy size={16} aria-hidden />} loading={save.isPending} onClick={() => save.mutate({ path: null, acceptSameDisk: false })}>{words.save}</Button>
        <Button
          variant="default"
          leftSection={<IconPrinter size={16} aria-hidden />}
          onClick={() => {
            window.print();
            setPrinted(true);
          }}
        >
          {words.print}
        </Button>
        <CopyButton value={recoveryKey.words} what={words.words} size="sm" />
      </Group>
      {savedTo !== null && <Notice bare role="status" tone="green" title={words.savedTo(savedTo)} />}
      {isPrinted && <Notice bare role="status" tone="blue" title={words.printed} />}
      {save.isError && asks === null && <ErrorPanel error={save.error} />}
      <ConfirmDialog
        opened={asks !== null}
        onClose={() => setAsks(null)}
        title={words.sameDisk.title}
        confirm={words.sameDisk.confirm}
        danger
        onConfirm={() => save.mutateAsync({ path: asks, acceptSameDisk: true })}
      >
        {words.sameDisk.text}
      </ConfirmDialog>
      <RecoverySheet recoveryKey={recoveryKey} storagePath={storagePath} />
    </Stack>
  );
}
