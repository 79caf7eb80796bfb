// Asks before a Connection's sign-in is deleted; what was stored is kept.
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../../api";
import type { ConnectionView } from "../../bindings";
import { queries } from "../../queries";
import { connect as words } from "../../strings";
import { ConfirmDialog } from "../ConfirmDialog";

export function DisconnectDialog({ connection, opened, onClose }: { connection: ConnectionView; opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const disconnect = async () => {
    await api.disconnect(connection.id);
    void client.invalidateQueries({ queryKey: queries.connections().queryKey });
    void client.invalidateQueries({ queryKey: queries.domains().queryKey });
  };
  return (
    <ConfirmDialog opened={opened} onClose={onClose} title={words.disconnect.title(connection.domain)} confirm={words.disconnect.confirm} danger onConfirm={disconnect}>
      {words.disconnect.text}
    </ConfirmDialog>
  );
}
