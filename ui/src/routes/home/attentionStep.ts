// What the button of a cause does: it goes to the place that mends it, or mends it here.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../../api";
import type { AttentionView } from "../../bindings";

type Done = { go: string } | { mended: Promise<unknown> };

/** `target` is what the cause is about: a Run for `open_run` and `resume`, a Connection for `run_now` and `sync_users`. */
export function stepOf({ action, target }: AttentionView): () => Done {
  switch (action) {
    case "start_backup":
      return () => ({ go: "/backup/start" });
    case "open_run":
      return () => ({ go: target === null ? "/backup/activity" : `/backup/activity/${target}` });
    case "open_activity":
      return () => ({ go: "/backup/activity" });
    case "open_storage":
      return () => ({ go: "/settings/storage" });
    case "open_licenses":
      return () => ({ go: "/settings/licenses" });
    case "open_backup_settings":
      return () => ({ go: "/settings/backup" });
    case "open_settings":
      return () => ({ go: "/settings/app" });
    case "open_fix":
      return () => ({ go: "/help/fix" });
    case "open_connections":
    case "reconnect":
      return () => ({ go: target === null ? "/settings/clouds" : `/settings/clouds/${target}` });
    case "sync_users":
      return () => ({ mended: api.sync(number(target), "users", false) });
    case "run_now":
      return () => ({ mended: api.runNow({ connection: number(target), user: null, service: null }) });
    case "resume":
      return target === null ? () => ({ go: "/backup/activity" }) : () => ({ mended: api.resumeRun(Number(target)) });
  }
}

const number = (target: string | null) => (target === null ? null : Number(target));

export function useAttentionStep(cause: AttentionView) {
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const done = stepOf(cause)();
      if ("go" in done) return void (await navigate({ to: done.go }));
      await done.mended;
      await client.invalidateQueries({ queryKey: ["home"] });
    },
  });
}
