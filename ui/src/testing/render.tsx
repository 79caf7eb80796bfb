// Opens the whole window at a place, over a company in memory: tests go in by the same door as a person.
import { emit } from "@tauri-apps/api/event";
import { mockIPC } from "@tauri-apps/api/mocks";
import { createMemoryHistory } from "@tanstack/react-router";
import { act, render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import type { AppEvent } from "../bindings";
import { App } from "../app";
import { newQueryClient } from "../queries";
import { newRouter } from "../router";
import { Company, type CompanyOptions } from "./company";

export function openWindow(place: string, options: CompanyOptions | Company) {
  const company = options instanceof Company ? options : new Company(options);
  mockIPC((command, args) => Promise.resolve().then(() => company.answer(command, (args ?? {}) as Record<string, unknown>)), { shouldMockEvents: true });
  const router = newRouter(createMemoryHistory({ initialEntries: [place] }));
  const client = newQueryClient();
  const user = userEvent.setup();
  const view = render(<App client={client} router={router} env="test" />);
  return {
    company, client, router, user, ...view,
    /** What the engine tells the window. */
    tell: (event: AppEvent) => act(() => emit("holdfast", event)),
    place: () => router.state.location.pathname,
  };
}

/** Puts a text into a field, as pasting does: a page sees one change. */
export async function fill(user: ReturnType<typeof userEvent.setup>, field: Element, text: string) {
  await user.click(field);
  await user.paste(text);
}

/** What axe-core finds wrong, by rule and element. Contrast needs a real window: it is looked at there. */
export async function accessibilityProblems(): Promise<string[]> {
  const { violations } = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
  return violations.flatMap((it) => it.nodes.map((node) => `${it.id}: ${node.html.slice(0, 160)} (${node.failureSummary ?? ""})`));
}
