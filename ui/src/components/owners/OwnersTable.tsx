// A list of users and shared drives with its filters, bulk actions and the dialog that asks before each.
import { Button, Group, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api } from "../../api";
import type { LevelKey, OwnerColumn, OwnerRow, OwnersDeed, OwnersDone, OwnersFilter } from "../../bindings";
import { OWNERS_PAGE, queries } from "../../queries";
import { S } from "../../strings";
import { ConfirmDialog } from "../ConfirmDialog";
import { EmptyState } from "../EmptyState";
import { ErrorPanel } from "../ErrorPanel";
import { PauseDialog, ResumeDialog } from "../levels/PauseDialog";
import { Notice } from "../Notice";
import { type RemoteColumn, type RemoteSort, RemoteTable } from "../RemoteTable";
import { ownerName } from "./cells";
import { OwnersFilters } from "./OwnersFilters";

const words = S.owners;
const SETTLE_MS = 150;

export type Asked = { deed: OwnersDeed; keys: string[]; whose: string; /** Where it is about one of them alone. */ row?: OwnerRow };
export type OwnerColumns = (ask: (deed: OwnersDeed, row: OwnerRow) => void) => RemoteColumn<OwnerRow, OwnerColumn>[];

type Props = {
  label: string;
  filter: OwnersFilter;
  onFilter: (filter: OwnersFilter) => void;
  columns: OwnerColumns;
  empty: ReactNode;
  /** The actions for what is ticked; without them nothing can be ticked. */
  bulk?: readonly OwnersDeed[];
  withProtection?: boolean;
  /** At the right of the counts. */
  foot?: ReactNode;
};

/** Nothing is filtered. */
export const everyone = (archives_only: boolean): OwnersFilter => ({
  connection: null, archives_only, search: null, account: null, protection: null, status: null, left: false,
});

export function OwnersTable({ label, filter, onFilter, columns, empty, bulk, withProtection, foot }: Props) {
  const client = useQueryClient();
  const [sort, setSort] = useState<RemoteSort<OwnerColumn>>({ by: "name", descending: false });
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked | null>(null);
  const [done, setDone] = useState<{ deed: OwnersDeed; what: OwnersDone } | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const tell = (what: string) => {
    setTold(what);
    setDone(null);
  };
  const [settled] = useDebouncedValue(filter.search, SETTLE_MS);
  const wanted = searching(filter, settled);
  const all = useMutation({ mutationFn: (whom: OwnersFilter) => api.ownerKeys(whom) });
  // All that the filters in view say, also where their list is still on its way.
  const tickAll = () => all.mutate(searching(filter, filter.search), { onSuccess: (keys) => setTicked(new Set(keys)) });

  function change(next: Partial<OwnersFilter>) {
    // What is ticked and no longer listed would be acted on unseen; so would be the answer to an older question.
    setTicked(new Set());
    all.reset();
    onFilter({ ...filter, ...next });
  }
  const ask = (deed: OwnersDeed, row: OwnerRow) => setAsked({ deed, keys: [row.key], whose: ownerName(row), row });
  // A pause of one user has its own end, and may be that of more than the user.
  const one = asked?.row?.kind === "user" || asked?.row?.pause ? asked.row : undefined;
  const pausing = asked?.deed === "pause" && one ? { of: levelOf(one), name: ownerName(one) } : null;
  const resuming = asked?.deed === "resume" && one?.pause ? { pause: one.pause, ...(isWider(one) && { asker: ownerName(one) }) } : null;

  return (
    <>
      {all.isError && <ErrorPanel error={all.error} onClose={() => all.reset()} />}
      {told !== null && <Notice bare role="status" tone="green" title={told} />}
      {done && (
        <Notice bare role="status" tone="green" title={`${words.done[done.deed](done.what.done)}${done.what.left_out > 0 ? ` ${words.leftOut(done.what.left_out)}` : ""}`} />
      )}
      <RemoteTable
        label={label} noun={words.noun} rowKey={keyOf} rowName={ownerName} columns={columns(ask)} partSize={OWNERS_PAGE} sort={sort} onSort={setSort}
        part={(page) => queries.owners(wanted, sort.by, sort.descending, page) as never}
        search={filter.search ?? ""} onSearch={(search) => change({ search: search === "" ? null : search })} searchLabel={words.search}
        filters={<OwnersFilters filter={filter} onChange={change} withProtection={withProtection} />}
        bulk={bulk && ticked.size > 0 ? (
          <Bulk count={ticked.size} deeds={bulk} onClear={() => setTicked(new Set())} onAsk={(deed) => setAsked({ deed, keys: [...ticked], whose: words.whose(ticked.size) })} />
        ) : undefined}
        selection={bulk && { keys: ticked, onChange: setTicked, onAll: tickAll }}
        isOld={filter.search !== settled}
        empty={empty} foot={foot}
        nothingFound={
          <EmptyState title={words.nothingFound.title} text={words.nothingFound.text} icon={IconSearch}>
            <Button variant="default" size="xs" onClick={() => change({ ...everyone(filter.archives_only) })}>{words.nothingFound.clear}</Button>
          </EmptyState>
        }
      />
      <PauseDialog asked={pausing} onClose={() => setAsked(null)} onDone={tell} />
      <ResumeDialog asked={resuming} onClose={() => setAsked(null)} onDone={tell} />
      <Ask
        asked={pausing === null && resuming === null ? asked : null} onClose={() => setAsked(null)}
        onYes={async ({ deed, keys }) => {
          const what = await api.changeOwners(keys, deed);
          setDone({ deed, what });
          setTold(null);
          setTicked(new Set());
          await client.invalidateQueries({ queryKey: ["directory"] });
        }}
      />
    </>
  );
}

/** The filter with this search, as the engine takes it. */
const searching = (filter: OwnersFilter, search: string | null): OwnersFilter => ({ ...filter, search: search?.trim() || null });

const keyOf = (row: OwnerRow) => row.key;

/** The level of a user. */
export const levelOf = (row: OwnerRow): LevelKey => ({ connection: row.connection, level: "user", id: row.id });

/** What rests is more than this user. */
export const isWider = ({ pause, id }: OwnerRow) => pause !== null && !(pause.of?.level === "user" && pause.of.id === id);

type BulkProps = { count: number; deeds: readonly OwnersDeed[]; onAsk: (deed: OwnersDeed) => void; onClear: () => void };

function Bulk({ count, deeds, onAsk, onClear }: BulkProps) {
  return (
    <Group gap={6} role="group" aria-label={words.ticked(count)}>
      <Text size="sm" fw={600} className="hf-numeric">{words.ticked(count)}</Text>
      {deeds.map((deed) => <Button key={deed} size="compact-sm" variant="default" onClick={() => onAsk(deed)}>{words.deeds[deed]}</Button>)}
      <Button size="compact-sm" variant="subtle" onClick={onClear}>{words.untick}</Button>
    </Group>
  );
}

export function Ask({ asked, onClose, onYes }: { asked: Asked | null; onClose: () => void; onYes: (asked: Asked) => Promise<void> }) {
  const [title, text] = asked === null ? ["", ""] : words.ask[asked.deed](asked.whose);
  return (
    <ConfirmDialog opened={asked !== null} onClose={onClose} title={title} danger={asked?.deed === "stop_protecting"} onConfirm={() => (asked === null ? undefined : onYes(asked))}>
      {text}
    </ConfirmDialog>
  );
}
