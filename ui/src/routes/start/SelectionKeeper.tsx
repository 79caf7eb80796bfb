// Keeps the selection while pages come and go.
import { type ReactNode, useMemo, useReducer } from "react";
import { changed, NOTHING, SelectionContext } from "./selection";

export function SelectionKeeper({ children }: { children: ReactNode }) {
  const [selection, change] = useReducer(changed, NOTHING);
  const value = useMemo(() => ({ selection, change }), [selection]);
  return <SelectionContext value={value}>{children}</SelectionContext>;
}
