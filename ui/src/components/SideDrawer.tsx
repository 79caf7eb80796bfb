// The side tray: a title, its content, its actions at the foot. Escape closes it, and focus goes back to where it was.
import { Drawer, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { S } from "../strings";
import css from "./SideDrawer.module.css";

type Props = { opened: boolean; onClose: () => void; title: string; children: ReactNode; footer?: ReactNode; size?: string | number };

export function SideDrawer({ opened, onClose, title, children, footer, size = "min(680px, 92vw)" }: Props) {
  return (
    <Drawer
      opened={opened} onClose={onClose} size={size}
      title={<Text span fw={600} fz="lg">{title}</Text>} closeButtonProps={{ "aria-label": S.common.close }}
      classNames={{ content: css.content, body: css.body, header: css.header }}
    >
      <div className={css.main}>{children}</div>
      {footer !== undefined && <Group className={css.footer} justify="flex-end" gap="xs">{footer}</Group>}
    </Drawer>
  );
}
