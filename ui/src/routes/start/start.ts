// What the selection would take, and starting it. Both ways to start, with the defaults and with settings, share this.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../../api";
import type { DomainView, PolicyOverride } from "../../bindings";
import { keys } from "../../keys";
import { queries } from "../../queries";
import { selectionInput, useSelection } from "./selection";

/** The plan of what is in the box for this Domain, and whether it can be started. */
export function usePlan(domain: DomainView) {
  const { selection } = useSelection();
  const entries = selection.connection === domain.connection ? selection.entries : new Map<never, never>();
  const plan = useQuery({ ...queries.plan(selectionInput(domain.connection, entries.values()), selection.revision), placeholderData: keepPreviousData });
  const canStart = entries.size > 0 && plan.data !== undefined && !plan.isPlaceholderData && !plan.isError
    && !plan.data.over_limit && plan.data.users.length > 0 && domain.state === "connected";
  return { ...plan, canStart };
}

/** Starts the backup, empties the box and opens Activity. */
export function useStart(domain: DomainView) {
  const { selection, change } = useSelection();
  const client = useQueryClient();
  const navigate = useNavigate();
  return {
    mutationFn: (policy: PolicyOverride | null) => api.startBackup(selectionInput(domain.connection, selection.entries.values()), policy),
    onSuccess: async () => {
      change({ do: "clear" });
      await navigate({ to: "/backup/activity" });
      await Promise.all([keys.directory(), keys.domains(), keys.licenses(), keys.activity(), keys.home()].map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  };
}
