// Manage Users and Archive & Restore: who is listed, what is asked before it is done, and bringing things back.
import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { RestoreState } from "../bindings";
import { Company } from "../testing/company";
import { RESTORED } from "../testing/owners";
import { hoursAgo } from "../testing/people";
import { accessibilityProblems, fill, openWindow } from "../testing/render";

const GOES_ON: RestoreState = {
  input: { owner: "1/user/u2", service: null, at: null, partial_too: false, folder: "/home/anna/Restored" }, whose: "chloe.khan@acme.example",
  files: 0, bytes: 0, of_files: 1_204, of_bytes: 3_400_000_000, started: hoursAgo(0), ended: null, result: null, error: null,
};
const USERS = "/settings/users";
const ARCHIVE = "/backup/archive";
const table = (name: string) => screen.findByRole("table", { name });
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const row = async (text: string) => (await screen.findByText(text)).closest<HTMLElement>('[role="row"]') as HTMLElement;

async function choose(user: ReturnType<typeof openWindow>["user"], filter: string, option: string) {
  await user.click(screen.getByRole("combobox", { name: filter }));
  await user.click(await screen.findByRole("option", { name: option }));
}

test("everyone_is_listed_with_what_is_kept_and_shared_drives_too", async () => {
  openWindow(USERS, { users: 12 });
  await table("Manage Users");
  const chloe = await row("chloe.khan@acme.example");
  expect(within(chloe).getByRole("img", { name: "Gmail: out of date" })).toBeVisible();
  expect(within(await row("Marketing")).getByText("Shared drive, acme.example")).toBeVisible();
  expect(screen.getByText("13 entries")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
});

test("ten_thousand_people_are_listed_a_part_at_a_time", async () => {
  const { user, company } = openWindow(USERS, { users: 10_000 });
  expect(await screen.findByText("10,001 entries")).toBeVisible();
  expect(screen.queryByRole("status", { name: "Loading" })).toBeNull();
  expect(screen.getAllByRole("row").length).toBeLessThan(60);
  expect(company.lastCall("owners")).toMatchObject({ offset: 0, limit: 100 });
  await fill(user, screen.getByRole("textbox", { name: "Search name or address" }), "marketing");
  expect(await screen.findByText("1 of 10,001 entries")).toBeVisible();
});

test("pausing_asks_and_yes_confirms", async () => {
  const { user, company } = openWindow(USERS, { users: 12 });
  await user.click(await screen.findByRole("button", { name: "Pause chloe.khan@acme.example" }));
  const dialog = await screen.findByRole("dialog", { name: "Pause the backups of chloe.khan@acme.example?" });
  expect(company.lastCall("pause_backups")).toBeUndefined();
  await user.click(within(dialog).getByRole("button", { name: "Yes" }));
  expect(await screen.findByText("The backups of chloe.khan@acme.example are paused.")).toBeVisible();
  const level = { connection: 1, level: "user", id: "u2" };
  expect(company.lastCall("pause_backups")).toEqual({ level, length: "until_resumed" });
  await user.click(await screen.findByRole("button", { name: "Set chloe.khan@acme.example to Active" }));
  expect(await screen.findByText("A backup starts at once.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Yes" }));
  await waitFor(() => expect(company.lastCall("resume_backups")).toEqual({ level }));
});

