// Retention in Backup Settings, by the door a person takes.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Company } from "../../testing/company";
import { accessibilityProblems, fill, openWindow } from "../../testing/render";

const group = () => screen.findByRole("group", { name: "Retention" });

test("before_retention_is_saved_it_is_said_which_snapshots_would_go", async () => {
  const { user, company } = openWindow("/settings/backup", { users: 3 });
  const retention = await group();
  expect(await within(retention).findByRole("radio", { name: "Keep every snapshot forever" })).toBeChecked();
  await user.click(within(retention).getByRole("radio", { name: "Keep the last snapshot of each" }));
  const days = within(retention).getByRole("textbox", { name: "Days" });
  await user.clear(days);
  await fill(user, days, "7");
  await user.click(within(retention).getByRole("button", { name: "Save retention" }));
  const dialog = await screen.findByRole("dialog", { name: "What this retention removes" });
  expect(await within(dialog).findByText(/^3 of 10 snapshots would go after the next backup, and at most/)).toBeVisible();
  expect(within(within(dialog).getByRole("region", { name: "Snapshots that would go" })).getAllByRole("listitem")).toHaveLength(3);
  expect(company.lastCall("set_retention")).toBeUndefined();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(company.lastCall("set_retention")).toEqual({ connection: 1, retention: { daily: 7, weekly: 8, monthly: 12, yearly: 5 } }));
  expect(await screen.findByText("Saved. It is applied after the next backup, once a day.")).toBeVisible();
});

test("a_rule_that_keeps_nothing_cannot_be_saved", async () => {
  const company = new Company({ users: 3 });
  company.retention = { retention: { daily: 1, weekly: 0, monthly: 0, yearly: 0 }, holds: [] };
  const { user } = openWindow("/settings/backup", company);
  const days = await within(await group()).findByRole("textbox", { name: "Days" });
  await user.clear(days);
  await fill(user, days, "0");
  expect(await screen.findByText("At least one of the numbers has to be more than 0.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Save retention" })).toBeDisabled();
});

test("a_mass_change_is_told_with_its_quiet_point_and_released_after_a_question", async () => {
  const company = new Company({ users: 3 });
  company.retention = {
    retention: { daily: 7, weekly: 0, monthly: 0, yearly: 0 },
    holds: [{ title: "ben@acme.example Drive", what: "ben@acme.example Drive: 3912 items changed and 800 vanished in one backup.", at: "2026-03-03T09:00:00Z", quiet_at: "2026-03-02T09:00:00Z" }],
  };
  const { user } = openWindow("/settings/backup", company);
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("3912 items changed and 800 vanished");
  expect(alert).toHaveTextContent("Last quiet point in time");
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(alert).getByRole("button", { name: "It was meant: release retention" }));
  await user.click(within(await screen.findByRole("dialog", { name: "Release retention?" })).getByRole("button", { name: "Yes" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  expect(company.lastCall("release_retention")).toEqual({ connection: 1 });
});
