// Words of retention, in Backup Settings.
import { bytes, count as n, counted } from "../../format";

export const retention = {
  title: "Retention",
  text: "How long snapshots of the whole domain are kept. The last good copy of every archive always stays.",
  forever: "Keep every snapshot forever",
  rule: "Keep the last snapshot of each",
  kinds: { daily: "Days", weekly: "Weeks", monthly: "Months", yearly: "Years" },
  hints: { daily: "of the last days that have one", weekly: "of the last weeks", monthly: "of the last months", yearly: "of the last years" },
  nothingKept: "At least one of the numbers has to be more than 0.",
  save: "Save retention",
  saved: "Saved. It is applied after the next backup, once a day.",
  dialog: {
    title: "What this retention removes",
    forever: "Nothing is removed. What was removed before does not come back.",
    nothing: (snapshots: number) => `None of the ${counted(snapshots, "snapshot", "snapshots")} would go now.`,
    some: (removed: number, snapshots: number, size: number) =>
      `${n(removed)} of ${counted(snapshots, "snapshot", "snapshots")} would go after the next backup, and at most ${bytes(size)} of the storage with them.`,
    times: "Snapshots that would go",
    more: (more: number) => `and ${n(more)} more`,
    cannotUndo: "A snapshot that was removed cannot be brought back.",
    confirm: "Save",
  },
  held: "Retention waits: nothing is removed",
  heldText: "Look at what changed before you let go of the older snapshots. If it was not meant, restore from the last quiet point in time.",
  quiet: "Last quiet point in time",
  release: "It was meant: release retention",
  releaseTitle: "Release retention?",
  releaseText: "The older snapshots are then thinned out as your rule says, also those from before this change.",
};
