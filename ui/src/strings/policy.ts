// The settings of a Policy, the same words in Backup Settings and in SETTINGS »» of Start Backup.
import type { DriveDocuments, ExportFormat } from "../bindings";
import { counted } from "../format";

export const policy = {
  services: "Services",
  ofDomain: (name: string) => `${name} (they belong to the domain and take no license)`,
  noService: "Choose at least one service.",
  mail: "Mail",
  mailTrash: "Include Trash",
  mailSpam: "Include Spam",
  excludeLabels: "Leave out mail with these labels",
  excludeLabelsHint: "Type a label and press Enter.",
  files: "Files",
  documents: "Documents",
  documentNames: { own: "Own documents", all: "All documents, those shared with the user too" } satisfies Record<DriveDocuments, string>,
  driveTrash: "Include Trash",
  excludeExtensions: "Leave out files with these extensions",
  excludeExtensionsHint: "Such as iso or mp4; press Enter after each.",
  excludeLarger: "Leave out files larger than",
  excludeLargerHint: "Empty: files of any size are kept.",
  megabytes: "MB",
  export: "Google documents are kept as",
  exportNames: { office: "Office formats", pdf: "PDF" } satisfies Record<ExportFormat, string>,
  noExport: "Choose at least one format, or Google documents could not be opened again.",
  frequency: "A backup runs every",
  hours: (n: number) => `${n} h`,
};

export const backupSettings = {
  title: "Backup Settings",
  text: "The defaults for everyone of the domain.",
  domain: "Domain",
  preview: "Save",
  unchanged: "Nothing is changed.",
  unsaved: (n: number) => `${counted(n, "setting is", "settings are")} changed and not saved.`,
  undo: "Undo changes",
  saved: "Saved. It holds from the next backup on.",
  dialog: { title: "What this change does", gains: "Who or what gains protection", loses: "Who or what loses protection", notes: "Also", nothing: "Nobody gains or loses protection." },
};
