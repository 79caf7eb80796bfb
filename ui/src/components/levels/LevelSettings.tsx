// The settings of an org unit, a group or a user: each says whether it is set here or where it comes from. Before they are
// saved, a dialog says who gains and who loses protection.
import { Anchor, Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { LevelKey, LevelPolicy, Policy, PolicyOverride } from "../../bindings";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { queries } from "../../queries";
import { S } from "../../strings";
import { ErrorPanel } from "../ErrorPanel";
import { Notice } from "../Notice";
import { PolicyForm } from "../policy/PolicyForm";
import { PreviewDialog } from "../policy/PreviewDialog";
import { changedHere, overlaid, problemsOf, sameOverride, withoutField } from "../policy/policyRules";
import { SideDrawer } from "../SideDrawer";

const words = S.levels.settings;

type Props = { level: LevelKey; name: string; onClose: () => void };

export function LevelSettings({ level, name, onClose }: Props) {
  const keep = useKeepAnswer();
  const client = useQueryClient();
  const known = useQuery(queries.levelPolicy(level));
  const [edited, setEdited] = useState<PolicyOverride | null>(null);
  const [asking, setAsking] = useState(false);
  const [saved, setSaved] = useState(false);
  const data = known.data;
  const own = edited ?? data?.own ?? {};
  const policy = data && overlaid(data.above, own);
  const isChanged = data !== undefined && !sameOverride(data.own, own);
  const isSound = data !== undefined && policy !== undefined && problemsOf(policy, data.form.services).length === 0;
  const edit = (next: PolicyOverride) => {
    setEdited(next);
    setSaved(false);
  };
  async function save() {
    await keep(keys.levelPolicy(level), await api.setLevelPolicy(level, own));
    setEdited(null);
    setSaved(true);
    await client.invalidateQueries({ queryKey: keys.directory() });
  }
  return (
    <SideDrawer
      opened onClose={onClose} title={words.title(name)} size="min(860px, 94vw)"
      footer={
        <>
          <Button variant="subtle" mr="auto" disabled={Object.keys(own).length === 0} onClick={() => edit({})}>{words.resetAll}</Button>
          <Button disabled={!isChanged || !isSound} onClick={() => setAsking(true)}>{S.common.save}</Button>
        </>
      }
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">{words.text[level.level]}</Text>
        {known.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
        {known.isError && <ErrorPanel error={known.error} onRetry={() => void known.refetch()} />}
        {saved && !isChanged && <Notice bare role="status" tone="green" title={words.saved} />}
        {data && policy && (
          <PolicyForm
            policy={policy} form={data.form} onChange={(next) => edit(changedHere(data.above, own, policy, next))}
            origin={(field) => <Origin field={field} data={data} own={own} onReset={() => edit(withoutField(own, field))} />}
          />
        )}
      </Stack>
      <PreviewDialog opened={asking} onClose={() => setAsking(false)} of={[level, own]} preview={() => api.previewLevelPolicy(level, own)} onSave={save} />
    </SideDrawer>
  );
}

/** Where one setting is from, and how to have it from above again. */
function Origin({ field, data, own, onReset }: { field: keyof Policy; data: LevelPolicy; own: PolicyOverride; onReset: () => void }) {
  if (own[field] !== undefined) {
    return (
      <Text size="xs" className="hf-blue">
        {words.here}{" "}
        <Anchor component="button" type="button" size="xs" underline="always" aria-label={words.resetOf(words.fields[field])} onClick={onReset}>{words.reset}</Anchor>
      </Text>
    );
  }
  const source = data.sources.find((it) => it.field === field);
  return <Text size="xs" c="dimmed">{source === undefined ? words.builtIn : words.from(source.level, source.name)}</Text>;
}
