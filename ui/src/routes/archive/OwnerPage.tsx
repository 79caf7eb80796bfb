// One archive: whose it is, its Services, its points in time, and restoring it to this computer.
import { Anchor, Button, Checkbox, Group, Loader, Paper, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { IconArchive, IconArrowLeft, IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { OwnerArchive, PointInTime, Service } from "../../bindings";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Facts } from "../../components/Facts";
import { Ago, Bytes, Count } from "../../components/Format";
import { LightBadge } from "../../components/LightBadge";
import { isUnknown, ownerName } from "../../components/owners/cells";
import { PageHeader } from "../../components/PageHeader";
import { queries } from "../../queries";
import { S } from "../../strings";
import { Points } from "./Points";
import { RestoreDrawer } from "./RestoreDrawer";

const words = S.archive;
const ALL = "all";

export function OwnerPage() {
  const { owner } = useParams({ strict: false }) as { owner?: string };
  const kept = useQuery({ ...queries.ownerArchive(owner ?? ""), enabled: owner !== undefined });
  return (
    <>
      <Anchor component={Link} to="/backup/archive" size="sm" w="fit-content" mb="xs">
        <Group gap={4} component="span" display="inline-flex"><IconArrowLeft size={14} aria-hidden />{words.back}</Group>
      </Anchor>
      {kept.isLoading && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
      {kept.isError && <ErrorPanel error={kept.error} onRetry={() => void kept.refetch()} />}
      {kept.data !== undefined && <Kept key={kept.data.owner.key} kept={kept.data} />}
    </>
  );
}

function Kept({ kept }: { kept: OwnerArchive }) {
  const { owner, services } = kept;
  const [service, setService] = useState<Service | null>(null);
  const [completeOnly, setCompleteOnly] = useState(false);
  const [at, setAt] = useState<string | null>(null);
  const [restoring, setRestoring] = useState(false);
  const points = service === null ? kept.points : (services.find((it) => it.service === service)?.points ?? []);
  const shown = completeOnly ? points.filter((it) => it.complete) : points;
  // The newest complete one, until a person chooses.
  const chosen: PointInTime | undefined = shown.find((it) => it.at === at) ?? shown.find((it) => it.complete) ?? shown[0];
  return (
    <>
      <PageHeader title={owner.name} text={owner.address ?? `${S.owners.sharedDrive}, ${owner.domain}`}>
        <LightBadge light={owner.light} />
        <Button leftSection={<IconDownload size={16} aria-hidden />} disabled={chosen === undefined} onClick={() => setRestoring(true)}>{words.restore}</Button>
      </PageHeader>
      <Stack gap="md" flex={1} mih={0}>
        <Paper><Facts facts={facts(kept)} /></Paper>
        {kept.points.length === 0 ? <EmptyState title={words.noPoint.title} text={words.noPoint.text} icon={IconArchive} /> : (
          <Stack gap="xs" component="section" aria-labelledby="points" flex={1} mih={240}>
            <Group justify="space-between">
              <Title order={2} id="points">{words.points}</Title>
              <Checkbox label={words.completeOnly} checked={completeOnly} onChange={(event) => setCompleteOnly(event.currentTarget.checked)} />
            </Group>
            {services.length > 1 && (
              <SegmentedControl
                size="xs" w="fit-content" aria-label={words.services} value={service ?? ALL} onChange={(value) => setService(value === ALL ? null : (value as Service))}
                data={[{ value: ALL, label: words.allServices }, ...services.map((it) => ({ value: it.service as string, label: S.common.services[it.service] }))]}
              />
            )}
            <Points points={shown} chosen={chosen?.at ?? null} onChoose={setAt} />
          </Stack>
        )}
      </Stack>
      {chosen !== undefined && (
        <RestoreDrawer
          opened={restoring} onClose={() => setRestoring(false)} owner={owner} service={service} point={chosen}
          title={service === null ? ownerName(owner) : `${ownerName(owner)}, ${S.common.services[service]}`}
        />
      )}
    </>
  );
}

function facts({ owner }: OwnerArchive): [string, React.ReactNode][] {
  const words = S.archive.facts;
  return [
    [words.domain, owner.domain],
    ...(owner.account === null ? [] : ([[words.account, S.owners.accounts[owner.account]]] as [string, React.ReactNode][])),
    ...(owner.org_unit === null ? [] : ([[words.unit, owner.org_unit]] as [string, React.ReactNode][])),
    [words.protection, `${S.owners.protections[owner.protection]}${owner.schedule === "paused" ? `, ${S.owners.statuses.paused}` : ""}`],
    [words.frequency, S.owners.every(owner.frequency_hours)],
    [words.items, isUnknown(owner) ? S.owners.noSchedule : <Text key="items" span inherit><Count value={owner.items} />, <Bytes value={owner.bytes} /></Text>],
    [words.last, <Ago key="last" at={owner.last_good_copy} />],
  ];
}
