// Home: one sentence on how the backups stand, and the way to whatever is wrong.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { AttentionView, HomeView } from "../../bindings";
import { homeOf } from "../../testing/activity";
import { Company } from "../../testing/company";
import { accessibilityProblems, openWindow } from "../../testing/render";
import { headlineOf } from "./Headline";

const home = (over: Partial<HomeView> = {}): HomeView => ({ ...homeOf(new Company({ users: 12 })), attention: [], ...over });
const only = (color: HomeView["lights"][number]["color"]) => [{ color, count: 4 }];

function openHome(view: HomeView) {
  const company = new Company({ users: 12 });
  company.answers["home"] = () => view;
  return openWindow("/", company);
}

test("the_headline_says_the_worst_that_is_true", () => {
  expect(headlineOf(home({ users: 0, protected: 0 }))).toMatchObject({ color: "grey", title: "No user is known yet", action: { to: "/settings/clouds" } });
  expect(headlineOf(home({ protected: 0 }))).toMatchObject({ color: "grey", title: "Nobody is protected yet", action: { to: "/backup/start" } });
  expect(headlineOf(home({ lights: only("green") }))).toMatchObject({ color: "green", title: "Everyone who was chosen is protected" });
  expect(headlineOf(home({ lights: only("blue") }))).toMatchObject({ color: "blue", title: "The first copies are being made" });
  expect(headlineOf(home({ lights: [...only("green"), ...only("amber")] }))).toMatchObject({ color: "amber" });
  expect(headlineOf(home({ lights: [...only("amber"), ...only("red")] }))).toMatchObject({ color: "red" });
});

test("a_company_without_users_is_never_called_protected", async () => {
  openWindow("/", { users: 0 });
  expect(await screen.findByRole("heading", { level: 1, name: "No user is known yet" })).toBeVisible();
  expect(screen.queryByText(/is protected$/)).toBeNull();
});

test("with_nobody_protected_one_button_leads_to_start_backup", async () => {
  openWindow("/", { users: 1 });
  expect(await screen.findByRole("heading", { level: 1, name: "Nobody is protected yet" })).toBeVisible();
  expect(screen.getByText("1 user can be protected. Choose whom to back up; the first copy begins at once.")).toBeVisible();
  expect(screen.getByText("Only one copy")).toBeVisible();
});

test("ten_thousand_users_are_counted_by_light_in_words", async () => {
  openWindow("/", { users: 10_000 });
  const protectedUsers = await screen.findByRole("region", { name: "Who is protected" });
  expect(protectedUsers).toHaveTextContent("3,117 of 10,000 users");
  expect(within(protectedUsers).getByRole("img").getAttribute("aria-label")).toMatch(/Users by state: Good copy 799, First copy, running 717/);
});

test("each_service_says_how_old_its_oldest_good_copy_is", async () => {
  openWindow("/", { users: 12 });
  const table = within(await screen.findByRole("region", { name: "Last good copy" })).getByRole("table");
  expect(within(table).getByRole("row", { name: /Gmail/ })).toHaveTextContent(/of 4.*3 h ago.*4 days ago/);
});

test("before_the_first_good_copy_no_count_reads_as_if_nothing_were_there", async () => {
  const { services } = home();
  openHome(home({ services: services.map((it) => ({ ...it, complete: 0, newest_good_copy: null, oldest_good_copy: null, items: 0, bytes: 0 })) }));
  const table = within(await screen.findByRole("region", { name: "Last good copy" })).getByRole("table");
  expect(within(table).getAllByText("–")).toHaveLength(2 * services.length);
  expect(within(table).queryByText("0")).toBeNull();
});

test("every_cause_has_the_button_that_mends_it_and_the_worst_is_first", async () => {
  const cause = (over: Partial<AttentionView>): AttentionView => ({
    cause: "x", severity: "amber", title: "T", what: "W", todo: "D", since: null, action: "open_storage", target: null, ...over,
  });
  const view = home({ attention: [cause({ cause: "a", title: "Disk nearly full" }), cause({ cause: "b", severity: "red", title: "A Run failed", action: "open_run", target: "3" })] });
  const { user, place } = openHome(view);
  const causes = within(await screen.findByRole("list", { name: "Needs attention" })).getAllByRole("listitem");
  expect(causes[0]).toHaveTextContent("A Run failed");
  await user.click(screen.getByRole("button", { name: "Show the Run: A Run failed" }));
  await waitFor(() => expect(place()).toBe("/backup/activity/3"));
});

test("a_cause_that_is_mended_here_is_sent_and_a_failure_stays_with_it", async () => {
  const attention: AttentionView[] = [{ cause: "stale", severity: "amber", title: "Anna is behind", what: "W", todo: "D", since: null, action: "run_now", target: "1" }];
  const { user, company } = openHome(home({ attention }));
  await user.click(await screen.findByRole("button", { name: "Run now: Anna is behind" }));
  await waitFor(() => expect(company.lastCall("run_now")).toEqual({ connection: 1, user: null, service: null }));
  company.answers["run_now"] = () => { throw { code: "disk.full", what: "The disk has too little free space.", todo: "Free some.", can_retry: true, detail: null }; };
  await user.click(screen.getByRole("button", { name: "Run now: Anna is behind" }));
  expect(await screen.findByText("The disk has too little free space.")).toBeVisible();
});

test("storage_that_is_gone_and_licenses_that_are_used_up_are_said", async () => {
  const view = home();
  openHome({ ...view, storage: view.storage && { ...view.storage, reachable: false, free: null }, licenses: { limit: 4, used: 4, free: 0, holders: [] } });
  expect(await screen.findByText("The storage cannot be reached.")).toBeVisible();
  expect(screen.getByText("4 of 4 used")).toBeVisible();
  expect(screen.getByText("None is left: who joins is not protected.")).toBeVisible();
});

test("home_follows_the_engines_events", async () => {
  const company = new Company({ users: 12 });
  const { tell } = openWindow("/", company);
  await screen.findByText("4 of 12 users");
  company.users = company.users.map((user) => (user.selectable ? { ...user, protection: "protected" } : user));
  await tell({ event: "attention", count: 1 });
  expect(await screen.findByText(`${company.users.filter((user) => user.selectable).length} of 12 users`)).toBeVisible();
});

test("a_home_that_cannot_be_read_says_why_and_tries_again", async () => {
  const company = new Company({ users: 12 });
  const answer = company.answers["home"];
  company.answers["home"] = () => { throw { code: "catalogue.failed", what: "The catalogue could not be read.", todo: "Try again.", can_retry: true, detail: null }; };
  const { user } = openWindow("/", company);
  await screen.findByText("The catalogue could not be read.");
  company.answers["home"] = answer as NonNullable<typeof answer>;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("region", { name: "Storage" })).toBeVisible();
});

test.each([["light", 12], ["dark", 12], ["light", 0]] as const)("home_is_accessible_in_%s_with_%i_users", async (theme, users) => {
  openWindow("/", { users, theme });
  await screen.findByRole("region", { name: "Storage" });
  expect(await accessibilityProblems()).toEqual([]);
});
