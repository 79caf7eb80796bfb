// Settings: domains and their syncs, the domain's defaults, storage, licenses, the app itself.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Company } from "../testing/company";
import { accessibilityProblems, fill, openWindow } from "../testing/render";

const button = (name: string | RegExp) => screen.getByRole("button", { name });

test("each_part_of_the_directory_is_synced_on_demand_and_says_what_changed", async () => {
  const { user, company } = openWindow("/settings/domains", { users: 12 });
  await user.click(await screen.findByRole("button", { name: "Group Sync" }));
  await waitFor(() => expect(company.lastCall("sync")).toEqual({ connection: 1, what: "groups", accept_mass_deletion: false }));
  await user.click(button("What changed: 1 joined, 1 suspended"));
  const drawer = await screen.findByRole("dialog", { name: "User Sync of acme.example: what changed" });
  expect(within(drawer).getByText("Nora Quist (nora.quist@acme.example)")).toBeVisible();
  const suspended = within(drawer).getByRole("region", { name: "Suspended" });
  expect(within(suspended).getByText(/What is kept of them stays, their licenses are free/)).toBeVisible();
  expect(within(within(drawer).getByRole("region", { name: "Joined" })).queryByText(/licenses/)).toBeNull();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(drawer).getByRole("link", { name: "Open Archive & Restore" }));
  expect(await screen.findByRole("table", { name: "Archive & Restore" })).toBeVisible();
});

test("a_failed_sync_says_why_where_it_was_asked_for", async () => {
  const company = new Company({ users: 3 });
  company.answers["sync"] = () => {
    throw { code: "cloud.unreachable", what: "Google cannot be reached.", todo: "Check the network.", can_retry: true, detail: null };
  };
  const { user } = openWindow("/settings/domains", company);
  await user.click(await screen.findByRole("button", { name: "OU Sync" }));
  const card = screen.getByRole("region", { name: "acme.example" });
  expect(await within(card).findByText("Google cannot be reached.")).toBeVisible();
});

test("a_sync_that_takes_long_says_what_it_waits_for_until_it_ends", async () => {
  const { user, company } = openWindow("/settings/domains", { users: 3 });
  let answer: (domains: unknown) => void = () => undefined;
  company.answers["sync"] = () => new Promise((resolve) => (answer = resolve));
  await user.click(await screen.findByRole("button", { name: "User Sync" }));
  expect(await screen.findByRole("status", { name: "" })).toHaveTextContent("Still waiting for Google Workspace. With many people this takes a while.");
  answer([structuredClone(company.domain)]);
  await waitFor(() => expect(screen.queryByText(/^Still waiting/)).not.toBeInTheDocument());
  expect(screen.getByRole("button", { name: "User Sync" })).toBeEnabled();
});

test("an_expired_domain_cannot_be_synced_and_reconnect_opens_the_guided_set_up", async () => {
  const { user, company } = openWindow("/settings/domains", { users: 3, state: "expired" });
  expect(await screen.findByText("Expired")).toBeVisible();
  await user.click(button("User Sync"));
  const why = await screen.findByRole("dialog", { name: "The authorisation of acme.example has expired." });
  expect(within(why).getByRole("button", { name: "Reconnect" })).toBeVisible();
  expect(company.lastCall("sync")).toBeUndefined();
  await user.click(within(why).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(await screen.findByRole("button", { name: "Reconnect" }));
  expect(await screen.findByRole("dialog")).toBeVisible();
});

test("before_the_defaults_are_saved_it_is_said_who_loses_protection", async () => {
  const { user, company } = openWindow("/settings/backup", { users: 3 });
  await user.click(await screen.findByRole("checkbox", { name: "Gmail" }));
  expect(screen.getByText("1 setting is changed and not saved.")).toBeVisible();
  await user.click(button("Save"));
  const dialog = await screen.findByRole("dialog", { name: "What this change does" });
  expect(await within(dialog).findByText("gmail is no longer backed up for everyone.")).toBeVisible();
  expect(company.lastCall("set_policy")).toBeUndefined();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(company.lastCall("set_policy")).toMatchObject({ connection: 1, policy: { services: ["drive", "shared_drive"] } }));
  expect(await screen.findByText("Saved. It holds from the next backup on.")).toBeVisible();
});

test("a_policy_that_backs_up_nothing_cannot_be_saved", async () => {
  const { user } = openWindow("/settings/backup", { users: 3 });
  await user.click(await screen.findByRole("checkbox", { name: "Gmail" }));
  await user.click(screen.getByRole("checkbox", { name: "Drive" }));
  await user.click(screen.getByRole("checkbox", { name: /^Shared drives/ }));
  expect(screen.getByText("Choose at least one service.")).toBeVisible();
  expect(button("Save")).toBeDisabled();
});

