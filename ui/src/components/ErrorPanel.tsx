// A failure as a person meets it: what happened, what to do, and the one button that does it.
import { Alert, Button, Code, Group, Spoiler, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { REMEDY_PLACE, remedyOf } from "../actions";
import { api, asUserError } from "../api";
import { S } from "../strings";

type Props = { error: unknown; onRetry?: () => void; retrying?: boolean; onClose?: () => void };

export function ErrorPanel({ error: thrown, onRetry, retrying = false, onClose }: Props) {
  const navigate = useNavigate();
  const error = asUserError(thrown);
  const remedy = remedyOf(error);
  const place = remedy in REMEDY_PLACE ? REMEDY_PLACE[remedy as keyof typeof REMEDY_PLACE] : null;
  return (
    <Alert
      color="red" variant="default" role="alert" title={error.what} data-code={error.code}
      icon={<IconAlertTriangle aria-hidden color="var(--hf-red)" />}
      withCloseButton={onClose !== undefined} onClose={onClose} closeButtonLabel={S.common.close}
    >
      <Stack gap="xs">
        <Text size="sm">{error.todo}</Text>
        {error.detail !== null && (
          <Spoiler maxHeight={0} showLabel={S.errors.detail} hideLabel={S.errors.detail} fz="sm">
            <Code block>{`${S.errors.code(error.code)}\n${error.detail}`}</Code>
          </Spoiler>
        )}
        <Group gap="xs">
          {place !== null && (
            <Button size="xs" onClick={() => void navigate({ to: place })}>{S.errors.actions[remedy as keyof typeof REMEDY_PLACE]}</Button>
          )}
          {remedy === "logs" && <Button size="xs" variant="default" onClick={() => void api.openLogs().catch(() => undefined)}>{S.errors.actions.logs}</Button>}
          {onRetry !== undefined && (remedy === "retry" || error.can_retry || place === null) && (
            <Button size="xs" variant={place === null ? "filled" : "default"} loading={retrying} onClick={onRetry}>{S.errors.actions.retry}</Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
