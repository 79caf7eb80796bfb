// Numbers, sizes and times as a person reads them, in the language that is spoken. Every number has a unit.
import type { Language } from "./bindings";
import { language } from "./language";

/** How a language writes numbers and times, and the words between them. */
type Ways = {
  numbers: Intl.NumberFormat;
  tenths: Intl.NumberFormat;
  days: Intl.DateTimeFormat;
  clocks: Intl.DateTimeFormat;
  weekClocks: Intl.DateTimeFormat;
  moments: Intl.DateTimeFormat;
  range: (from: string, to: string) => string;
  now: string;
  past: (span: string) => string;
  coming: (span: string) => string;
  /** A span of days, months or years as it stands alone, and after a word such as "ago". */
  span: (value: number, unit: Unit, isAfterWord: boolean) => string;
};
type Unit = "day" | "month" | "year";

function written(numbers: string, times: string): Pick<Ways, "numbers" | "tenths" | "days" | "clocks" | "weekClocks" | "moments"> {
  return {
    numbers: new Intl.NumberFormat(numbers),
    tenths: new Intl.NumberFormat(numbers, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    days: new Intl.DateTimeFormat(times, { day: "numeric", month: "short" }),
    clocks: new Intl.DateTimeFormat(times, { timeStyle: "short" }),
    weekClocks: new Intl.DateTimeFormat(times, { weekday: "short", hour: "2-digit", minute: "2-digit" }),
    moments: new Intl.DateTimeFormat(times, { dateStyle: "medium", timeStyle: "short" }),
  };
}

const GERMAN_UNITS: Record<Unit, [string, string, string]> = { day: ["Tag", "Tage", "Tagen"], month: ["Monat", "Monate", "Monaten"], year: ["Jahr", "Jahre", "Jahren"] };

const WAYS: Readonly<Record<Language, Ways>> = {
  english: {
    ...written("en", "en-GB"),
    range: (from, to) => `${from} to ${to}`,
    now: "just now",
    past: (span) => `${span} ago`,
    coming: (span) => `in ${span}`,
    span: (value, unit) => `${value} ${unit}${value === 1 ? "" : "s"}`,
  },
  german: {
    ...written("de", "de-DE"),
    range: (from, to) => `${from} bis ${to}`,
    now: "soeben",
    past: (span) => `vor ${span}`,
    coming: (span) => `in ${span}`,
    span: (value, unit, isAfterWord) => `${value} ${GERMAN_UNITS[unit][value === 1 ? 0 : isAfterWord ? 2 : 1]}`,
  },
};

const ways = () => WAYS[language()];

/** How a field of numbers writes them. */
export function separators(): { thousandSeparator: string; decimalSeparator: string } {
  const part = (wanted: "group" | "decimal", otherwise: string) => ways().tenths.formatToParts(10_000.5).find((it) => it.type === wanted)?.value ?? otherwise;
  return { thousandSeparator: part("group", ","), decimalSeparator: part("decimal", ".") };
}

/** `10,000`. */
export function count(value: number): string {
  return ways().numbers.format(value);
}

/** `3.4`. */
export function tenths(value: number): string {
  return ways().tenths.format(value);
}

/** `1 user`, `10,000 users`. */
export function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `1.4 GB`: powers of 1000, as the systems' own disk tools show them (macOS, GNOME) and disks are sold. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const isWhole = unit === 0 || size >= 99.5;
  return `${isWhole ? size.toFixed(0) : tenths(Number(size.toFixed(1)))} ${units[unit]}`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 days`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 || hours >= 10 ? `${Math.round(minutes / 60)} h` : `${hours} h ${minutes % 60} min`;
  return ways().span(Math.round(minutes / 1440), "day", false);
}

/** `2 h to 5 h`; one value where both ends read the same. */
export function durationRange(low: number, high: number): string {
  const from = duration(low);
  const to = duration(high);
  return from === to ? from : ways().range(from, to);
}

/** `just now`, `5 min ago`, `4 days ago`; a time to come is `in 5 min`. */
export function ago(at: string, now: number): string {
  const seconds = Math.round((now - Date.parse(at)) / 1000);
  if (Number.isNaN(seconds)) return at;
  const size = Math.abs(seconds);
  const { now: present, past, coming, span } = ways();
  if (size < 45) return present;
  const text =
    size < 3_570 ? `${Math.max(1, Math.round(size / 60))} min`
    : size < 84_600 ? `${Math.round(size / 3_600)} h`
    : size < 45 * 86_400 ? span(Math.round(size / 86_400), "day", true)
    : size < 700 * 86_400 ? span(Math.round(size / 2_629_800), "month", true)
    : span(Math.round(size / 31_557_600), "year", true);
  return seconds >= 0 ? past(text) : coming(text);
}

/** `14 Mar 2026, 09:30`, in the time zone of this computer. */
export function moment(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : ways().moments.format(time);
}

/** `14:30` today, `Mon 00:00` within a week, else the day too; in the time zone of this computer. */
export function soon(at: string, now: number): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return at;
  if (new Date(time).toDateString() === new Date(now).toDateString()) return ways().clocks.format(time);
  return Math.abs(time - now) < 6 * 86_400_000 ? ways().weekClocks.format(time) : ways().moments.format(time);
}

/** `14 Mar`, in the time zone of this computer. */
export function day(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : ways().days.format(time);
}
