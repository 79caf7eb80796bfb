// What a Policy form may hold, and how two Policies differ.
import type { Policy, PolicyOverride, PolicyPart, ServiceChoice } from "../../bindings";

export const FREQUENCIES = [1, 2, 4, 6, 12, 24] as const;

export type Problem = "no_service" | "no_export" | "no_hours";

/** What keeps a Policy from being used. */
export function problemsOf(policy: Policy, services: readonly ServiceChoice[]): Problem[] {
  const problems: Problem[] = [];
  // A Policy may name services of other clouds: those back nothing up here.
  if (!services.some(({ service }) => policy.services.includes(service))) problems.push("no_service");
  if (partsOf(policy, services).has("export") && policy.export.length === 0) problems.push("no_export");
  if (policy.hours.from === policy.hours.until) problems.push("no_hours");
  return problems;
}

/** The groups of settings that mean something for the services that are on. */
export function partsOf(policy: Policy, services: readonly ServiceChoice[]): ReadonlySet<PolicyPart> {
  return new Set(services.filter(({ service }) => policy.services.includes(service)).flatMap(({ settings }) => settings));
}

/** The fields in which a Policy differs from another; lists are sets, their order says nothing. */
export function differences(from: Policy, to: Policy): (keyof Policy)[] {
  return (Object.keys(to) as (keyof Policy)[]).filter((field) => asText(from[field]) !== asText(to[field]));
}

function asText(value: Policy[keyof Policy] | PolicyOverride[keyof PolicyOverride]): string {
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value);
}

/** What applies where a level sets some of the fields. */
export function overlaid(above: Policy, own: PolicyOverride): Policy {
  const { exclude_larger_than: limit, ...rest } = own;
  const sizes = limit == null ? {} : { exclude_larger_than: limit === "none" ? null : limit };
  return { ...above, ...(rest as Partial<Policy>), ...sizes };
}

/** What is set at a level after a person changed some fields of what applies there. */
export function changedHere(above: Policy, own: PolicyOverride, before: Policy, after: Policy): PolicyOverride {
  const fields = differences(before, after);
  const next: PolicyOverride = { ...own, ...said(fields, after) };
  const isNeedless = fields.includes("exclude_larger_than") && after.exclude_larger_than === null && above.exclude_larger_than === null;
  return isNeedless ? withoutField(next, "exclude_larger_than") : next;
}

/** The field comes from above again. */
export function withoutField(own: PolicyOverride, field: keyof Policy): PolicyOverride {
  const { [field]: _gone, ...rest } = own;
  return rest;
}

export function sameOverride(a: PolicyOverride, b: PolicyOverride): boolean {
  const text = (own: PolicyOverride) => JSON.stringify(Object.entries(own).sort().map(([field, value]) => [field, asText(value)]));
  return text(a) === text(b);
}

/** Only what differs from the defaults; none where nothing does. */
export function overrideOf(defaults: Policy, wanted: Policy): PolicyOverride | null {
  const fields = differences(defaults, wanted);
  if (fields.length === 0) return null;
  return said(fields, wanted);
}

/** Some fields as a level sets them. What it does not say comes from above: that there is no limit is said by a word. */
function said(fields: readonly (keyof Policy)[], policy: Policy): PolicyOverride {
  return Object.fromEntries(fields.map((field) => [field, field === "exclude_larger_than" ? (policy[field] ?? "none") : policy[field]]));
}
