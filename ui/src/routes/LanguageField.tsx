// The language of the window. Choosing one draws everything anew; the keyboard then goes on where it was.
import { Group, SegmentedControl, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { LanguageChoice } from "../bindings";
import { S } from "../strings";

const words = S.app;

/** True from the choice until the field is there again. */
let wasChosen = false;

export function LanguageField({ value, onChange }: { value: LanguageChoice; onChange: (choice: LanguageChoice) => void }) {
  const field = useRef<HTMLDivElement>(null);
  // Focus is the document's, not React's.
  useEffect(() => {
    if (!wasChosen) return;
    wasChosen = false;
    field.current?.querySelector<HTMLInputElement>("input:checked")?.focus();
  }, []);
  return (
    <Group gap="md">
      <Text size="sm" fw={500}>{words.language}</Text>
      <SegmentedControl
        ref={field} size="xs" aria-label={words.language} value={value}
        onChange={(choice) => {
          wasChosen = true;
          onChange(choice as LanguageChoice);
        }}
        data={Object.entries(words.languages).map(([value, label]) => ({ value, label }))}
      />
    </Group>
  );
}
