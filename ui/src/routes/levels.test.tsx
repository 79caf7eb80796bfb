// What is decided for groups, org units, users and everyone: AUTO BACKUP, settings with where each comes from, pauses.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Company } from "../testing/company";
import { hoursAgo } from "../testing/people";
import { accessibilityProblems, openWindow } from "../testing/render";

const USERS = "/settings/users";
const UNIT = { connection: 1, level: "org_unit", id: "o2" };
const PERSON = "chloe.khan@acme.example";

async function openTab(name: "GROUPS" | "ORG UNITS", company = new Company({ users: 12 })) {
  const opened = openWindow(USERS, company);
  await opened.user.click(await screen.findByRole("tab", { name }));
  await screen.findByRole("table", { name });
  return opened;
}

const row = (text: string) => screen.getByText(text).closest<HTMLElement>('[role="row"]') as HTMLElement;

test("auto_backup_of_a_unit_asks_and_reaches_sub_units_only_when_chosen", async () => {
  const { user, company } = await openTab("ORG UNITS");
  const toggle = () => screen.getByRole("switch", { name: "AUTO BACKUP of /Berlin" });
  expect(toggle()).not.toBeChecked();
  await user.click(toggle());
  const dialog = await screen.findByRole("dialog", { name: "AUTO BACKUP of /Berlin" });
  expect(within(dialog).getByRole("checkbox", { name: "include sub-units" })).not.toBeChecked();
  expect(within(dialog).getByText(/Who is there already stays as is/)).toBeVisible();
  expect(company.lastCall("set_auto_backup")).toBeUndefined();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Yes" }));
  await waitFor(() => expect(toggle()).toBeChecked());
  expect(company.lastCall("set_auto_backup")).toEqual({ connection: 1, target: "org_unit", id: "o1", include_sub_units: false, on: true });
  expect(within(row("Sales")).queryByText("by /Berlin")).toBeNull();
  await user.click(toggle());
  await user.click(await screen.findByRole("button", { name: "Yes" }));
  await waitFor(() => expect(toggle()).not.toBeChecked());
  await user.click(toggle());
  await user.click(await screen.findByRole("checkbox", { name: "include sub-units" }));
  await user.click(screen.getByRole("button", { name: "Yes" }));
  expect(await within(row("Sales")).findByText("by /Berlin")).toBeVisible();
  expect(within(row("Berlin")).getByText("with sub-units")).toBeVisible();
});

