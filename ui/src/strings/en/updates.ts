// Settings > App: new versions.
import { counted } from "../../format";

export const updates = {
  title: "New versions",
  looks: "Look for new versions once a day",
  looksHint: "Asks the place where Holdfast is published for its newest version, and tells it nothing of you. Off unless you switch it on.",
  notPossible: "This build does not know who signs new versions. Look for them where you got Holdfast.",
  now: "Look now",
  looked: "Last looked:",
  newest: (version: string) => `Version ${version} is the newest.`,
  found: (version: string) => `Version ${version} is here.`,
  byPackage: "Install its package as you installed this one; Holdfast closes and goes on with the new version.",
  install: (version: string) => `Install ${version}`,
  waits: (n: number) => `It can be installed when ${counted(n, "backup, restore or check", "backups, restores or checks")} that ${n === 1 ? "goes" : "go"} on have ended.`,
  confirmTitle: (version: string) => `Install version ${version}?`,
  confirmText: "It is downloaded, its signature is checked, and Holdfast starts again with it. Backups go on afterwards; nothing that is stored is touched.",
  confirm: "Install and start again",
};
