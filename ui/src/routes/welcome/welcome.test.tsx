// The first launch, gone through as a person does.
import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Boot, StorageCheck, UserError } from "../../bindings";
import { accessibilityProblems, fill, openWindow } from "../../testing/render";
import { Company, type CompanyOptions } from "../../testing/company";

const first = (options: Partial<CompanyOptions> = {}) => new Company({ users: 25, stage: "first_launch", ...options });
const button = (name: string | RegExp) => screen.findByRole("button", { name });
const error = (code: string, what: string): UserError => ({ code, what, todo: "Do this.", can_retry: false, detail: null }) as UserError;

/** A window that was closed in the middle of the set-up. */
function leftAt(step: "recovery_key" | "cloud" | "people" | "finish", users = 25) {
  const company = new Company({ users, stage: "setting_up" });
  company.boot = { ...company.boot, setup: { step, storage_path: "/media/anna/Backup/Holdfast", recovery_key_saved: step !== "recovery_key", connection: null } };
  if (step === "people" || step === "finish") company.isConnected = true;
  return company;
}

test("from_nothing_to_everyone_protected_in_four_steps", async () => {
  const { user, company, place } = openWindow("/", first());
  await user.click(await button(/^Set up backup/));
  await user.click(await screen.findByRole("radio", { name: "Backup (USB disk)" }));
  await screen.findByText(/can be used/);
  await user.click(await button("Use this storage"));
  expect(company.lastCall("init_storage")).toEqual({ path: "/media/anna/Backup/Holdfast" });

  await user.click(await screen.findByRole("checkbox", { name: /I have saved it/ }));
  await user.click(await button("Continue"));

  await fill(user, await screen.findByRole("textbox", { name: /Key file/ }), "/home/anna/key.json");
  await fill(user, screen.getByRole("textbox", { name: /Admin's address/ }), "anna.adler@acme.example");
  await user.click(screen.getByRole("button", { name: "Connect" }));
  expect(await screen.findByText("Signed in as anna.adler@acme.example of acme.example")).toBeVisible();
  expect(company.lastCall("connect_google_key")).toEqual({ key_file: "/home/anna/key.json", admin: "anna.adler@acme.example", endpoints: null });
  await user.click(await button("Continue"));

  await user.click(await button("Start the first copy"));
  expect(company.lastCall("start_backup")).toMatchObject({ policy: null, selection: { connection: 1, org_units: [{ path: "/", include_sub_units: true }] } });

  expect(await screen.findByRole("switch", { name: /Start Holdfast when I sign in/ })).toBeChecked();
  await user.click(await button("Open Holdfast"));
  await waitFor(() => expect(place()).toBe("/"));
  expect(company.lastCall("finish_setup")).toEqual({ start_at_login: true });
});

test("a_look_that_was_answered_before_a_step_does_not_take_the_step_back", async () => {
  const { user, company, tell } = openWindow("/", leftAt("recovery_key"));
  await screen.findByRole("checkbox", { name: /I have saved it/ });
  const before = structuredClone(company.boot);
  const looks: ((boot: Boot) => void)[] = [];
  company.answers["boot"] = () => new Promise<Boot>((answer) => looks.push(answer));
  await tell({ event: "settings" });
  await waitFor(() => expect(looks).toHaveLength(1));

  await user.click(screen.getByRole("checkbox", { name: /I have saved it/ }));
  await user.click(await button("Continue"));
  await screen.findByRole("textbox", { name: /Key file/ });
  await act(async () => looks[0]?.(before));
  expect(screen.getByRole("textbox", { name: /Key file/ })).toBeVisible();
  expect(screen.queryByRole("checkbox", { name: /I have saved it/ })).toBeNull();
  // Whatever else it was asked for is not forgotten.
  await waitFor(() => expect(looks).toHaveLength(2));
});

test("what_outlives_the_computer_is_offered_first_and_the_risk_of_one_copy_is_said", async () => {
  const { user } = openWindow("/", first());
  await user.click(await button(/^Set up backup/));
  const ways = await screen.findAllByRole("radio");
  expect(ways.map((way) => way.getAttribute("aria-label"))).toEqual(["Backup (USB disk)", "This computer", "Another folder"]);
  expect(screen.getByText("One copy on this computer is lost with this computer.")).toBeVisible();
  expect(screen.getByRole("radio", { name: "This computer" })).toBeChecked();
});

test("a_typed_folder_is_looked_at_before_it_can_be_used", async () => {
  const company = first();
  const checks: Record<string, Partial<StorageCheck>> = {
    "/full": { is_empty: false, problem: error("repository.not_empty", "There are other files in /full.") },
    "/old": { is_repository: true, is_empty: false },
    "/new": { exists: false },
  };
  company.answers["check_storage"] = ({ path }: { path: string }) => ({
    path, free: 1e12, exists: true, is_empty: true, is_repository: false, same_disk_as_data: false, problem: null, ...checks[path],
  });
  const { user } = openWindow("/", company);
  await user.click(await button(/^Set up backup/));
  await user.click(await screen.findByRole("radio", { name: "Another folder" }));
  const folder = screen.getByRole("textbox", { name: "Folder" });
  const use = screen.getByRole("button", { name: "Use this storage" });
  await fill(user, folder, "/full");
  expect(await screen.findByText("There are other files in /full.")).toBeVisible();
  expect(use).toBeDisabled();
  await user.clear(folder);
  await fill(user, folder, "/new");
  expect(await screen.findByText("This folder will be made. 1.0 TB free.")).toBeVisible();
  expect(use).toBeEnabled();
  await user.clear(folder);
  await fill(user, folder, "/old");
  expect(await screen.findByText("There is a backup in this folder already.")).toBeVisible();
  expect(use).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "I already have a backup" }));
  expect(await screen.findByRole("textbox", { name: "Folder" })).toHaveValue("/old");
});

