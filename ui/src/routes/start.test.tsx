// Start Backup, sentence by sentence: who can be ticked, what Add and Remove do, what licenses say, and how it starts.
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Company } from "../testing/company";
import { accessibilityProblems, openWindow } from "../testing/render";

const START = "/backup/start";
const tab = (name: string) => screen.getByRole("tab", { name: new RegExp(`^${name}`) });
const tick = (name: string) => screen.findByRole("checkbox", { name: `Select ${name}` });
const box = () => screen.getByRole("region", { name: "Selected for backup" });
const button = (name: string) => screen.getByRole("button", { name });

test("only_active_users_have_a_checkbox_and_the_others_say_why", async () => {
  openWindow(START, { users: 12 });
  const table = await screen.findByRole("table", { name: "USERS TO BACKUP" });
  const suspended = within(table).getByText("hiro.huang@acme.example").closest<HTMLElement>('[role="row"]') as HTMLElement;
  expect(within(suspended).queryByRole("checkbox")).toBeNull();
  expect(within(suspended).getByText(/^Suspended in Google Workspace/)).toBeVisible();
  expect(await tick("anna.adler@acme.example")).toBeEnabled();
});

test("ticks_of_all_tabs_are_added_with_their_prefixes_and_removed_again", async () => {
  const { user, company } = openWindow(START, { users: 12, limit: 12 });
  await user.click(await tick("anna.adler@acme.example"));
  await user.click(tab("USERS BY GROUP"));
  await user.click(await tick("Sales"));
  await user.click(tab("USERS BY ORG UNITS"));
  await user.click(await tick("/Berlin"));
  await user.click(button("Add"));
  expect(await within(box()).findByText("USER: anna.adler@acme.example")).toBeVisible();
  expect(within(box()).getByText("GROUP: Sales")).toBeVisible();
  expect(within(box()).getByText("ORG: /Berlin")).toBeVisible();
  await waitFor(() => expect(company.lastCall("plan")).toEqual({
    selection: { connection: 1, users: ["anna.adler@acme.example"], groups: ["sales@acme.example"], org_units: [{ path: "/Berlin", include_sub_units: false }], csv: [] },
  }));
  await user.click(within(box()).getByRole("checkbox", { name: "Select GROUP: Sales" }));
  await user.click(button("Remove"));
  expect(within(box()).queryByText("GROUP: Sales")).toBeNull();
  expect(within(box()).getByText("ORG: /Berlin")).toBeVisible();
});

test("a_parent_takes_its_sub_units_only_by_the_visible_tick", async () => {
  const { user } = openWindow(START, { users: 12 });
  await screen.findByRole("table", { name: "USERS TO BACKUP" });
  await user.click(tab("USERS BY ORG UNITS"));
  await user.click(await tick("/Berlin"));
  expect(await tick("/Berlin/Sales")).not.toBeChecked();
  const subUnits = screen.getByRole("checkbox", { name: "include sub-units of /Berlin" });
  expect(subUnits).not.toBeChecked();
  await user.click(subUnits);
  await user.click(button("Add"));
  expect(await within(box()).findByText("ORG: /Berlin (with sub-units)")).toBeVisible();
});

