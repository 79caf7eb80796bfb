// The language of the window. Choosing one draws everything anew; the keyboard then goes on where it was.
import { Group, SegmentedControl, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Language, LanguageChoice } from "../bindings";
import { language } from "../language";
import { S } from "../strings";

const words = S.app;

/** The language in which another one was chosen, until the field is there again. */
let chosenIn: Language | null = null;

export function LanguageField({ value, onChange }: { value: LanguageChoice; onChange: (choice: LanguageChoice) => void }) {
  const field = useRef<HTMLDivElement>(null);
  // Focus is the document's, not React's.
  useEffect(() => {
    const before = chosenIn;
    chosenIn = null;
    // A choice that changed nothing, or was not kept, leaves the keyboard where it is.
    if (before === null || before === language()) return;
    field.current?.querySelector<HTMLInputElement>("input:checked")?.focus();
  }, []);
  return (
    <Group gap="md">
      <Text size="sm" fw={500}>{words.language}</Text>
      <SegmentedControl
        ref={field} size="xs" aria-label={words.language} value={value}
        onChange={(choice) => {
          chosenIn = language();
          onChange(choice as LanguageChoice);
        }}
        data={Object.entries(words.languages).map(([value, label]) => ({ value, label }))}
      />
    </Group>
  );
}
