// The last good copy of each Service: the oldest one says how far back the worst case is.
import { Table, Text } from "@mantine/core";
import type { HomeView } from "../../bindings";
import { Ago, Bytes, Count } from "../../components/Format";
import { isUnknown } from "../../components/owners/cells";
import { home } from "../../strings";
import { ServiceIcon } from "../activity/ServiceIcon";
import css from "./Services.module.css";
import { Section } from "./Section";

const words = home.services;

const nothingIsKnown = (it: HomeView["services"][number]) => isUnknown({ last_good_copy: it.newest_good_copy, items: it.items });

export function Services({ view }: { view: HomeView }) {
  return (
    <Section title={words.title}>
      {view.services.length === 0 ? <Text size="sm" c="dimmed">{words.none}</Text> : (
        <Table className={css.table} verticalSpacing={6} horizontalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.columns.service}</Table.Th>
              <Table.Th title={words.completeHint}>{words.columns.complete}</Table.Th>
              <Table.Th>{words.columns.newest}</Table.Th>
              <Table.Th title={words.oldestHint}>{words.columns.oldest}</Table.Th>
              <Table.Th className={css.number}>{words.columns.items}</Table.Th>
              <Table.Th className={css.number}>{words.columns.size}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {view.services.map((it) => (
              <Table.Tr key={it.service}>
                <Table.Th scope="row"><span className={css.service}><ServiceIcon service={it.service} />{words.names[it.service]}</span></Table.Th>
                <Table.Td className="hf-numeric">{words.complete(it.complete, it.archives)}</Table.Td>
                <Table.Td>{it.newest_good_copy === null ? words.noneYet : <Ago at={it.newest_good_copy} />}</Table.Td>
                <Table.Td>{it.oldest_good_copy === null ? words.noneYet : <Ago at={it.oldest_good_copy} />}</Table.Td>
                <Table.Td className={css.number}>{nothingIsKnown(it) ? words.unknown : <Count value={it.items} />}</Table.Td>
                <Table.Td className={css.number}>{nothingIsKnown(it) ? words.unknown : <Bytes value={it.bytes} />}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}
