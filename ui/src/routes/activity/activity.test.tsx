// Activity: what goes on, what went on, and what a Run did not keep.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { RunItemView, RunView } from "../../bindings";
import { Company } from "../../testing/company";
import { accessibilityProblems, fill, openWindow } from "../../testing/render";
import { doneOf, inLiveOrder, runLight, unexplainedOf } from "./runs";

const company = (users = 12) => new Company({ users });
const live = (it: Company) => it.runs.find((run) => run.state === "running") as RunView;
const ended = (it: Company, result: RunView["result"]) => it.runs.find((run) => run.result === result) as RunView;
const calls = (it: Company, command: string) => it.calls.filter((call) => call.command === command).length;

test("a_live_run_says_how_far_it_is_how_fast_how_long_and_what_limits_it", async () => {
  const it = company();
  openWindow("/backup/activity", it);
  const row = (await within(await screen.findByRole("list", { name: "Now" })).findAllByRole("listitem"))[0] as HTMLElement;
  expect(row).toHaveTextContent("2,184 of 18,204 items · 1.2 GB · 14 items/s · 1.2 MB/s · 17 min to 28 min left");
  expect(row).toHaveTextContent("Limited by: Google's quota for this mailbox");
  expect(row).toHaveTextContent("Copying");
  expect(within(row).getByRole("progressbar")).toHaveAttribute("aria-valuenow", "11.9");
});

test("a_run_that_is_stored_says_that_it_becomes_a_copy_with_the_next_save", async () => {
  const it = company();
  const words = "Stored; becomes a copy with the next save, within 15 minutes";
  const { tell } = openWindow("/backup/activity", it);
  const row = (await within(await screen.findByRole("list", { name: "Now" })).findAllByRole("listitem"))[0] as HTMLElement;
  expect(row).not.toHaveTextContent(words);
  Object.assign(live(it), { phase: "saving", is_stored: true, limited_by: null, seconds_low: null, seconds_high: null, rate_items: null, rate_bytes: null });
  await tell({ event: "run", run: live(it).id });
  await waitFor(() => expect(row).toHaveTextContent(words));
  expect(row).toHaveTextContent("Saving");
});

test("no_time_is_promised_before_it_can_be_known_and_counting_has_no_percentage", async () => {
  const it = company();
  Object.assign(live(it), { phase: "counting", expected: null, seconds_low: null, seconds_high: null, rate_items: null, rate_bytes: null });
  openWindow("/backup/activity", it);
  const row = (await within(await screen.findByRole("list", { name: "Now" })).findAllByRole("listitem"))[0] as HTMLElement;
  expect(row).toHaveTextContent("18,204 items found");
  expect(row).not.toHaveTextContent("left");
  expect(within(row).getByRole("progressbar")).toHaveAttribute("aria-valuetext", "Counting");
  expect(within(row).getByRole("progressbar")).not.toHaveAttribute("aria-valuenow");
});

test("a_run_moves_on_with_the_engines_events_and_its_row_stays", async () => {
  const it = company();
  const { tell } = openWindow("/backup/activity", it);
  const row = (await within(await screen.findByRole("list", { name: "Now" })).findAllByRole("listitem"))[0] as HTMLElement;
  live(it).ledger = { ...live(it).ledger, stored: 9_000 };
  await tell({ event: "run", run: live(it).id });
  await waitFor(() => expect(row).toHaveTextContent("9,000 of 18,204 items"));
  expect(row).toBeInTheDocument();
});

test("a_busy_engine_asks_for_the_live_runs_at_most_five_times_a_second_and_never_for_the_history", async () => {
  const it = company();
  const { tell } = openWindow("/backup/activity", it);
  await screen.findByRole("list", { name: "Now" });
  await screen.findByRole("table", { name: "History" });
  const before = calls(it, "activity");
  const begun = performance.now();
  for (let n = 0; n < 200; n++) await tell({ event: "run", run: live(it).id });
  const seconds = (performance.now() - begun) / 1000;
  expect(calls(it, "activity") - before).toBeLessThanOrEqual(Math.ceil(seconds * 5) + 1);
  expect(it.calls.slice(-3).every((call) => call.args["live"] !== false)).toBe(true);
});

