// First of the set-up: where the copies go. What outlives this computer is offered first.
import { Anchor, Button, Group, Loader, Progress, Radio, Stack, Text, Title } from "@mantine/core";
import { IconDeviceDesktop, IconFolder, IconNetwork, IconUsb } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api";
import type { StorageCheck, StorageOption } from "../../bindings";
import { ChoiceCard } from "../../components/ChoiceCard";
import { ErrorPanel } from "../../components/ErrorPanel";
import { bytes } from "../../format";
import { welcome } from "../../strings";
import { useProgressKeeper } from "./boot";
import { useStorageCheck } from "./check";
import { FolderField } from "./FolderField";
import { Notice } from "../../components/Notice";

const words = welcome.storage;
const OTHER = "other";
const ICONS = { usb_disk: IconUsb, network_folder: IconNetwork, local_disk: IconDeviceDesktop };

type Props = { onBack: () => void; onExisting: (path: string) => void };

/** Where the copies go. What outlives this computer is offered first. */
export function Storage({ onBack, onExisting }: Props) {
  const options = useQuery({ queryKey: ["storage_options"], queryFn: () => api.storageOptions() });
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const keep = useProgressKeeper();
  const make = useMutation({
    mutationFn: async (path: string) => {
      await api.initStorage(path);
      return api.setSetupStep("recovery_key", false);
    },
    onSuccess: keep,
  });
  const found = options.data ?? [];
  const initial = found.find((option) => option.is_default)?.path ?? found[0]?.path ?? OTHER;
  const value = chosen ?? initial;
  const path = value === OTHER ? typed.trim() : value;
  const { check, isSettled } = useStorageCheck(options.isPending ? "" : path);
  const isUsable = isSettled && check.data !== undefined && check.data.problem === null && !check.data.is_repository;

  if (options.isPending) return <Loader />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isUsable) make.mutate(path);
      }}
    >
      <Stack>
        <div>
          <Title order={1} size="h2">{words.title}</Title>
          <Text c="dimmed">{words.lead}</Text>
        </div>
        <Notice tone="amber" title={words.oneCopy}>{words.oneCopyTodo}</Notice>
        {options.isError && <ErrorPanel error={options.error} onRetry={() => void options.refetch()} />}
        {options.isSuccess && found.length === 0 && <Text size="sm">{words.noneFound}</Text>}
        <Radio.Group value={value} onChange={setChosen} aria-label={words.options}>
          <Stack gap="xs">
            {found.map((option) => <Option key={option.path} option={option} />)}
            <ChoiceCard value={OTHER} title={words.other} text={words.otherText} icon={IconFolder} />
          </Stack>
        </Radio.Group>
        {value === OTHER && <FolderField value={typed} onChange={setTyped} disabled={make.isPending} />}
        <div style={{ minHeight: 44 }}>
          {path !== "" && !isSettled && !check.isError && <Text size="sm" c="dimmed" role="status">{words.checking}</Text>}
          {path !== "" && isSettled && check.isError && <ErrorPanel error={check.error} onRetry={() => void check.refetch()} />}
          {path !== "" && isSettled && check.data !== undefined && <Found check={check.data} isTyped={value === OTHER} onExisting={() => onExisting(path)} />}
        </div>
        {make.isError && <ErrorPanel error={make.error} />}
        <Group justify="space-between">
          <Button variant="default" onClick={onBack} disabled={make.isPending}>{welcome.back}</Button>
          <Button type="submit" loading={make.isPending} disabled={!isUsable}>{words.use}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function Option({ option }: { option: StorageOption }) {
  const isLocal = option.kind === "local_disk";
  const used = option.total > 0 ? ((option.total - option.free) / option.total) * 100 : 0;
  const space = words.freeOf(bytes(option.free), bytes(option.total));
  return (
    <ChoiceCard
      value={option.path} icon={ICONS[option.kind]} title={option.label}
      mark={<Text span size="xs" className={isLocal ? "hf-amber" : "hf-green"}>{isLocal ? words.lostWith : words.survives}</Text>}
      text={<Text size="sm" truncate title={option.path}>{option.path}</Text>}
      aside={
        <div style={{ width: 170, flexShrink: 0 }}>
          <Text size="xs" c="dimmed" ta="right" mb={4} className="hf-numeric">{space}</Text>
          <Progress value={used} size="sm" color={used > 90 ? "var(--hf-red)" : undefined} aria-label={words.used(option.label)} />
        </div>
      }
    />
  );
}

function Found({ check, isTyped, onExisting }: { check: StorageCheck; isTyped: boolean; onExisting: () => void }) {
  if (check.is_repository) {
    return (
      <Notice bare role="status" tone="blue" title={words.isBackup}>{words.isBackupTodo}
        <Anchor component="button" type="button" size="sm" onClick={onExisting}>{words.openIt}</Anchor>
      </Notice>
    );
  }
  if (check.problem !== null) return <Notice bare role="status" tone="red" title={check.problem.what}>{check.problem.todo}</Notice>;
  const free = check.free === null ? "?" : bytes(check.free);
  return (
    <Stack gap="xs">
      <Notice bare role="status" tone="green" title={check.exists ? words.good(free) : words.willMake(free)} />
      {isTyped && check.same_disk_as_data && <Notice bare role="status" tone="amber" title={words.oneCopy} />}
    </Stack>
  );
}
