// A look that began before a step or an event and is answered after it does not take back what is known since.
import { act, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { keys } from "./keys";
import { Company, type CompanyOptions } from "./testing/company";
import { openWindow } from "./testing/render";

/** From now on the company's answers to a command wait until they are let go: what they say is of the moment they were asked. */
function hold(company: Company, command: string) {
  const answer = company.answers[command]!;
  const held: (() => void)[] = [];
  company.answers[command] = (args: never) => {
    const said = structuredClone(answer(args));
    return new Promise((resolve) => held.push(() => resolve(said)));
  };
  return {
    asked: () => waitFor(() => expect(held).not.toHaveLength(0)),
    letGo: async () => {
      company.answers[command] = answer;
      await act(async () => held.forEach((it) => it()));
    },
  };
}

function open(place: string, options: CompanyOptions) {
  const company = new Company(options);
  return openWindow(place, company);
}

test("a_setting_stays_as_it_was_set_though_an_older_look_is_answered_later", async () => {
  const { user, company, client, tell } = open("/settings/app", { users: 3 });
  const tray = await screen.findByRole("switch", { name: /^Keep running in the tray/ });
  expect(tray).toBeChecked();
  const look = hold(company, "app_settings");
  await tell({ event: "settings" });
  await look.asked();
  await user.click(tray);
  await waitFor(() => expect(company.lastCall("set_app_settings")).toBeDefined());
  await waitFor(() => expect(tray).not.toBeChecked());
  await look.letGo();
  await waitFor(() => expect(client.isFetching({ queryKey: keys.appSettings() })).toBe(0));
  expect(tray).not.toBeChecked();
});

test("the_sample_company_stays_left_though_an_older_look_is_answered_later", async () => {
  const { user, company, client, tell } = open("/settings/licenses", { users: 3, profile: "sample" });
  const leave = await screen.findByRole("button", { name: "Leave the sample" });
  const look = hold(company, "boot");
  await tell({ event: "settings" });
  await look.asked();
  await user.click(leave);
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  await waitFor(() => expect(company.lastCall("leave_sample")).toBeDefined());
  await look.letGo();
  await waitFor(() => expect(client.isFetching({ queryKey: keys.boot() })).toBe(0));
  await waitFor(() => expect(screen.queryByRole("region", { name: /sample company/i })).toBeNull());
});

test("a_page_that_was_opened_while_runs_ended_does_not_show_them_as_live", async () => {
  const company = new Company({ users: 12 });
  const look = hold(company, "activity");
  const { tell } = openWindow("/backup/activity", company);
  await look.asked();
  company.runs = company.runs.map((run) => ({ ...run, state: "ended", phase: null, result: run.result ?? "complete", ended: run.started }));
  await tell({ event: "runs" });
  await look.letGo();
  expect(await screen.findByText("Nothing is running.")).toBeVisible();
});

test("after_a_slow_first_look_it_is_asked_once_more_however_many_events_came_in", async () => {
  vi.useFakeTimers();
  try {
    const company = new Company({ users: 3 });
    const look = hold(company, "home");
    const { tell } = openWindow("/", company);
    const asked = () => company.calls.filter((it) => it.command === "home").length;
    await vi.waitUntil(() => asked() === 1);
    for (let event = 0; event < 6; event += 1) {
      await tell({ event: "attention", count: event });
      await act(() => vi.advanceTimersByTimeAsync(1_000));
    }
    expect(asked()).toBe(1);
    await look.letGo();
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    expect(asked()).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});
