// The settings of a Policy, the same words in Backup Settings and in SETTINGS »» of Start Backup.
import type { DriveDocuments, ExportFormat, RunHours } from "../../bindings";
import { counted } from "../../format";

export const policy = {
  services: "Services",
  ofDomain: (name: string) => `${name} (they belong to the domain and take no license)`,
  noService: "Choose at least one service.",
  mail: "Mail",
  mailTrash: "Include Trash",
  mailSpam: "Include Spam",
  excludeLabels: "Leave out mail with these labels",
  excludeLabelsHint: "Choose labels, or type one and press Enter. A label of your company counts by its name in everyone's mailbox.",
  gmailLabels: "Gmail's own",
  ownLabels: "Labels of your company",
  ownLabelsComing: "Reading your company's labels",
  ownLabelsFailed: "Your company's labels could not be read now. Type a label and press Enter.",
  files: "Files",
  documents: "Documents",
  documentNames: { own: "Own documents", all: "All documents, those shared with the user too" } satisfies Record<DriveDocuments, string>,
  driveTrash: "Include Trash",
  previousVersions: "Include previous versions",
  previousVersionsHint: "Each earlier state of a file that Box still has. The first backup gets larger by them.",
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
  from: "It may begin from",
  until: "until",
  hoursHint: ({ from, until }: RunHours): string => {
    if (from === 0 && until === 24) return "At any hour of the day, by the clock of this computer.";
    return from < until ? "By the clock of this computer; what was missed waits for the next day." : "Over midnight, by the clock of this computer.";
  },
  noHours: "Choose two different hours, or no backup could begin.",
};

export const backupSettings = {
  title: "Backup Settings",
  text: "The defaults for everyone of the domain.",
  domain: "Domain",
  preview: "Save",
  unchanged: "Nothing is changed.",
  unsaved: (n: number) => `${counted(n, "setting is", "settings are")} changed and not saved.`,
  undo: "Undo changes",
  newUsers: "New users",
  addNew: "Add new Domain users",
  addNewHint: "Protects every active user who appears in the domain from now on. Who is there already stays as is.",
  addNewOn: (domain: string) => `From now on every new active user of ${domain} is protected after the next sync and takes a license. Who is there already stays as is: add them in Start Backup.`,
  addNewOff: (domain: string) => `New users of ${domain} are no longer protected by themselves. Who is protected stays so.`,
  saved: "Saved. It holds from the next backup on.",
  dialog: { title: "What this change does", gains: "Who or what gains protection", loses: "Who or what loses protection", notes: "Also", nothing: "Nobody gains or loses protection." },
};
