// Before a Policy is saved: who and what gains or loses protection by it.
import { Group, List, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api";
import type { DomainView, Policy } from "../../bindings";
import { S } from "../../strings";
import { ConfirmDialog } from "../ConfirmDialog";
import { ErrorPanel } from "../ErrorPanel";

const words = S.backupSettings.dialog;

type Props = { opened: boolean; onClose: () => void; domain: DomainView; policy: Policy; onSave: () => Promise<void> };

export function PreviewDialog({ opened, onClose, domain, policy, onSave }: Props) {
  return (
    <ConfirmDialog opened={opened} onClose={onClose} title={words.title} confirm={S.common.save} onConfirm={onSave}>
      {opened && <Preview domain={domain} policy={policy} />}
    </ConfirmDialog>
  );
}

function Preview({ domain, policy }: { domain: DomainView; policy: Policy }) {
  const preview = useQuery({ queryKey: ["policy", domain.connection, "preview", policy], queryFn: () => api.previewPolicy(domain.connection, policy), staleTime: 0, gcTime: 0 });
  if (preview.isError) return <ErrorPanel error={preview.error} onRetry={() => void preview.refetch()} />;
  if (preview.isPending) return <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>;
  const { gains, loses, notes } = preview.data;
  return (
    <Stack gap="sm">
      {gains.length + loses.length === 0 && <Text size="sm">{words.nothing}</Text>}
      <Lines title={words.loses} lines={loses} className="hf-amber" />
      <Lines title={words.gains} lines={gains} className="hf-green" />
      <Lines title={words.notes} lines={notes} />
    </Stack>
  );
}

function Lines({ title, lines, className }: { title: string; lines: string[]; className?: string }) {
  if (lines.length === 0) return null;
  return (
    <section aria-label={title}>
      <Text size="sm" fw={600} className={className}>{title}</Text>
      <List size="sm">{lines.map((line) => <List.Item key={line}>{line}</List.Item>)}</List>
    </section>
  );
}
