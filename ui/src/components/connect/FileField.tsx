// A file on this computer: typed or pasted as a path, or chosen in the system's dialog.
import { Button, CloseButton, Group, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api } from "../../api";
import { connect as words } from "../../strings";

type Props = {
  label: string;
  description: string;
  dialogTitle: string;
  extensions: string[];
  value: string;
  onChange: (path: string) => void;
  isRequired?: boolean;
  disabled?: boolean;
};

export function FileField(props: Props) {
  const choose = useMutation({
    mutationFn: () => api.chooseFile(props.dialogTitle, props.extensions),
    onSuccess: (path) => path !== null && props.onChange(path),
  });
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        flex={1}
        label={props.label}
        description={props.description}
        required={props.isRequired ?? false}
        disabled={props.disabled ?? false}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
        spellCheck={false}
        autoComplete="off"
        error={choose.error?.what}
        rightSection={props.value !== "" && <CloseButton size="sm" aria-label={`${words.clear}: ${props.label}`} onClick={() => props.onChange("")} />}
      />
      <Button variant="default" disabled={props.disabled ?? false} loading={choose.isPending} onClick={() => choose.mutate()} aria-label={`${props.label}: ${words.key.choose}`}>
        {words.key.choose}
      </Button>
    </Group>
  );
}
