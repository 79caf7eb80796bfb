// Numbers and times with their units, in tabular digits. Times say the exact moment on hover and stay right as time passes.
import { Text, type TextProps } from "@mantine/core";
import { useSyncExternalStore } from "react";
import * as format from "../format";
import { S } from "../strings";

const TICK = 30_000;
const heard = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  heard.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    heard.forEach((tell) => tell());
  }, TICK);
  return () => {
    heard.delete(listener);
    if (heard.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** While nothing ticks, the end of the present half minute: the same for two looks at it, and never before what just happened. */
function present(): number {
  if (timer === undefined) now = (Math.floor(Date.now() / TICK) + 1) * TICK;
  return now;
}

/** The present, to half a minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, present);
}

type Props = TextProps & { value: number | null };

export function Bytes({ value, ...props }: Props) {
  return <Text span inherit className="hf-numeric" {...props}>{value === null ? S.common.unknown : format.bytes(value)}</Text>;
}

export function Count({ value, ...props }: Props) {
  return <Text span inherit className="hf-numeric" {...props}>{value === null ? S.common.unknown : format.count(value)}</Text>;
}

export function Duration({ value, ...props }: Props) {
  return <Text span inherit className="hf-numeric" {...props}>{value === null ? S.common.unknown : format.duration(value)}</Text>;
}

export function Ago({ at, ...props }: TextProps & { at: string | null }) {
  const now = useNow();
  if (at === null) return <Text span inherit {...props}>{S.common.never}</Text>;
  return (
    <Text span inherit className="hf-numeric" {...props}>
      <time dateTime={at} title={format.moment(at)}>{format.ago(at, now)}</time>
    </Text>
  );
}
