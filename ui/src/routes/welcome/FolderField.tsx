// A folder: typed or pasted as a path, or chosen in the system's dialog.
import { Button, Group, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api } from "../../api";
import { welcome } from "../../strings";

const words = welcome.storage;

export function FolderField({ value, onChange, disabled = false }: { value: string; onChange: (path: string) => void; disabled?: boolean }) {
  const choose = useMutation({
    mutationFn: () => api.chooseFolder(words.browseTitle),
    onSuccess: (path) => path !== null && onChange(path),
  });
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        flex={1}
        label={words.path}
        placeholder={words.pathPlaceholder}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        disabled={disabled}
        spellCheck={false}
        autoComplete="off"
        error={choose.error?.what}
      />
      <Button variant="default" loading={choose.isPending} disabled={disabled} onClick={() => choose.mutate()}>{words.browse}</Button>
    </Group>
  );
}
