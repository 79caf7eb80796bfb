// CSV FILE UPLOAD: a file with addresses, by button or drop. Every row is listed; one that cannot be used says why.
import { Button, CloseButton, FileButton, Group, SegmentedControl, Text } from "@mantine/core";
import { IconDownload, IconFileSpreadsheet, IconUpload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type DragEvent, useRef, useState } from "react";
import { api } from "../../api";
import type { CsvView, DomainView, UserError, UserErrorCode } from "../../bindings";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useAppEvent } from "../../events";
import { S } from "../../strings";
import css from "./Chooser.module.css";
import { CsvRows } from "./CsvRows";
import type { Ticked } from "./ticked";

export type CsvFile = { name: string; view: CsvView };
export type CsvFilter = "all" | "problems";
type Props = { domain: DomainView; ticked: Ticked; file: CsvFile | null; onFile: (file: CsvFile) => void };

const words = S.start.csv;

/** What the shell was given, in place of a file that the page has. */
const DROPPED = "dropped";

/** 50,000 rows of long addresses in UTF-16 stay well below it. */
const MOST_BYTES = 16_000_000;

export function CsvTab({ domain, ticked, file, onFile }: Props) {
  const [filter, setFilter] = useState<CsvFilter>("all");
  const [isOver, setIsOver] = useState(false);
  const zone = useRef<HTMLDivElement>(null);
  const read = useMutation({
    mutationFn: async (chosen: File | UserError | typeof DROPPED) => {
      if (chosen === DROPPED) return api.readDroppedCsv(domain.connection);
      if (!(chosen instanceof File)) throw chosen;
      return { name: chosen.name, view: await api.readCsv(domain.connection, chosen.name, await base64(chosen)) };
    },
    onSuccess: (answer) => {
      ticked.clear();
      setFilter("all");
      onFile(answer);
    },
  });
  const sample = useMutation({ mutationFn: api.saveSampleCsv });
  const drop = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      setIsOver(true);
    },
    // Onto something inside of it is no way out.
    onDragLeave: (event: DragEvent) => setIsOver(event.currentTarget.contains(event.relatedTarget as Node | null)),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setIsOver(false);
      if (!read.isPending) read.mutate(theFileOf(event.dataTransfer));
    },
  };
  // Where the web view hands dropped files to nobody, the shell hears of them and says where.
  useAppEvent("dropped", ({ x, y }) => {
    setIsOver(false);
    if (!read.isPending && zone.current?.contains(document.elementFromPoint(x, y))) read.mutate(DROPPED);
  });
  return (
    <div ref={zone} className={css.drop} data-over={isOver || undefined} {...drop}>
      <Group gap="xs" mb="xs">
        <FileButton accept=".csv,.txt,.tsv,text/csv,text/plain" onChange={(chosen) => chosen && read.mutate(chosen)} inputProps={{ "aria-label": words.file }}>
          {(props) => (
            <Button {...props} size="xs" variant={file === null ? "filled" : "default"} loading={read.isPending} leftSection={<IconUpload size={15} aria-hidden />}>
              {file === null ? words.upload : words.another}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed">{words.drop}</Text>
        <Button size="xs" ml="auto" variant="default" loading={sample.isPending} leftSection={<IconDownload size={15} aria-hidden />} onClick={() => sample.mutate()}>{words.sample}</Button>
      </Group>
      {sample.isError && <ErrorPanel error={sample.error} onClose={sample.reset} />}
      {sample.data && <SampleSaved path={sample.data.path} onClose={sample.reset} />}
      {read.isError && <ErrorPanel error={read.error} onClose={read.reset} />}
      {file === null ? (
        <EmptyState title={words.upload} text={words.hint} icon={IconFileSpreadsheet} />
      ) : (
        <>
          <Text size="sm" mb="xs" role="status">{words.summary(file.name, file.view.usable, file.view.problems)}</Text>
          <CsvRows
            view={file.view} filter={filter} ticked={ticked}
            filters={
              <SegmentedControl
                size="xs" aria-label={words.rows} value={filter} onChange={(value) => setFilter(value as CsvFilter)}
                data={[{ value: "all", label: words.all }, { value: "problems", label: words.problems(file.view.problems) }]}
              />
            }
          />
        </>
      )}
    </div>
  );
}

function SampleSaved({ path, onClose }: { path: string; onClose: () => void }) {
  return (
    <div className={css.note} role="status">
      <Text size="sm">{words.sampleSaved(path)}</Text>
      <Button size="compact-xs" variant="default" onClick={() => void api.reveal(path).catch(() => undefined)}>{words.show}</Button>
      <CloseButton size="sm" aria-label={S.common.close} onClick={onClose} />
    </div>
  );
}

/** The one file that was dropped; why it is none, otherwise. A drop tells what is a folder only while it happens. */
function theFileOf({ items, files }: DataTransfer): File | UserError {
  const [dropped, ...others] = files;
  if (others.length > 0) return told("input.csv", words.tooMany(files.length));
  if (dropped === undefined) return told("input.csv", words.noFile);
  return items[0]?.webkitGetAsEntry()?.isDirectory === true ? told("input.csv", words.folder(dropped.name)) : dropped;
}

/** A file's bytes for the engine, which decodes them: it knows UTF-16 from UTF-8, the window need not. */
async function base64(file: File): Promise<string> {
  if (file.size > MOST_BYTES) throw told("input.csv", words.tooLarge);
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,?/, ""));
    reader.onerror = () => reject(told("input.file", words.unreadable, reader.error?.message));
    reader.readAsDataURL(file);
  });
}

function told(code: UserErrorCode, words: { what: string; todo: string }, detail: string | null = null): UserError {
  return { code, ...words, can_retry: false, detail };
}
