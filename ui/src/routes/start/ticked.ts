// What is ticked in one tab, kept as the entries that `Add` would put in the box.
import { useCallback, useMemo, useState } from "react";
import type { Entry } from "./selection";

export type Ticked = {
  /** By the row's key in its table. */
  entries: ReadonlyMap<string, Entry>;
  keys: ReadonlySet<string>;
  /** Takes the keys a table says are ticked now; rows that came in are made into entries. */
  set: (keys: ReadonlySet<string>, entryOf: (key: string) => Entry | undefined) => void;
  clear: () => void;
};

const NONE: ReadonlyMap<string, Entry> = new Map();

export function useTicked(): Ticked {
  const [entries, setEntries] = useState(NONE);
  const set = useCallback((keys: ReadonlySet<string>, entryOf: (key: string) => Entry | undefined) => {
    setEntries((was) => {
      const next = new Map<string, Entry>();
      for (const key of keys) {
        const entry = was.get(key) ?? entryOf(key);
        if (entry) next.set(key, entry);
      }
      return next;
    });
  }, []);
  const clear = useCallback(() => setEntries(NONE), []);
  return useMemo(() => ({ entries, keys: new Set(entries.keys()), set, clear }), [entries, set, clear]);
}