test("filters_add_up_and_are_cleared_at_once", async () => {
  const { user, company } = openWindow(USERS, { users: 40 });
  await table("Manage Users");
  await choose(user, "Protection", "Protected");
  await choose(user, "Backup Status", "Notification");
  await waitFor(() => expect(company.lastCall("owners")).toMatchObject({ filter: { protection: "protected", status: "notification" } }));
  await user.type(screen.getByRole("textbox", { name: "Search name or address" }), "zzz");
  await user.click(await screen.findByRole("button", { name: "Clear filters" }));
  expect(await screen.findByText("41 entries")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Search name or address" })).toHaveValue("");
});

test("all_that_is_listed_can_be_ticked_and_stopped_being_protected", async () => {
  const { user, company } = openWindow(USERS, { users: 12 });
  await table("Manage Users");
  await choose(user, "Protection", "Protected");
  await user.click(await screen.findByRole("checkbox", { name: "Select all 5 listed" }));
  const bulk = await screen.findByRole("group", { name: "5 ticked" });
  await user.click(within(bulk).getByRole("button", { name: "Stop protecting" }));
  const dialog = await screen.findByRole("dialog", { name: "Stop protecting 5 entries?" });
  await waitFor(() => expect(within(dialog).getByRole("button", { name: "Cancel" })).toHaveFocus());
  await user.click(within(dialog).getByRole("button", { name: "Yes" }));
  expect(await screen.findByText(/4 users are no longer backed up\. 1 entry was left as it is\./)).toBeVisible();
  expect((company.lastCall("change_owners")?.["keys"] as string[])).toHaveLength(5);
});

test("all_that_the_filters_say_is_ticked_though_the_list_is_still_that_of_before", async () => {
  const company = new Company({ users: 12 });
  const owners = company.answers["owners"] as (args: { filter: { search: string | null } }) => unknown;
  let answer: (() => void) | undefined;
  company.answers["owners"] = ((args: { filter: { search: string | null } }) => args.filter.search === null ? owners(args)
    : new Promise((resolve) => { answer = () => resolve(owners(args)); })) as never;
  const { user } = openWindow(USERS, company);
  await table("Manage Users");
  await fill(user, screen.getByRole("textbox", { name: "Search name or address" }), "chloe");
  expect(screen.getByRole("checkbox", { name: "Select anna.adler@acme.example" })).toBeDisabled();
  await user.click(screen.getByRole("checkbox", { name: "Select all 13 listed" }));
  const bulk = await screen.findByRole("group", { name: "1 ticked" });
  expect(company.lastCall("owner_keys")).toMatchObject({ filter: { search: "chloe" } });
  await waitFor(() => expect(answer).toBeDefined());
  await act(async () => answer?.());
  await waitFor(() => expect(screen.getByRole("checkbox", { name: "Select chloe.khan@acme.example" })).toBeEnabled());
  expect(screen.getByRole("checkbox", { name: "Select chloe.khan@acme.example" })).toBeChecked();
  await user.click(within(bulk).getByRole("button", { name: "Back up now" }));
  await user.click(await screen.findByRole("button", { name: "Yes" }));
  await waitFor(() => expect(company.lastCall("change_owners")).toMatchObject({ keys: ["1/user/u2"] }));
});

test("nobody_is_ticked_by_the_answer_to_a_filter_that_was_changed_since", async () => {
  const company = new Company({ users: 12 });
  const keys = company.answers["owner_keys"] as (args: unknown) => unknown;
  let answer: (() => void) | undefined;
  company.answers["owner_keys"] = ((args: unknown) => new Promise((resolve) => { answer = () => resolve(keys(args)); })) as never;
  const { user } = openWindow(USERS, company);
  await table("Manage Users");
  await user.click(screen.getByRole("checkbox", { name: "Select all 13 listed" }));
  await waitFor(() => expect(answer).toBeDefined());
  await choose(user, "Protection", "Protected");
  await act(async () => answer?.());
  const all = await screen.findByRole("checkbox", { name: "Select all 5 listed" });
  expect(all).not.toBeChecked();
  expect(screen.queryByRole("group", { name: /ticked$/ })).toBeNull();
});

test("a_red_triangle_lists_the_causes_with_the_button_that_helps", async () => {
  const company = new Company({ users: 12 });
  const failed = company.users.find((it) => it.light.color === "red");
  const { user, place } = openWindow(USERS, company);
  await user.click(await screen.findByRole("button", { name: `Show 1 notification of ${failed?.address}` }));
  const drawer = await screen.findByRole("dialog", { name: `What keeps ${failed?.address} from being protected` });
  expect(await within(drawer).findByText(/A scope, an API or a role is missing/)).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(drawer).getByRole("button", { name: /The cloud refuses access$/ }));
  await waitFor(() => expect(place()).toBe("/settings/clouds/1"));
});

