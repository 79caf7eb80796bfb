// The rows of a table, of which only those in view are in the document. A row is made anew only where something of it changed,
// so that a letter typed into the search costs the list nothing until it follows.
import { Checkbox } from "@mantine/core";
import { useCallbackRef } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, useCallback, useRef } from "react";
import { S } from "../strings";
import css from "./DataTable.module.css";
import { EmptyState } from "./EmptyState";
import { moveByArrow } from "./tableKeys";
import { BORDERS, HEAD_HEIGHT, leastWidth, type Sort } from "./tableRows";

export type Column<T> = {
  id: string;
  title: string;
  /** A grid track, such as `minmax(140px, 2fr)` or `90px`. */
  width: string;
  /** What the column is sorted by; a column without it cannot be sorted. */
  by?: (row: T) => string | number | null;
  render: (row: T) => ReactNode;
  align?: "right";
  /** What it shows besides, and can be sorted by as well. */
  also?: Pick<Column<T>, "id" | "title" | "by">;
};

export type Selection<T> = {
  keys: ReadonlySet<string>;
  onChange: (keys: ReadonlySet<string>) => void;
  canSelect: (row: T) => boolean;
  /** The row's name, for its checkbox. */
  name: (row: T) => string;
};

type Props<T> = {
  label: string;
  listed: readonly T[];
  columns: readonly Column<T>[];
  rowKey: (row: T) => string;
  selection: Selection<T> | undefined;
  sort: Sort;
  onSort: (column: string) => void;
  /** How many of the rows that can be ticked are, and of how many. */
  ticked: number;
  selectable: number;
  onTickAll: () => void;
  onOpen: ((row: T) => void) | undefined;
  isOpen: ((row: T) => boolean) | undefined;
  rowHeight?: number | undefined;
  height: "fill" | number;
};

export const TableBody = memo(Body) as typeof Body;

function Body<T extends object>(props: Props<T>) {
  const { label, listed, columns, rowKey, selection, sort, onSort, ticked, selectable, onTickAll, onOpen, isOpen, rowHeight = 34, height } = props;
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
  const toggle = useCallbackRef((row: T) => {
    if (!selection) return;
    const keys = new Set(selection.keys);
    const key = rowKey(row);
    if (!keys.delete(key)) keys.add(key);
    selection.onChange(keys);
  });

  const template = `${selection ? "36px " : ""}${columns.map((it) => it.width).join(" ")}`;
  const minWidth = `max(100%, ${leastWidth(template)}px)`;
  const tall = HEAD_HEIGHT + listed.length * rowHeight + BORDERS;
  return (
    <div
      ref={box} className={css.box} role="table" aria-label={label} aria-rowcount={listed.length + 1} tabIndex={0} onKeyDown={(event) => moveByArrow(event, listed.length, virtual)}
      style={height === "fill" ? { maxHeight: listed.length === 0 ? undefined : tall } : { height: Math.min(tall, height) }}
    >
      <div role="rowgroup" className={css.head} style={{ minWidth }}>
        <div role="row" aria-rowindex={1} className={css.row} style={{ gridTemplateColumns: template, height: HEAD_HEIGHT }}>
          {selection && (
            <div role="columnheader" className={css.tick}>
              <Checkbox
                aria-label={S.common.table.selectAll(selectable)} checked={selectable > 0 && ticked === selectable}
                indeterminate={ticked > 0 && ticked < selectable} disabled={selectable === 0} onChange={onTickAll}
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
        <div role="rowgroup" className={css.rows} style={{ height: virtual.getTotalSize(), minWidth }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const row = listed[index] as T;
            return (
              <TableRow
                key={key} row={row} index={index} start={start} height={rowHeight} columns={columns} template={template}
                tick={selection && (selection.canSelect(row) ? selection.keys.has(rowKey(row)) : null)} name={selection?.name(row)} onToggle={toggle}
                onOpen={onOpen} isOpen={isOpen?.(row) ?? false}
              />
            );
          })}
        </div>
      )}
    </div>
  );
}

type RowProps<T> = {
  row: T;
  index: number;
  /** Where it begins, and how high it is, in pixels. */
  start: number;
  height: number;
  columns: readonly Column<T>[];
  template: string;
  /** Whether it is ticked; null where it cannot be, and nothing where no row can. */
  tick: boolean | null | undefined;
  name: string | undefined;
  onToggle: (row: T) => void;
  onOpen: ((row: T) => void) | undefined;
  isOpen: boolean;
};

const TableRow = memo(Row) as typeof Row;

function Row<T extends object>({ row, index, start, height, columns, template, tick, name = "", onToggle, onOpen, isOpen }: RowProps<T>) {
  return (
    <div
      role="row" aria-rowindex={index + 2} data-index={index} className={css.row} data-open={isOpen || undefined}
      style={{ gridTemplateColumns: template, height, transform: `translateY(${start}px)`, position: "absolute" }}
    >
      {tick !== undefined && (
        <div role="cell" className={css.tick}>
          {tick !== null && <Checkbox aria-label={S.common.table.select(name)} checked={tick} onChange={() => onToggle(row)} />}
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
}

function HeadCell<T>({ column, sort, onSort }: { column: Column<T>; sort: Sort; onSort: (column: string) => void }) {
  const heads = column.also === undefined ? [column] : [column, column.also];
  const isSorting = heads.some((it) => it.id === sort.column);
  const buttons = heads.filter((it) => it.by !== undefined).length;
  return (
    <div role="columnheader" aria-sort={isSorting ? (sort.descending ? "descending" : "ascending") : undefined} className={css.cell} data-align={column.align}>
      {heads.map((it) => (it.by ? <SortButton key={it.id} head={it} isOneOfTwo={buttons > 1} sort={sort} onSort={onSort} /> : it.title))}
    </div>
  );
}

type SortButtonProps = { head: { id: string; title: string }; /** The column's order does not say by which: the button does. */ isOneOfTwo: boolean; sort: Sort; onSort: (column: string) => void };

function SortButton({ head, isOneOfTwo, sort, onSort }: SortButtonProps) {
  const Arrow = sort.descending ? IconArrowDown : IconArrowUp;
  return (
    <button type="button" className={css.sort} aria-pressed={isOneOfTwo ? sort.column === head.id : undefined} onClick={() => onSort(head.id)}>
      {head.title}
      {sort.column === head.id && <Arrow size={13} aria-hidden />}
    </button>
  );
}
