// What a sync changed, kind by kind.
import type { SyncOutcome } from "../../bindings";

const KINDS = ["joined", "left", "renamed", "suspended", "restored"] as const;
export type ChangeKind = (typeof KINDS)[number];

/** The kinds that occurred, with how many and the first of them by name. */
export function changesOf(sync: SyncOutcome): { kind: ChangeKind; count: number; names: string[] }[] {
  return KINDS.map((kind) => ({ kind, count: sync[`${kind}_count`], names: sync[kind] })).filter(({ count }) => count > 0);
}
