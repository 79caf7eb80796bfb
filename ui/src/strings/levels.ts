// Words for what is decided at a level: the domain, an org unit, a group, a user; and for the schedule as a whole.
import type { LevelWord, PauseLength, PauseView, Policy } from "../bindings";

const whose = {
  domain: (name: string) => `the domain ${name}`,
  org_unit: (name: string) => `the org unit ${name}`,
  group: (name: string) => `the group ${name}`,
  user: (name: string) => name,
} satisfies Record<LevelWord, (name: string) => string>;

/** Who is meant: a level by its name, or everyone. */
const named = (level: LevelWord | null, name: string) => (level === null ? "everyone" : whose[level](name));

export const levels = {
  named,
  /** Whose pause it is. */
  paused: (pause: PauseView) => named(pause.of?.level ?? null, pause.name),
  autoBackup: {
    title: "AUTO BACKUP",
    of: (name: string) => `AUTO BACKUP of ${name}`,
    on: (who: string) => `From now on whoever appears in ${who} is protected after the next sync and takes a license. Who is there already stays as is: add them in Start Backup.`,
    off: (who: string) => `Whoever appears in ${who} is no longer protected by that. Who is protected stays so.`,
    subUnits: "include sub-units",
    withSubUnits: "with sub-units",
    by: (path: string) => `by ${path}`,
  },
  pause: {
    button: "Pause",
    active: "Active",
    set: (name: string) => `Pause ${name}`,
    unset: (name: string) => `Set ${name} to Active`,
    title: (who: string) => `Pause the backups of ${who}?`,
    text: {
      all: "No backup starts by itself until then, and those under way rest.",
      domain: "",
      org_unit: "No backup of anyone in it or in the units below it starts by itself until then, and those under way rest.",
      group: "No backup of its members starts by itself until then, and those under way rest.",
      user: "No backup of this user starts by itself until then, and those under way rest.",
    } satisfies Record<LevelWord | "all", string>,
    length: "For how long",
    lengths: { hour: "For an hour", tomorrow: "Until tomorrow", until_resumed: "Until I resume" } satisfies Record<PauseLength, string>,
    until: (at: string) => `until ${at}`,
    with: (name: string) => `with ${name}`,
    told: (who: string) => `The backups of ${who} are paused.`,
    resumeTitle: (who: string) => `Set ${who} to Active?`,
    resumeUser: "A backup starts at once.",
    resumeOthers: "Backups that rest go on; the others start when they are due.",
    because: (name: string, who: string) => `${name} rests because of the pause of ${who}. It ends for all of them.`,
    resumed: (who: string) => `The backups of ${who} are active.`,
    all: "Pause all backups",
    allPaused: (until: string | null) => (until === null ? "All backups are paused until you resume them." : `All backups are paused until ${until}.`),
    resumeAll: "Resume all",
  },
  waits: (what: string) => `Waiting for ${what}`,
  waiting: (what: string, domain: string | null) => (domain === null ? `Backups are due and wait for ${what}.` : `Backups of ${domain} are due and wait for ${what}.`),
  waitingText: (since: string) => `Since ${since}. They start by themselves as soon as it is there.`,
  settings: {
    button: (name: string) => `Settings of ${name}`,
    ownHint: "Settings of its own are set",
    title: (name: string) => `Settings of ${name}`,
    text: {
      domain: "", org_unit: "What is set here holds for the users of this unit and of the units below it, unless a lower level says otherwise.",
      group: "What is set here holds for the members of this group and overrides their org unit, unless the user's own settings say otherwise.",
      user: "What is set here holds for this user alone.",
    } satisfies Record<LevelWord, string>,
    from: (level: LevelWord, name: string) => `From ${whose[level](name)}`,
    builtIn: "Built-in value",
    here: "Set here.",
    reset: "Use the inherited value",
    resetOf: (field: string) => `Use the inherited value of ${field}`,
    resetAll: "Use the inherited settings",
    fields: {
      services: "Services", mail_trash: "mail in Trash", mail_spam: "mail in Spam", exclude_labels: "labels left out", drive_documents: "documents",
      drive_trash: "files in Trash", previous_versions: "previous versions of files", exclude_extensions: "extensions left out", exclude_larger_than: "sizes left out", export: "formats of Google documents",
      frequency_hours: "how often", hours: "hours",
    } satisfies Record<keyof Policy, string>,
    saved: "Saved. It holds from the next backup on.",
  },
  rules: {
    title: "Scheduled backups",
    text: "How often backups run and in which hours is set in",
    link: "Backup Settings",
    next: "Next backup due",
    overdue: "Now",
    none: "Nothing is scheduled yet.",
    battery: "Wait while on battery",
    batteryHint: "Backups that are due wait until the computer is plugged in.",
    batteryUnknown: "This system does not tell whether it runs on its battery: no backup waits for power.",
    metered: "Wait while the network is metered",
    meteredHint: "Such as a phone's hotspot: backups that are due wait for another network.",
    meteredUnknown: "This system does not tell whether its network is metered: no backup waits for another.",
    awake: "Keep this computer awake during a Run",
    awakeHint: "Only while scheduled backups go on. It may sleep again as soon as they have ended.",
    awakeUnknown: "This system cannot be kept awake: what is missed is made up for at the next wake.",
  },
};
