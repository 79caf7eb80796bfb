// The frame around every page: what is shown before there is a page, the sample's mark, the engine's events, words for errors.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { remedyOf } from "./actions";
import { accessibilityProblems, openWindow } from "./testing/render";
import type { UserErrorCode } from "./bindings";
import { Company } from "./testing/company";

test("a_code_from_a_newer_engine_can_be_tried_again_where_it_says_so", () => {
  const error = { code: "from.the_future" as UserErrorCode, what: "A thing.", todo: "Do this.", detail: null };
  expect(remedyOf({ ...error, can_retry: true })).toBe("retry");
  expect(remedyOf({ ...error, can_retry: false })).toBe("none");
});

test("what_keeps_the_app_from_starting_is_said_and_can_be_tried_again", async () => {
  const company = new Company({ users: 3 });
  const ready = company.boot;
  company.boot = { ...ready, stage: "blocked", error: { code: "secrets.locked", what: "The keychain is locked.", todo: "Unlock it, then try again.", can_retry: true, detail: null } };
  const { user } = openWindow("/help/about", company);
  expect(await screen.findByText("The keychain is locked.")).toBeVisible();
  expect(screen.queryByRole("navigation")).toBeNull();
  company.boot = ready;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { name: "About" })).toBeVisible();
});

test("an_answer_that_is_no_error_of_ours_is_told_as_a_defect_with_its_words", async () => {
  const company = new Company({ users: 3 });
  delete company.answers["about"];
  openWindow("/help/about", company);
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveAttribute("data-code", "defect");
  expect(within(alert).getByText(/Command about not found/)).toBeInTheDocument();
});

test("the_sample_company_is_marked_and_can_be_deleted_whole", async () => {
  const { user, company } = openWindow("/help/about", { users: 3, profile: "sample" });
  await user.click(await screen.findByRole("button", { name: "Leave the sample" }));
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Leave the sample" })).toBeNull());
  expect(company.lastCall("leave_sample")).toEqual({ delete: true });
});

test("the_tray_and_notifications_open_a_place_and_events_refresh_what_is_shown", async () => {
  const { tell, company, place } = openWindow("/help/about", { users: 3 });
  await screen.findByRole("heading", { name: "About" });
  const before = company.calls.filter((it) => it.command === "boot").length;
  company.boot = { ...company.boot, profile: "sample" };
  await tell({ event: "settings" });
  expect(await screen.findByRole("button", { name: "Leave the sample" })).toBeVisible();
  expect(company.calls.filter((it) => it.command === "boot").length).toBe(before + 1);
  await tell({ event: "open", place: "https://elsewhere.example" });
  expect(place()).toBe("/help/about");
});

test("about_has_no_accessibility_problem", async () => {
  openWindow("/help/about", { users: 3 });
  await screen.findByText("MIT or Apache-2.0");
  expect(await accessibilityProblems()).toEqual([]);
});
