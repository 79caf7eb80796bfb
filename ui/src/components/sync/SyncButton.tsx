// Brings a part of the Directory in, on demand. A sync after which most people would be gone is asked about first.
import { Button, type ButtonProps, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../api";
import type { DomainView, SyncOutcome, UserError } from "../../bindings";
import { useKeepAnswer } from "../../keepAnswer";
import { keys } from "../../keys";
import { S } from "../../strings";
import { ConfirmDialog } from "../ConfirmDialog";
import { LapsedDialog } from "./LapsedDialog";

type Props = ButtonProps & {
  domain: DomainView;
  what: SyncOutcome["what"];
  /** Told of each failure, and of none when a sync begins. */
  onError: (error: UserError | null) => void;
};

/** Whoever waits longer than this, in milliseconds, wants to know for what. */
const LONG = 3_000;
const ASKS_FIRST = "directory.mass_deletion";

export function SyncButton({ domain, what, onError, ...props }: Props) {
  const keep = useKeepAnswer();
  const client = useQueryClient();
  const [explains, setExplains] = useState(false);
  const sync = useMutation({
    mutationFn: (accept: boolean) => api.sync(domain.connection, what, accept),
    onMutate: () => onError(null),
    onSuccess: async (domains) => {
      await keep(keys.domains(), domains);
      await client.invalidateQueries({ queryKey: keys.directory(domain.connection) });
    },
    onError: (error) => {
      if (error.code !== ASKS_FIRST) onError(error);
    },
  });
  const asks = sync.error?.code === ASKS_FIRST;
  const running = sync.isPending || domain.syncs.some((it) => it.what === what && it.state === "running");
  const slow = useIsLong(sync.isPending);
  return (
    <>
      <Tooltip opened={slow} label={S.sync.slow(domain.cloud_name)} position="bottom" multiline maw={260}>
        <Button
          variant="default" leftSection={<IconRefresh size={15} aria-hidden />} {...props}
          loading={running} onClick={() => (domain.state === "connected" ? sync.mutate(false) : setExplains(true))}
        >
          {S.sync.names[what]}
        </Button>
      </Tooltip>
      {slow && <VisuallyHidden role="status">{S.sync.slow(domain.cloud_name)}</VisuallyHidden>}
      <LapsedDialog domain={domain} opened={explains} onClose={() => setExplains(false)} />
      <ConfirmDialog opened={asks} onClose={sync.reset} title={S.sync.mass.title} confirm={S.sync.mass.confirm} danger onConfirm={() => sync.mutateAsync(true)}>
        {sync.error?.what} {S.sync.mass.text}
      </ConfirmDialog>
    </>
  );
}

/** Whether something has been going on for so long that a person asks why. */
function useIsLong(goesOn: boolean): boolean {
  const [long, setLong] = useState(false);
  // Time passes outside React.
  useEffect(() => {
    if (!goesOn) return;
    const timer = setTimeout(() => setLong(true), LONG);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [goesOn]);
  return long;
}
