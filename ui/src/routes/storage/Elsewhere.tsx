// Another place for the storage: it is copied there, or it was moved there by hand, where only the very same one is taken.
import { Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { api } from "../../api";
import type { StorageView } from "../../bindings";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { S } from "../../strings";
import { FolderField } from "../welcome/FolderField";

const words = S.storage.elsewhere;
/** So many digits tell one storage from another, as restic shows them. */
const SHORT = 8;

export function Elsewhere({ storage, opened, onClose }: { storage: StorageView; opened: boolean; onClose: () => void }) {
  const keep = useKeepAnswer();
  const [path, setPath] = useState("");
  const [way, setWay] = useState("copy");
  const isCopy = way === "copy";
  const change = async () => {
    await keep(keys.storage(), await (isCopy ? api.moveStorage(path.trim()) : api.pointStorage(path.trim())));
    setPath("");
    setWay("copy");
  };
  return (
    <ConfirmDialog opened={opened} onClose={onClose} title={words.title} confirm={isCopy ? words.confirmCopy : words.confirm} disabled={path.trim() === "" || path.trim() === storage.path} onConfirm={change}>
      <Stack gap="md">
        <Radio.Group aria-label={words.ways} value={way} onChange={setWay}>
          <Stack gap="sm">
            <Radio value="copy" label={words.copy} description={words.copyText} />
            <Radio value="moved" label={words.moved} description={words.movedText(storage.id.slice(0, SHORT))} />
          </Stack>
        </Radio.Group>
        <FolderField value={path} onChange={setPath} />
        {isCopy && <Text size="xs" c="dimmed">{words.copyTodo}</Text>}
      </Stack>
    </ConfirmDialog>
  );
}
