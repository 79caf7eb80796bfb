// One of a few ways, as a card to choose: stands in a Radio.Group.
import { Group, Radio, Text } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import css from "./ChoiceCard.module.css";

type Props = {
  value: string;
  /** What the card says; names it, too. */
  title: string;
  text: ReactNode;
  /** Beside the title. */
  mark?: ReactNode;
  icon?: Icon;
  /** At the right. */
  aside?: ReactNode;
  disabled?: boolean;
};

export function ChoiceCard({ value, title, text, mark, icon: Icon, aside, disabled = false }: Props) {
  return (
    <Radio.Card value={value} p="sm" disabled={disabled} aria-label={title} className={css.card}>
      <Group wrap="nowrap" gap="sm">
        <Radio.Indicator disabled={disabled} />
        {Icon !== undefined && <Icon size={22} stroke={1.5} aria-hidden style={{ flexShrink: 0 }} />}
        <div className={css.text}>
          <Group gap="xs"><Text size="sm" fw={600}>{title}</Text>{mark}</Group>
          <Text component="div" size="sm" c="dimmed">{text}</Text>
        </div>
        {aside}
      </Group>
    </Radio.Card>
  );
}
