// Connecting Google, by key and by sign-in, in the place where the first launch asks for it.
import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { CheckItem, UserError, AwaitedView } from "../../bindings";
import { Company } from "../../testing/company";
import { accessibilityProblems, fill, openWindow } from "../../testing/render";

const button = (name: string | RegExp) => screen.findByRole("button", { name });
const error = (code: string, what: string): UserError => ({ code, what, todo: "Do this.", can_retry: false, detail: null }) as UserError;

function connecting() {
  const company = new Company({ users: 3, stage: "setting_up" });
  company.boot = { ...company.boot, setup: { step: "cloud", storage_path: "/x", recovery_key_saved: true, connection: null } };
  return company;
}

function reconnecting() {
  const company = new Company({ users: 3, stage: "setting_up", state: "disconnected" });
  company.isConnected = true;
  company.boot = { ...company.boot, setup: { step: "finish", storage_path: "/x", recovery_key_saved: true, connection: 1 } };
  return company;
}

/** An answer that is given when the test says so. */
function later<T>() {
  let settle: { resolve: (value: T) => void; reject: (reason: unknown) => void } = { resolve: () => undefined, reject: () => undefined };
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle };
}

test("each_missing_scope_is_named_first_with_what_to_do_and_is_tested_again", async () => {
  const company = connecting();
  company.isConnected = true;
  const { user } = openWindow("/welcome", company);
  expect(await screen.findByText("One thing is missing.")).toBeVisible();
  const items = within(screen.getByRole("list", { name: "Checks" })).getAllByRole("listitem");
  expect(items[0]).toHaveTextContent("The scope gmail.readonly is missing.");
  expect(items[0]).toHaveTextContent("Add it to the line of scopes.");
  expect(items[2]).toHaveTextContent("Granted");
  const good: CheckItem[] = [{ id: "gmail", title: "Mail", ok: true, sentence: "Granted.", todo: null, copy: null, link: null }];
  company.answers["check_connection"] = () => good;
  await user.click(screen.getByRole("button", { name: "Test again" }));
  expect(await screen.findByText("Everything Holdfast needs is granted.")).toBeVisible();
});

test("each_step_of_the_guide_opens_the_providers_page_and_copies_its_text", async () => {
  const { user, company } = openWindow("/welcome", connecting());
  await user.click(await button("Open the cloud's page: Grant the scopes"));
  expect(company.lastCall("open_url")).toEqual({ url: "https://admin.google.com/ac/owl/domainwidedelegation" });
  await user.click(await button("Copy Grant the scopes"));
  expect(await window.navigator.clipboard.readText()).toBe("112233445566778899");
});

test("the_guide_holds_the_client_id_of_the_chosen_key", async () => {
  const { user, company } = openWindow("/welcome", connecting());
  await user.click(await button("Key file: Choose…"));
  await waitFor(() => expect(company.lastCall("google_guide")).toEqual({ key_file: "/home/anna/Downloads/acme-backup-key.json" }));
});

