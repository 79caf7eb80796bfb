// Sorting and searching of ten thousand rows, fast enough to follow typing.
export type Sort = { column: string; descending: boolean };

/** Of the row of titles, in pixels. */
export const HEAD_HEIGHT = 32;
/** Around a table, in pixels. */
export const BORDERS = 2;

/** What a row needs at least, in pixels: the least of each grid track, with what is around them. */
export function leastWidth(template: string): number {
  const tracks = template.match(/minmax\([^)]*\)|\S+/g) ?? [];
  return tracks.reduce((sum, track) => sum + (Number.parseFloat(/(\d+(?:\.\d+)?)px/.exec(track)?.[1] ?? "0") || 0), PADDING);
}

/** At both ends of a row. */
const PADDING = 8;

const BEYOND_ASCII = /[^ -~]/;

/** A text to compare by: without case and accents, so that plain comparison of ten thousand is quick. */
export function folded(text: string): string {
  // Most names and addresses have neither accents nor other scripts, and taking text apart costs far more than looking.
  if (!BEYOND_ASCII.test(text)) return text.toLowerCase();
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The rows by that value; nothing comes last, whichever way. The order of equal rows stays. */
export function sorted<T>(rows: readonly T[], by: ((row: T) => string | number | null) | undefined, descending: boolean): readonly T[] {
  if (!by) return rows;
  const sign = descending ? -1 : 1;
  const keyed = rows.map((row) => {
    const key = by(row);
    return { row, key: typeof key === "string" ? folded(key) : key };
  });
  keyed.sort((a, b) => {
    if (a.key === b.key) return 0;
    if (a.key === null) return 1;
    if (b.key === null) return -1;
    return a.key < b.key ? -sign : sign;
  });
  return keyed.map(({ row }) => row);
}

/** A row's text to search in, folded once a row: typing then only looks at what is there. */
export function searchText<T extends object>(text: (row: T) => string): (row: T) => string {
  const known = new WeakMap<T, string>();
  return (row) => {
    const before = known.get(row);
    if (before !== undefined) return before;
    const now = folded(text(row));
    known.set(row, now);
    return now;
  };
}

/** The rows in which every word of the search occurs, in any order; case and accents do not matter. */
export function searched<T>(rows: readonly T[], text: ((row: T) => string) | undefined, search: string): readonly T[] {
  const words = folded(search).split(/\s+/).filter(Boolean);
  if (!text || words.length === 0) return rows;
  return rows.filter((row) => {
    const hay = text(row);
    return words.every((word) => hay.includes(word));
  });
}
