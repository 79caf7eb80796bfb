// Help > Audit log, by the door a person takes.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { auditOf } from "../testing/audit";
import { Company } from "../testing/company";
import { accessibilityProblems, openWindow } from "../testing/render";

const table = () => screen.findByRole("table", { name: "Audit log" });

test("deeds_are_listed_newest_first_with_who_and_what_came_of_it", async () => {
  openWindow("/help/audit", { users: 3 });
  const rows = within(await table()).getAllByRole("row").slice(1);
  expect(rows[0]).toHaveTextContent("Holdfast, by itself");
  expect(rows[0]).toHaveTextContent("Old snapshots removed");
  expect(screen.getByText("Choose fewer users, or raise the limit of licenses.")).toHaveAttribute("title", expect.stringContaining("(licenses.too_few)"));
  expect(screen.getByText("Nobody changed the log: each of the 6 entries fits all before it.")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
});

test("what_a_deed_was_about_is_in_the_windows_language_and_names_stay", async () => {
  const company = new Company({ users: 3, language: "german" });
  const log = auditOf(2);
  const deeds = [{ what: "pause.begin", subject: "all" }, { what: "protection.add", subject: "structure" }];
  company.answers["audit_log"] = () => ({ ...log, rows: log.rows.map((row, at) => ({ ...row, ...deeds[at] })) });
  openWindow("/help/audit", company);
  expect(await screen.findByText("alle")).toBeVisible();
  expect(screen.getByText("structure")).toBeVisible();
});

test("a_kind_and_a_word_narrow_the_list", async () => {
  const { user } = openWindow("/help/audit", { users: 3 });
  await table();
  await user.click(screen.getByRole("combobox", { name: "Kind" }));
  await user.click(await screen.findByRole("option", { name: "Views" }));
  await waitFor(async () => expect(within(await table()).getAllByRole("row")).toHaveLength(3));
  await user.type(screen.getByRole("textbox", { name: "Search by who, what or whom" }), "bruno");
  await waitFor(async () => expect(within(await table()).getAllByRole("row")).toHaveLength(2));
});

test("a_changed_log_is_said_in_red_with_the_entry", async () => {
  const company = new Company({ users: 3 });
  company.answers["audit_log"] = () => ({ ...auditOf(6), intact: false, broken_at: 4 });
  openWindow("/help/audit", company);
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("The log was changed outside Holdfast");
  expect(alert).toHaveTextContent("Entry 4 does not fit");
  expect(await accessibilityProblems()).toEqual([]);
});

test("ten_thousand_entries_stay_in_the_window_and_the_rest_is_in_the_file", async () => {
  const company = new Company({ users: 3 });
  company.answers["audit_log"] = () => ({ ...auditOf(10_000), total: 25_000 });
  const { user } = openWindow("/help/audit", company);
  expect(await screen.findByText("The newest 10,000 of 25,000 entries are shown. The CSV file has all of them.")).toBeVisible();
  expect(within(await table()).getAllByRole("row").length).toBeLessThan(80);
  await user.click(screen.getByRole("button", { name: "Save as CSV" }));
  expect(await screen.findByText("Saved to /home/anna/holdfast-audit.csv")).toBeVisible();
  expect(company.lastCall("save_audit_csv")).toEqual({ path: "/home/anna/holdfast-audit.csv" });
});

test("nothing_recorded_yet_and_a_failure_are_both_said", async () => {
  const company = new Company({ users: 3 });
  company.answers["audit_log"] = () => auditOf(0);
  const { client } = openWindow("/help/audit", company);
  expect(await screen.findByText("Nothing is recorded yet")).toBeVisible();
  expect(screen.getByRole("button", { name: "Save as CSV" })).toBeDisabled();
  company.answers["audit_log"] = () => {
    throw { code: "catalogue.damaged", what: "The log is damaged.", todo: "Look at it.", can_retry: true, detail: null };
  };
  await client.resetQueries({ queryKey: ["audit"] });
  expect(await screen.findByText("The log is damaged.")).toBeVisible();
});
