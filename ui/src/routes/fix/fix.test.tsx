// Help > Fix a backup: evidence and a button for each cause, for everyone or for one user.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Company } from "../../testing/company";
import { API_PAGE } from "../../testing/fix";
import { hoursAgo } from "../../testing/people";
import { accessibilityProblems, fill, openWindow } from "../../testing/render";

const ANNA = "anna.adler@acme.example";

test.each(["light", "dark"] as const)("what_stands_in_the_way_is_shown_with_its_evidence_when_%s", async (theme) => {
  const company = new Company({ users: 12, theme });
  company.fix.apiOff = true;
  company.fix.causes = [
    { cause: "cloud.api_disabled", severity: "red", title: "An API of acme.example is not enabled", what: "An API that backups need is not enabled.", todo: "Enable it there.", since: hoursAgo(30), action: "open_fix", target: "1" },
  ];
  const { user } = openWindow("/help/fix", company);
  expect(await screen.findByText("2 causes were found.")).toBeVisible();
  expect(screen.getAllByRole("heading", { level: 2 }).slice(0, 3).map((it) => it.textContent)).toEqual(["1. API access", "5. Notifications", "2. Data access"]);
  const api = screen.getByRole("listitem", { name: /API access/ });
  expect(within(api).getByText(/has not been used in project acme/)).toBeVisible();
  await user.click(within(api).getByRole("button", { name: /acme.example: Gmail data access/ }));
  expect(company.lastCall("open_url")).toEqual({ url: API_PAGE });
  const causes = screen.getByRole("listitem", { name: /Notifications/ });
  expect(within(causes).getAllByText("An API of acme.example is not enabled").length).toBeGreaterThan(0);
  expect(await accessibilityProblems()).toEqual([]);
});

test("a_fix_asks_is_done_and_is_tested_again_at_once", async () => {
  const company = new Company({ users: 12 });
  company.fix.paused = ANNA;
  const { user } = openWindow("/help/fix", company);
  await user.click(await screen.findByRole("button", { name: "Set active: Backup is active for the user" }));
  const dialog = await screen.findByRole("dialog", { name: "Set the backup active?" });
  expect(company.lastCall("apply_fix")).toBeUndefined();
  await user.click(within(dialog).getByRole("button", { name: "Yes" }));
  await waitFor(() => expect(company.lastCall("apply_fix")).toEqual({ fix: { fix: "resume", connection: 1, user: ANNA }, user: null }));
  expect(await screen.findByText("Nothing stands in the way.")).toBeVisible();
});

test("a_backup_that_a_fix_started_is_waited_for_and_tested_again_when_it_ends", async () => {
  const company = new Company({ users: 12 });
  company.fix.running = 1;
  company.fix.apiOff = true;
  const { tell } = openWindow("/help/fix", company);
  expect(await screen.findByText("A backup is running; tested again when it ends.")).toBeVisible();
  const tests = () => company.calls.filter((call) => call.command === "fix_a_backup").length;
  const before = tests();
  await tell({ event: "runs" });
  expect(tests()).toBe(before);
  Object.assign(company.fix, { running: 0, apiOff: false });
  await tell({ event: "checks" });
  expect(await screen.findByText("Nothing stands in the way.")).toBeVisible();
  expect(screen.queryByText(/tested again when it ends/)).toBeNull();
});

test("auto_backup_is_switched_on_where_the_check_says_it_is_off", async () => {
  const { user, company } = openWindow("/help/fix", { users: 12 });
  const check = await screen.findByRole("listitem", { name: /Auto-backup/ });
  const toggle = within(check).getByRole("switch", { name: "AUTO BACKUP of acme.example" });
  expect(toggle).not.toBeChecked();
  await user.click(toggle);
  const dialog = await screen.findByRole("dialog", { name: "AUTO BACKUP of acme.example" });
  expect(await accessibilityProblems()).toEqual([]);
  expect(company.lastCall("apply_fix")).toBeUndefined();
  await user.click(within(dialog).getByRole("button", { name: "Yes" }));
  expect(await screen.findByText(/Add new Domain users is on/)).toBeVisible();
  expect(company.lastCall("apply_fix")).toEqual({ fix: { fix: "auto_backup", connection: 1, target: "domain", id: "", name: "acme.example" }, user: null });
});

test("why_one_user_is_not_backed_up_is_asked_by_address", async () => {
  const company = new Company({ users: 12 });
  const { user } = openWindow("/help/fix", company);
  await screen.findByText("Nothing stands in the way.");
  await fill(user, screen.getByRole("combobox", { name: "Why is this user not backed up?" }), ANNA);
  await user.click(screen.getByRole("button", { name: "Check" }));
  await waitFor(() => expect(company.lastCall("fix_a_backup")).toEqual({ user: ANNA }));
  expect(await screen.findByText(new RegExp(`The backup of ${ANNA} can run`))).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Check all domains" }));
  await waitFor(() => expect(company.lastCall("fix_a_backup")).toEqual({ user: null }));
});

test("an_unknown_user_says_so_and_the_page_goes_on", async () => {
  const company = new Company({ users: 3 });
  company.answers["fix_a_backup"] = () => {
    throw { code: "input.not_found", what: "There is no user 'x'.", todo: "Check the spelling.", can_retry: false, detail: null };
  };
  openWindow("/help/fix?user=x", company);
  expect(await screen.findByText("There is no user 'x'.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Check all domains" })).toBeEnabled();
});

test("the_report_is_read_before_it_is_copied_and_names_nobody_unless_asked", async () => {
  const company = new Company({ users: 3 });
  const { user } = openWindow("/help/fix", company);
  await user.click(await screen.findByRole("button", { name: "Copy report" }));
  const dialog = await screen.findByRole("dialog", { name: "Report for whoever helps" });
  expect(await within(dialog).findByText(/user1@domain1/)).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(dialog).getByRole("checkbox", { name: /Number addresses/ }));
  expect(await within(dialog).findByText(/anna\.adler@acme\.example/)).toBeVisible();
});
