// What has been put in the box. It lives above the pages, so that a look at Licenses or Storage does not empty it.
import { createContext, type Dispatch, useContext } from "react";
import type { SelectionInput } from "../../bindings";
import { S } from "../../strings";

export type Entry =
  | { kind: "user"; address: string; name: string }
  | { kind: "csv"; address: string; name: string; line: number }
  | { kind: "group"; address: string; name: string }
  | { kind: "org_unit"; path: string; include_sub_units: boolean };

export type Selection = {
  /** The chosen Domain; none before one is chosen by hand. */
  connection: number | null;
  entries: ReadonlyMap<string, Entry>;
  /** Grows with every change of the entries. */
  revision: number;
};

export type Change =
  | { do: "choose_domain"; connection: number }
  | { do: "add"; entries: readonly Entry[] }
  | { do: "remove"; keys: ReadonlySet<string> }
  | { do: "clear" }
  | { do: "forget" };

export const NOTHING: Selection = { connection: null, entries: new Map(), revision: 0 };

/** A user is the same one whether ticked in the list or read from a file. */
export function entryKey(entry: Entry): string {
  switch (entry.kind) {
    case "user":
    case "csv":
      return `user ${entry.address}`;
    case "group":
      return `group ${entry.address}`;
    case "org_unit":
      return `org_unit ${entry.path}`;
  }
}

export function entryText(entry: Entry): string {
  const words = S.start.box;
  switch (entry.kind) {
    case "user":
    case "csv":
      return `${words.user} ${entry.address}`;
    case "group":
      return `${words.group} ${entry.name}`;
    case "org_unit":
      return entry.include_sub_units ? `${words.org} ${entry.path} (${words.subUnits})` : `${words.org} ${entry.path}`;
  }
}

export function changed(was: Selection, change: Change): Selection {
  const revision = was.revision + 1;
  switch (change.do) {
    case "choose_domain":
      return change.connection === was.connection ? was : { connection: change.connection, entries: new Map(), revision };
    case "clear":
      return { ...was, entries: new Map(), revision };
    case "forget":
      return { ...NOTHING, revision };
    case "remove": {
      const entries = new Map(was.entries);
      change.keys.forEach((key) => entries.delete(key));
      return { ...was, entries, revision };
    }
    case "add": {
      const entries = new Map(was.entries);
      for (const entry of change.entries) {
        const key = entryKey(entry);
        // A user who is listed already keeps its place; an org unit takes over its new tick.
        if (entry.kind === "org_unit" || !entries.has(key)) entries.set(key, entry);
      }
      return { ...was, entries, revision };
    }
  }
}

/** The selection as the engine takes it. */
export function selectionInput(connection: number, entries: Iterable<Entry>): SelectionInput {
  const input: SelectionInput = { connection, users: [], groups: [], org_units: [], csv: [] };
  for (const entry of entries) {
    if (entry.kind === "user") input.users.push(entry.address);
    else if (entry.kind === "csv") input.csv.push({ line: entry.line, address: entry.address });
    else if (entry.kind === "group") input.groups.push(entry.address);
    else input.org_units.push({ path: entry.path, include_sub_units: entry.include_sub_units });
  }
  return input;
}

export const SelectionContext = createContext<{ selection: Selection; change: Dispatch<Change> }>({ selection: NOTHING, change: () => undefined });

export function useSelection() {
  return useContext(SelectionContext);
}
