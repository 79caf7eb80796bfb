// What holds of every language: it says all that English says, and a choice of it is taken at once and everywhere.
import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { bytes, count, durationRange, moment, separators, tenths } from "../format";
import { speak } from "../language";
import { accessibilityProblems, openWindow } from "../testing/render";
import { DICTIONARIES } from ".";

afterEach(() => speak("english"));

type Leaf = { path: string; value: unknown };

function leaves(part: unknown, path = ""): Leaf[] {
  if (typeof part !== "object" || part === null) return [{ path, value: part }];
  return Object.entries(part).flatMap(([key, value]) => leaves(value, `${path}.${key}`));
}

/** What a function makes of these; none where it wants something of another shape. */
function said(make: (...values: unknown[]) => unknown, values: unknown[]): string | null {
  try {
    return JSON.stringify(make(...values));
  } catch {
    return null;
  }
}

describe.each(Object.entries(DICTIONARIES).filter(([language]) => language !== "english"))("%s", (_, dictionary) => {
  const own = new Map(leaves(dictionary).map((leaf) => [leaf.path, leaf.value]));

  test("says all that English says, with everything that belongs into it", () => {
    expect([...own.keys()]).toEqual(leaves(DICTIONARIES.english).map((leaf) => leaf.path));
    for (const { path, value: english } of leaves(DICTIONARIES.english)) {
      const translated = own.get(path);
      expect(typeof translated, path).toBe(typeof english);
      if (typeof english === "string") expect((translated as string).trim() === "", path).toBe(english.trim() === "");
      if (typeof english !== "function") continue;
      expect((translated as () => void).length, path).toBe(english.length);
      const makers = [english, translated] as ((...values: unknown[]) => unknown)[];
      // Names, and numbers above one: each that English writes is written.
      for (const given of [["Quux", "Garply", "Waldo"], [7345, 9876, 6543], ["Quux", 7345, 9876], [7345, "Quux", "Garply"]]) {
        const values = given.slice(0, Math.max(1, english.length));
        const [expected = null, actual = null] = makers.map((make) => said(make, values));
        if (expected === null || values.some((value) => typeof value === "number" && expected.includes(String(value)))) continue;
        for (const value of values) {
          const word = typeof value === "number" ? count(value) : String(value);
          if (expected.includes(word)) expect(actual, `${path}(${values.join(", ")})`).toContain(word);
        }
      }
    }
  });
});

test("no word is looked up before the language is known", async () => {
  vi.resetModules();
  let isLoaded = false;
  const early: string[] = [];
  vi.doMock("../language", async (original) => ({
    ...(await original<typeof import("../language")>()),
    language: () => {
      if (isLoaded) early.push(String(new Error().stack));
      return "english";
    },
  }));
  await import(".");
  isLoaded = true;
  await import("../router");
  vi.doUnmock("../language");
  vi.resetModules();
  expect(early).toEqual([]);
});

test("numbers and times are written as the language writes them", () => {
  expect([count(10_000), tenths(3.44), bytes(1_440_000_000), durationRange(60, 7200)]).toEqual(["10,000", "3.4", "1.4 GB", "1 min to 2 h"]);
  speak("german");
  expect([count(10_000), tenths(3.44), bytes(1_440_000_000), durationRange(60, 7200)]).toEqual(["10.000", "3,4", "1,4 GB", "1 min bis 2 h"]);
  expect(separators()).toEqual({ thousandSeparator: ".", decimalSeparator: "," });
  expect(moment("2026-03-14T09:30:00Z")).toMatch(/^14\.03\.2026, \d\d:30$/);
});

test("choosing German turns the window German at once, keeps it, and leaves the keyboard where it was", async () => {
  const { company, user } = openWindow("/settings/app", { users: 3 });
  const choice = await screen.findByRole("radiogroup", { name: "Language" });
  await user.click(within(choice).getByRole("radio", { name: "Deutsch" }));
  const there = await screen.findByRole("radiogroup", { name: "Sprache" });
  expect(within(there).getByRole("radio", { name: "Deutsch" })).toBeChecked();
  await waitFor(() => expect(within(there).getByRole("radio", { name: "Deutsch" })).toHaveFocus());
  expect(screen.getByRole("navigation", { name: "Hauptmenü" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Sicherung starten" })).toBeInTheDocument();
  expect(document.documentElement.lang).toBe("de");
  expect(company.settings.language).toBe("german");
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(there).getByRole("radio", { name: "English" }));
  expect(await screen.findByRole("radiogroup", { name: "Language" })).toBeInTheDocument();
  expect(document.documentElement.lang).toBe("en");
});

test("a choice that changes nothing, or is not kept, does not take the keyboard at the next visit", async () => {
  const { company, user, router } = openWindow("/settings/app", { users: 3 });
  const choose = async (name: string) => user.click(within(await screen.findByRole("radiogroup", { name: "Language" })).getByRole("radio", { name }));
  const comeAgain = async () => {
    await user.click(screen.getByRole("link", { name: "About" }));
    await screen.findByRole("heading", { name: "About" });
    await act(() => router.navigate({ to: "/settings/app" }));
    await screen.findByRole("radiogroup", { name: "Language" });
  };
  await choose("English");
  await waitFor(() => expect(company.settings.language).toBe("english"));
  await comeAgain();
  expect(within(screen.getByRole("radiogroup", { name: "Language" })).getByRole("radio", { name: "English" })).not.toHaveFocus();
  company.answers["set_app_settings"] = () => { throw { code: "disk.full", what: "The disk has too little free space.", todo: "Free some.", can_retry: true, detail: null }; };
  await choose("Deutsch");
  await screen.findByText("The disk has too little free space.");
  await comeAgain();
  expect(within(screen.getByRole("radiogroup", { name: "Language" })).getByRole("radio", { name: "English" })).not.toHaveFocus();
});

test("the first page is in the language of the engine's answer", async () => {
  openWindow("/", { users: 3, stage: "first_launch", language: "german" });
  expect(await screen.findByRole("heading", { name: "Die Daten Ihres Unternehmens, auf Ihrem eigenen Speicher" })).toBeInTheDocument();
  expect(screen.getByText("Ich habe schon eine Sicherung")).toBeInTheDocument();
});
