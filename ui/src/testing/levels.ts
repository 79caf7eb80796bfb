// What is decided at each level of the company in memory: auto-backup, settings, pauses; and its schedule.
import type { FieldSource, LevelKey, LevelPolicy, PauseLength, PauseView, Policy, PolicyOverride, PolicyPreview, ScheduleSettings, ScheduleView, SetAutoBackup } from "../bindings";
import { overlaid } from "../components/policy/policyRules";
import type { Answer, Company } from "./company";
import { hoursAgo } from "./people";

export type Levels = { own: Map<string, PolicyOverride>; settings: ScheduleSettings; waiting: ScheduleView["waiting"]; pause: PauseView | null; knows: boolean; metered: boolean | null };

export const noLevels = (): Levels => ({
  own: new Map(), settings: { wait_on_battery: false, wait_on_metered: false, keep_awake: false }, waiting: [], pause: null, knows: true, metered: null,
});

const ENDS: Record<PauseLength, number | null> = { hour: -1, tomorrow: -12, until_resumed: null };

export const levelText = ({ connection, level, id }: LevelKey) => `${connection}/${level}/${id}`;

export function levelCommands(company: Company): Record<string, Answer> {
  const { levels } = company;
  /** The row in which a level's pause and settings show. */
  function rowOf(level: LevelKey): { name: string; set: (pause: PauseView | null) => void; own: (has: boolean) => void } {
    const unit = company.units.find((it) => it.id === level.id);
    const group = company.groups.find((it) => it.id === level.id);
    if (level.level === "org_unit" && unit) {
      const inside = company.units.filter((it) => it.path === unit.path || unit.path === "/" || it.path.startsWith(`${unit.path}/`));
      return { name: unit.path, set: (pause) => inside.forEach((it) => { it.pause = pause; }), own: (has) => { unit.own_settings = has; } };
    }
    if (level.level === "group" && group) return { name: group.address, set: (pause) => { group.pause = pause; }, own: (has) => { group.own_settings = has; } };
    const user = company.users.find((it) => it.id === level.id);
    if (!user) throw { code: "input.not_found", what: "There is no such level.", todo: "Check the name.", can_retry: false, detail: null };
    return { name: user.address, set: (pause) => Object.assign(user, { pause, schedule: pause === null ? "active" : "paused" }), own: () => undefined };
  }
  const form = () => (company.answers["policy"] as () => LevelPolicy["form"])();
  function above(level: LevelKey): { policy: Policy; sources: FieldSource[] } {
    const policy = form().policy;
    const domain = ["services", "mail_trash", "frequency_hours"].map((field) => ({ field, level: "domain" as const, name: company.domain.domain }));
    const unit = level.level === "user" ? company.units.find((it) => it.path === company.users.find((user) => user.id === level.id)?.org_unit) : undefined;
    const own = unit && levels.own.get(levelText({ ...level, level: "org_unit", id: unit.id }));
    if (!unit || !own) return { policy, sources: domain };
    const fields = Object.keys(own);
    return { policy: overlaid(policy, own), sources: [...domain.filter((it) => !fields.includes(it.field)), ...fields.map((field) => ({ field, level: "org_unit" as const, name: unit.path }))] };
  }
  function view(level: LevelKey): LevelPolicy {
    const own = levels.own.get(levelText(level)) ?? {};
    const { policy, sources } = above(level);
    return { own, above: policy, sources, form: { ...form(), policy: overlaid(policy, own), services: form().services.filter((it) => !it.is_of_domain) } };
  }
  const schedule = (): ScheduleView => ({
    settings: levels.settings, knows_battery: levels.knows, on_battery: false, knows_metered: levels.knows, is_metered: levels.settings.wait_on_metered ? levels.metered : null, can_keep_awake: levels.knows, waiting: levels.waiting, pause: levels.pause, next: hoursAgo(-5),
  });
  return {
    level_policy: ({ level }: { level: LevelKey }) => view(level),
    preview_level_policy: ({ level, policy }: { level: LevelKey; policy: PolicyOverride }): PolicyPreview => {
      const before = view(level).form.policy.services;
      const after = overlaid(above(level).policy, policy).services;
      return { gains: after.filter((it) => !before.includes(it)).map((it) => `${it} of 2 users`), loses: before.filter((it) => !after.includes(it)).map((it) => `${it} of 2 users (anna, ben)`), notes: [] };
    },
    set_level_policy: ({ level, policy }: { level: LevelKey; policy: PolicyOverride }) => {
      if (Object.keys(policy).length === 0) levels.own.delete(levelText(level));
      else levels.own.set(levelText(level), policy);
      rowOf(level).own(Object.keys(policy).length > 0);
      return view(level);
    },
    set_auto_backup: ({ target, id, include_sub_units, on }: SetAutoBackup) => {
      if (target === "domain") company.addsNewUsers = on;
      const group = company.groups.find((it) => target === "group" && it.id === id);
      if (group) group.is_rule = on;
      const unit = company.units.find((it) => target === "org_unit" && it.id === id);
      if (unit) Object.assign(unit, { is_rule: on, include_sub_units: on && include_sub_units });
      for (const it of company.units) if (unit && it !== unit && it.path.startsWith(`${unit.path}/`)) it.rule_of = on && include_sub_units ? unit.path : null;
      return form();
    },
    pause_backups: ({ level, length }: { level: LevelKey | null; length: PauseLength }) => {
      const hours = ENDS[length];
      const until = hours === null ? null : hoursAgo(hours);
      if (level === null) levels.pause = { of: null, name: "", until };
      else rowOf(level).set({ of: level, name: rowOf(level).name, until });
      return null;
    },
    resume_backups: ({ level }: { level: LevelKey | null }) => {
      if (level === null) levels.pause = null;
      else rowOf(level).set(null);
      return null;
    },
    schedule,
    set_schedule: ({ settings }: { settings: ScheduleSettings }) => {
      levels.settings = settings;
      return schedule();
    },
  };
}

export function scheduleOf(company: Company): ScheduleView {
  return (company.answers["schedule"] as () => ScheduleView)();
}
