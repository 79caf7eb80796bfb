// Settings > App: how people are told beside the window, and the tests of it.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Company } from "../../testing/company";
import { accessibilityProblems, fill, openWindow } from "../../testing/render";

const button = (name: string | RegExp) => screen.getByRole("button", { name });

test("an_email_is_set_up_tested_and_its_password_is_never_shown_again", async () => {
  const company = new Company({ users: 3 });
  const { user } = openWindow("/settings/app", company);
  await user.click(await screen.findByRole("button", { name: "Set up e-mail" }));
  const drawer = await screen.findByRole("dialog", { name: "E-mail" });
  await fill(user, within(drawer).getByLabelText(/Mail server/), "mail.acme.example");
  await fill(user, within(drawer).getByLabelText(/Account/), "backup");
  await fill(user, within(drawer).getByLabelText(/^Password/), "s3cret");
  await fill(user, within(drawer).getByLabelText(/Sender/), "backup@acme.example");
  await fill(user, within(drawer).getByLabelText(/Receivers/), "ada@acme.example; bob@acme.example");
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(drawer).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(company.lastCall("set_alerts")).toMatchObject({
    input: {
      email: { server: "mail.acme.example", port: 587, encryption: "starttls", user: "backup", to: ["ada@acme.example", "bob@acme.example"] },
      secrets: { password: "s3cret", webhook: null, ping: null },
    },
  }));
  expect(await screen.findByText("To ada@acme.example, bob@acme.example")).toBeVisible();
  await user.click(button("Send a test e-mail"));
  expect(await screen.findByText("The test e-mail was sent.")).toBeVisible();
  await user.click(button("Edit e-mail"));
  expect(await screen.findByText(/A password is kept/)).toBeVisible();
  expect(document.body.innerHTML).not.toContain("s3cret");
});

test("a_webhook_that_is_refused_says_why_and_one_that_is_kept_shows_its_host_alone", async () => {
  const company = new Company({ users: 3 });
  const { user } = openWindow("/settings/app", company);
  await user.click(await screen.findByRole("button", { name: "Set up a webhook" }));
  const drawer = await screen.findByRole("dialog", { name: "Webhook and monitor" });
  const field = within(drawer).getByLabelText(/Address for messages/);
  await fill(user, field, "http://hooks.acme.example/T0K3N");
  await user.click(within(drawer).getByRole("button", { name: "Save" }));
  expect(await within(drawer).findByText("The webhook's address must begin with https.")).toBeVisible();
  await user.clear(field);
  await fill(user, field, "https://hooks.acme.example/T0K3N");
  await user.click(within(drawer).getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Messages go to hooks.acme.example")).toBeVisible();
  expect(document.body.innerHTML).not.toContain("T0K3N");
  company.answers["test_webhook"] = () => {
    throw { code: "alerts.webhook_failed", what: "The webhook did not take a message: hooks.acme.example answered 500.", todo: "Check its address.", can_retry: true, detail: null };
  };
  await user.click(button("Send a test message"));
  expect(await screen.findByText(/answered 500/)).toBeVisible();
});

test("notifications_are_proven_and_the_watchdog_is_switched_on", async () => {
  const company = new Company({ users: 3 });
  const { user } = openWindow("/settings/app", company);
  await user.click(await screen.findByRole("button", { name: "Test the notifications" }));
  expect(await screen.findByText("This computer shows notifications.")).toBeVisible();
  await user.click(await screen.findByRole("switch", { name: /^Look every hour/ }));
  await waitFor(() => expect(company.lastCall("set_watchdog")).toEqual({ on: true }));
  expect(await screen.findByText(/a timer of systemd/)).toBeVisible();
  company.answers["test_notification"] = () => ({ works: false, evidence: "no notification server answers on this desktop" });
  await user.click(button("Test the notifications"));
  expect(await screen.findByText("This computer does not show notifications.")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
});