test("a_key_that_is_refused_says_why_and_keeps_the_form", async () => {
  const company = connecting();
  company.answers["connect_google_key"] = () => { throw error("input.key_file", "The key file cannot be used."); };
  const { user } = openWindow("/welcome", company);
  await fill(user, await screen.findByRole("textbox", { name: /Key file/ }), "/k.json");
  await fill(user, screen.getByRole("textbox", { name: /Admin's address/ }), "anna@acme.example");
  await user.keyboard("{Enter}");
  expect(await screen.findByText("The key file cannot be used.")).toBeVisible();
  expect(screen.getByRole("textbox", { name: /Key file/ })).toHaveValue("/k.json");
});

const waiting = (checks: CheckItem[] = []): AwaitedView => ({
  admin: "anna@acme.example", connection: null, since: new Date().toISOString(), until: new Date(Date.now() + 86_400_000).toISOString(), is_overdue: false,
  tested_at: new Date().toISOString(), next_test: new Date(Date.now() + 30_000).toISOString(), checks,
});
const lacking: CheckItem = { id: "users", title: "Directory: users", ok: false, sentence: "Not authorised.", todo: "Add the scope.", copy: "https://scope", link: "https://admin.google.com/ac/owl/domainwidedelegation" };

test("what_google_does_not_grant_yet_is_named_waited_for_and_goes_on_by_itself", async () => {
  const company = connecting();
  company.answers["connect_google_key"] = () => {
    company.guide = { ...company.guide, key_file: "/k.json", admin: "anna@acme.example", waiting: waiting([lacking]) };
    throw error("connection.incomplete", "The cloud lets nobody in yet: something is missing.");
  };
  const { user, tell } = openWindow("/welcome", company);
  await fill(user, await screen.findByRole("textbox", { name: /Key file/ }), "/k.json");
  await fill(user, screen.getByRole("textbox", { name: /Admin's address/ }), "anna@acme.example");
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { name: "Waiting for Google (up to 24 h)" })).toBeVisible();
  expect(screen.getByText("Directory: users")).toBeVisible();
  expect(screen.getByText("The next test is within a minute.", { exact: false })).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Test again" }));
  await waitFor(() => expect(company.lastCall("test_waiting")).toBeDefined());
  company.isConnected = true;
  company.guide = { ...company.guide, waiting: null, made: company.connection() };
  await tell({ event: "waiting" });
  expect(await screen.findByText("Signed in as anna.adler@acme.example of acme.example")).toBeVisible();
  expect(screen.getByText(/Whoever has \/k\.json can read/)).toBeVisible();
});

test("waiting_is_there_again_after_a_restart_and_can_be_given_up", async () => {
  const company = connecting();
  company.guide = { done: ["project"], key_file: "/k.json", admin: "anna@acme.example", endpoints: null, waiting: { ...waiting([lacking]), is_overdue: true }, made: null };
  const { user } = openWindow("/welcome", company);
  expect(await screen.findByText("More than a day has passed.")).toBeVisible();
  await user.click(await button("What to do in Google's consoles"));
  expect(await screen.findByRole("checkbox", { name: "Make a project: done" })).toBeChecked();
  await user.click(await button("Use another key or admin"));
  expect(await screen.findByRole("textbox", { name: /Key file/ })).toHaveValue("/k.json");
});

test("what_was_done_of_the_guide_is_kept", async () => {
  const company = connecting();
  const { user } = openWindow("/welcome", company);
  await user.click(await screen.findByRole("checkbox", { name: "Make a project: done" }));
  await waitFor(() => expect(company.guide.done).toEqual(["project"]));
  await fill(user, screen.getByRole("textbox", { name: /Admin's address/ }), "anna@acme.example");
  await user.tab();
  await waitFor(() => expect(company.guide.admin).toBe("anna@acme.example"));
  expect(company.guide.done).toEqual(["project"]);
});

test("what_a_new_connection_still_lacks_is_tested_by_itself", async () => {
  const company = connecting();
  company.isConnected = true;
  company.guide = { ...company.guide, waiting: { ...waiting([lacking]), connection: 1 } };
  const { tell } = openWindow("/welcome", company);
  expect(await screen.findByRole("heading", { name: "Waiting for Google (up to 24 h)" })).toBeVisible();
  expect(company.lastCall("check_connection")).toBeUndefined();
  company.answers["check_connection"] = () => [{ ...lacking, ok: true }];
  company.guide = { ...company.guide, waiting: null };
  await tell({ event: "waiting" });
  expect(await screen.findByText("Everything Holdfast needs is granted.")).toBeVisible();
});

test("what_is_no_address_is_not_sent", async () => {
  const { user, company } = openWindow("/welcome", connecting());
  await fill(user, await screen.findByRole("textbox", { name: /Key file/ }), "/k.json");
  await fill(user, screen.getByRole("textbox", { name: /Admin's address/ }), "anna");
  await user.keyboard("{Enter}");
  await user.tab();
  expect(await screen.findByText("This is not an e-mail address.")).toBeVisible();
  expect(company.lastCall("connect_google_key")).toBeUndefined();
});

test("other_addresses_than_googles_own_are_an_advanced_choice", async () => {
  const { user, company } = openWindow("/welcome", connecting());
  await user.click(await button("Advanced"));
  await fill(user, await screen.findByRole("textbox", { name: /Endpoints file/ }), "/e.toml");
  await fill(user, screen.getByRole("textbox", { name: /Key file/ }), "/k.json");
  await fill(user, screen.getByRole("textbox", { name: /Admin's address/ }), "anna@acme.example");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(company.lastCall("connect_google_key")).toMatchObject({ endpoints: "/e.toml" }));
});

test("a_sign_in_shows_the_address_to_open_and_can_be_cancelled", async () => {
  const company = connecting();
  const answer = later<never>();
  company.answers["cancel_sign_in"] = () => { answer.reject(error("sign_in.cancelled", "Cancelled.")); return null; };
  const { user, tell } = openWindow("/welcome", holding(company, "sign_in_google", answer.promise));
  await user.click(await screen.findByRole("radio", { name: "Sign in with Google" }));
  await user.click(await button("Sign in with Google"));
  expect(await screen.findByText("Waiting for your browser")).toBeVisible();
  await tell({ event: "sign_in", stage: "browser_opened", url: "https://accounts.google.com/o/oauth2/auth?x=1" });
  expect(await screen.findByText("https://accounts.google.com/o/oauth2/auth?x=1")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(await screen.findByText("The sign-in was cancelled. Nothing was changed.")).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a_sign_in_that_was_answered_says_who_is_signed_in", async () => {
  const company = connecting();
  const answer = later<unknown>();
  const { user, tell } = openWindow("/welcome", holding(company, "sign_in_google", answer.promise));
  await user.click(await screen.findByRole("radio", { name: "Sign in with Google" }));
  await user.click(await button("Sign in with Google"));
  await tell({ event: "sign_in", stage: "answered", url: null });
  expect(await screen.findByText("The cloud has answered. Reading who works there…")).toBeVisible();
  await act(async () => {
    company.isConnected = true;
    answer.resolve(company.connection());
    await answer.promise;
  });
  expect(await screen.findByText("Signed in as anna.adler@acme.example of acme.example")).toBeVisible();
});

test("another_companys_account_is_refused_and_nothing_changes", async () => {
  const company = reconnecting();
  company.answers["reconnect_google_key"] = () => { throw error("connection.other_tenant", "This is beta.example, not acme.example."); };
  const { user } = openWindow("/welcome", company);
  await user.click(await button("Sign in again: acme.example"));
  const drawer = await screen.findByRole("dialog", { name: "acme.example – Reconnect" });
  await fill(user, within(drawer).getByRole("textbox", { name: /Key file/ }), "/k.json");
  await user.click(within(drawer).getByRole("button", { name: "Reconnect" }));
  expect(await within(drawer).findByText("This is beta.example, not acme.example.")).toBeVisible();
  expect(within(drawer).getByText("This is another company's account. Nothing was changed.")).toBeVisible();
  expect(company.lastCall("reconnect_google_key")).toEqual({ connection: 1, key_file: "/k.json", admin: "anna.adler@acme.example", endpoints: null });
});

test("connecting_in_the_drawer_is_accessible", async () => {
  const { user } = openWindow("/welcome", reconnecting());
  await user.click(await button("Sign in again: acme.example"));
  await screen.findByRole("dialog", { name: "acme.example – Reconnect" });
  expect(await accessibilityProblems()).toEqual([]);
});

/** A company in which one command is answered when the promise is. */
function holding(company: Company, command: string, promise: Promise<unknown>): Company {
  const answer = company.answer.bind(company);
  company.answer = (name, args) => (name === command ? (company.calls.push({ command: name, args }), promise) : answer(name, args));
  return company;
}
