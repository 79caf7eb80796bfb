// A part of Home: its name, a link to the page that says more, its content.
import { Anchor, Group, Paper, Stack, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";

type Props = { title: string; link?: { to: string; label: string }; children: ReactNode };

export function Section({ title, link, children }: Props) {
  const id = useId();
  return (
    <Paper component="section" aria-labelledby={id}>
      <Stack gap="sm" h="100%">
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} size="h3" id={id}>{title}</Title>
          {link !== undefined && <Anchor component={Link} to={link.to} size="sm">{link.label}</Anchor>}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
