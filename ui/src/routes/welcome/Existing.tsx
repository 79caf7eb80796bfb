// A backup that is there already: its folder, its recovery key, and what came back. The sign-ins follow on the last page.
import { Button, Group, List, Loader, Paper, SimpleGrid, Stack, Text, Textarea, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { RebuildView, StorageCheck } from "../../bindings";
import { useAppEvent } from "../../components/connect/useAppEvent";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Count } from "../../components/Format";
import { welcome } from "../../strings";
import { useProgressKeeper } from "./boot";
import { useStorageCheck } from "./check";
import { FolderField } from "./FolderField";
import { Frame } from "./Frame";
import { Notice } from "../../components/Notice";

const words = welcome.existing;
const labels = () => [words.steps.folder, words.steps.key, words.steps.found];
const KEY_WORDS = 12;

export function Existing({ at, onBack }: { at: string; onBack: () => void }) {
  const [path, setPath] = useState(at);
  const [isChosen, setChosen] = useState(false);
  const [found, setFound] = useState<RebuildView | null>(null);
  const active = found !== null ? 2 : isChosen ? 1 : 0;
  return (
    <Frame steps={{ labels: labels(), active }}>
      {found !== null && <Found found={found} />}
      {found === null && isChosen && <Key path={path.trim()} onBack={() => setChosen(false)} onFound={setFound} />}
      {found === null && !isChosen && <Folder path={path} onChange={setPath} onBack={onBack} onNext={() => setChosen(true)} />}
    </Frame>
  );
}

type FolderProps = { path: string; onChange: (path: string) => void; onBack: () => void; onNext: () => void };

function Folder({ path, onChange, onBack, onNext }: FolderProps) {
  const { check, isSettled } = useStorageCheck(path);
  const isUsable = isSettled && check.data?.is_repository === true;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isUsable) onNext();
      }}
    >
      <Stack>
        <div>
          <Title order={1} size="h2">{words.title}</Title>
          <Text c="dimmed">{words.folderLead}</Text>
        </div>
        <FolderField value={path} onChange={onChange} />
        {path.trim() !== "" && !isSettled && <Text size="sm" c="dimmed" role="status">{welcome.storage.checking}</Text>}
        {isSettled && check.isError && <ErrorPanel error={check.error} onRetry={() => void check.refetch()} />}
        {isSettled && check.data !== undefined && <InFolder check={check.data} />}
        <Group justify="space-between">
          <Button variant="default" onClick={onBack}>{welcome.back}</Button>
          <Button type="submit" disabled={!isUsable}>{welcome.next}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function InFolder({ check }: { check: StorageCheck }) {
  if (check.is_repository) return <Notice bare role="status" tone="green" title={words.looksGood} />;
  if (!check.exists) return <Notice bare role="status" tone="red" title={words.notThere}>{words.notThereTodo}</Notice>;
  if (check.problem !== null) return <Notice bare role="status" tone="red" title={check.problem.what}>{check.problem.todo}</Notice>;
  return <Notice bare role="status" tone="red" title={words.noBackup}>{words.noBackupTodo}</Notice>;
}

function Key({ path, onBack, onFound }: { path: string; onBack: () => void; onFound: (found: RebuildView) => void }) {
  const [key, setKey] = useState("");
  const [progress, setProgress] = useState<string | null>(null);
  useAppEvent("rebuild", (event) => setProgress(event.sentence));
  const open = useMutation({
    mutationFn: () => {
      setProgress(null);
      return api.openExisting(path, key.trim());
    },
    onSuccess: onFound,
  });
  const count = key.split(/[\s-]+/).filter((word) => word !== "").length;
  if (open.isPending) {
    return (
      <Stack align="center" py="xl" role="status">
        <Loader aria-hidden />
        <Title order={1} size="h2">{words.opening}</Title>
        <Text c="dimmed" className="hf-numeric">{progress ?? words.openingText}</Text>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        open.mutate();
      }}
    >
      <Stack>
        <div>
          <Title order={1} size="h2">{welcome.key.words}</Title>
          <Text c="dimmed">{words.keyLead}</Text>
        </div>
        <Textarea
          label={words.key}
          placeholder={words.keyPlaceholder}
          description={words.count(count)}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          autosize
          minRows={3}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        />
        {open.isError && <ErrorPanel error={open.error} />}
        <Group justify="space-between">
          <Button variant="default" onClick={onBack}>{welcome.back}</Button>
          <Button type="submit" disabled={count !== KEY_WORDS}>{words.open}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function Found({ found }: { found: RebuildView }) {
  const keep = useProgressKeeper();
  const goOn = useMutation({ mutationFn: () => api.setSetupStep("finish", true), onSuccess: keep });
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">{words.steps.found}</Title>
        <Text c="dimmed">{found.archives === 0 ? words.nothingKept : words.foundLead}</Text>
      </div>
      <SimpleGrid cols={{ base: 2, sm: 5 }} spacing="sm">
        <Figure name={words.users} value={<Count value={found.users} />} />
        <Figure name={words.archives} value={<Count value={found.archives} />} />
        <Figure name={words.items} value={<Count value={found.items} />} />
        <Figure name={words.policies} value={<Count value={found.policies} />} />
        <Figure name={words.licenses} value={<Licenses licenses={found.licenses} />} />
      </SimpleGrid>
      {found.problems.length > 0 && (
        <Notice tone="amber" title={words.problems(found.problems.length)}>
          <List size="sm">{found.problems.map((problem) => <List.Item key={problem}>{problem}</List.Item>)}</List>
        </Notice>
      )}
      {found.connections.length > 0 && (
        <Notice tone="amber" title={welcome.finish.reconnect}>{welcome.finish.reconnectText}</Notice>
      )}
      {goOn.isError && <ErrorPanel error={goOn.error} />}
      <Group justify="flex-end">
        <Button loading={goOn.isPending} onClick={() => goOn.mutate()}>{welcome.next}</Button>
      </Group>
    </Stack>
  );
}

function Licenses({ licenses: { limit, used } }: { licenses: RebuildView["licenses"] }) {
  return limit === null ? <Count value={used} /> : <><Count value={used} /> / <Count value={limit} /></>;
}

function Figure({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <Paper p="sm">
      <Text size="sm" c="dimmed">{name}</Text>
      <Text fw={600} size="lg" className="hf-numeric">{value}</Text>
    </Paper>
  );
}