test("auto_backup_of_a_group_is_switched_off_after_a_question_and_left_alone_by_cancel", async () => {
  const { user, company } = await openTab("GROUPS");
  const toggle = () => screen.getByRole("switch", { name: "AUTO BACKUP of support@acme.example" });
  expect(toggle()).toBeChecked();
  await user.click(toggle());
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(toggle()).toBeChecked();
  await user.click(toggle());
  expect(await screen.findByText(/Who is protected stays so/)).toBeVisible();
  expect(screen.queryByRole("checkbox", { name: "include sub-units" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Yes" }));
  await waitFor(() => expect(toggle()).not.toBeChecked());
  expect(company.lastCall("set_auto_backup")).toEqual({ connection: 1, target: "group", id: "g2", include_sub_units: false, on: false });
});

test.each(["light", "dark"] as const)("each_setting_says_where_it_is_from_and_a_preview_comes_before_it_is_saved_when_%s", async (theme) => {
  const company = new Company({ users: 12, theme });
  const { user } = await openTab("ORG UNITS", company);
  await user.click(screen.getByRole("button", { name: "Settings of /Berlin/Sales" }));
  const drawer = await screen.findByRole("dialog", { name: "Settings of /Berlin/Sales" });
  expect((await within(drawer).findAllByText("From the domain acme.example")).length).toBe(3);
  expect(within(drawer).getAllByText("Built-in value").length).toBeGreaterThan(3);
  expect(within(drawer).queryByText(/they belong to the domain/)).toBeNull();
  await user.click(within(drawer).getByRole("checkbox", { name: "Drive" }));
  expect(within(drawer).getByRole("button", { name: "Use the inherited value of Services" })).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(drawer).getByRole("button", { name: "Save" }));
  const preview = await screen.findByRole("dialog", { name: "What this change does" });
  expect(await within(preview).findByText("drive of 2 users (anna, ben)")).toBeVisible();
  expect(company.lastCall("set_level_policy")).toBeUndefined();
  await user.click(within(preview).getByRole("button", { name: "Save" }));
  expect(await within(drawer).findByText("Saved. It holds from the next backup on.")).toBeVisible();
  expect(company.lastCall("set_level_policy")).toEqual({ level: UNIT, policy: { services: ["gmail", "shared_drive"] } });
});

test("settings_of_one_user_come_from_the_unit_until_they_are_set_here", async () => {
  const company = new Company({ users: 12 });
  const unit = company.units.find((it) => it.path === company.users.find((it) => it.address === PERSON)?.org_unit);
  company.levels.own.set(`1/org_unit/${unit?.id}`, { frequency_hours: 6 });
  const { user } = openWindow(USERS, company);
  await user.click(await screen.findByRole("button", { name: `More for ${PERSON}` }));
  await user.click(await screen.findByRole("menuitem", { name: "Settings" }));
  const drawer = await screen.findByRole("dialog", { name: `Settings of ${PERSON}` });
  expect(await within(drawer).findByText(`From the org unit ${unit?.path}`)).toBeVisible();
  expect(within(drawer).getByRole("radio", { name: "6 h" })).toBeChecked();
  await user.click(within(drawer).getByRole("radio", { name: "12 h" }));
  await user.click(within(drawer).getByRole("button", { name: "Save" }));
  await user.click(within(await screen.findByRole("dialog", { name: "What this change does" })).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(company.lastCall("set_level_policy")).toEqual({ level: { connection: 1, level: "user", id: "u2" }, policy: { frequency_hours: 12 } }));
  await user.click(await within(drawer).findByRole("button", { name: "Use the inherited value of how often" }));
  expect(within(drawer).getByRole("radio", { name: "6 h" })).toBeChecked();
  await user.click(within(drawer).getByRole("button", { name: "Save" }));
  await user.click(within(await screen.findByRole("dialog", { name: "What this change does" })).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(company.lastCall("set_level_policy")).toMatchObject({ policy: {} }));
});

test("a_unit_rests_for_an_hour_and_what_is_below_says_with_whom", async () => {
  const { user, company } = await openTab("ORG UNITS");
  await user.click(screen.getByRole("button", { name: "Pause /Berlin" }));
  const dialog = await screen.findByRole("dialog", { name: "Pause the backups of the org unit /Berlin?" });
  await user.click(within(dialog).getByRole("radio", { name: "For an hour" }));
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Yes" }));
  await waitFor(() => expect(company.lastCall("pause_backups")).toEqual({ level: { ...UNIT, id: "o1" }, length: "hour" }));
  expect(await within(row("Berlin")).findByText(/^until /)).toBeVisible();
  expect(within(row("Sales")).getByText(/^with \/Berlin, until /)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Set /Berlin/Sales to Active" }));
  const resume = await screen.findByRole("dialog", { name: "Set the org unit /Berlin to Active?" });
  expect(within(resume).getByText(/It ends for all of them/)).toBeVisible();
  await user.click(within(resume).getByRole("button", { name: "Yes" }));
  await waitFor(() => expect(company.lastCall("resume_backups")).toEqual({ level: { ...UNIT, id: "o1" } }));
  expect(await screen.findByRole("button", { name: "Pause /Berlin/Sales" })).toBeVisible();
});

test("everything_is_paused_and_resumed_from_the_head_of_the_page", async () => {
  const { user, company } = openWindow(USERS, { users: 12 });
  await user.click(await screen.findByRole("button", { name: "Pause all backups" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("radio", { name: "Until tomorrow" }));
  await user.click(screen.getByRole("button", { name: "Yes" }));
  expect(await screen.findByText(/^All backups are paused until /)).toBeVisible();
  expect(company.lastCall("pause_backups")).toEqual({ level: null, length: "tomorrow" });
  expect(screen.queryByRole("button", { name: "Pause all backups" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Resume all" }));
  await user.click(await screen.findByRole("button", { name: "Yes" }));
  await waitFor(() => expect(screen.queryByText(/^All backups are paused/)).toBeNull());
  expect(company.lastCall("resume_backups")).toEqual({ level: null });
});

test("who_waits_and_for_what_is_said_on_home_and_in_the_list", async () => {
  const company = new Company({ users: 12 });
  company.levels.waiting = [{ what: "mains power", domain: null, since: hoursAgo(1) }];
  for (const it of company.users.filter((it) => it.protection === "protected")) Object.assign(it, { schedule: "waiting", waits_for: "mains power" });
  const { user } = openWindow("/", company);
  expect(await screen.findByText("Backups are due and wait for mains power.")).toBeVisible();
  expect(screen.getByText("4 users waiting")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(screen.getByRole("link", { name: "Manage Users" }));
  expect((await screen.findAllByText("Waiting for mains power")).length).toBe(4);
});

test("what_holds_backups_back_is_set_where_the_app_is_set_and_says_what_a_system_cannot_tell", async () => {
  const company = new Company({ users: 3 });
  const { user } = openWindow("/settings/app", company);
  const group = await screen.findByRole("group", { name: "Scheduled backups" });
  await user.click(await within(group).findByRole("switch", { name: /Wait while on battery/ }));
  await waitFor(() => expect(company.lastCall("set_schedule")).toEqual({ settings: { wait_on_battery: true, wait_on_metered: false, keep_awake: false } }));
  await waitFor(() => expect(within(group).getByRole("switch", { name: /Wait while on battery/ })).toBeChecked());
  expect(within(group).getByText(/Next backup due/)).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
});

test.each([
  [true, /The network is metered now: what is due waits/],
  [false, /The network is not metered now/],
  [null, /does not say now whether the network is metered: no backup waits/],
])("a_rule_that_is_on_says_what_it_does_now_%s", async (metered, says) => {
  const company = new Company({ users: 3 });
  company.levels.metered = metered;
  const { user } = openWindow("/settings/app", company);
  const rule = await screen.findByRole("switch", { name: /Wait while the network is metered/ });
  expect(screen.queryByText(says)).toBeNull();
  await user.click(rule);
  expect(await screen.findByText(says)).toBeVisible();
});

test("a_rule_that_this_system_cannot_keep_is_not_offered", async () => {
  const company = new Company({ users: 3 });
  company.levels.knows = false;
  openWindow("/settings/app", company);
  expect(await screen.findByRole("switch", { name: /Wait while the network is metered/ })).toBeDisabled();
  expect(screen.getByText(/no backup waits for power/)).toBeVisible();
});
