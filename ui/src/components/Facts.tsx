// Names and values, side by side.
import { Text } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import css from "./Facts.module.css";

export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className={css.facts}>
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <Text component="dt" size="sm" c="dimmed">{name}</Text>
          <Text component="dd" size="sm">{value}</Text>
        </Fragment>
      ))}
    </dl>
  );
}
