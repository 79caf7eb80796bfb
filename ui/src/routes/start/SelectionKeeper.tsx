// Keeps the selection while pages come and go, and while the window is drawn anew in another language. It is of one
// profile: who leaves the sample company takes nobody of it along.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useReducer, useState } from "react";
import { queries } from "../../queries";
import { changed, NOTHING, SelectionContext } from "./selection";

export function SelectionKeeper({ children }: { children: ReactNode }) {
  const [selection, change] = useReducer(changed, NOTHING);
  const boot = useQuery(queries.boot()).data;
  const profile = boot && `${boot.profile} ${boot.stage}`;
  const [kept, keep] = useState(profile);
  if (profile !== kept) {
    keep(profile);
    change({ do: "forget" });
  }
  const value = useMemo(() => ({ selection, change }), [selection]);
  return <SelectionContext value={value}>{children}</SelectionContext>;
}
