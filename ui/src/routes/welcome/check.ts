// What is in a folder, looked at while its path is typed.
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api";

/** Typing settles for this long before a folder is looked at. */
const SETTLE_MS = 250;

export function useStorageCheck(path: string) {
  const trimmed = path.trim();
  const [settled] = useDebouncedValue(trimmed, SETTLE_MS);
  const check = useQuery({
    queryKey: ["check_storage", settled],
    queryFn: () => api.checkStorage(settled),
    enabled: settled !== "",
    staleTime: 0,
    retry: false,
  });
  return { check, isSettled: settled === trimmed && !check.isFetching };
}
