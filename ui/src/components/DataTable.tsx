// The table used everywhere: search, sort, select all of what is listed, counts, and its empty, loading, failed and ten
// thousand states. Only the rows in view are in the document. Arrow keys go from row to row, Space ticks, Enter opens.
import { Checkbox, CloseButton, Group, Loader, Text, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import { S } from "../strings";
import css from "./DataTable.module.css";
import { EmptyState } from "./EmptyState";
import { ErrorPanel } from "./ErrorPanel";
import { leastWidth, type Sort, searched, searchText, sorted } from "./tableRows";

export type Column<T> = {
  id: string;
  title: string;
  /** A grid track, such as `minmax(140px, 2fr)` or `90px`. */
  width: string;
  /** What the column is sorted by; a column without it cannot be sorted. */
  by?: (row: T) => string | number | null;
  render: (row: T) => ReactNode;
  align?: "right";
};

export type Selection<T> = {
  keys: ReadonlySet<string>;
  onChange: (keys: ReadonlySet<string>) => void;
  canSelect: (row: T) => boolean;
  /** The row's name, for its checkbox. */
  name: (row: T) => string;
};

type Props<T> = {
  /** Names the table. */
  label: string;
  /** One and many of what it lists. */
  noun: [one: string, many: string];
  rows: readonly T[] | undefined;
  rowKey: (row: T) => string;
  columns: readonly Column<T>[];
  sort: Sort;
  /** What the search looks in; without it there is no search. */
  searchIn?: (row: T) => string;
  searchLabel?: string;
  selection?: Selection<T>;
  /** Filters, left of the search. */
  filters?: ReactNode;
  /** Shown when there is nothing to list at all. */
  empty: ReactNode;
  error?: unknown;
  onRetry?: () => void;
  onOpen?: (row: T) => void;
  isOpen?: (row: T) => boolean;
  rowHeight?: number;
  /** `fill` takes the height that is left; otherwise the table grows to at most this many pixels. */
  height?: "fill" | number;
};

export function DataTable<T extends object>(props: Props<T>) {
  const { label, noun, rows, rowKey, columns, searchIn, selection, filters, empty, error, onRetry, height = "fill" } = props;
  const [search, setSearch] = useState("");
  const [sort, setSort] = useState(props.sort);
  // Typing stays smooth: the list follows as soon as it can.
  const wanted = useDeferredValue(search);

  const column = columns.find((it) => it.id === sort.column);
  const inOrder = useMemo(() => sorted(rows ?? [], column?.by, sort.descending), [rows, column, sort.descending]);
  const text = useMemo(() => searchIn && searchText(searchIn), [searchIn]);
  const listed = useMemo(() => searched(inOrder, text, wanted), [inOrder, text, wanted]);
  const selectable = useMemo(() => (selection ? listed.filter(selection.canSelect).map(rowKey) : []), [listed, selection?.canSelect, rowKey]);
  const ticked = selection ? selectable.reduce((n, key) => n + (selection.keys.has(key) ? 1 : 0), 0) : 0;

  function tickAll() {
    if (!selection) return;
    const keys = new Set(selection.keys);
    const all = ticked === selectable.length;
    // What was typed counts, also where the list has not followed yet.
    const meant = wanted === search ? selectable : searched(inOrder, text, search).filter(selection.canSelect).map(rowKey);
    for (const key of meant) if (all) keys.delete(key);
    else keys.add(key);
    selection.onChange(keys);
  }

  const failed = error !== undefined && error !== null;
  const template = `${selection ? "36px " : ""}${columns.map((it) => it.width).join(" ")}`;
  return (
    <div className={css.frame} data-fill={height === "fill" || undefined}>
      {(searchIn || filters !== undefined) && (
        <Group gap="xs" mb="xs" justify="space-between" wrap="nowrap">
          {filters !== undefined && <Group gap="xs">{filters}</Group>}
          {searchIn && (
            <TextInput
              size="xs" className={css.search} value={search} onChange={(event) => setSearch(event.currentTarget.value)}
              aria-label={props.searchLabel ?? `${S.common.search}: ${label}`} placeholder={props.searchLabel ?? S.common.search}
              leftSection={<IconSearch size={14} aria-hidden />}
              rightSection={search !== "" && <CloseButton size="xs" aria-label={S.common.clearSearch} onClick={() => setSearch("")} />}
            />
          )}
        </Group>
      )}
      {failed && <ErrorPanel error={error} onRetry={onRetry} />}
      {!failed && rows === undefined && <div className={css.waiting} role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></div>}
      {!failed && rows?.length === 0 && empty}
      {!failed && rows !== undefined && rows.length > 0 && (
        <>
          <Body
            {...props} listed={listed} template={template} sort={sort}
            onSort={(id) => setSort((was) => ({ column: id, descending: was.column === id && !was.descending }))}
            all={selection && { ticked, of: selectable.length, onChange: tickAll }}
          />
          <Group gap="md" className={css.foot} role="status" aria-live="polite">
            <Text size="xs" c="dimmed" className="hf-numeric">{S.common.table.shown(listed.length, rows.length, noun[0], noun[1])}</Text>
            {selection && selection.keys.size > 0 && (
              <Text size="xs" fw={600} className="hf-numeric">{S.common.table.ticked(selection.keys.size)}</Text>
            )}
          </Group>
        </>
      )}
    </div>
  );
}

type BodyProps<T> = Props<T> & {
  listed: readonly T[];
  template: string;
  sort: Sort;
  onSort: (column: string) => void;
  all: { ticked: number; of: number; onChange: () => void } | undefined;
};

function Body<T extends object>({ label, listed, template, columns, sort, onSort, all, rowKey, selection, onOpen, isOpen, rowHeight = 34, height = "fill" }: BodyProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  // Stable: the virtualizer measures all rows anew whenever it changes.
  const keyAt = useCallback((index: number) => rowKey(listed[index] as T), [listed, rowKey]);
  const virtual = useVirtualizer({
    count: listed.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollPaddingStart: HEAD_HEIGHT,
    getItemKey: keyAt,
  });

  function toggle(row: T) {
    if (!selection) return;
    const keys = new Set(selection.keys);
    const key = rowKey(row);
    if (!keys.delete(key)) keys.add(key);
    selection.onChange(keys);
  }

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const from = (event.target as HTMLElement).closest<HTMLElement>("[data-index]");
    if (from === null) return;
    const to = Number(from.dataset["index"]) + (event.key === "ArrowDown" ? 1 : -1);
    if (to < 0 || to >= listed.length) return;
    event.preventDefault();
    virtual.scrollToIndex(to);
    // The row may only enter the document with the scroll.
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${to}"] :is(input, button, a)`)?.focus());
  }

  const tall = HEAD_HEIGHT + listed.length * rowHeight + 2;
  return (
    <div
      ref={box} className={css.box} role="table" aria-label={label} aria-rowcount={listed.length + 1} tabIndex={0} onKeyDown={onKeyDown}
      style={height === "fill" ? { maxHeight: listed.length === 0 ? undefined : tall } : { height: Math.min(tall, height) }}
    >
      <div role="rowgroup" className={css.head} style={{ minWidth: `max(100%, ${leastWidth(template)}px)` }}>
        <div role="row" aria-rowindex={1} className={css.row} style={{ gridTemplateColumns: template, height: HEAD_HEIGHT }}>
          {all && (
            <div role="columnheader" className={css.tick}>
              <Checkbox
                aria-label={S.common.table.selectAll(all.of)} checked={all.of > 0 && all.ticked === all.of}
                indeterminate={all.ticked > 0 && all.ticked < all.of} disabled={all.of === 0} onChange={all.onChange}
              />
            </div>
          )}
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      {listed.length === 0 && (
        <div role="rowgroup"><div role="row"><div role="cell"><EmptyState title={S.common.table.nothingFound} text={S.common.table.nothingFoundHint} icon={IconSearch} /></div></div></div>
      )}
      {listed.length > 0 && (
        <div role="rowgroup" className={css.rows} style={{ height: virtual.getTotalSize(), minWidth: `max(100%, ${leastWidth(template)}px)` }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const row = listed[index] as T;
            const selectable = selection?.canSelect(row) ?? false;
            return (
              <div
                key={key} role="row" aria-rowindex={index + 2} data-index={index} className={css.row} data-open={isOpen?.(row) || undefined}
                style={{ gridTemplateColumns: template, height: rowHeight, transform: `translateY(${start}px)`, position: "absolute" }}
              >
                {selection && (
                  <div role="cell" className={css.tick}>
                    {selectable && (
                      <Checkbox aria-label={S.common.table.select(selection.name(row))} checked={selection.keys.has(rowKey(row))} onChange={() => toggle(row)} />
                    )}
                  </div>
                )}
                {columns.map((column, at) => (
                  <div key={column.id} role="cell" className={css.cell} data-align={column.align}>
                    {at === 0 && onOpen ? (
                      <button type="button" className={css.open} onClick={() => onOpen(row)}>{column.render(row)}</button>
                    ) : column.render(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      )}
    </div>
  );
}

const HEAD_HEIGHT = 32;

function HeadCell<T>({ column, sort, onSort }: { column: Column<T>; sort: Sort; onSort: (column: string) => void }) {
  const sorting = sort.column === column.id;
  const order = sorting ? (sort.descending ? "descending" : "ascending") : undefined;
  return (
    <div role="columnheader" aria-sort={order} className={css.cell} data-align={column.align}>
      {column.by ? (
        <button type="button" className={css.sort} onClick={() => onSort(column.id)}>
          {column.title}
          {sorting && (sort.descending ? <IconArrowDown size={13} aria-hidden /> : <IconArrowUp size={13} aria-hidden />)}
        </button>
      ) : column.title}
    </div>
  );
}