test("storage_that_cannot_be_made_says_why_and_keeps_what_was_chosen", async () => {
  const company = first();
  company.answers["init_storage"] = () => { throw error("disk.full", "The disk has too little free space."); };
  const { user } = openWindow("/", company);
  await user.click(await button(/^Set up backup/));
  await screen.findByText(/can be used/);
  await user.click(await button("Use this storage"));
  expect(await screen.findByText("The disk has too little free space.")).toBeVisible();
  expect(screen.getByRole("radio", { name: "This computer" })).toBeChecked();
});

test("nobody_goes_on_without_saying_that_the_recovery_key_is_saved", async () => {
  const { user, company } = openWindow("/welcome", leftAt("recovery_key"));
  const next = await button("Continue");
  expect(next).toBeDisabled();
  expect(screen.getAllByText(/Without this key or this computer nobody can open your backup, we neither/)[0]).toBeVisible();
  expect(within(screen.getByRole("list", { name: "Recovery key" })).getAllByRole("listitem")).toHaveLength(12);
  await user.click(screen.getByRole("checkbox", { name: /I have saved it/ }));
  await user.click(next);
  await screen.findByRole("heading", { name: "Connect a cloud" });
  expect(company.lastCall("set_setup_step")).toEqual({ step: "cloud", recovery_key_saved: true });
});

test("the_key_goes_on_the_disk_of_the_backup_only_after_a_warning", async () => {
  const company = leftAt("recovery_key");
  company.answers["choose_save_file"] = () => "/media/anna/Backup/key.txt";
  const { user } = openWindow("/welcome", company);
  await user.click(await button("Save…"));
  const dialog = await screen.findByRole("dialog", { name: "Save it on the same disk as the backup?" });
  expect(company.calls.filter((call) => call.args["accept_same_disk"] === true)).toHaveLength(0);
  await user.click(within(dialog).getByRole("button", { name: "Save here anyway" }));
  expect(await screen.findByText("Saved to /media/anna/Backup/key.txt")).toBeVisible();
  expect(company.lastCall("save_recovery_key")).toEqual({ path: "/media/anna/Backup/key.txt", accept_same_disk: true });
});

test("the_printed_page_holds_the_key_and_how_to_use_it", async () => {
  const print = vi.fn();
  vi.stubGlobal("print", print);
  const { user } = openWindow("/welcome", leftAt("recovery_key"));
  await user.click(await button("Print"));
  expect(print).toHaveBeenCalledOnce();
  const sheet = document.querySelector("body > section");
  expect(sheet).toHaveTextContent("amber-basil-cedar-delta-ember-fable-grove-hazel-ivory-jolly-karma-lemon");
  expect(sheet).toHaveTextContent("I already have a backup");
});

test("the_recovery_key_leaves_memory_with_its_page", async () => {
  const { user, client } = openWindow("/welcome", leftAt("recovery_key"));
  await user.click(await screen.findByRole("checkbox", { name: /I have saved it/ }));
  await user.click(await button("Continue"));
  await screen.findByRole("heading", { name: "Connect a cloud" });
  await waitFor(() => expect(JSON.stringify(client.getQueryCache().getAll().map((query) => query.state.data ?? null))).not.toContain("amber-basil"));
});

