// Saves e-mail or webhook, and shows what holds from then on.
import { useMutation } from "@tanstack/react-query";
import { api } from "../../api";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";

export function useSaveAlerts(onDone: () => void) {
  const keep = useKeepAnswer();
  return useMutation({
    mutationFn: api.setAlerts,
    onSuccess: async (view) => {
      await keep(keys.alerts(), view);
      onDone();
    },
  });
}
