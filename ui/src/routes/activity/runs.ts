// What a page shows of Runs, and the steps that can be taken with one.
import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api";
import type { Light, RunView } from "../../bindings";
import { queries } from "../../queries";
import { S } from "../../strings";
import { activity as words } from "../../strings";

/** So many live Runs are read at a time; those that work come before those that wait. */
const LIVE_LIMIT = 50;
const PAGE = 50;

export const EVERY_RUN = { result: null, service: null, connection: null, search: null } as const;
export type HistoryFilter = Pick<Parameters<typeof api.activity>[0], "result" | "service" | "connection" | "search">;

export const liveRuns = () => queries.activity({ ...EVERY_RUN, live: true, before: null, limit: LIVE_LIMIT });

/**
 * Ended Runs, a page at a time. The key is under `run`, not under `activity`: a Run that goes on changes nothing here,
 * only one that began or ended does.
 */
export const endedRuns = (filter: HistoryFilter) =>
  infiniteQueryOptions({
    queryKey: ["run", "ended", filter],
    queryFn: ({ pageParam }) => api.activity({ ...filter, live: false, before: pageParam, limit: PAGE }),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.more ? (last.runs.at(-1)?.id ?? null) : null),
  });

type Step = "pause" | "resume" | "cancel" | "retry";

const STEPS: Record<Step, (run: number) => Promise<null>> = {
  pause: api.pauseRun, resume: api.resumeRun, cancel: api.cancelRun, retry: api.retryRun,
};

/** A step with a Run. What it changed comes with the engine's events; it is asked for at once all the same. */
export function useRunStep(run: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (step: Step) => STEPS[step](run),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["activity"] });
      void client.invalidateQueries({ queryKey: ["run"] });
      void client.invalidateQueries({ queryKey: ["home"] });
    },
  });
}

/** How many of the listed Items a Run is through with. */
export function doneOf({ ledger }: RunView): number {
  return ledger.stored + ledger.unchanged + ledger.removed + ledger.skipped + ledger.quarantined;
}

/** Listed Items that no part of the ledger explains; below zero where one was counted twice. */
export function unexplainedOf(run: RunView): number {
  return run.ledger.listed - doneOf(run) - run.ledger.pending;
}

/** Running before paused before waiting, older before newer, so that rows keep their place. */
export function inLiveOrder(runs: readonly RunView[]): RunView[] {
  const order = { running: 0, paused: 1, queued: 2, ended: 3 } as const;
  return [...runs].sort((a, b) => order[a.state] - order[b.state] || a.id - b.id);
}

/** A Run's state or result in the look of a light. */
export function runLight(run: RunView): Light {
  const light = (color: Light["color"], state: Light["state"], sentence: string): Light => ({ color, state, sentence, action: null });
  if (run.state === "running") return light("blue", "running", run.phase === null ? words.states.running : words.phases[run.phase]);
  if (run.state === "paused") return light("grey", "paused", words.states.paused);
  if (run.state === "queued") return light("grey", "waiting", words.states.queued);
  switch (run.result) {
    case "complete":
    case "complete_with_skips":
      return light("green", "protected", S.common.results[run.result]);
    case "partial":
      return light("amber", "partial", S.common.results.partial);
    case "failed":
      return light("red", "failed", S.common.results.failed);
    case "cancelled":
      return light("grey", "excluded", S.common.results.cancelled);
    case null:
      return light("grey", "waiting", words.states.ended);
  }
}

export function tookSeconds(run: RunView): number | null {
  return run.ended === null ? null : (Date.parse(run.ended) - Date.parse(run.started)) / 1000;
}