test("the_list_is_saved_as_it_is_filtered", async () => {
  const { user, company } = openWindow(USERS, { users: 12 });
  await table("Manage Users");
  await choose(user, "Account status", "Suspended");
  await user.click(button("Download CSV"));
  expect(await screen.findByText("Saved to /home/anna/holdfast-users.csv.")).toBeVisible();
  expect(company.lastCall("save_owners_csv")).toMatchObject({ filter: { account: "suspended" }, path: "/home/anna/holdfast-users.csv" });
});

test("of_fifty_thousand_only_what_is_in_view_is_asked_for_and_drawn", async () => {
  const { user, company } = openWindow(USERS, { users: 50_000 });
  await table("Manage Users");
  expect(screen.getByText("50,001 entries")).toBeVisible();
  expect(screen.getAllByRole("row").length).toBeLessThan(60);
  const asked = company.calls.filter((it) => it.command === "owners");
  expect(asked.every(({ args }) => (args as { limit: number }).limit <= 100)).toBe(true);
  await user.click(button("Size"));
  await waitFor(() => expect(company.lastCall("owners")).toMatchObject({ sort: "size", descending: false, offset: 0 }));
});

test("rows_are_driven_by_keyboard_alone", async () => {
  const { user } = openWindow(USERS, { users: 3 });
  const first = await screen.findByRole("checkbox", { name: "Select anna.adler@acme.example" });
  first.focus();
  await user.keyboard(" ");
  expect(first).toBeChecked();
  await user.keyboard("{ArrowDown}");
  await waitFor(() => expect(screen.getByRole("checkbox", { name: "Select ben.fischer@acme.example" })).toHaveFocus());
});

test.each([
  [USERS, "No users"],
  [ARCHIVE, "Nothing is backed up yet"],
])("%s_says_when_there_is_nothing", async (place, title) => {
  openWindow(place, { users: 0 });
  expect(await screen.findByText(title)).toBeVisible();
});

test.each([USERS, ARCHIVE])("%s_says_why_it_failed_and_tries_again", async (place) => {
  const company = new Company({ users: 3 });
  const owners = company.answers["owners"] as (args: unknown) => unknown;
  company.answers["owners"] = () => {
    throw { code: "catalogue.failed", what: "The catalogue could not be read or written.", todo: "Try again.", can_retry: true, detail: null };
  };
  const { user } = openWindow(place, company);
  expect(await screen.findByText("The catalogue could not be read or written.")).toBeVisible();
  company.answers["owners"] = owners as never;
  await user.click(button("Try again"));
  expect(await screen.findByText("chloe.khan@acme.example")).toBeVisible();
});

test("archives_alone_are_listed_and_an_address_opens_its_points_in_time", async () => {
  const { user, company, place } = openWindow(ARCHIVE, { users: 12 });
  await table("Archive & Restore");
  expect(company.lastCall("owners")).toMatchObject({ filter: { archives_only: true } });
  expect(screen.queryByText("anna.adler@acme.example")).toBeNull();
  await user.click(screen.getByRole("link", { name: "Open the archive of chloe.khan@acme.example" }));
  await waitFor(() => expect(decodeURIComponent(place())).toBe("/backup/archive/1/user/u2"));
  const points = await table("Points in time");
  expect(within(points).getAllByText("Complete").length).toBeGreaterThan(2);
  expect(within(points).getAllByRole("radio")[0]).toBeChecked();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(screen.getByRole("checkbox", { name: "Complete only" }));
  await waitFor(() => expect(within(points).queryByText("Partial")).toBeNull());
});

