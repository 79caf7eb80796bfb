// The restore to this computer that goes on, or how the last one ended, until somebody has seen it.
import { Button, Group, Paper, Stack } from "@mantine/core";
import { IconFolderOpen } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api";
import type { RestoreState } from "../../bindings";
import { Notice } from "../../components/Notice";
import { bytes } from "../../format";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { queries } from "../../queries";
import { S } from "../../strings";
import { CancelRestore, RestoreProgress } from "../archive/RestoreProgress";

const words = S.archive.drawer;

export function LiveRestore() {
  const state = useQuery(queries.restore()).data;
  if (!state) return null;
  return (
    <Paper p="sm" component="section" aria-label={words.title}>
      {state.ended === null ? (
        <Stack gap="xs">
          <RestoreProgress state={state} />
          <Group><CancelRestore /></Group>
        </Stack>
      ) : <Ended state={state} />}
    </Paper>
  );
}

function Ended({ state }: { state: RestoreState }) {
  const keep = useKeepAnswer();
  const { result, error } = state;
  const seen = () => {
    void keep(keys.restore(), null);
    // What is not forgotten is shown once more: nothing is lost by that.
    api.forgetRestore().catch(() => undefined);
  };
  const title = result ? (result.problems_total === 0 ? words.done : words.doneProblems) : error?.code === "cancelled" ? words.cancelled : (error?.what ?? words.cancelled);
  const tone = result ? (result.problems_total === 0 ? "green" : "amber") : error?.code === "cancelled" ? "grey" : "red";
  return (
    <Notice bare tone={tone} role="status" title={`${state.whose}: ${title}`}>
      {result ? words.doneText(result.files, bytes(result.bytes), result.folder) : error?.code === "cancelled" ? undefined : error?.todo}
      <Group gap="xs" mt={6}>
        {result && <Button size="xs" variant="default" leftSection={<IconFolderOpen size={15} aria-hidden />} onClick={() => void api.reveal(result.folder).catch(() => undefined)}>{words.open}</Button>}
        <Button size="xs" variant="subtle" onClick={seen}>{S.common.close}</Button>
      </Group>
    </Notice>
  );
}
