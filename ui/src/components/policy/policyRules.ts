// What a Policy form may hold, and how two Policies differ.
import type { Policy, PolicyOverride } from "../../bindings";

export const FREQUENCIES = [1, 2, 4, 6, 12, 24] as const;

export type Problem = "no_service" | "no_export";

/** What keeps a Policy from being used. */
export function problemsOf(policy: Policy): Problem[] {
  const problems: Problem[] = [];
  if (policy.services.length === 0) problems.push("no_service");
  if (keepsFiles(policy) && policy.export.length === 0) problems.push("no_export");
  return problems;
}

export function keepsFiles(policy: Policy): boolean {
  return policy.services.includes("drive") || policy.services.includes("shared_drive");
}

/** The fields in which a Policy differs from another; lists are sets, their order says nothing. */
export function differences(from: Policy, to: Policy): (keyof Policy)[] {
  return (Object.keys(to) as (keyof Policy)[]).filter((field) => asText(from[field]) !== asText(to[field]));
}

function asText(value: Policy[keyof Policy]): string {
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value);
}

/** Only what differs from the defaults; none where nothing does. */
export function overrideOf(defaults: Policy, wanted: Policy): PolicyOverride | null {
  const fields = differences(defaults, wanted);
  if (fields.length === 0) return null;
  const override: PolicyOverride = Object.fromEntries(fields.map((field) => [field, wanted[field]]));
  // An override can set a limit but not take one away: the highest number there is leaves nothing out.
  if (fields.includes("exclude_larger_than") && wanted.exclude_larger_than === null) override.exclude_larger_than = Number.MAX_SAFE_INTEGER;
  return override;
}
