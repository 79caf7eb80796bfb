// The table used everywhere: search, sort, select all of what is listed, counts, and its empty, loading, failed and ten
// thousand states. Only the rows in view are in the document. Arrow keys go from row to row, Space ticks, Enter opens.
import { CloseButton, Group, Loader, Text, TextInput } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useCallback, useDeferredValue, useMemo, useState } from "react";
import { S } from "../strings";
import css from "./DataTable.module.css";
import { ErrorPanel } from "./ErrorPanel";
import { type Column, type Selection, TableBody } from "./TableBody";
import { type Sort, searched, searchText, sorted } from "./tableRows";

export type { Column, Selection } from "./TableBody";

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
  rowHeight?: number | undefined;
  /** `fill` takes the height that is left; otherwise the table grows to at most this many pixels. */
  height?: "fill" | number;
};

export function DataTable<T extends object>(props: Props<T>) {
  const { label, noun, rows, rowKey, columns, searchIn, selection, filters, empty, error, onRetry, onOpen, isOpen, rowHeight, height = "fill" } = props;
  const [search, setSearch] = useState("");
  const [sort, setSort] = useState(props.sort);
  // Typing stays smooth: the list follows as soon as it can.
  const wanted = useDeferredValue(search);

  const column = columns.flatMap((it) => (it.also === undefined ? [it] : [it, it.also])).find((it) => it.id === sort.column);
  const inOrder = useMemo(() => sorted(rows ?? [], column?.by, sort.descending), [rows, column, sort.descending]);
  const text = useMemo(() => searchIn && searchText(searchIn), [searchIn]);
  const listed = useMemo(() => searched(inOrder, text, wanted), [inOrder, text, wanted]);
  const selectable = useMemo(() => (selection ? listed.filter(selection.canSelect).map(rowKey) : []), [listed, selection?.canSelect, rowKey]);
  const ticked = selection ? selectable.reduce((n, key) => n + (selection.keys.has(key) ? 1 : 0), 0) : 0;

  const sortBy = useCallback((id: string) => setSort((was) => ({ column: id, descending: was.column === id && !was.descending })), []);
  const open = useCallbackRef(onOpen);
  const tickAll = useCallbackRef(() => {
    if (!selection) return;
    const keys = new Set(selection.keys);
    const all = ticked === selectable.length;
    // What was typed counts, also where the list has not followed yet.
    const meant = wanted === search ? selectable : searched(inOrder, text, search).filter(selection.canSelect).map(rowKey);
    for (const key of meant) if (all) keys.delete(key);
    else keys.add(key);
    selection.onChange(keys);
  });

  const failed = error !== undefined && error !== null;
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
          <TableBody
            label={label} listed={listed} columns={columns} rowKey={rowKey} selection={selection} sort={sort} onSort={sortBy}
            ticked={ticked} selectable={selectable.length} onTickAll={tickAll}
            onOpen={onOpen && open} isOpen={isOpen} rowHeight={rowHeight} height={height}
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
