// The commands that open the storage without Holdfast, to copy.
import { Code, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { CopyButton } from "../../components/CopyButton";
import { S } from "../../strings";
import css from "./Storage.module.css";

const words = S.storage.restic;

export function Restic({ commands }: { commands: string[] }) {
  return (
    <Paper component="section" aria-label={words.title}>
      <Stack gap="xs">
        <Title order={2}>{words.title}</Title>
        <Text size="sm" c="dimmed">{words.text}</Text>
        {commands.map((command, at) => (
          <Group key={command} gap="xs" wrap="nowrap">
            <Code className={css.command}>{command}</Code>
            <CopyButton value={command} what={words.command(at + 1)} />
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}