test("pausing_and_running_again_are_sent_for_that_run", async () => {
  const it = company();
  const { user } = openWindow("/backup/activity", it);
  await user.click(await screen.findByRole("button", { name: `Pause: ${live(it).title}` }));
  await waitFor(() => expect(it.lastCall("pause_run")).toEqual({ run: live(it).id }));
});

test("cancelling_asks_first", async () => {
  const it = company();
  const { user } = openWindow("/backup/activity", it);
  await user.click(await screen.findByRole("button", { name: `Cancel: ${live(it).title}` }));
  const dialog = await screen.findByRole("dialog", { name: `Cancel the Run of ${live(it).title}?` });
  expect(it.lastCall("cancel_run")).toBeUndefined();
  await user.click(within(dialog).getByRole("button", { name: "Cancel the Run" }));
  await waitFor(() => expect(it.lastCall("cancel_run")).toEqual({ run: live(it).id }));
});

test("a_step_that_fails_is_told_at_its_run", async () => {
  const it = company();
  it.answers["pause_run"] = () => { throw { code: "worker.silent", what: "Another process did not answer.", todo: "Close it.", can_retry: true, detail: null }; };
  const { user } = openWindow("/backup/activity", it);
  await user.click(await screen.findByRole("button", { name: `Pause: ${live(it).title}` }));
  expect(await within(screen.getByRole("list", { name: "Now" })).findByText("Another process did not answer.")).toBeVisible();
});

test("the_engine_filters_the_history_and_an_empty_answer_can_be_undone", async () => {
  const it = company();
  const { user } = openWindow("/backup/activity", it);
  await screen.findByRole("table", { name: "History" });
  await fill(user, screen.getByRole("textbox", { name: "Search by user or drive" }), "nobody");
  expect(await screen.findByText("No Run matches")).toBeVisible();
  expect(it.lastCall("activity")).toMatchObject({ live: false, search: "nobody" });
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(await screen.findByRole("table", { name: "History" })).toBeVisible();
});

test("older_runs_follow_page_by_page", async () => {
  const it = company(200);
  const { user } = openWindow("/backup/activity", it);
  await user.click(await screen.findByRole("button", { name: "Show older Runs" }));
  await waitFor(() => expect(it.lastCall("activity")?.["before"]).toEqual(expect.any(Number)));
});

test("before_the_first_run_activity_says_how_one_begins", async () => {
  openWindow("/backup/activity", company(0));
  expect(await screen.findByText("No Run has ended yet")).toBeVisible();
  expect(within(screen.getByRole("region", { name: "History" })).getByRole("link", { name: "Start Backup" })).toHaveAttribute("href", expect.stringContaining("/backup/start"));
});

test("a_run_shows_its_ledger_as_a_sum_that_closes", async () => {
  const it = company();
  openWindow(`/backup/activity/${ended(it, "partial").id}`, it);
  const ledger = await screen.findByRole("region", { name: "What became of each Item" });
  expect(ledger).toHaveTextContent(/Listed900Stored880Unchanged0Removed0Skipped0Quarantined20Pending0/);
  expect(ledger).toHaveTextContent("Every Item that the cloud listed is accounted for.");
});

test("a_run_that_ended_before_anything_was_listed_does_not_say_that_nothing_was_there", async () => {
  const it = company();
  openWindow(`/backup/activity/${ended(it, "failed").id}`, it);
  const ledger = await screen.findByRole("region", { name: "What became of each Item" });
  expect(ledger).toHaveTextContent("The Run ended before the cloud listed anything. What is there is not known from it.");
  expect(ledger).not.toHaveTextContent("nothing new");
});

test("an_item_that_nothing_explains_is_an_alarm", async () => {
  const it = company();
  Object.assign(ended(it, "complete"), { closes: false, ledger: { ...ended(it, "complete").ledger, listed: 45, stored: 42 } });
  openWindow(`/backup/activity/${ended(it, "complete").id}`, it);
  expect(await screen.findByRole("alert")).toHaveTextContent("3 Items are unexplained.");
});

