// What the steps of the set-up answer is the state of the launch: it is kept in the one query for it.
import { useQueryClient } from "@tanstack/react-query";
import type { Boot, SetupProgress } from "../../bindings";
import { keepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";

/** Keeps the state of the launch and forgets every other answer: nothing that was read before belongs to it. */
export function useBootKeeper() {
  const client = useQueryClient();
  const isOther = { predicate: (query: { queryKey: readonly unknown[] }) => query.queryKey[0] !== keys.boot()[0] };
  return (boot: Boot) => keepAnswer<Boot>(client, keys.boot(), boot, () => client.removeQueries(isOther));
}

/** Keeps how far the set-up is. */
export function useProgressKeeper() {
  const client = useQueryClient();
  return (setup: SetupProgress) => keepAnswer<Boot>(client, keys.boot(), (boot) => boot && { ...boot, stage: "setting_up", setup });
}
