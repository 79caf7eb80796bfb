// The head of a page: its name, one line on what it is for, and its actions at the right.
import { Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** So many pixels the name keeps beside the actions before they go below it. */
const LEAST = 160;

export function PageHeader({ title, text, children }: { title: string; text?: ReactNode; children?: ReactNode }) {
  return (
    <Group justify="space-between" align="flex-end" gap="sm" mb="md">
      <Stack gap={2} flex={1} miw={children === undefined ? 0 : LEAST}>
        <Title order={1}>{title}</Title>
        {text !== undefined && <Text c="dimmed" size="sm">{text}</Text>}
      </Stack>
      {children !== undefined && <Group gap="xs">{children}</Group>}
    </Group>
  );
}
