// The columns that groups and org units share, and the dialogs that their cells open.
import { ActionIcon, Button, Group, Progress, Stack, Text, Tooltip } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { useState } from "react";
import type { LevelKey, PauseView } from "../../bindings";
import { AutoBackupDialog, AutoBackupSwitch, type Flip } from "../../components/levels/AutoBackup";
import { LevelSettings } from "../../components/levels/LevelSettings";
import { PauseCell } from "../../components/levels/PauseCell";
import { PauseDialog, ResumeDialog, type Resting, type Whose } from "../../components/levels/PauseDialog";
import { S } from "../../strings";

/** A group or an org unit as these columns see it. */
export type Level = { key: LevelKey; name: string; /** What `View` calls it. */ title: string; on: boolean; hint?: string | undefined; hasSubUnits: boolean; ownSettings: boolean; pause: PauseView | null };

export type Steps = { flip: (flip: Flip) => void; pause: (whose: Whose) => void; resume: (resting: Resting) => void; settings: (level: Level) => void };

/** What the cells ask for, and the dialogs that do it. */
export function useLevelSteps(): { steps: Steps; dialogs: React.ReactNode } {
  const [flipping, setFlipping] = useState<Flip | null>(null);
  const [pausing, setPausing] = useState<Whose | null>(null);
  const [resuming, setResuming] = useState<Resting | null>(null);
  const [opened, setOpened] = useState<Level | null>(null);
  const [steps] = useState<Steps>({ flip: setFlipping, pause: setPausing, resume: setResuming, settings: setOpened });
  const dialogs = (
    <>
      <AutoBackupDialog asked={flipping} onClose={() => setFlipping(null)} />
      <PauseDialog asked={pausing} onClose={() => setPausing(null)} />
      <ResumeDialog asked={resuming} onClose={() => setResuming(null)} />
      {opened !== null && <LevelSettings level={opened.key} name={opened.name} onClose={() => setOpened(null)} />}
    </>
  );
  return { steps, dialogs };
}

export function AutoBackupCell({ level, steps }: { level: Level; steps: Steps }) {
  const { key: of, name, on, hint, hasSubUnits } = level;
  return <AutoBackupSwitch name={name} on={on} hint={hint} onFlip={() => steps.flip({ of, name, on: !on, hasSubUnits })} />;
}

export function LevelPauseCell({ level, steps }: { level: Level; steps: Steps }) {
  const { key, name, pause } = level;
  const wider = pause !== null && !(pause.of?.level === key.level && pause.of.id === key.id);
  return (
    <PauseCell
      name={name} pause={pause} wider={wider} onPause={() => steps.pause({ of: key, name })}
      onResume={(pause) => steps.resume({ pause, ...(wider && { asker: name }) })}
    />
  );
}

/** Who is in it, and its settings. */
export function LevelActions({ level, steps, onView }: { level: Level; steps: Steps; onView: () => void }) {
  const label = S.levels.settings.button(level.name);
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      <Button size="compact-xs" variant="default" aria-label={S.start.viewOf(level.title)} onClick={onView}>{S.start.view}</Button>
      <Tooltip label={level.ownSettings ? `${label}: ${S.levels.settings.ownHint}` : label}>
        <ActionIcon size="sm" variant={level.ownSettings ? "light" : "subtle"} color={level.ownSettings ? undefined : "gray"} aria-label={label} onClick={() => steps.settings(level)}>
          <IconAdjustments size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

/** How many of how many are protected, in words and as a bar. */
export function Share({ protected: some, users }: { protected: number; users: number }) {
  const told = S.start.protectedOf(some, users);
  return (
    <Stack gap={3}>
      <Text span size="sm" className="hf-numeric">{told}</Text>
      <Progress size={4} value={users === 0 ? 0 : (some / users) * 100} aria-label={`${S.start.columns.protected}: ${told}`} />
    </Stack>
  );
}
