// The side tray: a title, its content, its actions at the foot. Escape closes it, and focus goes back to where it was.
import { Drawer, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { S } from "../strings";
import css from "./SideDrawer.module.css";
import { Still } from "./Still";

type Props = { opened: boolean; onClose: () => void; title: string; children: ReactNode; footer?: ReactNode; size?: string | number };

export function SideDrawer({ opened, onClose, title, children, footer, size = "min(680px, 92vw)" }: Props) {
  return (
    <Drawer
      opened={opened} onClose={onClose} size={size}
      title={<Still opened={opened}><Text span fw={600} fz="lg">{title}</Text></Still>} closeButtonProps={{ "aria-label": S.common.close }}
      classNames={{ content: css.content, body: css.body, header: css.header }}
    >
      <Still opened={opened}><div className={css.main}>{children}</div></Still>
      {footer !== undefined && <Group className={css.footer} justify="flex-end" gap="xs">{footer}</Group>}
    </Drawer>
  );
}
