// The guided set-up in a drawer, over whatever page asked for it.
import type { ConnectionView } from "../../bindings";
import { connect as words } from "../../strings";
import { SideDrawer } from "../SideDrawer";
import { ConnectCloud } from "./ConnectCloud";

type Props = {
  opened: boolean;
  onClose: () => void;
  /** A Connection to renew; none to add one. */
  old?: ConnectionView | null;
  onConnected?: (connection: ConnectionView) => void;
};

export function ConnectDrawer({ opened, onClose, old = null, onConnected }: Props) {
  const title = old === null ? words.title(words.clouds.google) : words.reconnectTitle(old.domain);
  return (
    <SideDrawer opened={opened} onClose={onClose} title={title}>
      <ConnectCloud cloud={old?.cloud ?? "google"} old={old} onConnected={onConnected ?? (() => undefined)} />
    </SideDrawer>
  );
}