test("the_recovery_key_is_shown_only_after_a_warning_and_is_gone_with_its_drawer", async () => {
  const { user, company } = openWindow("/settings/storage", { users: 3 });
  await user.click(await screen.findByRole("button", { name: "Show the recovery key" }));
  const dialog = await screen.findByRole("dialog", { name: "Show the recovery key?" });
  expect(within(dialog).getByText(/can read everyone's mail/)).toBeVisible();
  expect(company.lastCall("recovery_key")).toBeUndefined();
  await user.click(within(dialog).getByRole("button", { name: "Show it" }));
  const drawer = await screen.findByRole("dialog", { name: "Recovery key" });
  expect(await within(drawer).findByText("amber")).toBeVisible();
  expect(within(drawer).getByRole("img")).toHaveAccessibleName();
  expect(await accessibilityProblems()).toEqual([]);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.body.textContent).not.toContain("amber"));
});

test("verify_shows_its_progress_and_names_each_problem", async () => {
  const company = new Company({ users: 3 });
  let finish = (_: unknown) => undefined as void;
  company.answers["verify"] = () => undefined;
  const { user, tell } = openWindow("/settings/storage", company);
  const inner = (window as unknown as { __TAURI_INTERNALS__: { invoke: (command: string, args: unknown) => Promise<unknown> } }).__TAURI_INTERNALS__;
  const invoke = inner.invoke;
  inner.invoke = (command, args) => (command === "verify" ? new Promise((resolve) => { finish = resolve; }) : invoke(command, args));
  await user.click(await screen.findByRole("button", { name: "Verify now" }));
  await tell({ event: "verify", done: 40, total: 412 });
  expect(await screen.findByText("40 of 412 packs")).toBeVisible();
  expect(button("Stop")).toBeEnabled();
  finish({ ok: false, packs: 412, bytes: 1, problems: ["pack 3fa9 is damaged"], took_ms: 1 });
  expect(await screen.findByText("pack 3fa9 is damaged")).toBeVisible();
});

test("a_limit_below_what_is_used_is_refused_with_the_reason", async () => {
  const { user, company } = openWindow("/settings/licenses", { users: 12 });
  await user.click(await screen.findByRole("radio", { name: "At most" }));
  const number = screen.getByRole("textbox", { name: "Number of licenses" });
  await user.clear(number);
  await user.type(number, "1");
  await user.click(button("Save"));
  expect(await screen.findByText(/the limit cannot be lower/)).toBeVisible();
  await user.clear(number);
  await user.type(number, "50");
  await user.click(button("Save"));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(company.limit).toBe(50);
});

test("a_switch_of_the_app_that_cannot_be_saved_goes_back_and_says_why", async () => {
  const company = new Company({ users: 3 });
  company.answers["set_app_settings"] = () => {
    throw { code: "file.failed", what: "The autostart entry could not be written.", todo: "Check its folder.", can_retry: true, detail: null };
  };
  const { user } = openWindow("/settings/app", company);
  await user.click(await screen.findByRole("switch", { name: /^Start at login/ }));
  expect(await screen.findByText("The autostart entry could not be written.")).toBeVisible();
  expect(screen.getByRole("switch", { name: /^Start at login/ })).toBeChecked();
});

test("the_theme_changes_the_whole_window_at_once", async () => {
  const { user } = openWindow("/settings/app", { users: 3 });
  await user.click(await screen.findByRole("radio", { name: "Dark" }));
  await waitFor(() => expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "dark"));
});

const PAGES = ["/backup/start", "/settings/domains", "/settings/backup", "/settings/storage", "/settings/licenses", "/settings/app", "/help/fix", "/help/about"];

test.each(PAGES.flatMap((page) => (["light", "dark"] as const).map((theme) => [page, theme] as const)))("%s_has_no_accessibility_problem_when_%s", async (page, theme) => {
  openWindow(page, { users: 12, theme });
  await screen.findByRole("heading", { level: 1 });
  await waitFor(() => expect(screen.queryByRole("status", { name: "Loading" })).toBeNull());
  expect(await accessibilityProblems()).toEqual([]);
});

test("a_bandwidth_limit_is_set_in_megabits_and_lifted_again", async () => {
  const { user, company } = openWindow("/settings/storage", { users: 3 });
  const card = within(await screen.findByRole("region", { name: "Bandwidth limit" }));
  await user.click(card.getByRole("radio", { name: "At most" }));
  const number = card.getByRole("textbox", { name: "Megabits a second" });
  await user.clear(number);
  await fill(user, number, "8");
  await user.click(card.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(company.lastCall("set_bandwidth")).toEqual({ limit: 1_000_000 }));
  expect(await card.findByText("Saved.")).toBeVisible();
  await user.click(card.getByRole("radio", { name: "No limit" }));
  await user.click(card.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(company.lastCall("set_bandwidth")).toEqual({ limit: null }));
});

