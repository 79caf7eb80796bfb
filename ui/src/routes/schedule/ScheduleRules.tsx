// Settings > App: what holds due backups back on this computer. Each switch is saved as it is flipped.
import { Anchor, Fieldset, Group, Loader, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../api";
import type { ScheduleSettings, ScheduleView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Ago, useNow } from "../../components/Format";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { queries } from "../../queries";
import { S } from "../../strings";

const words = S.levels.rules;

export function ScheduleRules() {
  const keep = useKeepAnswer();
  const schedule = useQuery(queries.schedule());
  const save = useMutation({ mutationFn: api.setSchedule, onSuccess: (view) => keep(keys.schedule(), view) });
  return (
    <Fieldset legend={words.title}>
      <Stack gap="md">
        {schedule.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
        {schedule.isError && <ErrorPanel error={schedule.error} onRetry={() => void schedule.refetch()} />}
        {save.isError && <ErrorPanel error={save.error} onRetry={() => save.mutate(save.variables)} onClose={save.reset} />}
        {schedule.data && <Rules view={schedule.data} shown={save.isPending ? save.variables : schedule.data.settings} onChange={save.mutate} />}
      </Stack>
    </Fieldset>
  );
}

function Rules({ view, shown, onChange }: { view: ScheduleView; shown: ScheduleSettings; onChange: (settings: ScheduleSettings) => void }) {
  const set = (change: Partial<ScheduleSettings>) => onChange({ ...shown, ...change });
  return (
    <>
      <div>
        <Text size="sm"><Next at={view.next} /></Text>
        <Text size="sm" c="dimmed">{words.text} <Anchor component={Link} to="/settings/backup" size="sm" underline="always">{words.link}</Anchor>.</Text>
      </div>
      <Switch
        label={words.battery} description={view.knows_battery ? hint(words.batteryHint, view.settings.wait_on_battery, view.on_battery, battery()) : words.batteryUnknown} disabled={!view.knows_battery}
        checked={shown.wait_on_battery} onChange={(event) => set({ wait_on_battery: event.currentTarget.checked })}
      />
      <Switch
        label={words.metered} description={view.knows_metered ? hint(words.meteredHint, view.settings.wait_on_metered, view.is_metered, metered()) : words.meteredUnknown} disabled={!view.knows_metered}
        checked={shown.wait_on_metered} onChange={(event) => set({ wait_on_metered: event.currentTarget.checked })}
      />
      <Switch
        label={words.awake} description={view.can_keep_awake ? words.awakeHint : words.awakeUnknown} disabled={!view.can_keep_awake}
        checked={shown.keep_awake} onChange={(event) => set({ keep_awake: event.currentTarget.checked })}
      />
    </>
  );
}

/** What is said of now: yes, no, not known. */
type Now = [string, string, string];
const battery = (): Now => [words.batteryNow, words.batteryNotNow, words.batteryNotKnown];
const metered = (): Now => [words.meteredNow, words.meteredNotNow, words.meteredNotKnown];

/** A rule that is on also says what it does at this moment. */
function hint(text: string, isOn: boolean, now: boolean | null, [yes, no, unknown]: Now) {
  return isOn ? `${text} ${now === null ? unknown : now ? yes : no}` : text;
}

function Next({ at }: { at: string | null }) {
  const now = useNow();
  if (at === null) return words.none;
  return <>{words.next}: {Date.parse(at) <= now ? words.overdue : <Ago at={at} />}</>;
}
