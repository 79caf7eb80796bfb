// A text to paste elsewhere, shown in full, with its copy button.
import { Code, Group } from "@mantine/core";
import { CopyButton } from "../CopyButton";

export function Copyable({ text, title }: { text: string; title: string }) {
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Code block flex={1} mah={120} tabIndex={0} role="region" aria-label={title} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", overflowY: "auto" }}>
        {text}
      </Code>
      <CopyButton value={text} what={title} />
    </Group>
  );
}
