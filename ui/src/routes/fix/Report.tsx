// The support bundle: read first, then copied.
import { Button, Checkbox, Code, Group, Loader, Modal, ScrollArea, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import { CopyButton } from "../../components/CopyButton";
import { ErrorPanel } from "../../components/ErrorPanel";
import { S } from "../../strings";
import { fix } from "../../strings";

const words = fix.report;

export function Report({ user }: { user: string | null }) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={dialog.open}>{words.button}</Button>
      <Modal opened={opened} onClose={dialog.close} size="xl" title={<Text span fw={600}>{words.title}</Text>} closeButtonProps={{ "aria-label": S.common.close }}>
        {opened && <Bundle user={user} />}
      </Modal>
    </>
  );
}

function Bundle({ user }: { user: string | null }) {
  const [mask, setMask] = useState(true);
  const report = useQuery({ queryKey: ["fix_report", user, mask], queryFn: () => api.fixReport(user, mask), staleTime: 0, gcTime: 0 });
  return (
    <Stack gap="sm">
      <Text size="sm">{words.text}</Text>
      <Group justify="space-between">
        <Checkbox label={words.mask} checked={mask} onChange={(event) => setMask(event.currentTarget.checked)} />
        {report.data !== undefined && <CopyButton value={report.data} what={words.name} size="sm" />}
      </Group>
      {report.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
      {report.isError && <ErrorPanel error={report.error} onRetry={() => void report.refetch()} />}
      {report.data !== undefined && (
        <ScrollArea h={360} viewportProps={{ tabIndex: 0, role: "region", "aria-label": words.title }}>
          <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{report.data}</Code>
        </ScrollArea>
      )}
    </Stack>
  );
}
