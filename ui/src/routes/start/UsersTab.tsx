// USERS TO BACKUP: active users have a checkbox; suspended and deleted ones are listed without, with the reason.
import { Button, SegmentedControl } from "@mantine/core";
import { IconShieldCheck, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { DomainView, UserError, UserRow } from "../../bindings";
import { EmptyState } from "../../components/EmptyState";
import { PeopleTable } from "../../components/people/PeopleTable";
import { SyncButton } from "../../components/sync/SyncButton";
import { queries } from "../../queries";
import { S } from "../../strings";
import type { Ticked } from "./ticked";

type Filter = "unprotected" | "all";
type Props = { domain: DomainView; ticked: Ticked; onSyncError: (error: UserError | null) => void };

export function UsersTab({ domain, ticked, onSyncError }: Props) {
  const users = useQuery(queries.users(domain.connection));
  const [filter, setFilter] = useState<Filter>("unprotected");
  const byAddress = useMemo(() => new Map(users.data?.map((it) => [it.address, it])), [users.data]);
  const rows = useMemo(() => {
    if (filter === "all" || users.data === undefined) return users.data;
    const open = users.data.filter((it) => it.protection !== "protected");
    return open.some((it) => it.selectable) ? open : [];
  }, [users.data, filter]);
  const selection = useMemo(
    () => ({
      keys: ticked.keys,
      canSelect,
      name: (it: UserRow) => it.address,
      onChange: (keys: ReadonlySet<string>) =>
        ticked.set(keys, (key) => {
          const user = byAddress.get(key);
          return user && { kind: "user", address: user.address, name: user.name };
        }),
    }),
    [ticked, byAddress],
  );

  const neverSynced = domain.syncs.some((it) => it.what === "users" && it.at === null) && users.data?.length === 0;
  return (
    <PeopleTable
      label={S.start.tabs.users} rows={rows} error={users.error} onRetry={() => void users.refetch()} selection={selection}
      filters={
        <SegmentedControl
          size="xs" aria-label={S.start.filter.label} value={filter} onChange={(value) => setFilter(value as Filter)}
          data={[{ value: "unprotected", label: S.start.filter.unprotected }, { value: "all", label: S.start.filter.all }]}
        />
      }
      empty={
        neverSynced ? (
          <EmptyState title={S.start.notSynced.title} text={S.start.notSynced.text(domain.domain)} icon={IconUsers}>
            <SyncButton domain={domain} what="users" onError={onSyncError} variant="filled" mt="xs" />
          </EmptyState>
        ) : users.data?.length === 0 ? (
          <EmptyState title={S.start.nobody.title} text={S.start.nobody.text(domain.domain)} icon={IconUsers} />
        ) : (
          <AllProtected others={users.data?.filter((it) => it.protection !== "protected").length ?? 0} onShowAll={() => setFilter("all")} />
        )
      }
    />
  );
}

const canSelect = (user: UserRow) => user.selectable;

function AllProtected({ others, onShowAll }: { others: number; onShowAll: () => void }) {
  const words = S.start.allProtected;
  return (
    <EmptyState title={words.title} text={others === 0 ? words.text : `${words.text} ${words.others(others)}`} icon={IconShieldCheck}>
      <Button variant="default" mt="xs" onClick={onShowAll}>{words.button}</Button>
    </EmptyState>
  );
}
