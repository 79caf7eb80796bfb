// The three ways to begin.
import { Group, Loader, Paper, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { IconBuildingCommunity, IconChevronRight, IconHistory, IconShieldPlus, type Icon } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../../api";
import { ErrorPanel } from "../../components/ErrorPanel";
import { welcome as words } from "../../strings/welcome";
import { useBootKeeper } from "./boot";

type Props = { onSetUp: () => void; onExisting: () => void };

export function Choose({ onSetUp, onExisting }: Props) {
  const keep = useBootKeeper();
  const navigate = useNavigate();
  const sample = useMutation({
    mutationFn: () => api.enterSample(),
    onSuccess: async (boot) => {
      keep(boot);
      await navigate({ to: "/" });
    },
  });
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>{words.title}</Title>
        <Text c="dimmed" mt="xs">{words.lead}</Text>
      </div>
      <Stack gap="sm" role="group" aria-label={words.choose.label}>
        <Way icon={IconShieldPlus} {...words.choose.setUp} isPrimary onChoose={onSetUp} isDisabled={sample.isPending} />
        <Way icon={IconHistory} {...words.choose.existing} onChoose={onExisting} isDisabled={sample.isPending} />
        <Way
          icon={IconBuildingCommunity}
          {...words.choose.sample}
          onChoose={() => sample.mutate()}
          isDisabled={sample.isPending}
          busyText={sample.isPending ? words.choose.sampleStarting : null}
        />
      </Stack>
      {sample.isError && <ErrorPanel error={sample.error} onRetry={() => sample.mutate()} />}
    </Stack>
  );
}

type WayProps = {
  icon: Icon;
  title: string;
  text: string;
  onChoose: () => void;
  isDisabled: boolean;
  isPrimary?: boolean;
  busyText?: string | null;
};

function Way({ icon: WayIcon, title, text, onChoose, isDisabled, isPrimary = false, busyText = null }: WayProps) {
  return (
    <UnstyledButton onClick={onChoose} disabled={isDisabled}>
      <Paper withBorder p="md" bg={isPrimary ? "var(--mantine-primary-color-light)" : undefined}>
        <Group wrap="nowrap" gap="md">
          {busyText === null ? <WayIcon size={28} stroke={1.5} aria-hidden /> : <Loader size={28} aria-hidden />}
          <div style={{ flex: 1 }}>
            <Text fw={600}>{title}</Text>
            <Text size="sm" c={isPrimary ? undefined : "dimmed"} role={busyText === null ? undefined : "status"}>{busyText ?? text}</Text>
          </div>
          <IconChevronRight size={20} aria-hidden />
        </Group>
      </Paper>
    </UnstyledButton>
  );
}
