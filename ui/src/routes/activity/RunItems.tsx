// What a Run did not keep: each skipped and quarantined Item with its reason. One without an explanation is red.
import { Code, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { RunDetail, RunItemView } from "../../bindings";
import { type Column, DataTable } from "../../components/DataTable";
import { Facts } from "../../components/Facts";
import { Count } from "../../components/Format";
import { LightBadge } from "../../components/LightBadge";
import { SideDrawer } from "../../components/SideDrawer";
import { activity } from "../../strings";

const words = activity.run;

const COLUMNS: Column<RunItemView>[] = [
  { id: "item", get title() { return words.itemColumns.item; }, width: "minmax(140px, 1fr)", by: (it) => it.item, render: (it) => <span title={it.item}>{it.item}</span> },
  { id: "kind", get title() { return words.itemColumns.kind; }, width: "130px", by: kindOf, render: (it) => <Kind item={it} /> },
  { id: "reason", get title() { return words.itemColumns.reason; }, width: "minmax(220px, 3fr)", by: (it) => it.sentence, render: (it) => <span title={it.sentence}>{it.sentence}</span> },
  { id: "failed", get title() { return words.itemColumns.failedRuns; }, width: "100px", align: "right", by: (it) => it.failed_runs, render: (it) => <Count value={it.failed_runs} /> },
];

function kindOf(item: RunItemView): string {
  return item.is_explained ? words.kinds[item.kind] : words.notExplained;
}

export function RunItems({ detail }: { detail: RunDetail }) {
  const [opened, setOpened] = useState<RunItemView | null>(null);
  const { items, items_total: total } = detail;
  return (
    <Stack gap="xs" component="section" aria-labelledby="not-kept">
      <Title order={2} id="not-kept">{words.items}</Title>
      {items.length < total && <Text size="sm" c="dimmed">{words.itemsShown(items.length, total)}</Text>}
      {total === 0 && <Text size="sm" c="dimmed">{words.itemsNone}</Text>}
      <DataTable
        label={words.items} noun={words.itemNoun} rows={items} rowKey={(it) => `${it.kind} ${it.item}`} columns={COLUMNS} sort={{ column: "kind", descending: true }}
        searchIn={items.length > 8 ? searchText : undefined} onOpen={setOpened} isOpen={(it) => it === opened} height={420}
        empty={null}
      />
      <SideDrawer opened={opened !== null} onClose={() => setOpened(null)} title={opened?.item ?? ""}>
        {opened !== null && <Details item={opened} />}
      </SideDrawer>
    </Stack>
  );
}

const searchText = (item: RunItemView) => `${item.item} ${item.sentence} ${item.reason}`;

function Kind({ item }: { item: RunItemView }) {
  if (!item.is_explained) return <LightBadge light={{ color: "red", state: "failed", sentence: words.notExplained, action: null }} />;
  const isSkipped = item.kind === "skipped";
  return <LightBadge light={{ color: isSkipped ? "grey" : "amber", state: isSkipped ? "excluded" : "partial", sentence: words.kinds[item.kind], action: null }} />;
}

function Details({ item }: { item: RunItemView }) {
  return (
    <Stack>
      <Kind item={item} />
      <Text>{item.sentence}</Text>
      <Facts facts={[[words.code, item.reason], [words.itemColumns.failedRuns, <Count key="failed" value={item.failed_runs} />]]} />
      {item.detail !== null && (
        <Stack gap={4}>
          <Text size="sm" c="dimmed">{words.detail}</Text>
          <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{item.detail}</Code>
        </Stack>
      )}
    </Stack>
  );
}
