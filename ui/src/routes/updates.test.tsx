// Settings > App > New versions.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Company } from "../testing/company";
import { accessibilityProblems, openWindow } from "../testing/render";

const button = (name: string | RegExp) => screen.getByRole("button", { name });

test("nobody_is_asked_for_new_versions_until_a_person_wants_it", async () => {
  const { user, company } = openWindow("/settings/app", { users: 3 });
  const looks = await screen.findByRole("switch", { name: /^Look for new versions once a day/ });
  expect(looks).not.toBeChecked();
  expect(company.lastCall("look_for_update")).toBeUndefined();
  await user.click(looks);
  await waitFor(() => expect(company.lastCall("set_looks_for_updates")).toEqual({ looks: true }));
  await waitFor(() => expect(screen.getByRole("switch", { name: /^Look for new versions once a day/ })).toBeChecked());
});

test("a_new_version_is_installed_when_a_person_says_so", async () => {
  const { user, company } = openWindow("/settings/app", { users: 3 });
  await user.click(await screen.findByRole("button", { name: "Look now" }));
  expect(await screen.findByText("Version 0.2.0 is here.")).toBeVisible();
  expect(screen.getByText("Restores into the cloud.")).toBeVisible();
  expect(await accessibilityProblems()).toEqual([]);
  expect(company.lastCall("install_update")).toBeUndefined();
  await user.click(button("Install 0.2.0"));
  const dialog = await screen.findByRole("dialog", { name: "Install version 0.2.0?" });
  await user.click(within(dialog).getByRole("button", { name: "Install and start again" }));
  await waitFor(() => expect(company.lastCall("install_update")).toEqual({ version: "0.2.0" }));
});

test("no_version_is_installed_while_backups_run", async () => {
  const company = new Company({ users: 3 });
  company.updates = { ...company.updates, found: { version: "0.2.0", notes: null }, runs: 2 };
  openWindow("/settings/app", company);
  expect(await screen.findByText("It can be installed when 2 backups, restores or checks that go on have ended.")).toBeVisible();
  expect(button("Install 0.2.0")).toBeDisabled();
});

test("a_build_without_a_key_says_so_and_a_package_is_installed_as_packages_are", async () => {
  const company = new Company({ users: 3 });
  company.updates = { ...company.updates, is_possible: false };
  const { unmount } = openWindow("/settings/app", company);
  expect(await screen.findByText(/^This build does not know who signs new versions/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Look now" })).toBeNull();
  unmount();
  const other = new Company({ users: 3 });
  other.updates = { ...other.updates, installs: false, found: { version: "0.2.0", notes: null } };
  openWindow("/settings/app", other);
  expect(await screen.findByText(/^Install its package as you installed this one/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Install 0.2.0" })).toBeNull();
});
