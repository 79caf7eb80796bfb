// Deleting what is kept of a user: the address is typed to do it; it can be undone for a week, or be erased at once.
import { Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { OwnerRow } from "../../bindings";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { ownerName } from "../../components/owners/cells";
import { bytes } from "../../format";
import { S } from "../../strings";
import type { OwnerStep } from "./OwnerMenu";

const words = S.manageUsers.remove;

type Props = { step: Exclude<OwnerStep, "settings">; row: OwnerRow; onClose: () => void; onDone: (told: string) => void };

export function DeleteDialog({ step, row, onClose, onDone }: Props) {
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const name = ownerName(row);
  const asked = words[step];
  const isTyped = step === "keep" || typed.trim().toLowerCase() === name.toLowerCase();

  async function act() {
    if (step === "keep") {
      await api.keepOwner(row.key);
      onDone(words.kept(name));
    } else if (step === "delete") {
      const after = await api.deleteOwner(row.key, typed);
      onDone(words.deleted(name, after.erased_at));
    } else {
      const erased = await api.eraseOwner(row.key, typed);
      onDone(erased.done ? words.erased(name, bytes(erased.removed_bytes ?? 0)) : words.erasedLater(name));
    }
    await client.invalidateQueries({ queryKey: ["directory"] });
  }

  return (
    <ConfirmDialog
      opened onClose={onClose} title={asked.title(name)} confirm={asked.confirm} danger={step !== "keep"} disabled={!isTyped} onConfirm={act}
    >
      <Stack gap="sm">
        <Text size="sm">{asked.text}</Text>
        {step !== "keep" && (
          <TextInput label={words.type(name)} value={typed} spellCheck={false} autoComplete="off" onChange={(event) => setTyped(event.currentTarget.value)} />
        )}
      </Stack>
    </ConfirmDialog>
  );
}
