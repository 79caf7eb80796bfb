// Marks every page while the sample company is open, and ends it.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFlask } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../api";
import { useKeepAnswer } from "../keepAnswer";
import { keys } from "../keys";
import { S } from "../strings";
import { ErrorPanel } from "./ErrorPanel";
import css from "./SampleBanner.module.css";

export function SampleBanner() {
  const keep = useKeepAnswer();
  const [opened, dialog] = useDisclosure(false);
  const client = useQueryClient();
  const leave = useMutation({
    mutationFn: api.leaveSample,
    onSuccess: async (boot) => {
      dialog.close();
      await keep(keys.boot(), boot);
      // Another profile: nothing that was read before belongs to it.
      await client.resetQueries({ predicate: (query) => query.queryKey[0] !== "boot" });
    },
  });
  return (
    <>
      <Group className={css.banner} justify="space-between" gap="xs" wrap="nowrap" role="region" aria-label={S.sample.banner}>
        <Group gap="xs" wrap="nowrap"><IconFlask size={16} aria-hidden /><Text size="sm">{S.sample.banner}</Text></Group>
        <Button size="compact-xs" variant="default" onClick={dialog.open}>{S.sample.leave}</Button>
      </Group>
      <Modal opened={opened} onClose={dialog.close} title={<Text span fw={600}>{S.sample.title}</Text>} closeButtonProps={{ "aria-label": S.common.close }}>
        <Stack gap="md">
          <Text size="sm">{S.sample.text}</Text>
          {leave.isError && <ErrorPanel error={leave.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={dialog.close}>{S.common.cancel}</Button>
            <Button variant="default" loading={leave.isPending} onClick={() => leave.mutate(false)}>{S.sample.keep}</Button>
            <Button color="red" loading={leave.isPending} onClick={() => leave.mutate(true)}>{S.sample.remove}</Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
