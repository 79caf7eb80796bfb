// What a Connection may do, tested live: each API and scope, the missing one named with what to do about it.
import { Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../queries";
import { connect as words } from "../../strings";
import { ErrorPanel } from "../ErrorPanel";
import { CheckList } from "./CheckList";
import { WaitingHead } from "./Waiting";

export function Checks({ connection }: { connection: number }) {
  const progress = useQuery(queries.guideProgress());
  const waiting = progress.data?.waiting ?? null;
  const isWaiting = waiting !== null && waiting.connection === connection;
  // What is waited for is tested in the background: it is not asked twice.
  const checks = useQuery({ ...queries.checks(connection), enabled: !progress.isPending && !isWaiting });
  if (isWaiting) {
    return (
      <Stack gap="sm">
        <WaitingHead waiting={waiting} />
        {waiting.checks.length > 0 && <CheckList items={waiting.checks} />}
      </Stack>
    );
  }
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h3">{words.checks.title}</Title>
        <Button variant="default" size="xs" loading={checks.isFetching} onClick={() => void checks.refetch()}>{words.checks.again}</Button>
      </Group>
      {checks.isPending && (
        <Group gap="xs" role="status">
          <Loader size="xs" aria-hidden />
          <Text size="sm" c="dimmed">{words.checks.running}</Text>
        </Group>
      )}
      {checks.isError && <ErrorPanel error={checks.error} />}
      {checks.data !== undefined && <CheckList items={checks.data} />}
    </Stack>
  );
}
