// Retention of the company in memory: ten snapshots, of which a rule removes three.
import type { Retention, RetentionEffect, RetentionView } from "../bindings";
import type { Answer, Company } from "./company";
import { hoursAgo } from "./people";

export const FOREVER: RetentionView = { retention: null, holds: [] };

export function retentionOf(company: Company): Record<string, Answer> {
  return {
    retention: () => company.retention,
    preview_retention: ({ retention }: { retention: Retention | null }): RetentionEffect => {
      const remove = retention === null ? [] : [240, 216, 192].map(hoursAgo);
      return { snapshots: 10, removed: remove.length, remove, bytes: remove.length * 410_000_000, held: null };
    },
    set_retention: ({ retention }: { retention: Retention | null }) => (company.retention = { ...company.retention, retention }),
    release_retention: () => (company.retention = { ...company.retention, holds: [] }),
  };
}