test("a_set_up_that_was_left_goes_on_where_it_was", async () => {
  openWindow("/", leftAt("people"));
  expect(await screen.findByRole("heading", { name: "Whom shall Holdfast back up?" })).toBeVisible();
  expect(screen.getByText("Step 3 of 4")).toBeVisible();
});

test("who_chooses_later_is_led_to_start_backup", async () => {
  const company = leftAt("people");
  company.users = company.users.map((user) => ({ ...user, protection: "unprotected", licensed: false }));
  company.runs = [];
  const { user, place } = openWindow("/welcome", company);
  await user.click(await screen.findByRole("radio", { name: "I choose in Start Backup" }));
  await user.click(await button("Continue"));
  await screen.findByText("Nobody yet: Start Backup opens next");
  await user.click(await button("Open Holdfast"));
  await waitFor(() => expect(place()).toBe("/backup/start"));
  expect(company.lastCall("start_backup")).toBeUndefined();
});

test("more_users_than_licenses_cannot_be_started_and_it_is_said", async () => {
  const company = leftAt("people");
  company.limit = 9;
  openWindow("/welcome", company);
  expect(await screen.findByText("Remove entries from the list, or raise the limit in Settings > Licenses.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Start the first copy" })).toBeDisabled();
});

test("the_first_cloud_may_be_box", async () => {
  const company = new Company({ users: 3, stage: "setting_up" });
  company.boot = { ...company.boot, setup: { step: "cloud", storage_path: "/x", recovery_key_saved: true, connection: null } };
  company.domain = { ...company.domain, cloud: "box", cloud_name: "Box", domain: "Acme" };
  company.answers["connect_box_app"] = () => {
    company.isConnected = true;
    return company.connection();
  };
  const { user } = openWindow("/welcome", company);
  await user.click(await screen.findByRole("radio", { name: /^Box/ }));
  expect(await accessibilityProblems()).toEqual([]);
  const tray = within(screen.getByRole("region", { name: "Box – Connect" }));
  await fill(user, tray.getByRole("textbox", { name: /Application file/ }), "/home/anna/box-app.json");
  await user.keyboard("{Enter}");
  expect(await screen.findByText("Signed in as anna.adler@acme.example of Acme")).toBeVisible();
  expect(company.lastCall("connect_box_app")).toEqual({ app_file: "/home/anna/box-app.json", endpoints: null });
  await user.click(screen.getByRole("button", { name: "Continue" }));
  expect(await screen.findByRole("heading", { name: "Whom shall Holdfast back up?" })).toBeVisible();
});

test("a_cloud_can_be_connected_later", async () => {
  const { user } = openWindow("/welcome", leftAt("cloud"));
  await user.click(await button("Connect later"));
  expect(await screen.findByText("No cloud is connected yet, so there is nobody to choose.")).toBeVisible();
  await user.click(await button("Continue"));
  expect(await screen.findByText("None connected yet")).toBeVisible();
});

test("an_existing_backup_comes_back_and_its_clouds_are_connected_again", async () => {
  const company = first();
  const { user } = openWindow("/", company);
  await user.click(await button(/^I already have a backup/));
  await fill(user, await screen.findByRole("textbox", { name: "Folder" }), "/mnt/existing");
  await screen.findByText("There is a backup in this folder.");
  await user.click(await button("Continue"));
  const open = await button("Open the backup");
  await fill(user, screen.getByRole("textbox", { name: "Recovery key" }), "amber basil cedar delta ember fable grove hazel ivory jolly karma");
  expect(open).toBeDisabled();
  await user.paste(" lemon");
  await user.click(open);
  expect(await screen.findByText("57,000")).toBeVisible();
  await user.click(await button("Continue"));
  await user.click(await button("Sign in again: acme.example"));
  expect(await screen.findByRole("dialog", { name: "acme.example – Reconnect" })).toBeVisible();
});