test("a_restore_is_previewed_first_and_tells_what_came_of_it", async () => {
  const { user, company, tell } = openWindow(`${ARCHIVE}/1%2Fuser%2Fu2`, { users: 12 });
  let finish: (() => void) | undefined;
  const restored = company.answers["restore"] as (args: unknown) => unknown;
  company.answers["restore"] = ((args: unknown) => new Promise((resolve) => { finish = () => resolve(restored(args)); })) as never;
  await user.click(await screen.findByRole("radio", { name: "Gmail" }));
  await user.click(button("Restore to this computer"));
  const drawer = await screen.findByRole("dialog", { name: "Restore to this computer" });
  expect(within(drawer).getByRole("button", { name: "Restore" })).toBeDisabled();
  await user.click(within(drawer).getByRole("button", { name: "Choose folder" }));
  expect(await within(drawer).findByText(/^1,204 files, 3\.4 GB/)).toBeVisible();
  expect(within(drawer).getByText(/2 names are changed/)).toBeVisible();
  expect(company.lastCall("restore")).toBeUndefined();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(drawer).getByRole("button", { name: "Restore" }));
  company.restore = { ...GOES_ON, files: 602, bytes: 1_700_000_000 };
  await tell({ event: "restore", files: 602, bytes: 1_700_000_000 });
  expect(await within(drawer).findByText("602 of 1,204 files, 1.7 GB")).toBeVisible();
  await user.click(within(drawer).getByRole("button", { name: "Cancel the restore" }));
  await waitFor(() => expect(company.lastCall("cancel_restore")).toEqual({}));
  company.restore = { ...GOES_ON, ended: hoursAgo(0) };
  finish?.();
  expect(await within(drawer).findByText("Restored")).toBeVisible();
  expect(company.lastCall("restore")).toMatchObject({ input: { owner: "1/user/u2", service: "gmail", partial_too: false, folder: "/media/anna/Backup/Holdfast" } });
  await user.click(within(drawer).getByRole("button", { name: "Open folder" }));
  expect(company.lastCall("reveal")).toEqual({ path: "/media/anna/Backup/Holdfast" });
});

test("a_restore_that_goes_on_is_seen_by_whoever_comes_back_and_in_activity", async () => {
  const company = new Company({ users: 12 });
  company.restore = { ...GOES_ON, files: 301, bytes: 850_000_000 };
  const { user, tell, router } = openWindow(`${ARCHIVE}/1%2Fuser%2Fu2`, company);
  await user.click(await screen.findByRole("button", { name: "Restore to this computer" }));
  const drawer = await screen.findByRole("dialog", { name: "Restore to this computer" });
  expect(await within(drawer).findByText("301 of 1,204 files, 850 MB")).toBeVisible();
  expect(within(drawer).queryByRole("button", { name: "Restore" })).toBeNull();
  expect(await accessibilityProblems()).toEqual([]);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await act(() => router.navigate({ to: "/backup/activity" }));
  const section = await screen.findByRole("region", { name: "Restore to this computer" });
  expect(within(section).getByText("Restoring chloe.khan@acme.example to /home/anna/Restored")).toBeVisible();
  company.restore = { ...GOES_ON, files: 1_204, bytes: 3_400_000_000, ended: hoursAgo(0), result: RESTORED };
  await tell({ event: "restore", files: 1_204, bytes: 3_400_000_000 });
  expect(await within(section).findByText("chloe.khan@acme.example: Restored")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(section).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "Restore to this computer" })).toBeNull());
  expect(company.lastCall("forget_restore")).toEqual({});
});

test("an_incomplete_point_in_time_says_so_before_it_is_restored", async () => {
  const { user, company } = openWindow(`${ARCHIVE}/1%2Fuser%2Fu2`, { users: 12 });
  const partial = (await screen.findAllByText(/^Partial$/))[0]?.closest<HTMLElement>('[role="row"]') as HTMLElement;
  await user.click(within(partial).getByRole("radio"));
  await user.click(button("Restore to this computer"));
  const drawer = await screen.findByRole("dialog", { name: "Restore to this computer" });
  expect(within(drawer).getByText(/is not complete/)).toBeVisible();
  await user.click(within(drawer).getByRole("button", { name: "Choose folder" }));
  await waitFor(() => expect(company.lastCall("preview_restore")).toMatchObject({ input: { partial_too: true } }));
});