test("each_item_that_was_not_kept_has_its_reason_and_the_clouds_own_words", async () => {
  const it = company();
  const run = ended(it, "partial");
  const items: RunItemView[] = [
    { kind: "quarantined", item: "18c2f0a1", reason: "backend_error", sentence: "Google could not deliver this mail.", detail: "500 backendError", failed_runs: 2, is_explained: true },
    { kind: "skipped", item: "1AbC", reason: "unknown", sentence: "No reason is known.", detail: null, failed_runs: 0, is_explained: false },
  ];
  it.answers["run_detail"] = () => ({ run, items, items_total: 700 });
  const { user } = openWindow(`/backup/activity/${run.id}`, it);
  expect(await screen.findByText("The first 2 of 700 are shown.")).toBeVisible();
  expect((await screen.findByText("Unexplained")).closest("[data-light]")).toHaveAttribute("data-light", "red");
  await user.click(screen.getByRole("button", { name: "18c2f0a1" }));
  const drawer = await screen.findByRole("dialog", { name: "18c2f0a1" });
  expect(drawer).toHaveTextContent("500 backendError");
});

test("a_failed_run_says_what_happened_and_can_be_run_again", async () => {
  const it = company();
  const run = ended(it, "failed");
  const { user } = openWindow(`/backup/activity/${run.id}`, it);
  expect(await screen.findByText("The cloud refuses access to this data.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Run again" }));
  await waitFor(() => expect(it.lastCall("retry_run")).toEqual({ run: run.id }));
});

test.each(["/backup/activity/nonsense", "/backup/activity/999999"])("%s_is_no_run_and_says_so", async (place) => {
  openWindow(place, company());
  expect(await screen.findByText(/There is no (such )?Run/)).toBeVisible();
});

test("every_state_of_a_run_has_its_own_words", () => {
  const run = live(company());
  const say = (over: Partial<RunView>) => runLight({ ...run, ...over });
  expect(say({ phase: "counting" }).sentence).toBe("Counting");
  expect(say({ state: "paused" }).sentence).toBe("Paused");
  expect(say({ state: "queued" }).sentence).toBe("Waiting for its turn");
  expect(say({ state: "ended", result: "complete_with_skips" })).toMatchObject({ color: "green", sentence: "Complete with skips" });
  expect(say({ state: "ended", result: "partial" })).toMatchObject({ color: "amber" });
  expect(say({ state: "ended", result: "cancelled" })).toMatchObject({ color: "grey" });
});

test("what_works_stands_before_what_waits_and_rows_keep_their_place", () => {
  const run = live(company());
  const of = (id: number, state: RunView["state"]) => ({ ...run, id, state });
  expect(inLiveOrder([of(9, "queued"), of(4, "running"), of(7, "paused"), of(2, "running")]).map((it) => it.id)).toEqual([2, 4, 7, 9]);
});

test("the_sum_counts_what_is_missing_and_what_was_counted_twice", () => {
  const run = live(company());
  const of = (listed: number, stored: number) => ({ ...run, ledger: { ...run.ledger, listed, stored, pending: 0 } });
  expect(doneOf(of(10, 8))).toBe(8);
  expect(unexplainedOf(of(10, 8))).toBe(2);
  expect(unexplainedOf(of(10, 11))).toBe(-1);
});

test.each(["light", "dark"] as const)("activity_and_a_run_are_accessible_in_%s", async (theme) => {
  const it = new Company({ users: 12, theme });
  const view = openWindow("/backup/activity", it);
  await screen.findByRole("table", { name: "History" });
  expect(await accessibilityProblems()).toEqual([]);
  view.unmount();
  openWindow(`/backup/activity/${ended(it, "partial").id}`, it);
  await screen.findByRole("table", { name: "Not kept" });
  expect(await accessibilityProblems()).toEqual([]);
});
