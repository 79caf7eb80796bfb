// Help > Fix a backup: every cause for "the backup does not run", tested live, with evidence and the button that mends it.
import { Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api } from "../../api";
import type { FixAction } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Ago } from "../../components/Format";
import { Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { queries } from "../../queries";
import { fix as words } from "../../strings";
import { Check } from "./Check";
import { Report } from "./Report";
import { Whom } from "./Whom";

export function FixPage() {
  const keep = useKeepAnswer();
  const { user = null } = useSearch({ from: "/shell/help/fix" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const found = useQuery(queries.fix(user));
  const apply = useMutation({
    mutationFn: (action: FixAction) => api.applyFix(action, user),
    onSuccess: async (view) => {
      await keep(keys.fix(user), view);
      await client.invalidateQueries({ queryKey: keys.home() });
    },
  });
  const whom = (address: string | null) => void navigate({ to: "/help/fix", search: address === null ? {} : { user: address } });
  const view = found.data;
  return (
    <>
      <PageHeader title={words.title} text={words.text}>
        <Report user={user} />
        <Button size="xs" loading={found.isFetching} onClick={() => void found.refetch()}>{words.again}</Button>
      </PageHeader>
      <Stack gap="md" maw={860}>
        <Whom key={user ?? ""} user={user} onChoose={whom} />
        {found.isPending && <Group gap="xs" role="status"><Loader size="xs" aria-hidden /><Text size="sm" c="dimmed">{words.checking}</Text></Group>}
        {found.isError && <ErrorPanel error={found.error} onRetry={() => void found.refetch()} />}
        {apply.isError && <ErrorPanel error={apply.error} onClose={apply.reset} />}
        {view && (
          <>
            <Notice tone={view.bad > 0 ? "red" : "green"} role="status" title={view.bad > 0 ? words.bad(view.bad) : words.good}>
              {view.bad > 0 ? words.badText : words.goodText(view.user)} {words.at} <Ago at={view.at} />.
            </Notice>
            {view.running > 0 && <Group gap="xs" role="status"><Loader size="xs" aria-hidden /><Text size="sm">{words.running(view.running)}</Text></Group>}
            <Stack component="ol" gap="xs" m={0} p={0} style={{ listStyle: "none" }}>
              {view.checks.map((check) => (
                <Check key={check.number} check={check} causes={check.number === 5 ? view.causes : []} busy={apply.isPending} onApply={(action) => apply.mutateAsync(action)} />
              ))}
            </Stack>
          </>
        )}
      </Stack>
    </>
  );
}
