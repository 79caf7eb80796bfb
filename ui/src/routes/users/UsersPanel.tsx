// USERS of Manage Users: everyone and the shared drives, and all that can be done about them.
import { Button, Group } from "@mantine/core";
import { IconFileSpreadsheet, IconUsers } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api";
import type { OwnerRow, OwnersDeed } from "../../bindings";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { LevelSettings } from "../../components/levels/LevelSettings";
import { Notice } from "../../components/Notice";
import { ownerName } from "../../components/owners/cells";
import { everyone, levelOf, OwnersTable } from "../../components/owners/OwnersTable";
import { ProblemDrawer } from "../../components/owners/ProblemDrawer";
import { useIsNarrow } from "../../components/useIsNarrow";
import { S } from "../../strings";
import { userColumns } from "./columns";
import { DeleteDialog } from "./DeleteDialogs";
import type { OwnerStep } from "./OwnerMenu";

const words = S.manageUsers;
const BULK: OwnersDeed[] = ["pause", "resume", "back_up_now", "protect", "stop_protecting"];

export function UsersPanel() {
  const isNarrow = useIsNarrow();
  const [filter, setFilter] = useState(everyone(false));
  const [problem, setProblem] = useState<OwnerRow | null>(null);
  const [step, setStep] = useState<{ step: OwnerStep; row: OwnerRow } | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const onStep = (step: OwnerStep, row: OwnerRow) => setStep({ step, row });
  const save = useMutation({
    mutationFn: async () => {
      const path = await api.chooseSaveFile(words.csvTitle, words.csvName);
      return path === null ? null : api.saveOwnersCsv({ ...filter, search: filter.search?.trim() || null }, path);
    },
  });
  return (
    <>
      {save.isError && <ErrorPanel error={save.error} onClose={save.reset} />}
      {save.data && <Notice bare role="status" tone="green" title={words.csvSaved(save.data.path)} />}
      {told !== null && <Notice bare role="status" tone="green" title={told} />}
      <OwnersTable
        label={words.title} filter={filter} onFilter={setFilter} bulk={BULK} withProtection columns={(ask) => userColumns({ ask, onProblem: setProblem, onStep }, isNarrow)}
        foot={
          <Group ml="auto">
            <Button size="compact-sm" variant="subtle" leftSection={<IconFileSpreadsheet size={15} aria-hidden />} loading={save.isPending} onClick={() => save.mutate()}>{words.csv}</Button>
          </Group>
        }
        empty={
          <EmptyState title={words.empty.title} text={words.empty.text} icon={IconUsers}>
            <Button component={Link} to="/settings/domains" mt="xs">{words.empty.button}</Button>
          </EmptyState>
        }
      />
      {step?.step === "settings" && <LevelSettings level={levelOf(step.row)} name={ownerName(step.row)} onClose={() => setStep(null)} />}
      {step !== null && step.step !== "settings" && <DeleteDialog key={step.row.key + step.step} step={step.step} row={step.row} onClose={() => setStep(null)} onDone={setTold} />}
      <ProblemDrawer owner={problem} onClose={() => setProblem(null)} />
    </>
  );
}
