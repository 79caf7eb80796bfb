// Settings > Cloud Connection Centre: the steps of the help page on user sync, by mouse and by keyboard.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Company } from "../testing/company";
import { accessibilityProblems, fill, openWindow } from "../testing/render";

const TITLE = "Google Workspace – Connect";
const PENCIL = "Edit connection: Google Workspace";

async function openTray(company: Company) {
  const opened = openWindow("/settings/clouds", company);
  await opened.user.click(await screen.findByRole("button", { name: PENCIL }));
  const tray = await screen.findByRole("dialog", { name: TITLE });
  return { ...opened, tray };
}

test("user_sync_follows_the_steps_of_the_help_page", async () => {
  const { user, company, tray } = await openTray(new Company({ users: 12 }));
  await user.click(within(tray).getByRole("checkbox", { name: /acme\.example/ }));
  await user.click(within(tray).getByRole("button", { name: "User Sync" }));
  const asking = await screen.findByRole("dialog", { name: "On Demand User Sync" });
  expect(within(asking).getByText("acme.example")).toBeVisible();
  expect(company.lastCall("sync")).toBeUndefined();
  await user.click(within(asking).getByRole("button", { name: "Sync" }));
  await waitFor(() => expect(company.lastCall("sync")).toEqual({ connection: 1, what: "users", accept_mass_deletion: false }));
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "On Demand User Sync" })).toBeNull());
  expect(within(tray).getByText(/1 joined: Nora Quist/)).toBeVisible();
});

test("the_whole_of_it_goes_by_keyboard", async () => {
  const { user, company } = openWindow("/settings/clouds", { users: 12 });
  (await screen.findByRole("button", { name: PENCIL })).focus();
  await user.keyboard("{Enter}");
  const tray = await screen.findByRole("dialog", { name: TITLE });
  within(tray).getByRole("checkbox", { name: /acme\.example/ }).focus();
  await user.keyboard(" ");
  within(tray).getByRole("button", { name: "User Sync" }).focus();
  await user.keyboard("{Enter}");
  const asking = await screen.findByRole("dialog", { name: "On Demand User Sync" });
  await waitFor(() => expect(within(asking).getByRole("button", { name: "Sync" })).toHaveFocus());
  await user.keyboard("{Enter}");
  await waitFor(() => expect(company.lastCall("sync")).toBeDefined());
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog", { name: TITLE })).toBeNull());
});

test.each([
  ["expired", "The authorisation of acme.example has expired."],
  ["disconnected", "acme.example is disconnected."],
] as const)("an_account_that_is_%s_cannot_be_synced_and_is_reconnected_from_there", async (state, words) => {
  const { user, company, tray } = await openTray(new Company({ users: 3, state }));
  await user.click(within(tray).getByRole("checkbox", { name: /acme\.example/ }));
  await user.click(within(tray).getByRole("button", { name: "User Sync" }));
  const asking = await screen.findByRole("dialog", { name: "On Demand User Sync" });
  expect(within(asking).getByText(words)).toBeVisible();
  expect(within(asking).queryByRole("button", { name: "Sync" })).toBeNull();
  await user.click(within(asking).getByRole("button", { name: "Reconnect" }));
  expect(await screen.findByRole("dialog", { name: "acme.example – Reconnect" })).toBeVisible();
  expect(company.lastCall("sync")).toBeUndefined();
});

test("a_sync_that_would_mark_most_people_deleted_asks_before_it_is_taken_over", async () => {
  const company = new Company({ users: 12 });
  const sync = company.answers["sync"] as (args: object) => unknown;
  company.answers["sync"] = (args: { accept_mass_deletion: boolean }) => {
    if (args.accept_mass_deletion) return sync(args);
    throw { code: "directory.mass_deletion", what: "The cloud listed far fewer users than it had before.", todo: "", can_retry: false, detail: null };
  };
  const { user, tray } = await openTray(company);
  await user.click(within(tray).getByRole("checkbox", { name: /acme\.example/ }));
  await user.click(within(tray).getByRole("button", { name: "User Sync" }));
  await user.click(within(await screen.findByRole("dialog", { name: "On Demand User Sync" })).getByRole("button", { name: "Sync" }));
  const asking = await screen.findByRole("dialog", { name: "Most of the directory is gone. Take it over?" });
  await user.click(within(asking).getByRole("button", { name: "Take it over" }));
  await waitFor(() => expect(company.lastCall("sync")).toMatchObject({ accept_mass_deletion: true }));
});

test("each_account_that_would_lose_most_people_asks_for_itself", async () => {
  const company = new Company({ users: 12 });
  const [google] = company.clouds();
  const own = google!.accounts[0]!;
  company.moreAccounts = [{ ...own, connection: { ...own.connection, id: 2, domain: "other.example", tenant_id: "C0456" } }];
  const sync = company.answers["sync"] as (args: object) => unknown;
  company.answers["sync"] = (args: { accept_mass_deletion: boolean }) => {
    if (args.accept_mass_deletion) return sync(args);
    throw { code: "directory.mass_deletion", what: "The cloud listed far fewer users than it had before.", todo: "", can_retry: false, detail: null };
  };
  const { user, tray } = await openTray(company);
  await user.click(within(tray).getByRole("checkbox", { name: /acme\.example/ }));
  await user.click(within(tray).getByRole("checkbox", { name: /other\.example/ }));
  await user.click(within(tray).getByRole("button", { name: "User Sync" }));
  await user.click(within(await screen.findByRole("dialog", { name: "On Demand User Sync" })).getByRole("button", { name: "Sync" }));
  const asking = async (domain: string) => {
    const dialog = await screen.findByRole("dialog", { name: "Most of the directory is gone. Take it over?" });
    await within(dialog).findByText(`${domain}:`);
    return dialog;
  };
  await user.click(within(await asking("acme.example")).getByRole("button", { name: "Cancel" }));
  await user.click(within(await asking("other.example")).getByRole("button", { name: "Take it over" }));
  await waitFor(() => expect(company.lastCall("sync")).toEqual({ connection: 2, what: "users", accept_mass_deletion: true }));
  const accepted = company.calls.filter(({ command, args }) => command === "sync" && args["accept_mass_deletion"] === true);
  expect(accepted).toHaveLength(1);
});

