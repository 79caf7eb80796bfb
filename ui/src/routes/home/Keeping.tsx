// Where the copies are: free space, whether there is only one copy, and the licenses.
import { Group, Progress, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX } from "@tabler/icons-react";
import type { HomeView } from "../../bindings";
import { bytes, duration } from "../../format";
import { home } from "../../strings";
import { Section } from "./Section";

const words = home.storage;
/** From here on, free space is short. */
const SHORT_PERCENT = 90;
const SHORT_DAYS = 30;

export function Keeping({ view }: { view: HomeView }) {
  return (
    <Section title={words.title} link={{ to: "/settings/storage", label: words.open }}>
      {view.storage !== null && <Space storage={view.storage} />}
      {view.only_one_copy && (
        <Group gap={8} wrap="nowrap" align="flex-start">
          <IconAlertTriangle size={18} aria-hidden className="hf-amber" style={{ flexShrink: 0 }} />
          <div>
            <Text size="sm" fw={600}>{words.onlyOne}</Text>
            <Text size="sm" c="dimmed">{words.onlyOneText}</Text>
          </div>
        </Group>
      )}
      <Licenses licenses={view.licenses} />
    </Section>
  );
}

function Space({ storage }: { storage: NonNullable<HomeView["storage"]> }) {
  const { free, total, days_until_full: days } = storage;
  const used = free !== null && total !== null && total > 0 ? ((total - free) / total) * 100 : null;
  return (
    <Stack gap={4}>
      <Text size="sm" truncate title={storage.path}>{storage.path}</Text>
      {!storage.reachable && (
        <Group gap={6} className="hf-red" wrap="nowrap"><IconPlugConnectedX size={18} aria-hidden /><Text size="sm">{words.unreachable}</Text></Group>
      )}
      {used !== null && free !== null && total !== null && (
        <>
          <Progress value={used} color={used > SHORT_PERCENT ? "var(--hf-red)" : undefined} aria-label={words.used} />
          <Group justify="space-between" gap="xs">
            <Text size="xs" c="dimmed" className="hf-numeric">{words.freeOf(bytes(free), bytes(total))}</Text>
            {days !== null && <Text size="xs" c={days < SHORT_DAYS ? undefined : "dimmed"} className={days < SHORT_DAYS ? "hf-amber" : undefined}>{`${words.full} ${duration(days * 86_400)}`}</Text>}
          </Group>
        </>
      )}
    </Stack>
  );
}

function Licenses({ licenses }: { licenses: HomeView["licenses"] }) {
  const { limit, used } = licenses;
  return (
    <Stack gap={4} mt="auto">
      <Group justify="space-between" gap="xs">
        <Text size="sm">{home.licenses.title}</Text>
        <Text size="sm" className="hf-numeric">{limit === null ? home.licenses.noLimit(used) : home.licenses.used(used, limit)}</Text>
      </Group>
      {limit !== null && limit > 0 && <Progress size="sm" value={Math.min(100, (used / limit) * 100)} aria-label={home.licenses.bar} />}
      {limit !== null && used >= limit && <Text size="xs" className="hf-amber">{home.licenses.full}</Text>}
    </Stack>
  );
}
