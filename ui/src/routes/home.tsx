// Home: how the backups stand, what needs attention, what runs, who is protected, and where it is kept.
import { Anchor, Group, Loader, SimpleGrid, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ErrorPanel } from "../components/ErrorPanel";
import { ScheduleNotice } from "../components/levels/ScheduleNotice";
import { PageHeader } from "../components/PageHeader";
import { queries } from "../queries";
import { S } from "../strings";
import { home as words } from "../strings";
import { RunList } from "./activity/LiveRuns";
import { inLiveOrder } from "./activity/runs";
import { Attention } from "./home/Attention";
import { Growth } from "./home/Growth";
import { Headline } from "./home/Headline";
import { Keeping } from "./home/Keeping";
import { Protected } from "./home/Protected";
import { Services } from "./home/Services";

const FEW_RUNS = 3;

export function HomePage() {
  const home = useQuery(queries.home());
  if (home.isPending) return <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>;
  if (home.isError && home.data === undefined) return <><PageHeader title={words.title} /><ErrorPanel error={home.error} onRetry={() => void home.refetch()} retrying={home.isFetching} /></>;
  const view = home.data;
  const running = inLiveOrder(view.running);
  return (
    <Stack gap="md">
      <Headline home={view} />
      <ScheduleNotice schedule={view.schedule} />
      {view.attention.length > 0 && <Attention causes={view.attention} />}
      {running.length > 0 && (
        <Stack gap="xs" component="section" aria-labelledby="running">
          <Group justify="space-between">
            <Title order={2} size="h3" id="running">{words.running.title}</Title>
            <Anchor component={Link} to="/backup/activity" size="sm">
              {running.length > FEW_RUNS ? `${words.running.all} (${words.running.more(running.length - FEW_RUNS)})` : words.running.all}
            </Anchor>
          </Group>
          <RunList runs={running.slice(0, FEW_RUNS)} />
        </Stack>
      )}
      <SimpleGrid type="container" cols={{ base: 1, "600px": 2 }} spacing="md">
        {view.users > 0 && <Protected view={view} />}
        <Keeping view={view} />
      </SimpleGrid>
      {view.protected > 0 && (
        <SimpleGrid type="container" cols={{ base: 1, "1000px": 2 }} spacing="md">
          <Services view={view} />
          <Growth points={view.growth} />
        </SimpleGrid>
      )}
    </Stack>
  );
}
