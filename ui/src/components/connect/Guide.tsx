// What to do in Google's consoles, step by step. With a key file named, the steps hold that key's own client id.
import { Checkbox, Group, List, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api";
import type { GoogleGuide } from "../../bindings";
import { connect as words } from "../../strings";
import { ErrorPanel } from "../ErrorPanel";
import { Copyable } from "./Copyable";
import { OpenLink } from "./OpenLink";

type Props = { keyFile: string | null; /** Ids of the steps that are ticked. */ done: readonly string[]; onDone: (done: string[]) => void };

export function Guide({ keyFile, done, onDone }: Props) {
  const guide = useQuery({ queryKey: ["google_guide", keyFile], queryFn: () => api.googleGuide(keyFile), placeholderData: (last) => last });
  if (guide.isPending) return <Loader size="sm" />;
  if (guide.isError) return <ErrorPanel error={guide.error} onRetry={() => void guide.refetch()} />;
  const toggle = (id: string) => onDone(done.includes(id) ? done.filter((it) => it !== id) : [...done, id]);
  return (
    <Stack gap="xs">
      <Title order={2} size="h3">{words.guide}</Title>
      <List type="ordered" listStyleType="none" spacing="xs" aria-label={words.guide}>
        {guide.data.steps.map((step, index) => (
          <GuideStep key={step.id} step={step} number={index + 1} isDone={done.includes(step.id)} onToggle={() => toggle(step.id)} />
        ))}
      </List>
    </Stack>
  );
}

type StepProps = { step: GoogleGuide["steps"][number]; number: number; isDone: boolean; onToggle: () => void };

function GuideStep({ step, number, isDone, onToggle }: StepProps) {
  return (
    <List.Item styles={{ itemWrapper: { display: "block" }, itemLabel: { display: "block" } }}>
      <Paper withBorder p="sm">
        <Group align="flex-start" wrap="nowrap" gap="sm">
          <Checkbox mt={2} checked={isDone} onChange={onToggle} aria-label={words.done(step.title)} />
          <Stack gap="xs" flex={1} miw={0}>
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Text fw={600} c={isDone ? "dimmed" : undefined}>{`${number}. ${step.title}`}</Text>
              {step.link !== null && <OpenLink url={step.link} title={step.title} />}
            </Group>
            {!isDone && (
              <>
                <Text size="sm" style={{ whiteSpace: "pre-line" }}>{step.text}</Text>
                {step.copy !== null && <Copyable text={step.copy} title={step.title} />}
              </>
            )}
          </Stack>
        </Group>
      </Paper>
    </List.Item>
  );
}
