// The schedule as a whole, where it does not simply run: everything is paused, or what is due waits for something.
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import type { ScheduleView } from "../../bindings";
import { soon } from "../../format";
import { S } from "../../strings";
import { useNow } from "../Format";
import { Notice } from "../Notice";
import { ResumeDialog, type Resting } from "./PauseDialog";

export function ScheduleNotice({ schedule }: { schedule: ScheduleView }) {
  const now = useNow();
  const [asked, setAsked] = useState<Resting | null>(null);
  const { pause, waiting } = schedule;
  return (
    <>
      {pause !== null && (
        <Notice tone="amber" title={S.levels.pause.allPaused(pause.until === null ? null : soon(pause.until, now))}>
          <Group mt={6}><Button size="compact-sm" variant="default" onClick={() => setAsked({ pause })}>{S.levels.pause.resumeAll}</Button></Group>
        </Notice>
      )}
      {pause === null && waiting.map((wait) => (
        <Notice key={wait.what + wait.domain} tone="blue" title={S.levels.waiting(wait.what, wait.domain)}>{S.levels.waitingText(soon(wait.since, now))}</Notice>
      ))}
      <ResumeDialog asked={asked} onClose={() => setAsked(null)} />
    </>
  );
}
