// The recovery key, again: asked about first, gone from memory when it is hidden.
import { Button, Group, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api";
import type { StorageView } from "../../bindings";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Notice } from "../../components/Notice";
import { SideDrawer } from "../../components/SideDrawer";
import { S } from "../../strings";
import { SaveAndPrint, Words } from "../welcome/RecoveryKey";

const words = S.storage.key;

export function Key({ storage }: { storage: StorageView }) {
  const [asking, ask] = useDisclosure(false);
  const [shown, show] = useDisclosure(false);
  return (
    <Paper component="section" aria-label={words.title}>
      <Stack gap="sm" align="flex-start">
        <Title order={2}>{words.title}</Title>
        <Text size="sm" c="dimmed">{words.text}</Text>
        <Button size="xs" variant="default" leftSection={<IconKey size={15} aria-hidden />} onClick={ask.open}>{words.show}</Button>
      </Stack>
      <ConfirmDialog opened={asking} onClose={ask.close} title={words.confirmTitle} confirm={words.confirm} danger onConfirm={show.open}>{words.warning}</ConfirmDialog>
      <SideDrawer opened={shown} onClose={show.close} title={words.title}>{shown && <Shown storagePath={storage.path} />}</SideDrawer>
    </Paper>
  );
}

function Shown({ storagePath }: { storagePath: string }) {
  // A secret: it leaves the cache with the drawer.
  const key = useQuery({ queryKey: ["recovery_key"], queryFn: api.recoveryKey, gcTime: 0, staleTime: 0 });
  if (key.isError) return <ErrorPanel error={key.error} onRetry={() => void key.refetch()} />;
  if (key.isPending) return <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>;
  return (
    <Stack>
      <Words recoveryKey={key.data} />
      <SaveAndPrint recoveryKey={key.data} storagePath={storagePath} />
      <Notice tone="amber">{key.data.warning}</Notice>
    </Stack>
  );
}
