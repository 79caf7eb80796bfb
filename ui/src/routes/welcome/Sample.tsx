// The sample company while it starts: each phase as it is reached, with a way out.
import { Button, Group, List, Loader, Paper, Stack, Text, VisuallyHidden } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, asUserError } from "../../api";
import type { SamplePhase } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Notice } from "../../components/Notice";
import { useAppEvent } from "../../events";
import { S } from "../../strings";
import { welcome } from "../../strings";
import { useBootKeeper } from "./boot";

const words = welcome.sample;
const PHASES: readonly SamplePhase[] = ["founding", "storage", "google", "box", "people"];

/** Starts it, as often as is asked. */
export function useSample() {
  const keep = useBootKeeper();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ anew }: { anew: boolean }) => {
      if (anew) await api.leaveSample(true);
      return api.enterSample();
    },
    onSuccess: async (boot) => {
      await keep(boot);
      await navigate({ to: "/" });
    },
  });
}

export function SampleStarting() {
  const [phase, setPhase] = useState<SamplePhase>("founding");
  useAppEvent("sample", (event) => setPhase(event.phase));
  const cancel = useMutation({ mutationFn: api.cancelSample });
  const reached = PHASES.indexOf(phase);
  return (
    <Paper withBorder p="md" component="section" aria-label={words.starting}>
      <Stack gap="sm">
        <Text fw={600}>{words.starting}</Text>
        <List listStyleType="none" spacing={6} aria-label={words.starting}>
          {PHASES.map((it, index) => <Phase key={it} text={words.phases[it]} state={index < reached ? "done" : index === reached ? "now" : "next"} />)}
        </List>
        <VisuallyHidden role="status">{words.phases[phase]}</VisuallyHidden>
        {cancel.isError && <ErrorPanel error={cancel.error} />}
        <Group>
          <Button variant="default" autoFocus loading={cancel.isPending} disabled={cancel.isSuccess} onClick={() => cancel.mutate()}>
            {cancel.isSuccess ? words.cancelling : S.common.cancel}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function Phase({ text, state }: { text: string; state: "done" | "now" | "next" }) {
  return (
    <List.Item styles={{ itemWrapper: { display: "block" }, itemLabel: { display: "block" } }} aria-current={state === "now" ? "step" : undefined}>
      <Group gap="sm" wrap="nowrap">
        {state === "done" && <IconCircleCheck size={18} className="hf-green" role="img" aria-label={words.done} />}
        {state === "now" && <Loader size={18} role="img" aria-label={words.now} />}
        {state === "next" && <IconCircleDashed size={18} className="hf-grey" aria-hidden />}
        <Text size="sm" c={state === "next" ? "dimmed" : undefined} fw={state === "now" ? 600 : undefined}>{text}</Text>
      </Group>
    </List.Item>
  );
}

/** Why it did not start; one that was cancelled did not fail. */
export function SampleFailed({ sample }: { sample: ReturnType<typeof useSample> }) {
  if (!sample.isError) return null;
  const { code } = asUserError(sample.error);
  if (code === "cancelled") return <Notice tone="grey" role="status">{words.cancelled}</Notice>;
  const isOfSample = code === "sample.failed" || code === "sample.port_taken";
  return (
    <Stack gap="xs" align="flex-start">
      <ErrorPanel error={sample.error} onRetry={() => sample.mutate({ anew: false })} />
      {isOfSample && <Button variant="default" size="xs" onClick={() => sample.mutate({ anew: true })}>{words.anew}</Button>}
    </Stack>
  );
}