test("who_is_selected_stays_when_another_language_is_chosen_and_goes_with_the_sample_company", async () => {
  const { user, company, router } = openWindow(START, { users: 12, profile: "sample" });
  await user.click(await tick("anna.adler@acme.example"));
  await user.click(button("Add"));
  expect(await within(box()).findByText("USER: anna.adler@acme.example")).toBeVisible();
  await act(() => router.navigate({ to: "/settings/app" }));
  await user.click(await screen.findByRole("radio", { name: "Deutsch" }));
  await screen.findByRole("radiogroup", { name: "Sprache" });
  await user.click(screen.getByRole("radio", { name: "English" }));
  await screen.findByRole("radiogroup", { name: "Language" });
  await act(() => router.navigate({ to: START }));
  expect(await screen.findByText("USER: anna.adler@acme.example")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Leave the sample" }));
  await user.click(await screen.findByRole("button", { name: "Keep" }));
  await waitFor(() => expect(company.lastCall("leave_sample")).toEqual({ delete: false }));
  await waitFor(() => expect(screen.queryByText("USER: anna.adler@acme.example")).toBeNull());
});

test("over_the_limit_start_is_disabled_and_says_what_to_do", async () => {
  const { user, company } = openWindow(START, { users: 3, limit: 2 });
  await screen.findByText("You have allocated 0 out of 1 licenses");
  await user.click(await screen.findByRole("checkbox", { name: "Select all 2 listed" }));
  await user.click(button("Add"));
  expect(await screen.findByText("You have allocated 2 out of 1 licenses")).toBeVisible();
  expect(button("START BACKUP")).toBeDisabled();
  expect(screen.getByText(/Remove entries from the list, or raise the limit/)).toBeVisible();
  await user.click(within(box()).getByRole("checkbox", { name: /^Select USER: ben/ }));
  await user.click(button("Remove"));
  await waitFor(() => expect(button("START BACKUP")).toBeEnabled());
  await user.click(button("START BACKUP"));
  await waitFor(() => expect(company.lastCall("start_backup")).toMatchObject({ selection: { users: ["anna.adler@acme.example"] }, policy: null }));
});

test("after_the_start_activity_opens_and_the_box_is_empty", async () => {
  const { user, place, router } = openWindow(START, { users: 3 });
  await user.click(await tick("anna.adler@acme.example"));
  await user.click(button("Add"));
  await waitFor(() => expect(button("START BACKUP")).toBeEnabled());
  await user.click(button("START BACKUP"));
  await waitFor(() => expect(place()).toBe("/backup/activity"));
  await router.navigate({ to: START });
  expect(await screen.findByText("Nothing is selected yet")).toBeVisible();
});

test("settings_apply_to_this_selection_only_and_send_just_what_differs", async () => {
  const { user, company, place } = openWindow(START, { users: 3 });
  await user.click(await tick("anna.adler@acme.example"));
  await user.click(button("Add"));
  await user.click(button("SETTINGS »»"));
  await user.click(await screen.findByRole("checkbox", { name: "Include Spam" }));
  await user.click(screen.getByRole("radio", { name: "6 h" }));
  expect(screen.getByText("2 settings differ from the defaults")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  await waitFor(() => expect(button("START BACKUP")).toBeEnabled());
  await user.click(button("START BACKUP"));
  await waitFor(() => expect(place()).toBe("/backup/activity"));
  expect(company.lastCall("start_backup")).toMatchObject({ policy: { mail_spam: true, frequency_hours: 6 } });
  expect(Object.keys(company.lastCall("start_backup")?.["policy"] as object).sort()).toEqual(["frequency_hours", "mail_spam"]);
});

test("every_bad_row_of_a_csv_is_shown_with_its_line_and_why", async () => {
  const { user, company } = openWindow(START, { users: 12 });
  await screen.findByRole("table", { name: "USERS TO BACKUP" });
  await user.click(tab("CSV FILE UPLOAD"));
  const text = "email\nanna.adler@acme.example\nnobody@acme.example\nrubbish\nanna.adler@acme.example\nhiro.huang@acme.example\n";
  await user.upload(screen.getByLabelText("CSV file"), new File([text], "people.csv", { type: "text/csv" }));
  const table = await screen.findByRole("table", { name: "CSV FILE UPLOAD" });
  expect(screen.getByText("people.csv: 1 row can be used, 4 cannot.")).toBeVisible();
  const outcomes = within(table).getAllByRole("row").slice(1).map((row) => within(row).getAllByRole("cell").slice(1).map((cell) => cell.textContent));
  expect(outcomes).toEqual([
    ["2", "anna.adler@acme.example", "Can be used"],
    ["3", "nobody@acme.example", "No such user in acme.example"],
    ["4", "rubbish", "Not an address"],
    ["5", "anna.adler@acme.example", "A duplicate of a line above"],
    ["6", "hiro.huang@acme.example", "Suspended in Google Workspace: its data cannot be read"],
  ]);
  expect(within(table).getAllByRole("checkbox")).toHaveLength(2);
  await user.click(await tick("anna.adler@acme.example"));
  await user.click(button("Add"));
  await waitFor(() => expect(company.lastCall("plan")).toMatchObject({ selection: { csv: [{ line: 2, address: "anna.adler@acme.example" }], users: [] } }));
});

test("a_drop_is_one_csv_file_and_all_else_is_told_what_it_is", async () => {
  const { user, company } = openWindow(START, { users: 12 });
  await screen.findByRole("table", { name: "USERS TO BACKUP" });
  await user.click(tab("CSV FILE UPLOAD"));
  const list = new File(["email\nanna.adler@acme.example\n"], "people.csv", { type: "text/csv" });
  const large = new File([], "all mail.mbox");
  Object.defineProperty(large, "size", { value: 100_000_000 });
  const drop = (files: File[], isDirectory = false) =>
    fireEvent.drop(screen.getByText("or drop one here"), { dataTransfer: { files, items: files.map(() => ({ webkitGetAsEntry: () => ({ isDirectory }) })) } });
  drop([list]);
  expect(await screen.findByText("people.csv: 1 row can be used, 0 cannot.")).toBeVisible();
  const calls = company.calls.length;
  const refused: [File[], boolean, string][] = [
    [[list, list], false, "2 files were dropped."], [[], false, "What was dropped is not a file."],
    [[new File([], "Lists")], true, "Lists is a folder."], [[large], false, "This file is too large for a list of users."],
  ];
  for (const [files, isDirectory, why] of refused) {
    drop(files, isDirectory);
    expect(await screen.findByText(why)).toBeVisible();
  }
  expect(company.calls.slice(calls).filter((call) => call.command === "read_csv")).toEqual([]);
  expect(screen.getByText("people.csv: 1 row can be used, 0 cannot.")).toBeVisible();
  await user.click(await tick("anna.adler@acme.example"));
});

test("view_shows_a_groups_members_with_each_ones_state_and_escape_goes_back", async () => {
  const { user } = openWindow(START, { users: 3 });
  await screen.findByRole("table", { name: "USERS TO BACKUP" });
  await user.click(tab("USERS BY GROUP"));
  const view = await screen.findByRole("button", { name: "View the users of Everyone" });
  await user.click(view);
  const drawer = await screen.findByRole("dialog", { name: "Users of Everyone" });
  expect(await within(drawer).findByText("chloe.khan@acme.example")).toBeVisible();
  expect(within(drawer).getAllByText("Not protected")).toHaveLength(2);
  expect(await accessibilityProblems()).toEqual([]);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await waitFor(() => expect(view).toHaveFocus());
});

test.each([
  ["not_connected", "No cloud is connected", (company: Company) => { company.answers["domains"] = () => []; }],
  ["not_synced_yet", "Not synced yet", (company: Company) => { company.domain.syncs.forEach((it) => { it.at = null; }); company.users = []; }],
  ["everyone_protected", "Everyone is protected", (company: Company) => { company.users.forEach((it) => { it.protection = "protected"; }); }],
  ["nobody_in_the_directory", "No users", (company: Company) => { company.users = []; }],
])("%s_has_its_own_words", async (_name, title, change) => {
  const company = new Company({ users: 3 });
  change(company);
  openWindow(START, company);
  expect(await screen.findByText(title)).toBeVisible();
});

test("a_search_without_a_hit_says_nothing_found", async () => {
  const { user } = openWindow(START, { users: 3 });
  await screen.findByRole("table", { name: "USERS TO BACKUP" });
  await user.type(screen.getByRole("textbox", { name: "Search name or address" }), "zzz");
  expect(await screen.findByText("Nothing found")).toBeVisible();
});

test("an_expired_connection_cannot_be_synced_and_offers_reconnect", async () => {
  const { user, place, company } = openWindow(START, { users: 3, state: "expired" });
  expect(await screen.findByText("The connection to acme.example has expired.")).toBeVisible();
  await user.click(button("User Sync"));
  const why = await screen.findByRole("dialog", { name: "The authorisation of acme.example has expired." });
  expect(company.lastCall("sync")).toBeUndefined();
  await user.click(within(why).getByRole("button", { name: "Reconnect" }));
  await waitFor(() => expect(place()).toBe("/settings/clouds/1"));
});

test("a_sync_after_which_most_would_be_gone_is_asked_about_first", async () => {
  const company = new Company({ users: 3 });
  const sync = company.answers["sync"] as (args: unknown) => unknown;
  company.answers["sync"] = (args: { accept_mass_deletion: boolean }) => {
    if (args.accept_mass_deletion) return sync(args);
    throw { code: "directory.mass_deletion", what: "2 of 3 users are gone.", todo: "Accept it.", can_retry: false, detail: null };
  };
  const { user } = openWindow(START, company);
  await user.click(await screen.findByRole("button", { name: "User Sync" }));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText(/2 of 3 users are gone/)).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Take it over" }));
  await waitFor(() => expect(company.lastCall("sync")).toEqual({ connection: 1, what: "users", accept_mass_deletion: true }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("ten_thousand_users_draw_only_what_is_in_view_and_select_all_takes_all_that_is_listed", async () => {
  const { user, company } = openWindow(START, { users: 10_000 });
  const active = company.users.filter((it) => it.selectable && it.protection !== "protected").length;
  await user.click(await screen.findByRole("checkbox", { name: `Select all ${active.toLocaleString("en")} listed` }));
  expect(screen.getAllByRole("row").length).toBeLessThan(60);
  await user.click(button("Add"));
  await waitFor(() => expect((company.lastCall("plan")?.["selection"] as { users: string[] }).users).toHaveLength(active));
});

test("the_list_is_driven_by_keyboard_alone", async () => {
  const { user } = openWindow(START, { users: 3 });
  const first = await tick("anna.adler@acme.example");
  first.focus();
  await user.keyboard(" ");
  expect(first).toBeChecked();
  await user.keyboard("{ArrowDown}");
  await waitFor(async () => expect(await tick("ben.fischer@acme.example")).toHaveFocus());
  await user.keyboard(" ");
  expect(within(box()).getByText("2 ticked on the left")).toBeVisible();
});

test("a_cloud_without_org_units_has_no_tab_for_them_and_its_settings_are_its_own", async () => {
  const company = new Company({ users: 3 });
  company.domain = { ...company.domain, cloud: "box", cloud_name: "Box", domain: "Acme Inc", has_org_units: false };
  const { user } = openWindow(START, company);
  expect(await screen.findByRole("tab", { name: "USERS BY GROUP" })).toBeVisible();
  expect(screen.queryByRole("tab", { name: "USERS BY ORG UNITS" })).toBeNull();
  expect(screen.getByDisplayValue("Box")).toBeVisible();
  await user.click(screen.getByRole("tab", { name: "CSV FILE UPLOAD" }));
  expect(await screen.findByRole("button", { name: /Download sample CSV/ })).toBeVisible();
});

test("in_a_narrow_window_the_address_stands_below_the_name_and_still_sorts", async () => {
  const wide = window.matchMedia;
  vi.spyOn(window, "matchMedia").mockImplementation((query) => ({ ...wide(query), matches: query === "(max-width: 1100px)" }));
  const company = new Company({ users: 3 });
  company.users = company.users.map((it, at) => ({ ...it, name: `Person ${at}`, address: `${"cab"[at]}@acme.example`, protection: "unprotected" as const }));
  const { user } = openWindow("/backup/start", company);
  const table = within(await screen.findByRole("table", { name: "USERS TO BACKUP" }));
  expect(table.getAllByRole("columnheader").map((it) => it.textContent)).toEqual(["", "NameAddress", "Backup status"]);
  const first = () => within(table.getAllByRole("row")[1]!);
  expect(first().getByText("Person 0")).toBeVisible();
  await user.click(table.getByRole("button", { name: "Address" }));
  await waitFor(() => expect(first().getByText("Person 1")).toBeVisible());
  expect(first().getByText("a@acme.example")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
});
