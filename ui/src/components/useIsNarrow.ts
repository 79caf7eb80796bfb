// Whether the window is so narrow that lists leave out what can be seen elsewhere, rather than cut names and addresses.
import { useMediaQuery } from "@mantine/hooks";

/** As in `theme.css` and the modules that have their own rules for it. */
const NARROW = "(max-width: 1100px)";

export function useIsNarrow(): boolean {
  return useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
}
