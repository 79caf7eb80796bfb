// Backup > Activity: the Runs that go on, then those that ended.
import { Button, Stack } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../api";
import { ErrorPanel } from "../components/ErrorPanel";
import { PageHeader } from "../components/PageHeader";
import { queries } from "../queries";
import { activity as words } from "../strings";
import { History } from "./activity/History";
import { LiveRestore } from "./activity/LiveRestore";
import { LiveRuns } from "./activity/LiveRuns";
import { Notice } from "../components/Notice";

export function ActivityPage() {
  const home = useQuery(queries.home());
  const client = useQueryClient();
  const runAll = useMutation({
    mutationFn: () => api.runNow({ connection: null, user: null, service: null }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["activity"] }),
  });
  return (
    <>
      <PageHeader title={words.title} text={words.text}>
        {(home.data?.protected ?? 0) > 0 && (
          <Button variant="default" leftSection={<IconPlayerPlay size={16} aria-hidden />} loading={runAll.isPending} onClick={() => runAll.mutate()}>{words.backUpNow}</Button>
        )}
      </PageHeader>
      <Stack gap="lg" flex={1} mih={0}>
        {runAll.isError && <ErrorPanel error={runAll.error} onRetry={() => runAll.mutate()} onClose={() => runAll.reset()} />}
        {runAll.isSuccess && <Notice bare role="status" tone="green" title={words.startedAll} />}
        <LiveRestore />
        <LiveRuns />
        <History />
      </Stack>
    </>
  );
}