test("an_account_says_what_is_granted_and_what_will_break_it", async () => {
  const company = new Company({ users: 12 });
  company.health = [
    { id: "connection.ending", is_warning: true, title: "This sign-in ends soon.", text: "Publish the app, then reconnect." },
    { id: "testing", is_warning: false, title: "This sign-in may end on 3 April.", text: "Google does not tell." },
  ];
  const { tray } = await openTray(company);
  const account = within(tray).getByRole("region", { name: "acme.example" });
  expect(await within(account).findByText("1 of 3, 1 not tested")).toBeVisible();
  expect(within(account).getByText("This sign-in ends soon.")).toBeVisible();
  expect(within(account).getByText("This sign-in may end on 3 April.")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
});

test("disconnect_asks_and_says_that_archives_are_kept", async () => {
  const { user, company, tray } = await openTray(new Company({ users: 12 }));
  const disconnect = within(tray).getByRole("button", { name: "Disconnect" });
  expect(disconnect).toBeDisabled();
  await user.click(within(tray).getByRole("checkbox", { name: /acme\.example/ }));
  await user.click(disconnect);
  const asking = await screen.findByRole("dialog", { name: "Disconnect acme.example?" });
  expect(within(asking).getByText(/Everything that was stored is kept/)).toBeVisible();
  await user.click(within(asking).getByRole("button", { name: "Disconnect" }));
  await waitFor(() => expect(company.lastCall("disconnect")).toEqual({ connection: 1 }));
});

test("a_cloud_without_an_account_opens_with_its_guided_set_up", async () => {
  const company = new Company({ users: 0 });
  company.isConnected = false;
  const { tray } = await openTray(company);
  expect(await within(tray).findByRole("radio", { name: "Service account key" })).toBeVisible();
});

test("a_cloud_that_this_build_cannot_connect_says_so_and_has_no_button", async () => {
  openWindow("/settings/clouds", { users: 3 });
  const row = (await screen.findByText("Microsoft 365")).closest("tr") as HTMLElement;
  expect(within(row).getByText("This build cannot connect it")).toBeVisible();
  expect(within(row).queryByRole("button")).toBeNull();
  expect(await accessibilityProblems()).toEqual([]);
});

test("a_notification_opens_the_tray_with_its_account_ticked", async () => {
  openWindow("/settings/clouds/1", { users: 3, state: "expired" });
  const tray = await screen.findByRole("dialog", { name: TITLE });
  expect(within(tray).getByRole("checkbox", { name: /acme\.example/ })).toBeChecked();
});

test("a_page_that_cannot_be_read_says_why_and_can_be_tried_again", async () => {
  const company = new Company({ users: 3 });
  const clouds = company.answers["clouds"];
  company.answers["clouds"] = () => {
    throw { code: "catalogue.failed", what: "The catalogue could not be read.", todo: "Try again.", can_retry: true, detail: null };
  };
  const { user } = openWindow("/settings/clouds", company);
  expect(await screen.findByText("The catalogue could not be read.")).toBeVisible();
  if (clouds) company.answers["clouds"] = clouds;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("button", { name: PENCIL })).toBeVisible();
});

test("box_opens_with_its_own_guide_is_connected_by_its_application_file_and_opens_with_its_account_from_then_on", async () => {
  const company = new Company({ users: 3 });
  const made = { ...company.connection(), id: 2, cloud: "box" as const, domain: "Acme Inc" };
  company.answers["connect_box_app"] = () => {
    const [google, box, microsoft] = company.clouds();
    const account = { ...google!.accounts[0]!, connection: made };
    company.answers["clouds"] = () => [google, { ...box, status: "connected", accounts: [account] }, microsoft];
    return made;
  };
  const { user } = openWindow("/settings/clouds/box", company);
  const tray = await screen.findByRole("dialog", { name: "Box – Connect" });
  expect(within(tray).getByText("Have it authorised")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  await fill(user, within(tray).getByRole("textbox", { name: /Application file/ }), "/box.json");
  await user.click(within(tray).getByRole("button", { name: "Connect" }));
  await waitFor(() => expect(company.lastCall("connect_box_app")).toEqual({ app_file: "/box.json", endpoints: null }));
  expect(await within(tray).findByText("Signed in as anna.adler@acme.example of Acme Inc")).toBeVisible();
  await user.click(within(tray).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "Box – Connect" })).toBeNull());
  await user.click(screen.getByRole("button", { name: "Edit connection: Box" }));
  const again = await screen.findByRole("dialog", { name: "Box – Connect" });
  expect(await within(again).findByRole("region", { name: "Acme Inc" })).toBeVisible();
});
