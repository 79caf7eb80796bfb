// Something to know or to do, set apart from the text around it. The icon says how serious it is, beside the colour.
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from "@tabler/icons-react";
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import css from "./Notice.module.css";

const ICONS = { green: IconCircleCheck, blue: IconInfoCircle, amber: IconAlertTriangle, red: IconCircleX, grey: IconInfoCircle };

type Props = {
  tone: keyof typeof ICONS;
  title?: ReactNode;
  children?: ReactNode;
  /** `alert` for what must be heard at once, `status` for what came of a step. */
  role?: "alert" | "status";
  /** Without a ground: one line among a form's fields. */
  bare?: boolean;
};

export function Notice({ tone, title, children, role, bare = false }: Props) {
  const Icon = ICONS[tone];
  return (
    <div className={css.notice} data-tone={tone} data-bare={bare || undefined} role={role}>
      <Icon size={18} stroke={1.8} aria-hidden className={`${css.icon} hf-${tone}`} />
      <div className={css.text}>
        {title !== undefined && <Text size="sm" fw={bare ? undefined : 600}>{title}</Text>}
        {children !== undefined && <Text component="div" size="sm" c={bare ? "dimmed" : undefined}>{children}</Text>}
      </div>
    </div>
  );
}
