// What a dialog shows stays as it is while it fades: what was asked is known no more by then.
import { memo, type ReactNode } from "react";

type Props = { opened: boolean; children: ReactNode };

export const Still = memo(({ children }: Props) => children, (_, next) => !next.opened);
Still.displayName = "Still";