test("no_room_for_a_restore_is_told_and_it_cannot_be_started", async () => {
  const company = new Company({ users: 12 });
  const would = company.answers["preview_restore"] as (args: unknown) => object;
  company.answers["preview_restore"] = ((args: unknown) => ({ ...would(args), fits: false })) as never;
  const { user } = openWindow(`${ARCHIVE}/1%2Fuser%2Fu2`, company);
  await user.click(await screen.findByRole("button", { name: "Restore to this computer" }));
  const drawer = await screen.findByRole("dialog", { name: "Restore to this computer" });
  await user.click(within(drawer).getByRole("button", { name: "Choose folder" }));
  expect(await within(drawer).findByText(/does not fit/)).toBeVisible();
  expect(within(drawer).getByRole("button", { name: "Restore" })).toBeDisabled();
});

test("groups_and_org_units_say_how_many_are_protected_and_who_they_are", async () => {
  const { user } = openWindow(USERS, { users: 12 });
  await table("Manage Users");
  await user.click(screen.getByRole("tab", { name: "GROUPS" }));
  expect(await table("GROUPS")).toBeVisible();
  await user.click(await screen.findByRole("button", { name: "View the users of Everyone" }));
  const drawer = await screen.findByRole("dialog", { name: "Users of Everyone" });
  expect(await within(drawer).findByText("chloe.khan@acme.example")).toBeVisible();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(screen.getByRole("tab", { name: "ORG UNITS" }));
  expect(within(await table("ORG UNITS")).getByText("Payroll")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
});

test("a_cloud_without_org_units_has_no_tab_for_them", async () => {
  const company = new Company({ users: 3 });
  company.domain.has_org_units = false;
  openWindow(USERS, company);
  expect(await screen.findByRole("tab", { name: "GROUPS" })).toBeVisible();
  expect(screen.queryByRole("tab", { name: "ORG UNITS" })).toBeNull();
});

test("an_erasure_whose_time_has_come_says_in_the_row_what_it_waits_for", async () => {
  const company = new Company({ users: 12 });
  company.eraseWaits = "Waits until the 2 backups that run have ended.";
  const { user } = openWindow(USERS, company);
  await user.click(await screen.findByRole("button", { name: "More for chloe.khan@acme.example" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete archive" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete the archive of chloe.khan@acme.example?" });
  await user.type(within(dialog).getByRole("textbox"), "chloe.khan@acme.example");
  await user.click(within(dialog).getByRole("button", { name: "Delete archive" }));
  expect(await screen.findByText("To be erased. Waits until the 2 backups that run have ended.")).toBeVisible();
});

test("deleting_an_archive_asks_for_the_address_and_can_be_undone_for_a_week", async () => {
  const { user, company } = openWindow(USERS, { users: 12 });
  const more = () => screen.findByRole("button", { name: "More for chloe.khan@acme.example" });
  await user.click(await more());
  await user.click(await screen.findByRole("menuitem", { name: "Delete archive" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete the archive of chloe.khan@acme.example?" });
  const confirm = within(dialog).getByRole("button", { name: "Delete archive" });
  expect(confirm).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox"), "chloe.khan@acme.example");
  await user.click(confirm);
  expect(await screen.findByText(/is erased on .* unless you keep it after all/)).toBeVisible();
  expect(company.lastCall("delete_owner")).toEqual({ owner: "1/user/u2", typed: "chloe.khan@acme.example" });
  expect(await screen.findByText(/^Erased on /)).toBeVisible();
  await user.click(await more());
  expect(await screen.findByRole("menuitem", { name: "Erase now" })).toBeVisible();
  await user.click(screen.getByRole("menuitem", { name: "Keep archive after all" }));
  await user.click(await screen.findByRole("button", { name: "Yes" }));
  expect(await screen.findByText("The archive of chloe.khan@acme.example is kept.")).toBeVisible();
});

test("before_the_first_good_copy_no_size_reads_as_if_nothing_were_there", async () => {
  const company = new Company({ users: 12 });
  const first = company.users.find((it) => it.light.state === "first_copy")!;
  first.services = first.services.map((it) => ({ ...it, items: 0, bytes: 0 }));
  openWindow("/backup/archive", company);
  const table = within(await screen.findByRole("table", { name: "Archive & Restore" }));
  const row = (await table.findByText(first.address)).closest<HTMLElement>("[role=row]")!;
  expect(row).toHaveTextContent("–");
  expect(row).not.toHaveTextContent("0 items");
});