test("a_wrong_recovery_key_is_told_and_can_be_corrected", async () => {
  const company = first();
  company.answers["open_existing"] = () => { throw error("repository.wrong_password", "The recovery key does not open this Repository."); };
  const { user } = openWindow("/", company);
  await user.click(await button(/^I already have a backup/));
  await fill(user, await screen.findByRole("textbox", { name: "Folder" }), "/mnt/existing");
  await screen.findByText("There is a backup in this folder.");
  await user.click(await button("Continue"));
  await fill(user, screen.getByRole("textbox", { name: "Recovery key" }), "a b c d e f g h i j k l");
  await user.click(await button("Open the backup"));
  expect(await screen.findByText("The recovery key does not open this Repository.")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Recovery key" })).toHaveValue("a b c d e f g h i j k l");
});

test("a_folder_without_a_backup_cannot_be_opened", async () => {
  const { user } = openWindow("/", first());
  await user.click(await button(/^I already have a backup/));
  await fill(user, await screen.findByRole("textbox", { name: "Folder" }), "/mnt/photos");
  expect(await screen.findByText("There is no backup in this folder.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Continue" })).toBeDisabled();
});

test("the_sample_company_says_how_far_its_start_is_and_can_be_cancelled", async () => {
  const company = new Company({ users: 0, stage: "first_launch" });
  let end: (reason: unknown) => void = () => undefined;
  company.answers["enter_sample"] = () => new Promise((_, reject) => { end = reject; });
  company.answers["cancel_sample"] = () => { end({ code: "cancelled", what: "It was cancelled.", todo: "", can_retry: true, detail: null }); return null; };
  const { user, tell } = openWindow("/welcome", company);
  await user.click(await button(/^Try with a sample company/));
  const phases = within(await screen.findByRole("list", { name: "Starting the sample company" }));
  await tell({ event: "sample", phase: "google" });
  const items = phases.getAllByRole("listitem");
  expect(items.map((it) => it.getAttribute("aria-current"))).toEqual([null, null, "step", null, null]);
  expect(phases.getAllByRole("img", { name: "done" })).toHaveLength(2);
  expect(screen.getByRole("status")).toHaveTextContent("Connecting its Google Workspace");
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(await screen.findByText("The start was cancelled. Your own data was not touched.")).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
  expect(await button(/^Try with a sample company/)).toBeVisible();
});

test("a_sample_company_that_does_not_start_says_why_and_can_be_made_anew", async () => {
  const company = new Company({ users: 3, stage: "first_launch" });
  const works = company.answers["enter_sample"]!;
  company.answers["enter_sample"] = () => { throw { code: "sample.port_taken", what: "Another program uses the address.", todo: "End it.", can_retry: true, detail: null }; };
  const { user } = openWindow("/welcome", company);
  await user.click(await button(/^Try with a sample company/));
  expect(await screen.findByText("Another program uses the address.")).toBeVisible();
  company.answers["enter_sample"] = works;
  await user.click(await button("Delete it and start anew"));
  expect(await button("Leave the sample")).toBeVisible();
  expect(company.lastCall("leave_sample")).toEqual({ delete: true });
});

test("the_sample_company_is_one_click_away", async () => {
  const { user, place } = openWindow("/", first());
  await user.click(await button(/^Try with a sample company/));
  expect(await button("Leave the sample")).toBeVisible();
  expect(place()).toBe("/");
});

test("the_first_launch_works_by_keyboard_alone", async () => {
  const { user, company } = openWindow("/", first());
  await button(/^Set up backup/);
  await user.tab();
  await user.keyboard("{Enter}");
  await screen.findByText(/can be used/);
  while (document.activeElement?.textContent !== "Use this storage") await user.tab();
  await user.keyboard("{Enter}");
  await screen.findByRole("heading", { name: "Save the recovery key" });
  expect(company.lastCall("init_storage")).toEqual({ path: "/home/anna/Holdfast" });
});

test.each(["light", "dark"] as const)("every_page_of_the_first_launch_is_accessible_in_%s", async (theme) => {
  const { user, unmount } = openWindow("/", first({ theme }));
  await button(/^Set up backup/);
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(await button(/^Set up backup/));
  await user.click(await screen.findByRole("radio", { name: "Another folder" }));
  expect(await accessibilityProblems()).toEqual([]);
  unmount();
  for (const [step, heading] of [["recovery_key", "Save the recovery key"], ["cloud", "Connect a cloud"], ["people", "Whom shall Holdfast back up?"], ["finish", "Ready"]] as const) {
    const company = leftAt(step);
    company.boot = { ...company.boot, theme };
    const view = openWindow("/welcome", company);
    await screen.findByRole("heading", { name: heading });
    await waitFor(() => expect(document.querySelector(".mantine-Loader-root")).toBeNull());
    expect(await accessibilityProblems()).toEqual([]);
    view.unmount();
  }
});
