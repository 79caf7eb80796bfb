// Settings > Backup Settings: a Domain's defaults. Before they are saved, a dialog says what the change does.
import { Button, Fieldset, Group, Loader, Select, Switch, Text } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../api";
import type { DomainView, Policy, PolicyForm as Form } from "../bindings";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { EmptyState } from "../components/EmptyState";
import { ErrorPanel } from "../components/ErrorPanel";
import { PageFoot } from "../components/PageFoot";
import { PageHeader } from "../components/PageHeader";
import { PolicyForm } from "../components/policy/PolicyForm";
import { PreviewDialog } from "../components/policy/PreviewDialog";
import { differences, problemsOf } from "../components/policy/policyRules";
import { RetentionSection } from "../components/policy/Retention";
import { useKeepAnswer } from "../keepAnswer";
import { keys } from "../keys";
import { queries } from "../queries";
import { S } from "../strings";

const words = S.backupSettings;

export function BackupSettingsPage() {
  const domains = useQuery(queries.domains());
  const [chosen, setChosen] = useState<number | null>(null);
  const domain = domains.data?.find((it) => it.connection === chosen) ?? domains.data?.[0];
  return (
    <>
      <PageHeader title={words.title} text={words.text}>
        {domain && domains.data && (
          <Select
            size="xs" aria-label={words.domain} value={String(domain.connection)} allowDeselect={false} onChange={(value) => value !== null && setChosen(Number(value))}
            data={domains.data.map((it) => ({ value: String(it.connection), label: `${it.domain} (${it.cloud_name})` }))} w={250}
          />
        )}
      </PageHeader>
      {domains.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
      {domains.isError && <ErrorPanel error={domains.error} onRetry={() => void domains.refetch()} />}
      {domains.data && !domain && (
        <EmptyState title={S.start.notConnected.title} text={S.start.notConnected.text} icon={IconPlugConnectedX}>
          <Button component={Link} to="/settings/clouds" mt="xs">{S.start.notConnected.button}</Button>
        </EmptyState>
      )}
      {domain && <Loaded key={domain.connection} domain={domain} />}
    </>
  );
}

function Loaded({ domain }: { domain: DomainView }) {
  const form = useQuery(queries.policy(domain.connection));
  if (form.isError) return <ErrorPanel error={form.error} onRetry={() => void form.refetch()} />;
  if (form.isPending) return <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>;
  return <Settings domain={domain} form={form.data} />;
}

function Settings({ domain, form }: { domain: DomainView; form: Form }) {
  const keep = useKeepAnswer();
  const [edited, setEdited] = useState<Policy | null>(null);
  const [asking, setAsking] = useState(false);
  const [saved, setSaved] = useState(false);
  const policy = edited ?? form.policy;
  const changes = differences(form.policy, policy).length;

  async function save() {
    const answer = await api.setPolicy(domain.connection, policy);
    await keep(keys.policy(domain.connection), answer);
    setEdited(null);
    setSaved(true);
  }

  return (
    <>
      <AddNewUsers domain={domain} on={form.add_new_users} />
      <PolicyForm
        policy={policy} form={form}
        onChange={(next) => {
          setEdited(next);
          setSaved(false);
        }}
      />
      <RetentionSection domain={domain} />
      <PageFoot>
        <Text size="sm" role="status" className={saved ? "hf-green" : undefined} c={saved ? undefined : "dimmed"}>
          {saved ? words.saved : changes === 0 ? words.unchanged : words.unsaved(changes)}
        </Text>
        <Group gap="xs" ml="auto">
          <Button variant="default" disabled={changes === 0} onClick={() => setEdited(null)}>{words.undo}</Button>
          <Button disabled={changes === 0 || problemsOf(policy, form.services).length > 0} onClick={() => setAsking(true)}>{words.preview}</Button>
        </Group>
      </PageFoot>
      <PreviewDialog opened={asking} onClose={() => setAsking(false)} of={[domain.connection, policy]} preview={() => api.previewPolicy(domain.connection, policy)} onSave={save} />
    </>
  );
}

/** Takes effect at once, after `Yes`; it is no part of what is saved below. */
function AddNewUsers({ domain, on }: { domain: DomainView; on: boolean }) {
  const keep = useKeepAnswer();
  const [asking, setAsking] = useState(false);
  async function change() {
    await keep(keys.policy(domain.connection), await api.setAutoBackup({ connection: domain.connection, target: "domain", id: "", include_sub_units: false, on: !on }));
  }
  return (
    <Fieldset legend={words.newUsers} mb="md" maw={980} bg="var(--hf-surface)">
      <Switch label={words.addNew} description={words.addNewHint} checked={on} onChange={() => setAsking(true)} />
      <ConfirmDialog opened={asking} onClose={() => setAsking(false)} title={words.addNew} onConfirm={change}>
        {on ? words.addNewOff(domain.domain) : words.addNewOn(domain.domain)}
      </ConfirmDialog>
    </Fieldset>
  );
}
