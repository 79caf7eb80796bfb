// Settings > Licenses: no limit, or a number; used, free, and who holds them.
import { Button, Group, NumberInput, Paper, Radio, Stack, Text, Title } from "@mantine/core";
import { IconLicense } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api";
import type { LicenseHolder, LicensesView } from "../bindings";
import { type Column, DataTable } from "../components/DataTable";
import { EmptyState } from "../components/EmptyState";
import { ErrorPanel } from "../components/ErrorPanel";
import { Facts } from "../components/Facts";
import { Count } from "../components/Format";
import { PageHeader } from "../components/PageHeader";
import { useKeepAnswer } from "../keepAnswer";
import { keys } from "../keys";
import { queries } from "../queries";
import { separators } from "../format";
import { S } from "../strings";

const words = S.licenses;

export function LicensesPage() {
  const licenses = useQuery(queries.licenses());
  return (
    <>
      <PageHeader title={words.title} text={words.text} />
      {licenses.data && <Limit licenses={licenses.data} />}
      <Title order={2} my="sm">{words.holders}</Title>
      <DataTable
        label={words.holders} noun={words.noun} rows={licenses.data?.holders} rowKey={holderKey} columns={COLUMNS} sort={BY_NAME} searchIn={holderText}
        searchLabel={words.search} error={licenses.error} onRetry={() => void licenses.refetch()}
        empty={<EmptyState title={words.none.title} text={words.none.text} icon={IconLicense} />}
      />
    </>
  );
}

function Limit({ licenses }: { licenses: LicensesView }) {
  const keep = useKeepAnswer();
  const client = useQueryClient();
  const [edited, setEdited] = useState<number | null | undefined>(undefined);
  const save = useMutation({
    mutationFn: api.setLicenses,
    onSuccess: async (answer) => {
      await keep(keys.licenses(), answer);
      setEdited(undefined);
      await Promise.all([keys.directory(), keys.home()].map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
  const limit = edited === undefined ? licenses.limit : edited;
  const edit = (value: number | null) => {
    save.reset();
    setEdited(value);
  };
  return (
    <Paper>
      <Group justify="space-between" align="flex-start" gap="xl">
        <Stack gap="sm">
          <Radio.Group label={words.limit} value={limit === null ? "none" : "number"} onChange={(value) => edit(value === "none" ? null : Math.max(1, licenses.used))}>
            <Stack gap="xs" mt={6}>
              <Radio size="xs" value="none" label={words.noLimit} />
              <Group gap="xs">
                <Radio size="xs" value="number" label={words.limited} />
                <NumberInput
                  size="xs" w={110} aria-label={words.number} min={1} max={1_000_000} allowDecimal={false} allowNegative={false} {...separators()}
                  value={limit ?? ""} disabled={limit === null} onChange={(value) => typeof value === "number" && edit(value)}
                />
              </Group>
            </Stack>
          </Radio.Group>
          <Group gap="xs">
            <Button size="xs" disabled={edited === undefined || limit === licenses.limit || limit === 0} loading={save.isPending} onClick={() => save.mutate(limit)}>{words.save}</Button>
            {save.isSuccess && <Text size="sm" className="hf-green" role="status">{words.saved}</Text>}
          </Group>
        </Stack>
        <Facts facts={[[words.used, <Count key="used" value={licenses.used} />], [words.free, licenses.free === null ? words.unlimited : <Count key="free" value={licenses.free} />]]} />
      </Group>
      {save.isError && <ErrorPanel error={save.error} onClose={save.reset} />}
    </Paper>
  );
}

const BY_NAME = { column: "name", descending: false };
const holderKey = (holder: LicenseHolder) => `${holder.connection} ${holder.address}`;
const holderText = (holder: LicenseHolder) => `${holder.name} ${holder.address}`;
const COLUMNS: readonly Column<LicenseHolder>[] = [
  { id: "name", get title() { return words.name; }, width: "minmax(140px, 1fr)", by: (it) => it.name, render: (it) => <span title={it.name}>{it.name}</span> },
  { id: "address", get title() { return words.address; }, width: "minmax(180px, 1.4fr)", by: (it) => it.address, render: (it) => <span title={it.address}>{it.address}</span> },
];
