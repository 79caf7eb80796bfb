// The settings of one user: as they apply now; what is changed here holds for this user alone.
import { Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { OwnerPolicy, OwnerRow, Policy } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Notice } from "../../components/Notice";
import { ownerName } from "../../components/owners/cells";
import { PolicyForm } from "../../components/policy/PolicyForm";
import { differences, problemsOf } from "../../components/policy/policyRules";
import { SideDrawer } from "../../components/SideDrawer";
import { keys } from "../../keys";
import { queries } from "../../queries";
import { S } from "../../strings";

const words = S.manageUsers.settings;

export function SettingsDrawer({ row, onClose }: { row: OwnerRow; onClose: () => void }) {
  const client = useQueryClient();
  const known = useQuery({ ...queries.ownerPolicy(row.key), staleTime: 0 });
  const [edited, setEdited] = useState<Policy | null>(null);
  const set = useMutation({
    mutationFn: (policy: Policy | null) => api.setOwnerPolicy(row.key, policy),
    onSuccess: (answer: OwnerPolicy) => {
      client.setQueryData(keys.ownerPolicy(row.key), answer);
      setEdited(null);
      void client.invalidateQueries({ queryKey: ["directory", "owners"] });
    },
  });
  const form = known.data?.form;
  const policy = edited ?? form?.policy;
  const changed = form !== undefined && policy !== undefined ? differences(form.policy, policy).length : 0;
  const isSound = form !== undefined && policy !== undefined && problemsOf(policy, form.services).length === 0;
  return (
    <SideDrawer
      opened onClose={onClose} title={words.title(ownerName(row))} size="min(860px, 94vw)"
      footer={
        <>
          <Button variant="subtle" mr="auto" disabled={!known.data?.own} loading={set.isPending && set.variables === null} onClick={() => set.mutate(null)}>{words.inherit}</Button>
          <Button disabled={changed === 0 || !isSound} loading={set.isPending && set.variables !== null} onClick={() => policy && set.mutate(policy)}>{S.common.save}</Button>
        </>
      }
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">{known.data?.own ? words.own : words.inherited}</Text>
        {known.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
        {known.isError && <ErrorPanel error={known.error} onRetry={() => void known.refetch()} />}
        {set.isError && <ErrorPanel error={set.error} onClose={() => set.reset()} />}
        {set.isSuccess && changed === 0 && <Notice bare role="status" tone="green" title={S.backupSettings.saved} />}
        {form && policy && <PolicyForm policy={policy} form={form} onChange={setEdited} />}
      </Stack>
    </SideDrawer>
  );
}
