// What the steps of the set-up answer is the state of the launch: it is kept in the one query for it.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import type { Boot, SetupProgress } from "../../bindings";
import { queries } from "../../queries";

const BOOT = queries.boot().queryKey;

/** Keeps the state of the launch and forgets every other answer: nothing that was read before belongs to it. */
export function useBootKeeper() {
  const client = useQueryClient();
  return (boot: Boot) => keepIn(client, () => {
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== BOOT[0] });
    client.setQueryData(BOOT, boot);
  });
}

/** Keeps how far the set-up is. */
export function useProgressKeeper() {
  const client = useQueryClient();
  return (setup: SetupProgress) => keepIn(client, () => {
    client.setQueryData(BOOT, (boot) => boot && { ...boot, stage: "setting_up" as const, setup });
  });
}

/** A look that is under way may have been answered before the step was taken: it is given up, and taken again after it. */
async function keepIn(client: QueryClient, keep: () => void) {
  const isLooking = client.isFetching({ queryKey: BOOT }) > 0;
  await client.cancelQueries({ queryKey: BOOT });
  keep();
  if (isLooking) void client.invalidateQueries({ queryKey: BOOT });
}
