// The side tray of a Cloud: its accounts, what can be done with those that are ticked, and the guided set-up for one more.
import { Button, Stack, Text } from "@mantine/core";
import { IconArrowLeft, IconPlus, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { CloudView, ConnectionView } from "../../bindings";
import { ConnectCloud } from "../../components/connect/ConnectCloud";
import { DisconnectDialog } from "../../components/connect/DisconnectDialog";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { SideDrawer } from "../../components/SideDrawer";
import { keys } from "../../keys";
import { S } from "../../strings";
import { connect } from "../../strings";
import { Account } from "./Account";
import { UserSyncDialog } from "./UserSyncDialog";
import { useUserSync } from "./userSync";

const words = S.clouds;

type Props = { cloud: CloudView | null; /** The one that is ticked at first. */ account: number | null; onClose: () => void };

export function CloudTray({ cloud, account, onClose }: Props) {
  // What is shown stays while the tray slides away.
  const [last, setLast] = useState(cloud);
  if (cloud !== null && cloud !== last) setLast(cloud);
  // Each opening begins anew: where there are accounts by now, with them and not with the guide.
  const [openings, setOpenings] = useState(0);
  const [wasOpen, setWasOpen] = useState(cloud !== null);
  if (wasOpen !== (cloud !== null)) {
    setWasOpen(cloud !== null);
    if (cloud !== null) setOpenings(openings + 1);
  }
  return last === null ? null : <Tray key={`${last.cloud} ${account} ${openings}`} cloud={last} opened={cloud !== null} account={account} onClose={onClose} />;
}

/** The guided set-up; `old` is the account that is renewed. */
type Guide = { old: ConnectionView | null } | null;

function Tray({ cloud, opened, account, onClose }: { cloud: CloudView; opened: boolean; account: number | null; onClose: () => void }) {
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set(account === null ? [] : [account]));
  const [guide, setGuide] = useState<Guide>(cloud.accounts.length === 0 ? { old: null } : null);
  const [asking, setAsking] = useState<"sync" | "disconnect" | null>(null);
  const sync = useUserSync();
  const client = useQueryClient();
  const chosen = cloud.accounts.filter(({ connection }) => ticked.has(connection.id));
  const asked = cloud.accounts.find(({ connection }) => connection.id === sync.asks?.connection)?.connection;
  const one = chosen.length === 1 ? chosen[0]?.connection : undefined;
  // What helps is what stands out.
  const isLapsed = one !== undefined && one.state !== "connected";

  function tick(id: number) {
    const next = new Set(ticked);
    if (!next.delete(id)) next.add(id);
    setTicked(next);
  }
  function reconnect(old: ConnectionView) {
    setAsking(null);
    setGuide({ old });
  }
  const connected = () => void client.invalidateQueries({ queryKey: keys.clouds() });

  if (guide !== null) {
    return (
      <SideDrawer opened={opened} onClose={onClose} title={guide.old === null ? words.trayTitle(cloud.name) : connect.reconnectTitle(guide.old.domain)}>
        <Stack>
          {cloud.accounts.length > 0 && (
            <Button variant="subtle" size="compact-sm" w="fit-content" leftSection={<IconArrowLeft size={15} aria-hidden />} onClick={() => setGuide(null)}>{words.back}</Button>
          )}
          <ConnectCloud cloud={cloud.cloud} old={guide.old} onConnected={connected} />
        </Stack>
      </SideDrawer>
    );
  }
  return (
    <SideDrawer
      opened={opened} onClose={onClose} title={words.trayTitle(cloud.name)}
      footer={
        <>
          {chosen.length !== 1 && <Text size="xs" c="dimmed" role="status" w="100%" ta="right">{chosen.length === 0 ? words.hint.none : words.hint.many}</Text>}
          <Button variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setGuide({ old: null })}>{words.buttons.connect}</Button>
          <Button variant={isLapsed ? "filled" : "default"} disabled={one === undefined} onClick={() => one && reconnect(one)}>{words.buttons.reconnect}</Button>
          <Button variant="default" disabled={one === undefined || one.state === "disconnected"} onClick={() => setAsking("disconnect")}>{words.buttons.disconnect}</Button>
          <Button variant={isLapsed ? "default" : "filled"} leftSection={<IconRefresh size={15} aria-hidden />} disabled={chosen.length === 0} onClick={() => setAsking("sync")}>{words.buttons.userSync}</Button>
        </>
      }
    >
      <Stack gap="sm" component="section" aria-label={words.accounts(cloud.name)}>
        {cloud.accounts.map((it) => (
          <Account
            key={it.connection.id} account={it} isTicked={ticked.has(it.connection.id)} onTick={() => tick(it.connection.id)}
            isSyncing={sync.running.has(it.connection.id)} error={sync.failed.get(it.connection.id) ?? null}
          />
        ))}
      </Stack>
      <UserSyncDialog opened={asking === "sync"} accounts={chosen} onClose={() => setAsking(null)} onReconnect={reconnect} onSync={sync.begin} />
      {one && <DisconnectDialog connection={one} opened={asking === "disconnect"} onClose={() => setAsking(null)} />}
      <ConfirmDialog opened={sync.asks !== null} onClose={sync.answered} title={S.sync.mass.title} confirm={S.sync.mass.confirm} danger onConfirm={sync.accept}>
        {asked !== undefined && <Text span size="sm" fw={600}>{asked.domain}: </Text>}
        {sync.asks?.error.what} {S.sync.mass.text}
      </ConfirmDialog>
    </SideDrawer>
  );
}
