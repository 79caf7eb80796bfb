// What the red triangle opens: how the owner stands, and each cause with what to do and the button that does it.
import { Button, Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LIGHT_PLACE } from "../../actions";
import { api } from "../../api";
import type { LightAction, OwnerRow } from "../../bindings";
import { queries } from "../../queries";
import { CauseList } from "../../routes/home/Attention";
import { S } from "../../strings";
import { home } from "../../strings";
import { EmptyState } from "../EmptyState";
import { ErrorPanel } from "../ErrorPanel";
import { LightBadge } from "../LightBadge";
import { SideDrawer } from "../SideDrawer";
import { ownerName } from "./cells";

const words = S.owners.problem;

export function ProblemDrawer({ owner, onClose }: { owner: OwnerRow | null; onClose: () => void }) {
  return (
    <SideDrawer opened={owner !== null} onClose={onClose} title={owner === null ? "" : words.title(ownerName(owner))}>
      {owner !== null && <Problems owner={owner} />}
    </SideDrawer>
  );
}

function Problems({ owner }: { owner: OwnerRow }) {
  const causes = useQuery({ ...queries.ownerCauses(owner.key), staleTime: 0 });
  return (
    <Stack gap="md">
      <Paper p="sm" component="section" aria-label={words.standing}>
        <Group justify="space-between" wrap="nowrap">
          <LightBadge light={owner.light} />
          {owner.light.action !== null && <LightStep owner={owner} action={owner.light.action} />}
        </Group>
      </Paper>
      {causes.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
      {causes.isError && <ErrorPanel error={causes.error} onRetry={() => void causes.refetch()} />}
      {causes.data?.length === 0 && <EmptyState title={words.none} icon={IconCircleCheck} />}
      {causes.data !== undefined && causes.data.length > 0 && <CauseList label={words.title(ownerName(owner))} causes={causes.data} />}
    </Stack>
  );
}

/** The button of a light: it goes to the place that mends it, or mends it here. */
function LightStep({ owner, action }: { owner: OwnerRow; action: LightAction }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const step = useMutation({
    mutationFn: async () => {
      const place = LIGHT_PLACE[action];
      if (place !== null) return void (await navigate({ to: place }));
      await api.changeOwners([owner.key], action === "resume" ? "resume" : "back_up_now");
      await client.invalidateQueries({ queryKey: ["directory"] });
    },
  });
  return (
    <Stack gap={4} align="flex-end">
      <Button size="xs" variant="default" loading={step.isPending} onClick={() => step.mutate()}>{home.attention.actions[action]}</Button>
      {step.isError && <Text size="xs" className="hf-red" role="alert">{step.error.what}</Text>}
    </Stack>
  );
}
