// What else can be done about one user: settings of its own, and deleting what is kept.
import { ActionIcon, Menu } from "@mantine/core";
import { IconAdjustments, IconArchive, IconDots, IconFlame, IconTrash } from "@tabler/icons-react";
import type { OwnerRow } from "../../bindings";
import { ownerName } from "../../components/owners/cells";
import { S } from "../../strings";

const words = S.manageUsers.menu;

export type OwnerStep = "settings" | "delete" | "keep" | "erase";

export function OwnerMenu({ row, onStep }: { row: OwnerRow; onStep: (step: OwnerStep, row: OwnerRow) => void }) {
  if (row.kind !== "user") return null;
  const hasArchive = row.services.length > 0;
  const waits = row.erased_at !== null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" size="sm" color="gray" aria-label={words.label(ownerName(row))}><IconDots size={17} aria-hidden /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconAdjustments size={15} aria-hidden />} onClick={() => onStep("settings", row)}>{words.settings}</Menu.Item>
        {hasArchive && !waits && <Menu.Item leftSection={<IconTrash size={15} aria-hidden />} onClick={() => onStep("delete", row)}>{words.remove}</Menu.Item>}
        {waits && <Menu.Item leftSection={<IconArchive size={15} aria-hidden />} onClick={() => onStep("keep", row)}>{words.keep}</Menu.Item>}
        {waits && <Menu.Item leftSection={<IconFlame size={15} aria-hidden />} onClick={() => onStep("erase", row)}>{words.erase}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
