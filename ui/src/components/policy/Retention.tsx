// How long snapshots of a Domain are kept. Before it is saved, a dialog says which snapshots would go.
import { Box, Button, Fieldset, Group, List, Loader, NumberInput, Radio, ScrollArea, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { DomainView, Retention, RetentionView } from "../../bindings";
import { moment } from "../../format";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { queries } from "../../queries";
import { S } from "../../strings";
import { ConfirmDialog } from "../ConfirmDialog";
import { ErrorPanel } from "../ErrorPanel";
import { Notice } from "../Notice";
import css from "./PolicyForm.module.css";

const words = S.retention;
const KINDS = ["daily", "weekly", "monthly", "yearly"] as const;
const FIRST_RULE: Retention = { daily: 14, weekly: 8, monthly: 12, yearly: 5 };
/** Times that the dialog lists. */
const SHOWN = 50;

export function RetentionSection({ domain }: { domain: DomainView }) {
  const view = useQuery(queries.retention(domain.connection));
  return (
    <Box className={css.form} mt="md">
      <Fieldset legend={words.title} className={css.whole}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">{words.text}</Text>
          {view.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
          {view.isError && <ErrorPanel error={view.error} onRetry={() => void view.refetch()} />}
          {view.data && view.data.holds.length > 0 && <Held domain={domain} view={view.data} />}
          {view.data && <Rule domain={domain} view={view.data} />}
        </Stack>
      </Fieldset>
    </Box>
  );
}

function Rule({ domain, view }: { domain: DomainView; view: RetentionView }) {
  const keep = useKeepAnswer();
  const [edited, setEdited] = useState<Retention | null | undefined>(undefined);
  const [asking, setAsking] = useState(false);
  const [saved, setSaved] = useState(false);
  const rule = edited === undefined ? view.retention : edited;
  const keepsNothing = rule !== null && KINDS.every((kind) => rule[kind] === 0);
  const isChanged = JSON.stringify(rule) !== JSON.stringify(view.retention);
  const edit = (next: Retention | null) => {
    setEdited(next);
    setSaved(false);
  };
  async function save() {
    await keep(keys.retention(domain.connection), await api.setRetention(domain.connection, rule));
    setEdited(undefined);
    setSaved(true);
  }
  return (
    <>
      <Radio.Group
        aria-label={words.title} value={rule === null ? "forever" : "rule"}
        onChange={(value) => edit(value === "forever" ? null : (view.retention ?? FIRST_RULE))}
      >
        <Stack gap="xs">
          <Radio size="xs" value="forever" label={words.forever} />
          <Radio size="xs" value="rule" label={words.rule} />
        </Stack>
      </Radio.Group>
      {rule !== null && (
        <Group gap="sm" align="flex-start">
          {KINDS.map((kind) => (
            <NumberInput
              key={kind} size="xs" w={96} label={words.kinds[kind]} title={words.hints[kind]} min={0} max={36_500} allowDecimal={false} allowNegative={false}
              value={rule[kind]} onChange={(value) => typeof value === "number" && edit({ ...rule, [kind]: value })}
            />
          ))}
        </Group>
      )}
      {keepsNothing && <Text size="sm" className="hf-red" role="alert">{words.nothingKept}</Text>}
      <Group gap="xs">
        <Button size="xs" variant="default" disabled={!isChanged || keepsNothing} onClick={() => setAsking(true)}>{words.save}</Button>
        {saved && <Text size="sm" className="hf-green" role="status">{words.saved}</Text>}
      </Group>
      <ConfirmDialog
        opened={asking} onClose={() => setAsking(false)} title={words.dialog.title} confirm={words.dialog.confirm} danger={rule !== null} onConfirm={save}
      >
        {asking && (rule === null ? words.dialog.forever : <Effect domain={domain} rule={rule} />)}
      </ConfirmDialog>
    </>
  );
}

function Effect({ domain, rule }: { domain: DomainView; rule: Retention }) {
  const effect = useQuery({
    queryKey: [...keys.retention(domain.connection), "preview", rule], queryFn: () => api.previewRetention(domain.connection, rule), staleTime: 0, gcTime: 0,
  });
  if (effect.isError) return <ErrorPanel error={effect.error} onRetry={() => void effect.refetch()} />;
  if (effect.isPending) return <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>;
  const { removed, snapshots, bytes, remove, held } = effect.data;
  const shown = remove.slice(0, SHOWN);
  return (
    <Stack gap="sm">
      <Text size="sm">{removed === 0 ? words.dialog.nothing(snapshots) : words.dialog.some(removed, snapshots, bytes)}</Text>
      {shown.length > 0 && (
        <section aria-label={words.dialog.times}>
          <Text size="sm" fw={600}>{words.dialog.times}</Text>
          <ScrollArea.Autosize mah={180} viewportProps={{ tabIndex: 0, role: "group", "aria-label": words.dialog.times }}>
            <List size="sm">{shown.map((at) => <List.Item key={at}><time dateTime={at} className="hf-numeric">{moment(at)}</time></List.Item>)}</List>
          </ScrollArea.Autosize>
          {removed > shown.length && <Text size="sm" c="dimmed">{words.dialog.more(removed - shown.length)}</Text>}
        </section>
      )}
      {removed > 0 && <Text size="sm" c="dimmed">{words.dialog.cannotUndo}</Text>}
      {held !== null && <Notice tone="amber" title={words.held}>{held}</Notice>}
    </Stack>
  );
}

/** Backups that changed far more than is normal, until someone has looked. */
function Held({ domain, view }: { domain: DomainView; view: RetentionView }) {
  const keep = useKeepAnswer();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  async function release() {
    await keep(keys.retention(domain.connection), await api.releaseRetention(domain.connection));
    await client.invalidateQueries({ queryKey: keys.home() });
  }
  return (
    <Notice tone="red" role="alert" title={words.held}>
      <Stack gap="xs">
        <List size="sm">
          {view.holds.map((hold) => (
            <List.Item key={`${hold.title} ${hold.at}`}>
              {hold.what}
              {hold.quiet_at !== null && <Text size="sm">{words.quiet}: <time dateTime={hold.quiet_at}>{moment(hold.quiet_at)}</time></Text>}
            </List.Item>
          ))}
        </List>
        <Text size="sm">{words.heldText}</Text>
        <Group><Button size="xs" variant="default" onClick={() => setAsking(true)}>{words.release}</Button></Group>
      </Stack>
      <ConfirmDialog opened={asking} onClose={() => setAsking(false)} title={words.releaseTitle} danger onConfirm={release}>{words.releaseText}</ConfirmDialog>
    </Notice>
  );
}
