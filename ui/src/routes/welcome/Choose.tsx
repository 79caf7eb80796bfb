// The three ways to begin.
import { Group, Paper, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconBuildingCommunity, IconChevronRight, IconHistory, IconShieldPlus, type Icon } from "@tabler/icons-react";
import { welcome as words } from "../../strings";
import { SampleFailed, SampleStarting, useSample } from "./Sample";

type Props = { onSetUp: () => void; onExisting: () => void };

export function Choose({ onSetUp, onExisting }: Props) {
  const sample = useSample();
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>{words.title}</Title>
        <Text c="dimmed" mt="xs">{words.lead}</Text>
      </div>
      {sample.isPending ? (
        <SampleStarting />
      ) : (
        <Stack gap="sm" role="group" aria-label={words.choose.label}>
          <Way icon={IconShieldPlus} {...words.choose.setUp} isPrimary onChoose={onSetUp} />
          <Way icon={IconHistory} {...words.choose.existing} onChoose={onExisting} />
          <Way icon={IconBuildingCommunity} {...words.choose.sample} onChoose={() => sample.mutate({ anew: false })} />
        </Stack>
      )}
      <SampleFailed sample={sample} />
    </Stack>
  );
}

type WayProps = {
  icon: Icon;
  title: string;
  text: string;
  onChoose: () => void;
  isPrimary?: boolean;
};

function Way({ icon: WayIcon, title, text, onChoose, isPrimary = false }: WayProps) {
  return (
    <UnstyledButton onClick={onChoose}>
      <Paper withBorder p="md" bg={isPrimary ? "var(--mantine-primary-color-light)" : undefined}>
        <Group wrap="nowrap" gap="md">
          <WayIcon size={28} stroke={1.5} aria-hidden />
          <div style={{ flex: 1 }}>
            <Text fw={600}>{title}</Text>
            <Text size="sm" c={isPrimary ? undefined : "dimmed"}>{text}</Text>
          </div>
          <IconChevronRight size={20} aria-hidden />
        </Group>
      </Paper>
    </UnstyledButton>
  );
}
