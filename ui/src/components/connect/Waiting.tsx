// Google does not let Holdfast in yet: what is missing, when it is tested again, and what to do meanwhile.
import { Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { GuideProgress, AwaitedView } from "../../bindings";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { connect } from "../../strings";
import { ErrorPanel } from "../ErrorPanel";
import { Ago, useNow } from "../Format";
import { Notice } from "../Notice";
import { CheckList } from "./CheckList";
import { Guide } from "./Guide";

const words = connect.waiting;

type Props = { waiting: AwaitedView; progress: GuideProgress };

/** In place of the form, while there is no Connection yet. */
export function Waiting({ waiting, progress }: Props) {
  const keep = useKeepAnswer();
  const [isGuideOpen, setGuideOpen] = useState(false);
  const keepAnswer = (answer: GuideProgress) => keep(keys.guideProgress(), answer);
  const stop = useMutation({ mutationFn: api.stopWaiting, onSuccess: keepAnswer });
  const tick = useMutation({
    mutationFn: (done: string[]) => api.keepGuide({ done, key_file: progress.key_file, admin: progress.admin, endpoints: progress.endpoints }),
    onSuccess: keepAnswer,
  });
  return (
    <Stack component="section" aria-label={words.title}>
      <WaitingHead waiting={waiting} />
      <Text size="sm">{words.text(waiting.admin)}</Text>
      {waiting.checks.length > 0 && <CheckList items={waiting.checks} />}
      <Group gap="sm">
        <Button variant="default" size="xs" onClick={() => setGuideOpen(!isGuideOpen)} aria-expanded={isGuideOpen}>{connect.guide}</Button>
        <Button variant="subtle" size="xs" loading={stop.isPending} onClick={() => stop.mutate()}>{words.stop}</Button>
      </Group>
      {stop.isError && <ErrorPanel error={stop.error} />}
      {tick.isError && <ErrorPanel error={tick.error} />}
      {isGuideOpen && <Guide keyFile={progress.key_file === "" ? null : progress.key_file} done={progress.done} onDone={(done) => tick.mutate(done)} />}
    </Stack>
  );
}

/** When it was tested and when it is again, with a button that does so now. */
export function WaitingHead({ waiting }: { waiting: AwaitedView }) {
  const keep = useKeepAnswer();
  const now = useNow();
  const test = useMutation({ mutationFn: api.testWaiting, onSuccess: (answer) => keep(keys.guideProgress(), answer) });
  const isTesting = test.isPending || waiting.tested_at === null;
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap">
        <Group gap="xs" wrap="nowrap">
          <Loader size="xs" aria-hidden />
          <Title order={2} size="h3">{words.title}</Title>
        </Group>
        <Button variant="default" size="xs" loading={test.isPending} onClick={() => test.mutate()}>{connect.checks.again}</Button>
      </Group>
      <Text size="sm" c="dimmed" role="status">
        {isTesting ? connect.checks.running : <>{words.tested} <Ago at={waiting.tested_at} />. {words.next(waiting.next_test, now)}</>}
      </Text>
      {waiting.is_overdue && <Notice tone="amber" title={words.overdue}>{words.overdueText}</Notice>}
      {test.isError && <ErrorPanel error={test.error} />}
    </Stack>
  );
}
