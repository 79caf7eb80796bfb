// What downloads may take: no limit, or a number. It counts at once, also for backups that run.
import { Button, Group, NumberInput, Paper, Radio, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { StorageView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { separators } from "../../format";
import { S } from "../../strings";

const words = S.storage.bandwidth;
/** Bytes a second. */
const MEGABIT = 125_000;
const AT_FIRST = 20 * MEGABIT;

export function Bandwidth({ storage }: { storage: StorageView }) {
  const keep = useKeepAnswer();
  const [edited, setEdited] = useState<number | null | undefined>(undefined);
  const save = useMutation({
    mutationFn: api.setBandwidth,
    onSuccess: async (answer) => {
      await keep(keys.storage(), answer);
      setEdited(undefined);
    },
  });
  const limit = edited === undefined ? storage.bandwidth_limit : edited;
  const edit = (value: number | null) => {
    save.reset();
    setEdited(value);
  };
  return (
    <Paper component="section" aria-label={words.title}>
      <Stack gap="sm">
        <Title order={2}>{words.title}</Title>
        <Text size="sm" c="dimmed">{words.text}</Text>
        <Radio.Group aria-label={words.title} value={limit === null ? "none" : "number"} onChange={(value) => edit(value === "none" ? null : AT_FIRST)}>
          <Stack gap="xs">
            <Radio size="xs" value="none" label={words.none} />
            <Group gap="xs">
              <Radio size="xs" value="number" label={words.limited} />
              <NumberInput
                size="xs" w={130} aria-label={words.number} suffix={` ${words.unit}`} min={0.1} max={100_000} decimalScale={1} allowNegative={false} {...separators()}
                value={limit === null ? "" : limit / MEGABIT} disabled={limit === null} onChange={(value) => typeof value === "number" && edit(Math.round(value * MEGABIT))}
              />
            </Group>
          </Stack>
        </Radio.Group>
        <Group gap="xs">
          <Button size="xs" disabled={edited === undefined || limit === storage.bandwidth_limit} loading={save.isPending} onClick={() => save.mutate(limit)}>{words.save}</Button>
          {save.isSuccess && <Text size="sm" className="hf-green" role="status">{words.saved}</Text>}
        </Group>
        {save.isError && <ErrorPanel error={save.error} onClose={save.reset} />}
      </Stack>
    </Paper>
  );
}
