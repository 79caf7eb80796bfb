// Help > About: what this is, which version, under which licence.
import { Group, Loader, Paper, ScrollArea, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ErrorPanel } from "../components/ErrorPanel";
import { Facts } from "../components/Facts";
import { PageHeader } from "../components/PageHeader";
import { queries } from "../queries";
import { S } from "../strings";

export function AboutPage() {
  const about = useQuery(queries.about());
  return (
    <>
      <PageHeader title={S.about.title} text={S.about.text} />
      {about.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
      {about.isError && <ErrorPanel error={about.error} onRetry={() => void about.refetch()} />}
      {about.data && (
        <Stack gap="md" flex={1} mih={0}>
          <Paper>
            <Facts
              facts={[
                [S.about.version, about.data.version],
                [S.about.licence, about.data.licence],
                [S.about.format, about.data.repository_format],
              ]}
            />
          </Paper>
          <Stack gap="xs" flex={1} mih={160}>
            <Title order={2}>{S.about.notices}</Title>
            <Paper mih={0} mah="100%" p={0}>
              <ScrollArea.Autosize mah="100%" viewportProps={{ tabIndex: 0, role: "region", "aria-label": S.about.notices }}>
                <Text size="sm" p="sm" style={{ whiteSpace: "pre-wrap" }}>{about.data.notices}</Text>
              </ScrollArea.Autosize>
            </Paper>
          </Stack>
        </Stack>
      )}
    </>
  );
}
