// What is shown where there is nothing to show: why, and what to do about it.
import { Stack, Text, ThemeIcon } from "@mantine/core";
import { IconInbox, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

type Props = { title: string; text?: ReactNode; icon?: Icon; children?: ReactNode };

export function EmptyState({ title, text, icon: Icon = IconInbox, children }: Props) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center" role="status">
      <ThemeIcon variant="light" size={44} radius="xl" aria-hidden><Icon size={24} stroke={1.6} /></ThemeIcon>
      <Text fw={600}>{title}</Text>
      {text !== undefined && <Text c="dimmed" size="sm" maw={460}>{text}</Text>}
      {children}
    </Stack>
  );
}
