// The foot of a form: stays in sight while the form scrolls, and holds what ends it.
import type { ReactNode } from "react";
import css from "./PageFoot.module.css";

export function PageFoot({ children }: { children: ReactNode }) {
  return (
    <>
      <div className={css.gap} />
      <div className={css.foot}>{children}</div>
    </>
  );
}
