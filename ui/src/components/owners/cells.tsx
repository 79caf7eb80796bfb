// Cells that Manage Users and Archive & Restore share.
import { Anchor, Group, Progress, Stack, Text, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { OwnerRow, ServiceResult } from "../../bindings";
import { ServiceIcon } from "../../routes/activity/ServiceIcon";
import { S } from "../../strings";

const words = S.owners;

/** What an owner is called where one name has to do. */
export const ownerName = (row: OwnerRow) => row.address ?? row.name;

const COLOURS: Record<ServiceResult, string> = {
  never: "hf-grey", running: "hf-blue", complete: "hf-green", complete_with_skips: "hf-green", partial: "hf-amber", failed: "hf-red", cancelled: "hf-grey", stale: "hf-amber", left_out: "hf-grey",
};

/** Before the first good copy nothing is known of what is there: none kept is not none there. */
export const isUnknown = (row: Pick<OwnerRow, "last_good_copy" | "items">) => row.last_good_copy === null && row.items === 0;

/** The name, and below it the address, which opens the archive. */
export function OwnerCell({ row, withAccount = false }: { row: OwnerRow; /** An account that is not active says so. */ withAccount?: boolean }) {
  const below = row.kind === "shared_drive" ? `${words.sharedDrive}, ${row.domain}` : row.address;
  return (
    <Stack gap={0} miw={0}>
      <Group gap={6} wrap="nowrap" miw={0}>
        <Text size="sm" fw={500} truncate title={row.name}>{row.name}</Text>
        {withAccount && row.account !== null && row.account !== "active" && <Text span size="xs" className="hf-amber" style={{ flexShrink: 0 }}>{words.accounts[row.account]}</Text>}
      </Group>
      <Anchor component={Link} to="/backup/archive/$owner" params={{ owner: row.key } as never} size="xs" truncate aria-label={words.openArchive(ownerName(row), below ?? ownerName(row))} title={below ?? undefined}>{below}</Anchor>
    </Stack>
  );
}

/** An icon a Service, coloured by its last result, which is also said. */
export function ServicesCell({ row }: { row: OwnerRow }) {
  return (
    <Group gap="2px 5px" wrap="wrap">
      {row.services.map((it) => {
        const told = words.serviceState(S.common.services[it.service], words.results[it.result]);
        return (
          <Tooltip key={it.service} label={told}>
            <span role="img" aria-label={told} className={COLOURS[it.result]} style={{ display: "inline-flex" }}><ServiceIcon service={it.service} size={17} /></span>
          </Tooltip>
        );
      })}
    </Group>
  );
}

export function ProgressCell({ row }: { row: OwnerRow }) {
  if (row.progress === null) return <Text span size="sm" c="dimmed">{words.noSchedule}</Text>;
  const told = words.percent(row.progress);
  return (
    <Stack gap={3}>
      <Text span size="xs" className="hf-numeric" ta="right">{told}</Text>
      <Progress value={row.progress} size={4} aria-label={`${words.columns.progress}: ${told}`} />
    </Stack>
  );
}
