// Numbers, sizes and times as a person reads them. Every number has a unit.
const numbers = new Intl.NumberFormat("en");
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const clocks = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const weekClocks = new Intl.DateTimeFormat("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });
const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** `10,000`. */
export function count(value: number): string {
  return numbers.format(value);
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
  const digits = unit === 0 || size >= 99.5 ? 0 : 1;
  return `${size.toFixed(digits)} ${units[unit]}`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 days`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 || hours >= 10 ? `${Math.round(minutes / 60)} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1440)} days`;
}

/** `2 h to 5 h`; one value where both ends read the same. */
export function durationRange(low: number, high: number): string {
  const from = duration(low);
  const to = duration(high);
  return from === to ? from : `${from} to ${to}`;
}

/** `just now`, `5 min ago`, `4 days ago`; a time to come is `in 5 min`. */
export function ago(at: string, now: number): string {
  const seconds = Math.round((now - Date.parse(at)) / 1000);
  if (Number.isNaN(seconds)) return at;
  const size = Math.abs(seconds);
  if (size < 45) return "just now";
  const text =
    size < 3_570 ? `${Math.max(1, Math.round(size / 60))} min`
    : size < 84_600 ? `${Math.round(size / 3_600)} h`
    : size < 45 * 86_400 ? daysOf(Math.round(size / 86_400))
    : size < 700 * 86_400 ? `${Math.round(size / 2_629_800)} months`
    : `${Math.round(size / 31_557_600)} years`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

function daysOf(value: number): string {
  return value === 1 ? "1 day" : `${value} days`;
}

/** `14 Mar 2026, 09:30`, in the time zone of this computer. */
export function moment(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : moments.format(time);
}

/** `14:30` today, `Mon 00:00` within a week, else the day too; in the time zone of this computer. */
export function soon(at: string, now: number): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return at;
  if (new Date(time).toDateString() === new Date(now).toDateString()) return clocks.format(time);
  return Math.abs(time - now) < 6 * 86_400_000 ? weekClocks.format(time) : moments.format(time);
}

/** `14 Mar`, in the time zone of this computer. */
export function day(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : days.format(time);
}
