// What a step answered is what is shown from then on. A look that is under way may have been answered before the step was
// taken, and would take it back: it is given up, and taken again after the step. The only file that writes into queries.
import { type QueryClient, type QueryKey, useQueryClient } from "@tanstack/react-query";

type Answer<T> = T | ((known: T | undefined) => T | undefined);

/** Keeps an answer in the one query that shows it; `besides` happens at the same moment. */
export async function keepAnswer<T>(client: QueryClient, queryKey: QueryKey, answer: Answer<T>, besides?: () => void): Promise<void> {
  const looks = { queryKey, exact: true };
  const isLooking = client.isFetching(looks) > 0;
  await client.cancelQueries(looks);
  besides?.();
  client.setQueryData<T>(queryKey, answer);
  if (isLooking) void client.invalidateQueries(looks);
}

/** The same for a component. */
export function useKeepAnswer() {
  const client = useQueryClient();
  return <T>(queryKey: QueryKey, answer: Answer<T>) => keepAnswer<T>(client, queryKey, answer);
}
