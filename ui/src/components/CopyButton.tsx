// Copies a text and says so, to the eye and to a screen reader.
import { Button, CopyButton as MantineCopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { S } from "../strings";

type Props = { value: string; /** What is copied, for the control's name. */ what: string; size?: "xs" | "sm" };

export function CopyButton({ value, what, size = "xs" }: Props) {
  return (
    <MantineCopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Button
          size={size} variant="default" onClick={copy} aria-label={copied ? `${S.common.copied}: ${what}` : `${S.common.copy} ${what}`}
          leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        >
          {copied ? S.common.copied : S.common.copy}
        </Button>
      )}
    </MantineCopyButton>
  );
}