test("a_storage_that_was_moved_is_found_again_and_another_one_is_refused", async () => {
  const { user, company } = openWindow("/settings/storage", { users: 3 });
  await user.click(await screen.findByRole("button", { name: "Change location…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Change location" }));
  await user.click(dialog.getByRole("radio", { name: "It is there already" }));
  expect(dialog.getByRole("button", { name: "Use this folder" })).toBeDisabled();
  await fill(user, dialog.getByRole("textbox", { name: "Folder" }), "/mnt/other");
  await user.click(dialog.getByRole("button", { name: "Use this folder" }));
  expect(await dialog.findByText("Another storage is in this folder.")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  await user.clear(dialog.getByRole("textbox", { name: "Folder" }));
  await fill(user, dialog.getByRole("textbox", { name: "Folder" }), "/mnt/nas/Holdfast");
  await user.click(dialog.getByRole("button", { name: "Use this folder" }));
  expect(await screen.findByText("/mnt/nas/Holdfast")).toBeVisible();
  expect(company.lastCall("point_storage")).toEqual({ path: "/mnt/nas/Holdfast" });
});

test("who_left_is_told_with_the_days_that_the_cloud_keeps_the_data_and_the_page_that_says_so", async () => {
  const company = new Company({ users: 12 });
  company.domain = { ...company.domain, syncs: company.domain.syncs.map((it) => (it.what === "users" ? { ...it, left: ["kim@acme.example"], left_count: 1 } : it)) };
  const { user } = openWindow("/settings/domains", company);
  await user.click(await screen.findByRole("button", { name: /1 left/ }));
  const part = await screen.findByRole("region", { name: "Left" });
  expect(within(part).getByText("Google Workspace keeps a deleted account for 20 days, then its data is gone.")).toBeVisible();
  await user.click(within(part).getByRole("button", { name: "Open the cloud's page: What Google Workspace keeps of deleted accounts" }));
  expect(company.lastCall("open_url")).toEqual({ url: "https://support.google.com/a/answer/1397578" });
  expect(await accessibilityProblems()).toEqual([]);
});

test("what_is_still_to_be_removed_says_what_it_waits_for", async () => {
  const company = new Company({ users: 3 });
  company.storage = {
    ...company.storage,
    chores: [
      { what: "Erase the archive of kim@acme.example", why: "Waits until the 2 backups that run have ended.", at: null },
      { what: "Give back the space of what was removed", why: "Space is given back once a week.", at: "2026-12-04T03:00:00Z" },
    ],
    more_chores: 1200,
  };
  openWindow("/settings/storage", company);
  const part = await screen.findByRole("region", { name: "Still to be removed" });
  expect(within(part).getByText("Erase the archive of kim@acme.example")).toBeVisible();
  expect(within(part).getByText("Waits until the 2 backups that run have ended.")).toBeVisible();
  expect(within(part).getByText(/^On 4 Dec 2026.*Space is given back once a week\.$/)).toBeVisible();
  expect(within(part).getByText("And 1,200 more.")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
});

test("a_storage_is_copied_to_another_place_and_says_how_far_it_is", async () => {
  const { user, company, tell } = openWindow("/settings/storage", { users: 3 });
  const change = () => screen.findByRole("button", { name: "Change location…" });
  await user.click(await change());
  const dialog = within(await screen.findByRole("dialog", { name: "Change location" }));
  expect(dialog.getByRole("radio", { name: "Copy it there" })).toBeChecked();
  await fill(user, dialog.getByRole("textbox", { name: "Folder" }), "/mnt/nas/Holdfast");
  await user.click(dialog.getByRole("button", { name: "Copy" }));
  expect(await screen.findByText("The storage is being copied to /mnt/nas/Holdfast")).toBeVisible();
  expect(await change()).toBeDisabled();
  company.storage = { ...company.storage, moving: { to: "/mnt/nas/Holdfast", done: 3_000_000_000, total: 6_000_000_000, waits: false, error: null } };
  await tell({ event: "storage" });
  expect(await screen.findByText("3.0 GB of 6.0 GB copied and checked. Backups go on meanwhile.")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(await screen.findByText(/^Copying to \/mnt\/nas\/Holdfast was stopped/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByText(/was stopped/)).toBeNull());
  expect(await change()).toBeEnabled();
});

test("labels_of_the_company_are_offered_beside_gmails_own", async () => {
  const { user, company } = openWindow("/settings/backup", { users: 3 });
  await user.click(await screen.findByLabelText("Leave out mail with these labels", { selector: "input" }));
  await user.click(await screen.findByRole("option", { name: "Newsletters" }));
  expect(screen.getByRole("option", { name: "CATEGORY_SOCIAL" })).toBeVisible();
  await user.click(button("Save"));
  const dialog = await screen.findByRole("dialog", { name: "What this change does" });
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(company.policy.exclude_labels).toEqual(["Newsletters"]));
});
