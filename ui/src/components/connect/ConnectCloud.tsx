// The guided set-up of a Cloud.
import type { CloudKind, ConnectionView } from "../../bindings";
import { ConnectBox } from "./ConnectBox";
import { ConnectGoogle } from "./ConnectGoogle";

type Props = { cloud: CloudKind; old: ConnectionView | null; onConnected: (connection: ConnectionView) => void };

export function ConnectCloud({ cloud, old, onConnected }: Props) {
  switch (cloud) {
    case "google":
      return <ConnectGoogle old={old} onConnected={onConnected} />;
    case "box":
      return <ConnectBox old={old} onConnected={onConnected} />;
    case "microsoft":
      // No row opens it: it is not in this build.
      return null;
  }
}
