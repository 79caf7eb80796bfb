// The settings of a Policy: for a Domain in Backup Settings, for one selection in SETTINGS »».
import { Checkbox, Fieldset, Group, Loader, NumberInput, Radio, SegmentedControl, Select, Stack, TagsInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { DriveDocuments, ExportFormat, Policy, PolicyForm as Form, PolicyPart, Service } from "../../bindings";
import { queries } from "../../queries";
import { separators } from "../../format";
import { S } from "../../strings";
import css from "./PolicyForm.module.css";
import { FREQUENCIES, partsOf, problemsOf } from "./policyRules";

const words = S.policy;
const MB = 1_000_000;

/** What stands below a setting: where it comes from. */
export type Origin = (field: keyof Policy) => ReactNode;

type Props = { policy: Policy; /** What the engine says of it: labels, and the services of this cloud. */ form: Form; onChange: (policy: Policy) => void; origin?: Origin };

export function PolicyForm({ policy, form, onChange, origin = () => null }: Props) {
  const set = (change: Partial<Policy>) => onChange({ ...policy, ...change });
  const problems = problemsOf(policy, form.services);
  const parts = partsOf(policy, form.services);
  return (
    <div className={css.form}>
      <Stack gap="md">
        <Fieldset legend={words.services}>
          <Checkbox.Group
            aria-label={words.services} value={policy.services} onChange={(services) => set({ services: services as Service[] })}
            error={problems.includes("no_service") ? words.noService : undefined}
          >
            <Stack gap="xs">
              {form.services.map(({ service, name, is_of_domain }) => (
                <Checkbox key={service} value={service} label={is_of_domain ? words.ofDomain(S.common.services[service] ?? name) : name} />
              ))}
            </Stack>
          </Checkbox.Group>
          {origin("services")}
        </Fieldset>
        <Frequency policy={policy} hasNoHours={problems.includes("no_hours")} onChange={set} origin={origin} />
        {parts.has("mail") && <MailSettings policy={policy} form={form} onChange={set} origin={origin} />}
      </Stack>
      {parts.has("files") && <FileSettings policy={policy} parts={parts} onChange={set} origin={origin} />}
    </div>
  );
}

type PartProps = { policy: Policy; onChange: (change: Partial<Policy>) => void; origin: Origin };

const HOURS = Array.from({ length: 25 }, (_, hour) => ({ value: String(hour), label: `${hour}:00` }));

function Frequency({ policy, hasNoHours, onChange, origin }: PartProps & { hasNoHours: boolean }) {
  return (
    <Fieldset legend={words.frequency}>
      <SegmentedControl
        fullWidth size="xs" aria-label={words.frequency} value={String(policy.frequency_hours)} onChange={(hours) => onChange({ frequency_hours: Number(hours) })}
        data={FREQUENCIES.map((hours) => ({ value: String(hours), label: words.hours(hours) }))}
      />
      {origin("frequency_hours")}
      <Group gap="xs" mt="sm" align="flex-end" wrap="nowrap">
        <Select
          size="xs" label={words.from} allowDeselect={false} value={String(policy.hours.from)} data={HOURS.slice(0, 24)}
          onChange={(from) => onChange({ hours: { ...policy.hours, from: Number(from) } })} error={hasNoHours}
        />
        <Select
          size="xs" label={words.until} allowDeselect={false} value={String(policy.hours.until)} data={HOURS.slice(1)}
          onChange={(until) => onChange({ hours: { ...policy.hours, until: Number(until) } })} error={hasNoHours}
        />
      </Group>
      <Text size="xs" c={hasNoHours ? undefined : "dimmed"} className={hasNoHours ? "hf-amber" : undefined} mt={4}>
        {hasNoHours ? words.noHours : words.hoursHint(policy.hours)}
      </Text>
      {origin("hours")}
    </Fieldset>
  );
}

function MailSettings({ policy, form, onChange, origin }: PartProps & { form: Form }) {
  const own = useQuery(queries.labels(form.connection));
  const known = new Set(form.labels);
  const labels = [
    { group: words.gmailLabels, items: form.labels },
    { group: words.ownLabels, items: (own.data ?? []).map(({ name }) => name).filter((name) => !known.has(name)) },
  ].filter(({ items }) => items.length > 0);
  return (
    <Fieldset legend={words.mail}>
      <Stack gap="sm">
        <Group gap="lg" align="flex-start">
          <div>
            <Checkbox label={words.mailTrash} checked={policy.mail_trash} onChange={(event) => onChange({ mail_trash: event.currentTarget.checked })} />
            {origin("mail_trash")}
          </div>
          <div>
            <Checkbox label={words.mailSpam} checked={policy.mail_spam} onChange={(event) => onChange({ mail_spam: event.currentTarget.checked })} />
            {origin("mail_spam")}
          </div>
        </Group>
        <div>
          <TagsInput
            label={words.excludeLabels} description={own.isError ? words.ownLabelsFailed : words.excludeLabelsHint} data={labels}
            rightSection={own.isPending ? <Loader size="xs" aria-label={words.ownLabelsComing} /> : null} maxDropdownHeight={280} value={policy.exclude_labels} acceptValueOnBlur
            onChange={(exclude_labels) => onChange({ exclude_labels })}
          />
          {origin("exclude_labels")}
        </div>
      </Stack>
    </Fieldset>
  );
}

function FileSettings({ policy, parts, onChange, origin }: PartProps & { parts: ReadonlySet<PolicyPart> }) {
  const limit = policy.exclude_larger_than;
  return (
    <Fieldset legend={words.files}>
      <Stack gap="sm">
        {parts.has("documents") && (
          <div>
            <Radio.Group label={words.documents} value={policy.drive_documents} onChange={(value) => onChange({ drive_documents: value as DriveDocuments })}>
              <Stack gap={6} mt={4}>
                {Object.entries(words.documentNames).map(([value, name]) => <Radio key={value} size="xs" value={value} label={name} />)}
              </Stack>
            </Radio.Group>
            {origin("drive_documents")}
          </div>
        )}
        {parts.has("trash") && (
          <div>
            <Checkbox label={words.driveTrash} checked={policy.drive_trash} onChange={(event) => onChange({ drive_trash: event.currentTarget.checked })} />
            {origin("drive_trash")}
          </div>
        )}
        {parts.has("versions") && (
          <div>
            <Checkbox
              label={words.previousVersions} description={words.previousVersionsHint} checked={policy.previous_versions}
              onChange={(event) => onChange({ previous_versions: event.currentTarget.checked })}
            />
            {origin("previous_versions")}
          </div>
        )}
        <div>
          <TagsInput
            label={words.excludeExtensions} description={words.excludeExtensionsHint} value={policy.exclude_extensions} acceptValueOnBlur splitChars={[",", ";", " "]}
            onChange={(extensions) => onChange({ exclude_extensions: [...new Set(extensions.map((it) => it.toLowerCase().replace(/^[*.]+/, "")).filter(Boolean))] })}
          />
          {origin("exclude_extensions")}
        </div>
        <div>
          <NumberInput
            label={words.excludeLarger} description={words.excludeLargerHint} suffix={` ${words.megabytes}`} {...separators()} min={1} max={10_000_000} allowDecimal={false} allowNegative={false}
            value={limit === null ? "" : Math.round(limit / MB)} onChange={(value) => onChange({ exclude_larger_than: typeof value === "number" && value > 0 ? value * MB : null })}
          />
          {origin("exclude_larger_than")}
        </div>
        {parts.has("export") && (
          <div>
            <Checkbox.Group
              label={words.export} value={policy.export} onChange={(value) => onChange({ export: value as ExportFormat[] })}
              error={policy.export.length === 0 ? words.noExport : undefined}
            >
              <Group gap="lg" mt={4}>
                {Object.entries(words.exportNames).map(([value, name]) => <Checkbox key={value} value={value} label={name} />)}
              </Group>
            </Checkbox.Group>
            {origin("export")}
          </div>
        )}
      </Stack>
    </Fieldset>
  );
}
