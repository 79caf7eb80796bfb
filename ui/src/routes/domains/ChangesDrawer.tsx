// Who joined, left, was renamed, suspended or restored in the last sync.
import { Button, List, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { DomainView, SyncOutcome } from "../../bindings";
import { OpenLink } from "../../components/connect/OpenLink";
import { Ago } from "../../components/Format";
import { SideDrawer } from "../../components/SideDrawer";
import { S } from "../../strings";
import { changesOf } from "./changes";

const words = S.domains;

export function ChangesDrawer({ domain, sync, onClose }: { domain: DomainView; sync: SyncOutcome | null; onClose: () => void }) {
  return (
    <SideDrawer opened={sync !== null} onClose={onClose} title={sync === null ? "" : words.changedTitle(S.sync.names[sync.what], domain.domain)} size="min(460px, 92vw)">
      {sync !== null && (
        <Stack gap="md">
          <Text size="sm" c="dimmed"><Ago at={sync.at} /></Text>
          {changesOf(sync).map(({ kind, count, names }) => (
            <section key={kind} aria-label={words.groups[kind]}>
              <Title order={3}>{words.changes[kind](count)}</Title>
              <List size="sm" mt={4}>{names.map((name) => <List.Item key={name}>{name}</List.Item>)}</List>
              {count > names.length && <Text size="sm" c="dimmed">{words.more(count - names.length)}</Text>}
              {(kind === "left" || kind === "suspended") && <Text size="sm" c="dimmed" mt={4}>{words.leavers[kind]}</Text>}
              {kind === "left" && (
                <Stack gap={6} mt={4} align="flex-start">
                  <Text size="sm">{domain.after_deletion}</Text>
                  {domain.after_deletion_source !== null && <OpenLink url={domain.after_deletion_source} title={words.leaversSource(domain.cloud_name)} />}
                </Stack>
              )}
            </section>
          ))}
          {sync.left_count + sync.suspended_count > 0 && <Button component={Link} to="/backup/archive" size="xs" variant="default" w="fit-content">{words.leaversButton}</Button>}
        </Stack>
      )}
    </SideDrawer>
  );
}
