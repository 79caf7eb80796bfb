// The icon of a Service; its word stands beside it wherever it is used.
import { IconAddressBook, IconBox, IconBrandGoogleDrive, IconCalendar, IconChecklist, IconFolders, IconMail } from "@tabler/icons-react";
import type { Service } from "../../bindings";

const ICONS = { gmail: IconMail, drive: IconBrandGoogleDrive, shared_drive: IconFolders, calendar: IconCalendar, contacts: IconAddressBook, tasks: IconChecklist, box_files: IconBox };

export function ServiceIcon({ service, size = 16 }: { service: Service; size?: number }) {
  const Icon = ICONS[service];
  return <Icon size={size} stroke={1.7} aria-hidden style={{ flexShrink: 0 }} />;
}
