// The table for lists that are too long to hold: the engine filters and sorts, and the parts that come into view are asked
// for. Looks and keys are those of DataTable.
import { Checkbox, CloseButton, Group, Loader, Skeleton, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, type QueryKey, type UseQueryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import type { UserError } from "../bindings";
import { S } from "../strings";
import css from "./DataTable.module.css";
import { ErrorPanel } from "./ErrorPanel";
import { moveByArrow } from "./tableKeys";
import { BORDERS, HEAD_HEIGHT, leastWidth } from "./tableRows";

export type Part<T> = { total: number; listed: number; rows: T[] };

export type RemoteColumn<T, By extends string> = {
  id: string;
  title: string;
  /** The title is only read aloud. */
  hideTitle?: boolean;
  /** A grid track, such as `minmax(140px, 2fr)` or `90px`. */
  width: string;
  /** What the engine sorts by; a column without it cannot be sorted. */
  by?: By;
  render: (row: T) => ReactNode;
  align?: "right";
};

export type RemoteSort<By extends string> = { by: By; descending: boolean };

type Props<T, By extends string> = {
  label: string;
  noun: [one: string, many: string];
  rowKey: (row: T) => string;
  rowName: (row: T) => string;
  columns: readonly RemoteColumn<T, By>[];
  /** The query of a part. */
  part: (page: number) => UseQueryOptions<Part<T>, UserError, Part<T>, QueryKey>;
  partSize: number;
  sort: RemoteSort<By>;
  onSort: (sort: RemoteSort<By>) => void;
  search: string;
  onSearch: (search: string) => void;
  searchLabel: string;
  filters?: ReactNode;
  /** What stands in place of the filters, while something is ticked. */
  bulk?: ReactNode;
  selection?: { keys: ReadonlySet<string>; onChange: (keys: ReadonlySet<string>) => void; onAll: () => void };
  /** What is listed is not yet what the filters say. */
  isOld?: boolean;
  /** There is nothing at all. */
  empty: ReactNode;
  /** Nothing passes the filters. */
  nothingFound: ReactNode;
  /** At the right of the counts. */
  foot?: ReactNode;
  rowHeight?: number;
};

export function RemoteTable<T extends object, By extends string>(props: Props<T, By>) {
  const { noun, part, search, onSearch, searchLabel, filters, bulk, selection, empty, nothingFound, foot, isOld = false } = props;
  // While a new filter is asked about, the old list stays in view.
  const first = useQuery({ ...part(0), placeholderData: keepPreviousData });
  const { total = 0, listed = 0 } = first.data ?? {};
  const failed = first.isError && first.data === undefined;
  return (
    <div className={css.frame} data-fill>
      <Group gap="xs" mb="xs" justify="space-between" wrap="nowrap" align="flex-start" flex="none">
        <Group gap="xs">{bulk ?? filters}</Group>
        <TextInput
          size="xs" className={css.search} value={search} onChange={(event) => onSearch(event.currentTarget.value)} aria-label={searchLabel} placeholder={searchLabel}
          leftSection={<IconSearch size={14} aria-hidden />}
          rightSection={search !== "" && <CloseButton size="xs" aria-label={S.common.clearSearch} onClick={() => onSearch("")} />}
        />
      </Group>
      {failed && <ErrorPanel error={first.error} onRetry={() => void first.refetch()} />}
      {first.isPending && <div className={css.waiting} role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></div>}
      {first.data !== undefined && total === 0 && empty}
      {first.data !== undefined && total > 0 && (
        <>
          <Body {...props} isOld={isOld || first.isPlaceholderData} count={listed} first={first.data.rows} />
          {listed === 0 && nothingFound}
          <Group gap="md" className={css.foot}>
            <Group gap="md" role="status" aria-live="polite">
              <Text size="xs" c="dimmed" className="hf-numeric">{S.common.table.shown(listed, total, noun[0], noun[1])}</Text>
              {selection && selection.keys.size > 0 && <Text size="xs" fw={600} className="hf-numeric">{S.common.table.ticked(selection.keys.size)}</Text>}
            </Group>
            {foot}
          </Group>
        </>
      )}
    </div>
  );
}

type BodyProps<T, By extends string> = Props<T, By> & { count: number; first: readonly T[] };

function Body<T extends object, By extends string>({ label, columns, part, partSize, sort, onSort, selection, rowKey, rowName, count, first, isOld, rowHeight = 46 }: BodyProps<T, By>) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 8, scrollPaddingStart: HEAD_HEIGHT });
  const items = virtual.getVirtualItems();
  const pages = [...new Set(items.map(({ index }) => Math.floor(index / partSize)))].filter((page) => page > 0);
  const parts = useQueries({ queries: pages.map((page) => part(page)) });
  const rowAt = (index: number): T | undefined => {
    const page = Math.floor(index / partSize);
    return (page === 0 ? first : parts[pages.indexOf(page)]?.data?.rows)?.[index % partSize];
  };
  const failed = parts.find((it) => it.isError);
  const template = `${selection ? "36px " : ""}${columns.map((it) => it.width).join(" ")}`;
  const tall = HEAD_HEIGHT + count * rowHeight + BORDERS;
  // A row keeps what is open in it though the list moves; parts read at different times may name one twice.
  const inView = new Set<string>();
  const isAll = selection !== undefined && count > 0 && selection.keys.size >= count;

  function toggle(key: string) {
    if (!selection) return;
    const keys = new Set(selection.keys);
    if (!keys.delete(key)) keys.add(key);
    selection.onChange(keys);
  }

  return (
    <>
      {failed && <ErrorPanel error={failed.error} onRetry={() => void failed.refetch()} />}
      <div
        ref={box} className={css.box} role="table" aria-label={label} aria-rowcount={count + 1} tabIndex={0} onKeyDown={(event) => moveByArrow(event, count, virtual)}
        style={{ maxHeight: count === 0 ? undefined : tall, flex: count === 0 ? "none" : undefined }}
      >
        <div role="rowgroup" className={css.head} style={{ minWidth: `max(100%, ${leastWidth(template)}px)` }}>
          <div role="row" aria-rowindex={1} className={css.row} style={{ gridTemplateColumns: template, height: HEAD_HEIGHT }}>
            {selection && (
              <div role="columnheader" className={css.tick}>
                <Checkbox
                  aria-label={S.common.table.selectAll(count)} checked={isAll} indeterminate={selection.keys.size > 0 && !isAll} disabled={count === 0}
                  onChange={() => (isAll ? selection.onChange(new Set()) : selection.onAll())}
                />
              </div>
            )}
            {columns.map((column) => <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />)}
          </div>
        </div>
        {count > 0 && (
          <div role="rowgroup" className={css.rows} style={{ height: virtual.getTotalSize(), minWidth: `max(100%, ${leastWidth(template)}px)` }}>
            {items.map(({ index, start }) => {
              const row = rowAt(index);
              const style = { gridTemplateColumns: template, height: rowHeight, transform: `translateY(${start}px)`, position: "absolute" as const };
              if (row === undefined) {
                return <div key={index} role="row" aria-rowindex={index + 2} className={css.row} style={style}><div role="cell" className={css.cell} style={{ gridColumn: "1 / -1" }}><Skeleton height={10} width="40%" /></div></div>;
              }
              const key = rowKey(row);
              const isTwice = inView.has(key);
              inView.add(key);
              return (
                <div key={isTwice ? index : key} role="row" aria-rowindex={index + 2} data-index={index} className={css.row} style={style}>
                  {selection && (
                    <div role="cell" className={css.tick}>
                      {/* Who is ticked in an old list may be gone from the next, and would be acted on unseen. */}
                      <Checkbox aria-label={S.common.table.select(rowName(row))} checked={selection.keys.has(key)} disabled={isOld} onChange={() => toggle(key)} />
                    </div>
                  )}
                  {columns.map((column) => <div key={column.id} role="cell" className={css.cell} data-align={column.align}>{column.render(row)}</div>)}
                </div>
              );
            })}
          </div>
        )}
      </div>
    </>
  );
}

type HeadProps<T, By extends string> = { column: RemoteColumn<T, By>; sort: RemoteSort<By>; onSort: (sort: RemoteSort<By>) => void };

function HeadCell<T, By extends string>({ column: { by, title, hideTitle, align }, sort, onSort }: HeadProps<T, By>) {
  const sorting = by !== undefined && sort.by === by;
  return (
    <div role="columnheader" aria-sort={sorting ? (sort.descending ? "descending" : "ascending") : undefined} className={css.cell} data-align={align}>
      {by === undefined ? (hideTitle ? <VisuallyHidden>{title}</VisuallyHidden> : title) : (
        <button type="button" className={css.sort} onClick={() => onSort({ by, descending: sorting && !sort.descending })}>
          {title}
          {sorting && (sort.descending ? <IconArrowDown size={13} aria-hidden /> : <IconArrowUp size={13} aria-hidden />)}
        </button>
      )}
    </div>
  );
}
