// What was found while someone types: one line with its icon, and what to do about it.
import { Group, Text, type MantineColor } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";

const TONES = {
  good: { icon: IconCircleCheck, color: "green" },
  note: { icon: IconInfoCircle, color: "blue" },
  warning: { icon: IconAlertTriangle, color: "yellow" },
  problem: { icon: IconCircleX, color: "red" },
} as const;

type Props = { tone: keyof typeof TONES; what: string; todo?: string | null; children?: ReactNode };

export function Note({ tone, what, todo = null, children }: Props) {
  const { icon: NoteIcon, color } = TONES[tone];
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start" role="status">
      <NoteIcon size={18} aria-hidden color={`var(--mantine-color-${color satisfies MantineColor}-filled)`} style={{ flexShrink: 0, marginTop: 2 }} />
      <div>
        <Text size="sm">{what}</Text>
        {todo !== null && <Text size="sm" c="dimmed">{todo}</Text>}
        {children}
      </div>
    </Group>
  );
}
