// Settings > Storage: where the backup lies, how large it is, whether it is whole, and what opens it without Holdfast.
import { Group, Loader, Stack } from "@mantine/core";
import { IconDatabase } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "../components/EmptyState";
import { ErrorPanel } from "../components/ErrorPanel";
import { PageHeader } from "../components/PageHeader";
import { queries } from "../queries";
import { S } from "../strings";
import { Growth } from "./home/Growth";
import { Bandwidth } from "./storage/Bandwidth";
import { Chores } from "./storage/Chores";
import { Key } from "./storage/Key";
import { Place } from "./storage/Place";
import { Restic } from "./storage/Restic";
import css from "./storage/Storage.module.css";
import { Verification } from "./storage/Verification";

const words = S.storage;

export function StoragePage() {
  const storage = useQuery(queries.storage());
  const isMissing = storage.error?.code === "repository.none";
  return (
    <>
      <PageHeader title={words.title} text={words.text} />
      {storage.isPending && <Group role="status" aria-label={S.common.loading}><Loader size="sm" aria-hidden /></Group>}
      {storage.isError && isMissing && <EmptyState title={words.none.title} text={words.none.text} icon={IconDatabase} />}
      {storage.isError && !isMissing && <ErrorPanel error={storage.error} onRetry={() => void storage.refetch()} />}
      {storage.data && (
        <div className={css.columns}>
          <Stack gap="md">
            <Place storage={storage.data} />
            <Chores storage={storage.data} />
            <Growth points={storage.data.growth} />
            <Bandwidth storage={storage.data} />
          </Stack>
          <Stack gap="md">
            <Verification storage={storage.data} />
            <Key storage={storage.data} />
            <Restic commands={storage.data.restic_commands} />
          </Stack>
        </div>
      )}
    </>
  );
}
