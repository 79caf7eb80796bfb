// One listener for everything the engine tells. Events carry no state: they say which queries are stale. A key is
// refreshed at most so often, however many events name it, so that a busy engine leaves the window responsive.
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { onAppEvent } from "./api";
import type { AppEvent } from "./bindings";
import { keys } from "./keys";

type Stale = { key: QueryKey; every: number };

/** Milliseconds between two refreshes of what is shown. */
const LIVE = 250;
const CALM = 1_500;
/** A Directory may have ten thousand users: reading it again is worth a wait. */
const HEAVY = 2_500;

/** Which queries an event makes stale. */
export function staleAfter(event: AppEvent): Stale[] {
  switch (event.event) {
    case "run":
      return [live(keys.run(event.run)), live(keys.activity()), calm(keys.home())];
    case "runs":
      return [live(keys.run()), live(keys.activity()), calm(keys.home()), calm(keys.schedule()), calm(keys.storage()), calm(keys.updates()), { key: keys.directory(), every: HEAVY }];
    case "directory":
      return [{ key: ["directory", "owner"], every: CALM }, { key: ["directory", "owners"], every: CALM }, live(keys.domains()), live(keys.clouds()), calm(keys.licenses()), calm(keys.home()), { key: keys.directory(event.connection), every: HEAVY }];
    case "connections":
      return [live(keys.connections()), live(keys.clouds()), live(keys.domains()), calm(keys.home()), calm(keys.boot())];
    case "storage":
      return [live(keys.storage()), calm(keys.home())];
    case "settings":
      return [
        live(keys.appSettings()), live(keys.schedule()), live(keys.alerts()), live(keys.updates()), live(keys.policy()), live(keys.retention()), live(keys.licenses()), live(keys.boot()),
      ];
    case "schedule":
      return [live(keys.schedule()), live(keys.home()), { key: ["directory", "owners"], every: CALM }, { key: keys.directory(), every: HEAVY }];
    case "attention":
      return [live(keys.home()), live(keys.clouds()), calm(["directory", "owners"]), calm(keys.retention())];
    case "checks":
      return [live(["fix"])];
    case "waiting":
      return [live(keys.guideProgress())];
    case "sign_in":
    case "sample":
    case "rebuild":
    case "verify":
    case "restore":
      return [live(keys.restore())];
    case "dropped":
    case "open":
      return [];
  }
}

const live = (key: QueryKey): Stale => ({ key, every: LIVE });
const calm = (key: QueryKey): Stale => ({ key, every: CALM });

/** Hears one kind of event while a component is shown. */
export function useAppEvent<K extends AppEvent["event"]>(kind: K, heard: (event: Extract<AppEvent, { event: K }>) => void) {
  const latest = useRef(heard);
  // The engine's events come from outside React; the listener stays the same while what hears it changes.
  useEffect(() => {
    latest.current = heard;
  });
  useEffect(
    () => onAppEvent((event) => {
      if (event.event === kind) latest.current(event as Extract<AppEvent, { event: K }>);
    }),
    [kind],
  );
}

/** First looks after which it is asked once more, however many events come in meanwhile. */
const awaited = new WeakSet<Promise<unknown>>();

/** A first look that is under way is not cancelled by asking again, and may have been answered before the event: it is taken once more. */
function afterFirstLooks(client: QueryClient, key: QueryKey) {
  const firsts = client.getQueryCache().findAll({ queryKey: key, fetchStatus: "fetching", predicate: (query) => query.state.data === undefined });
  for (const { promise, queryKey } of firsts) {
    if (promise === undefined || awaited.has(promise)) continue;
    awaited.add(promise);
    const again = () => void client.invalidateQueries({ queryKey, exact: true });
    promise.then(again, again);
  }
}

/** Refreshes stale queries as events come in. Returns what ends it. */
export function refreshOnEvents(client: QueryClient, open: (place: string) => void): () => void {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const last = new Map<string, number>();

  function refresh({ key, every }: Stale) {
    const name = JSON.stringify(key);
    if (waiting.has(name)) return;
    const due = (last.get(name) ?? -Infinity) + every - performance.now();
    const run = () => {
      waiting.delete(name);
      last.set(name, performance.now());
      afterFirstLooks(client, key);
      // A refresh in flight may have been answered before this event: `cancelRefetch`, the default, asks again.
      void client.invalidateQueries({ queryKey: key });
    };
    if (due <= 0) run();
    else waiting.set(name, setTimeout(run, due));
  }

  const stop = onAppEvent((event) => {
    if (event.event === "open") open(event.place);
    staleAfter(event).forEach(refresh);
  });
  return () => {
    stop();
    waiting.forEach((timer) => clearTimeout(timer));
  };
}
