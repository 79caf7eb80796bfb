// What hardly anyone needs: other addresses than Google's own.
import { Collapse, Stack, UnstyledButton, Group, Text } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { ConnectionView } from "../../bindings";
import { connect as words } from "../../strings";
import { FileField } from "./FileField";

/** A new Connection may have other addresses; those of one that was disconnected went with its secret. */
export function needsEndpoints(old: ConnectionView | null): boolean {
  return old === null || (old.state === "disconnected" && old.endpoints !== null);
}

export function Advanced({ endpoints, onChange, disabled }: { endpoints: string; onChange: (path: string) => void; disabled: boolean }) {
  const [isOpen, setOpen] = useState(endpoints !== "");
  const id = useId();
  return (
    <Stack gap="xs">
      <UnstyledButton onClick={() => setOpen(!isOpen)} aria-expanded={isOpen} aria-controls={id} w="fit-content">
        <Group gap={4}>
          {isOpen ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
          <Text size="sm">{words.advanced}</Text>
        </Group>
      </UnstyledButton>
      <Collapse expanded={isOpen} id={id}>
        <FileField
          label={words.endpoints}
          description={words.endpointsText}
          dialogTitle={words.endpointsTitle}
          extensions={["toml"]}
          value={endpoints}
          onChange={onChange}
          disabled={disabled}
        />
      </Collapse>
    </Stack>
  );
}
