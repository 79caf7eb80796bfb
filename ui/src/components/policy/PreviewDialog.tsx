// Before a Policy is saved: who and what gains or loses protection by it.
import { Group, List, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { PolicyPreview } from "../../bindings";
import { S } from "../../strings";
import { ConfirmDialog } from "../ConfirmDialog";
import { ErrorPanel } from "../ErrorPanel";

const words = S.backupSettings.dialog;

type Asked = { /** What it is asked about, by which the answer is kept. */ of: unknown[]; preview: () => Promise<PolicyPreview> };
type Props = Asked & { opened: boolean; onClose: () => void; onSave: () => Promise<void> };

export function PreviewDialog({ opened, onClose, of, preview, onSave }: Props) {
  return (
    <ConfirmDialog opened={opened} onClose={onClose} title={words.title} confirm={S.common.save} onConfirm={onSave}>
      {opened && <Preview of={of} preview={preview} />}
    </ConfirmDialog>
  );
}

function Preview({ of, preview }: Asked) {
  const asked = useQuery({ queryKey: ["preview", ...of], queryFn: preview, staleTime: 0, gcTime: 0 });
  if (asked.isError) return <ErrorPanel error={asked.error} onRetry={() => void asked.refetch()} />;
  if (asked.isPending) return <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>;
  const { gains, loses, notes } = asked.data;
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
