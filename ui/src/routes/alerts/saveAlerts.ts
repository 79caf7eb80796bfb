// Saves e-mail or webhook, and shows what holds from then on.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api";
import { keys } from "../../keys";

export function useSaveAlerts(onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: api.setAlerts,
    onSuccess: (view) => {
      client.setQueryData(keys.alerts(), view);
      onDone();
    },
  });
}
