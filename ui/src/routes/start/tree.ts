// Org units in the order of their tree: each parent right before its sub-units.
import type { OrgUnitView } from "../../bindings";

export type Branch = { unit: OrgUnitView; depth: number; name: string; order: number; hasSubUnits: boolean };

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });

const segments = (path: string) => path.split("/").filter(Boolean);

export function treeOf(units: readonly OrgUnitView[]): Branch[] {
  const split = units.map((unit) => ({ unit, parts: segments(unit.path) }));
  const parents = new Set<string>();
  for (const { parts } of split) {
    for (let depth = 0; depth < parts.length; depth += 1) parents.add(parts.slice(0, depth).join("/"));
  }
  split.sort((a, b) => inOrder(a.parts, b.parts));
  // Where the Cloud lists no root, the topmost units stand at the edge.
  const edge = split.some(({ parts }) => parts.length === 0) ? 0 : 1;
  return split.map(({ unit, parts }, order) => ({
    unit, order, depth: Math.max(0, parts.length - edge), name: parts.at(-1) ?? unit.path, hasSubUnits: parents.has(parts.join("/")),
  }));
}

function inOrder(a: readonly string[], b: readonly string[]): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const order = collator.compare(a[i] as string, b[i] as string);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
