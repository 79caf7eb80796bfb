// The storage was moved, or is plugged in at another place: where it is found from now on. Only the very same one is taken.
import { List, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { StorageView } from "../../bindings";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { keys } from "../../keys";
import { S } from "../../strings";
import { FolderField } from "../welcome/FolderField";

const words = S.storage.elsewhere;

export function Elsewhere({ storage, opened, onClose }: { storage: StorageView; opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [path, setPath] = useState("");
  const point = async () => {
    client.setQueryData(keys.storage(), await api.pointStorage(path.trim()));
    setPath("");
  };
  return (
    <ConfirmDialog opened={opened} onClose={onClose} title={words.title} confirm={words.confirm} disabled={path.trim() === "" || path.trim() === storage.path} onConfirm={point}>
      <Stack gap="sm">
        <Text size="sm">{words.text}</Text>
        <section aria-label={words.stepsTitle}>
          <Text size="sm" fw={600}>{words.stepsTitle}</Text>
          <List type="ordered" size="sm">{words.steps(storage.path).map((step) => <List.Item key={step} style={{ overflowWrap: "anywhere" }}>{step}</List.Item>)}</List>
        </section>
        <Text size="sm" c="dimmed">{words.same(storage.id)}</Text>
        <FolderField value={path} onChange={setPath} />
      </Stack>
    </ConfirmDialog>
  );
}
