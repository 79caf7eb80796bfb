// Settings > App: how the app behaves on this computer. Each switch is saved as it is flipped.
import { Button, Fieldset, Group, Loader, SegmentedControl, Stack, Switch, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../api";
import type { AppSettings, Boot, Theme } from "../bindings";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { ErrorPanel } from "../components/ErrorPanel";
import { Facts } from "../components/Facts";
import { PageHeader } from "../components/PageHeader";
import { useKeepAnswer } from "../keepAnswer";
import { keys } from "../keys";
import { language, speak } from "../language";
import { queries } from "../queries";
import { S } from "../strings";
import { Alerts } from "./alerts";
import { LanguageField } from "./LanguageField";
import { ScheduleRules } from "./schedule/ScheduleRules";
import { Updates } from "./updates";

const words = S.app;

export function AppSettingsPage() {
  const settings = useQuery(queries.appSettings());
  return (
    <>
      <PageHeader title={words.title} text={words.text} />
      {settings.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
      {settings.isError && <ErrorPanel error={settings.error} onRetry={() => void settings.refetch()} />}
      {settings.data && <Settings settings={settings.data} />}
    </>
  );
}

function Settings({ settings }: { settings: AppSettings }) {
  const client = useQueryClient();
  const keep = useKeepAnswer();
  const save = useMutation({
    mutationFn: api.setAppSettings,
    onSuccess: async (saved) => {
      await keep(keys.appSettings(), saved);
      await keep<Boot>(keys.boot(), (boot) => boot && { ...boot, theme: saved.theme, language: saved.spoken });
      if (saved.spoken === language()) return;
      speak(saved.spoken);
      // What the engine said is asked for again: it says it in this language now.
      void client.invalidateQueries();
    },
  });
  // What was asked for is shown at once; if it fails, what holds comes back with the error.
  const shown = save.isPending ? save.variables : settings;
  const set = (change: Partial<AppSettings>) => save.mutate({ ...shown, ...change });
  const open = useMutation({ mutationFn: (step: () => Promise<unknown>) => step() });
  const [quitting, quit] = useDisclosure(false);
  return (
    <Stack gap="md" maw={720}>
      {save.isError && <ErrorPanel error={save.error} onRetry={() => save.mutate(save.variables)} onClose={save.reset} />}
      <Fieldset legend={words.behaviour}>
        <Stack gap="md">
          <Switch label={words.login} description={words.loginHint} checked={shown.start_at_login} onChange={(event) => set({ start_at_login: event.currentTarget.checked })} />
          <Switch label={words.tray} description={words.trayHint} checked={shown.keep_in_tray} onChange={(event) => set({ keep_in_tray: event.currentTarget.checked })} />
          <Group gap="md">
            <Text size="sm" fw={500}>{words.theme}</Text>
            <SegmentedControl
              size="xs" aria-label={words.theme} value={shown.theme} onChange={(theme) => set({ theme: theme as Theme })}
              data={Object.entries(words.themes).map(([value, label]) => ({ value, label }))}
            />
          </Group>
          <LanguageField value={shown.language} onChange={(language) => set({ language })} />
        </Stack>
      </Fieldset>
      <ScheduleRules />
      <Alerts notifications={shown.notifications} onNotifications={(notifications) => set({ notifications })} />
      <Updates />
      <Fieldset legend={words.places}>
        <Stack gap="sm">
          {open.isError && <ErrorPanel error={open.error} onClose={open.reset} />}
          <Facts facts={[[words.version, settings.version], [words.dataDir, settings.data_dir], [words.logs, settings.log_folder]]} />
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => open.mutate(api.openLogs)}>{words.openLogs}</Button>
            <Button size="xs" variant="default" ml="auto" onClick={quit.open}>{words.quit}</Button>
          </Group>
        </Stack>
      </Fieldset>
      <ConfirmDialog opened={quitting} onClose={quit.close} title={words.quitTitle} confirm={words.quitConfirm} onConfirm={api.quit}>{words.quitText}</ConfirmDialog>
    </Stack>
  );
}
